"""A locker's journal in memory, a link, and a tiny hub that takes reports as the design says."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Any

import pytest

from locker.journal import Journal
from locker.link import Link
from locker.wire.chain import GENESIS, digest
from locker.wire.facts import Closed, Moment
from locker.wire.messages import Batch, Confirm, Hello, Message, Welcome


@dataclass
class TinyHub:
    """What the hub knows of one locker: entries by name, in the order in which they took effect."""

    entries: list[str] = field(default_factory=list)
    forks: int = 0

    @property
    def head(self) -> str:
        """The newest entry."""
        return self.entries[-1] if self.entries else GENESIS

    def answer(self, message: Message) -> Message | None:
        """What the hub says to a message, after its commit."""
        if isinstance(message, Hello):
            return Welcome(head=self.head, wall_ms=0)
        return Confirm(known=self._take(message)) if isinstance(message, Batch) else None

    def restore(self, count: int) -> None:
        """Goes back to a backup with so many entries."""
        del self.entries[count:]

    def _take(self, batch: Batch) -> str:
        parent, known = batch.parent, self.head
        for fact in batch.facts:
            name = digest(parent, fact)
            if name not in self.entries:
                if parent != GENESIS and parent not in self.entries:
                    break
                self.forks += parent != self.head
                self.entries.append(name)
            parent = known = name
        return known


class World:
    """A locker and a hub with two lists of messages between them, which a test may mistreat."""

    def __init__(self) -> None:
        self.hub = TinyHub()
        self.now_ms = 0
        self.to_hub: list[Message] = []
        self.to_locker: list[Message] = []
        self.use(Journal(sqlite3.connect(":memory:", isolation_level=None)))

    def use(self, journal: Journal) -> None:
        """The daemon starts with this journal."""
        self.journal = journal
        self.link = Link("elm", journal, lambda: Hello(locker="elm", run="r", head=journal.head))

    def connect(self) -> None:
        """The broker is there (again); what was under way is lost."""
        self.to_hub.clear()
        self.to_locker.clear()
        self.to_hub += self.link.connected(self.now_ms)

    def happen(self, count: int = 1) -> None:
        """So many facts are recorded at the locker."""
        at = Moment(run_ms=self.now_ms, wall_ms=0)
        self.journal.append([Closed(at=at, n=self.journal.position + one) for one in range(1, count + 1)])
        self.to_hub += self.link.appended(self.now_ms)

    def hub_hears(self, index: int = 0, keep: bool = False) -> None:
        """One of the messages under way reaches the hub, whose answer sets off."""
        message = self.to_hub[index] if keep else self.to_hub.pop(index)
        answer = self.hub.answer(message)
        if answer is not None:
            self.to_locker.append(answer)

    def locker_hears(self, index: int = 0, keep: bool = False) -> None:
        """One of the messages under way reaches the locker."""
        message = self.to_locker[index] if keep else self.to_locker.pop(index)
        self.to_hub += self.link.received(message, self.now_ms)

    def carry(self) -> None:
        """Everything under way arrives, in order, and so do all answers."""
        while self.to_hub or self.to_locker:
            while self.to_hub:
                self.hub_hears()
            while self.to_locker:
                self.locker_hears()

    def wait(self, ms: int, chance: float = 1.0) -> None:
        """Time passes at the locker."""
        self.now_ms += ms
        due_ms = self.link.due_ms
        if due_ms is not None and due_ms <= self.now_ms:
            self.to_hub += self.link.tick(self.now_ms, chance)

    def names(self) -> list[str]:
        """The journal's entries by name."""
        return [name for _, name, _ in self.journal.entries()]

    def sent(self, kind: type[Any]) -> int:
        """How many messages of a kind are on their way to the hub."""
        return sum(isinstance(message, kind) for message in self.to_hub)


@pytest.fixture
def world() -> World:
    """A new locker, connected."""
    world = World()
    world.connect()
    return world
