"""A real store with an outbox, a channel whose provider can be away, and a clock that waits for nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from hub_service.notices.words import Message
from hub_service.store import outbox
from hub_service.store.database import Store
from hub_service.store.databases import open_store
from hub_service.store.outbox import Notice
from hub_service.store.vault import Vault
from tests.servers.where import database

NOON_MS = 1_795_780_800_000
READY = Notice(
    id=0,
    once="ready/d1",
    kind="ready",
    parcel_id="p1",
    channel="email",
    to="mira@example.org",
    language="en",
    params={
        "tracking": "DP14711",
        "page_url": "https://lockers.example.org/p/0f",
        "pin": "4829 1357",
        "locker_name": "Elm Street 12",
        "locker_where": "left of the bakery",
        "deadline_s": NOON_MS // 1000,
    },
)


@dataclass
class Clock:
    """Time that passes when a test says so."""

    ms: int = NOON_MS

    def now_ms(self) -> int:
        return self.ms


@dataclass
class Provider:
    """Takes messages, unless it is away."""

    away: bool = False
    taken: list[tuple[Notice, Message]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    def deliver(self, notice: Notice, message: Message) -> None:
        if self.away:
            raise ConnectionRefusedError("mira@example.org is not reachable")
        self.taken.append((notice, message))
        self.came.set()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(database(tmp_path), Vault(bytes(32)))
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def put(store: Store, clock: Clock) -> Callable[..., None]:
    def write(**different: object) -> None:
        with store.write() as db:
            outbox.put(db, store, replace(READY, **different), clock.ms)

    return write
