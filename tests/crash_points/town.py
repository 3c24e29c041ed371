"""The town of `tests/pair` on disks that forget: locker and hub end at a chosen moment and start from what is left.

A moment is each write, truncation and sync of a disk, each gap between two actions, and each message that is sent.
What was acknowledged before the end - a message, a pulse, an answer - must still be true behind it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import apsw

import locker.journal
from hub_service.handlers.hub import Hub
from hub_service.store import keys, lockers
from hub_service.store import orders as order_log
from hub_service.store.sql import Connection
from locker.checkpoint import Housekeeping
from locker.journal import JournalError, make_room
from locker.wire.chain import digest
from locker.wire.facts import Moment, UnlockAuthorised
from locker.wire.messages import Batch, Confirm, Hello, Message, Orders
from tests.pair.machine import Machine, PowerCut
from tests.pair.town import Town, TownClock
from tests.simulation.disk import Disk, connect
from tests.simulation.hub_node import DiskStore

T = TypeVar("T")
ROOM_BYTES = 20_000
"""The room of the card's write-ahead log: made by the same writes as 2 MB, in a hundredth of the moments."""


class Fuse:
    """Ends its machine before its next moment but `left`; from then on every moment fails until it is mended."""

    def __init__(self) -> None:
        self.mend()

    def mend(self) -> None:
        """Nothing is going to end."""
        self.left: int | None = None
        self.blown = False

    def touch(self, _: str) -> None:
        """A moment passes."""
        if self.left == 0:
            self.blown = True
        if self.blown:
            raise PowerCut
        if self.left is not None:
            self.left -= 1


class CardMachine(Machine):
    """A locker whose card is a disk that forgets. `tear` decides what is left of what wasn't synced."""

    tear: random.Random

    def __init__(self, *words: Any) -> None:
        self.fuse = Fuse()
        self.disk = Disk(f"card-{id(self)}", self.fuse.touch)
        self.tear = random.Random(0)
        self.given: Counter[int] = Counter()
        self.said: set[str] = set()
        self._allowed: Counter[int] = Counter()
        self._counted = 0
        super().__init__(*words)

    def switch_on(self) -> None:
        """Power is back, perhaps for a short while only."""
        try:
            locker.journal._ROOM_BYTES = ROOM_BYTES
            self._card: Any = connect(self.disk, "journal.sqlite")
            make_room(self._card)
            super().switch_on()
            self.check()
        except (PowerCut, apsw.Error, JournalError):
            if not self.fuse.blown:
                raise
            self.switch_off()

    def switch_off(self) -> None:
        """The mains go, and with them whatever wasn't synced."""
        self.powered = False
        self.disk.lose_power(self.tear)

    def quiet(self, now: Moment) -> None:
        """The daemon's housekeeping, until there is nothing to be done."""
        housekeeping = Housekeeping(self.journal)
        self._guarded(lambda: self._keep_house(housekeeping, now))

    def _keep_house(self, housekeeping: Housekeeping, now: Moment) -> None:
        while housekeeping.work(self.cabinet.state, now):
            self.journal.tidy()
        self.journal.tidy()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            super()._guarded(work)
        except (apsw.Error, JournalError):
            if not self.fuse.blown:
                raise
        if self.fuse.blown and self.powered:
            self.switch_off()

    def _gap(self) -> None:
        self.fuse.touch("gap")

    def _pulse(self, n: int) -> None:
        self.given[n] += 1
        super()._pulse(n)

    def _say(self, messages: list[Message]) -> None:
        for message in messages:
            super()._say([message])
            if isinstance(message, Hello):
                self.said.add(message.head)
            if isinstance(message, Batch):
                parent = message.parent
                for fact in message.facts:
                    parent = digest(parent, fact)
                    self.said.add(parent)

    def check(self) -> None:
        """The card holds what was acknowledged: every fact that was told, a permission for every pulse."""
        lost = {name for name in self.said if self.journal.place(name) is None}
        assert not lost, "P4: the hub was told of a fact that the card has lost"
        self.said.clear()
        for fact in self.journal.facts(self._counted):
            if isinstance(fact, UnlockAuthorised):
                self._allowed[fact.n] += 1
        self._counted = self.journal.position
        unknown = {n for n, count in self.given.items() if count > self._allowed[n]}
        assert not unknown, f"I1: doors {unknown} were pulsed more often than the card allows"
        assert self._card.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


