"""A daemon with a real cabinet and a real journal, and devices that only note what they are asked."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.cabinet.events import Commissioned, Event, OrdersReceived
from locker.clock import Clock
from locker.daemon import Chances, Daemon, Ports
from locker.journal import Journal, open_file
from locker.settings import Settings
from locker.wire import codec, ticket
from locker.wire.access_tag import access_tag
from locker.wire.chain import GENESIS
from locker.wire.messages import FullState, Message
from locker.wire.orders import Admit, Expect, Order, Pass, Passes, Site, Snapshot, TicketKey

CODE_KEY = b"c" * 32
HUB = Ed25519PrivateKey.from_private_bytes(b"h" * 32)
PIN, COURIER, PICKUP, LABEL = "24681357", "11223344", "00000000000000aa", "PARCEL-1"


class DiskFull(sqlite3.OperationalError):
    """What a disk says that has no room."""


class Disk(sqlite3.Connection):
    """A connection that notes its commits, and fails them when told to: all, or all but the next few."""

    notes: list[str]
    failing = False
    commits_left = 10**6

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:  # type: ignore[override]
        if sql == "COMMIT":
            self.commits_left -= 1
            if self.failing or self.commits_left < 0:
                raise DiskFull("database or disk is full")
        result = super().execute(sql, *parameters)
        if sql == "COMMIT":
            self.notes.append("commit")
        return result


@dataclass
class Steel:
    """Locks, sensors and panel in memory. `notes` is what happened, in order, commits of the journal included."""

    notes: list[str] = field(default_factory=list)
    doors_open: dict[int, bool | None] = field(default_factory=lambda: {1: False, 2: False})
    on_unlock: Callable[[int], None] = lambda n: None

    def unlock(self, n: int, pulse_ms: int) -> None:
        """See `Locks`."""
        self.notes.append(f"unlock {n}")
        self.on_unlock(n)

    def read(self) -> dict[int, bool | None]:
        """See `DoorSensors`."""
        return dict(self.doors_open)

    def light(self, on: bool) -> None:
        """See `Panel`."""

    def beep(self, pattern_ms: tuple[int, ...]) -> None:
        """See `Panel`."""
        self.notes.append("beep")

    async def close(self) -> None:
        """See `Locks`."""
        self.notes.append("closed")


class Place:
    """One locker's folder: a daemon can be started on it again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings.model_validate(
            {
                "locker": {
                    "id": "elm", "number": 1, "data_dir": folder, "signing_key_file": folder / "signing.key",
                    "code_key_file": folder / "code.key",
                },
                "hub": {"public_key": HUB.public_key().public_bytes_raw().hex()},
                "compartment": [
                    {
                        "n": n, "lock_pin": 2 * n, "door_pin": 2 * n + 1, "size_class": "M", "width_mm": 400,
                        "height_mm": 200, "depth_mm": 600,
                    }
                    for n in (1, 2)
                ],
            }
        )  # fmt: skip
        self._ids = itertools.count(1)

    def start(self, early: Sequence[Event] = ()) -> Running:
        """Starts the daemon (within an event loop); `early` happens before it has replayed its journal."""
        return Running(self, lambda: f"{next(self._ids):016x}", early)


class Running:
    """One run of the daemon."""

    def __init__(self, place: Place, draw_id: Callable[[], str], early: Sequence[Event]) -> None:
        self.steel = Steel()
        open_file(place.folder / "journal.sqlite").close()
        self.disk = sqlite3.connect(place.folder / "journal.sqlite", isolation_level=None, factory=Disk)
        self.disk.notes = self.steel.notes
        self.journal = Journal(self.disk)
        self.sent: list[Message] = []
        self._later_ns = 0
        clock = Clock(place.folder / "synchronised", lambda: time.monotonic_ns() + self._later_ns)
        self.daemon = Daemon(place.settings, self.journal, clock, Chances(draw_id, lambda: 0.5), CODE_KEY)
        self.daemon.send = self.sent.append
        self.take(*early)
        self.daemon.boot(Ports(self.steel, self.steel, self.steel))

    def later(self, seconds: float) -> None:
        """Lets so much time have passed at once."""
        self._later_ns += int(seconds * 1e9)

    def take(self, *events: Event) -> None:
        """These happen, one behind the other."""
        for event in events:
            self.daemon.take(event)

    def prepare(self, *orders: Order) -> None:
        """A commissioned locker that the hub has told the usual and this."""
        usual = (
            Site(name="Elm Street", where="left", keys=(TicketKey(kid=1, public_key=public_key()),)),
            Passes(passes=(Pass(tag=access_tag(COURIER, CODE_KEY), party="courier", who="carla", carrier="demo"),)),
        )
        snapshot = codec.snapshot_to_json(Snapshot(orders=(*usual, *orders)))
        full = FullState(epoch="e1", number=1, digest=GENESIS, snapshot=snapshot)
        self.take(OrdersReceived(message=full), Commissioned())
        self.steel.notes.clear()

    def kinds(self) -> list[str]:
        """The kinds of all facts in the journal."""
        return [fact.kind for fact in self.journal.facts()]

    @property
    def screen(self) -> str:
        """What is shown."""
        shown = self.daemon.front.picture()["screen"]
        assert isinstance(shown, dict)
        return str(shown["name"])

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something is the case."""
        async with asyncio.timeout(10):
            while not holds():
                await self.daemon.front.changed(cast(int, self.daemon.front.picture()["version"]))

    async def stop(self) -> None:
        """The daemon ends politely."""
        await self.daemon.close()
        self.disk.close()


def public_key() -> str:
    """The key that tickets are signed with."""
    return HUB.public_key().public_bytes_raw().hex()


@pytest.fixture(scope="session")
def orders() -> tuple[Order, ...]:
    """A parcel that is expected, and what opens it."""
    expect = Expect(delivery="d1", pickup=PICKUP, labels=(LABEL,), width_mm=300, height_mm=100, depth_mm=300)
    return expect, Admit(pickup=PICKUP, generation=1, pin_tag=access_tag(PIN, CODE_KEY))


@pytest.fixture(scope="session")
def qr_code() -> str:
    """The ticket of that parcel's pickup."""
    content = ticket.Ticket(kid=1, home=1, pickup=PICKUP, generation=1, not_after_s=2**31)
    return ticket.issue(content, HUB)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A new locker's folder."""
    return Place(tmp_path)


@pytest.fixture
def play() -> Callable[[Callable[[], Any]], None]:
    """Plays an asynchronous story."""
    return lambda story: asyncio.run(story())