class CrashTown(Town):
    """Everything and everybody, where the hub has such a disk as well."""

    machine_of = CardMachine

    def __init__(self, folder: Path) -> None:
        self.hub_fuse = Fuse()
        self.hub_disk = Disk(f"hub-{id(self)}", self.hub_fuse.touch)
        self.tear = random.Random(0)
        self.hub_ends = 0
        self._answered: list[tuple[str, Message]] = []
        super().__init__(folder)

    def start_hub(self) -> None:
        """The hub's process starts from what is on its disk; that may be cut short, too."""
        secret = keys.load(self._folder)
        try:
            store = DiskStore(self.hub_disk, secret.vault)
        except Exception:
            if not self.hub_fuse.blown:
                raise
            self.hub_disk.lose_power(self.tear)
            self.hub_fuse.mend()
            store = DiskStore(self.hub_disk, secret.vault)
        self.hub = Hub(store, secret, TownClock(self.timeline), "http://hub.example")
        self._sent.clear()
        store.on_commit(self._push_soon)

    def new_store(self, again: bool = False) -> bool:
        """A hub makes its tables on an empty disk (or `again` on the one that is left of that)."""
        if not again:
            self._empty = Disk(f"empty-{id(self)}-{self.timeline.now_ms}", self.hub_fuse.touch)
        else:
            self._empty.lose_power(self.tear)
        DiskStore(self._empty, self.hub.store.vault)
        check = connect(self._empty, "hub.sqlite")
        assert check.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert check.execute("SELECT count(*) FROM migrations").fetchall()[0][0] > 0
        self._empty.unmount()
        return True

    def ask(self, work: Callable[[], T]) -> T | None:
        """Somebody's request; None where the hub has ended before it answered."""
        try:
            answer = work()
        except Exception:
            if not self.hub_fuse.blown:
                raise
        if not self.hub_fuse.blown:
            return answer
        self.end_hub()
        return None

    def end_hub(self) -> None:
        """The hub's machine loses its power, and gets it back."""
        self.hub_ends += 1
        self.hub_disk.lose_power(self.tear)
        self.hub_fuse.mend()
        self.start_hub()
        self._store_holds_what_was_acknowledged()
        self._push_soon()

    def hub_hears(self, name: str, raw: bytes) -> None:
        """A locker's message reaches the hub."""
        self.ask(lambda: super(CrashTown, self).hub_hears(name, raw))

    def stop(self) -> None:
        """Nobody looks any more."""
        self.hub_disk.unmount()
        for machine in self.lockers.values():
            machine.disk.unmount()  # type: ignore[attr-defined]

    def _say(self, name: str, message: Message) -> None:
        self.hub_fuse.touch("send")
        super()._say(name, message)
        self._answered.append((name, message))

    def _push(self) -> None:
        self.ask(super()._push)

    def _all_told_once(self, machine: Machine) -> None:
        origin = machine.journal.origin.position
        if not origin:
            super()._all_told_once(machine)
            return
        told = self._rows("SELECT digest FROM reports WHERE locker_id = ? ORDER BY position", machine.name)
        kept = [digest for _, digest, _ in machine.journal.entries()]
        assert [row["digest"] for row in told[origin:]] == kept, "I4: what was told isn't what is, or was let go"

    def _store_holds_what_was_acknowledged(self) -> None:
        with self.hub.store.read() as db:
            assert [tuple(row) for row in db.execute("PRAGMA integrity_check").fetchall()] == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            for name, message in self._answered:
                if isinstance(message, Confirm):
                    query = "SELECT 1 FROM reports WHERE locker_id = ? AND digest = ?"
                    known = db.execute(query, (name, message.known)).fetchone()
                    assert known or message.known == "0" * 64, "I4: a confirmed report is lost"
                if isinstance(message, Orders):
                    number, parent = message.first - 1, message.parent
                    stored = order_log.digest_at(db, name, message.epoch, number)
                    # What its locker has long obeyed may be let go.
                    obeyed = stored is None and _has_obeyed(db, name, message.epoch, number)
                    assert stored == parent or obeyed, "I5: an order that was sent is lost"
                    for body in message.orders:
                        number, parent = number + 1, digest(parent, body)
                        assert order_log.digest_at(db, name, message.epoch, number) == parent, "I5: an order is lost"
        self._answered.clear()


def _has_obeyed(db: Connection, locker_id: str, epoch: str, number: int) -> bool:
    locker = lockers.find(db, locker_id)
    return locker is not None and locker.stands_epoch == epoch and number <= locker.stands_order
