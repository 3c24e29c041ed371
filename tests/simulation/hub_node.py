"""The hub as a process: the real handlers, store and link on a disk that forgets, ended at any commit or send."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import apsw
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub_service.domain.access_codes import TicketKey
from hub_service.domain.draws import Draws
from hub_service.handlers import links, opening, waits
from hub_service.handlers.hub import Hub
from hub_service.locker_link import Bus, LockerLink
from hub_service.store.database import StoreError
from hub_service.store.keys import TICKET_KEY_ID, Keys
from hub_service.store.sqlite import SqliteStore
from hub_service.store.vault import Vault
from locker.wire.codec import encode
from locker.wire.topics import topic_of
from tests.simulation.broker import HUB, Broker, Session
from tests.simulation.chance import SeededChance
from tests.simulation.disk import Connection, Disk, connect
from tests.simulation.signatures import Signs
from tests.simulation.world import MONDAY_MS, SECOND_MS, Fuse, Gone, World

T = TypeVar("T")
STARTS_MS = 3 * SECOND_MS
DUTIES_MS = 60 * SECOND_MS
LOOK_MS = 2 * SECOND_MS


def seeded_keys(world: World, chance: SeededChance) -> Keys:
    """The same hub for every seed: its keys are nobody's luck."""
    ticket = TicketKey(TICKET_KEY_ID, Ed25519PrivateKey.from_private_bytes(b"t" * 32))
    message: Any = Signs(world.signatures, Ed25519PrivateKey.from_private_bytes(b"m" * 32))
    return Keys(message, ticket, Vault(b"v" * 32, chance.token_bytes), ec.derive_private_key(7, ec.SECP256R1()))


class DiskStore(SqliteStore):
    """The store on a simulated disk; its one connection serves readers, too."""

    def __init__(self, disk: Disk, vault: Vault) -> None:
        self._disk = disk
        self._shared: Connection | None = None
        super().__init__(_There(), vault)  # type: ignore[arg-type]

    def _connect(self) -> Any:
        if self._shared is None:
            self._shared = Connection(connect(self._disk, "hub.sqlite"))
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._shared.execute(f"PRAGMA {pragma}")
        return self._shared


class _There:
    """A path of a file that is there."""

    def exists(self) -> bool:
        return True


class HubClock:
    """The hub's time; an operator may have set it wrong by a little."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.offset_ms = 0

    def now_ms(self) -> int:
        return MONDAY_MS + self._world.now_ms + self.offset_ms


class Watcher(Protocol):
    """Who looks at the hub from outside (`checkers`)."""

    def committed(self) -> None:
        """Something was committed."""

    def hub_started(self) -> None:
        """It has started on what was on the disk."""


class HubNode:
    """One hub. People and lockers reach it through `ask` and the broker; while it is down nobody answers."""

    def __init__(self, world: World, broker: Broker, disk: dict[str, bytes]) -> None:
        self._world, self._broker = world, broker
        self._chance = world.draw("hub node")
        self.fuse = Fuse()
        self.disk = Disk(f"hub-{id(self)}", self.fuse.touch)
        self.clock = HubClock(world)
        chance = SeededChance(world)
        self.keys, self._draws = seeded_keys(world, chance), Draws(chance)
        self.session: Session | None = None
        self.runs = self.crashes = 0
        self.up = False
        self.watcher: Watcher | None = None
        self.disk.restore(disk)
        self.start()

    def start(self) -> None:
        """A process begins, knowing what is on the disk and nothing else."""
        if self.up:
            return
        self.fuse.blown, self.fuse.left = False, None
        try:
            store = DiskStore(self.disk, self.keys.vault)
        except (sqlite3.Error, StoreError, apsw.Error):
            assert self.disk.full or self.disk.failing, "a hub starts from what a crash has left"
            self.disk.unmount()
            self._world.after(STARTS_MS, self.start)
            return
        self.runs += 1
        self.up, run = True, self.runs
        self.hub = Hub(store, self.keys, self.clock, "http://hub.example", draws=self._draws)
        self.link = LockerLink(self.hub, Bus("", 0))
        self._pushing, self._looking, self._news, self._unchecked = False, False, True, False
        store.on_commit(self._changed)
        if self.watcher:
            self.watcher.hub_started()
        self._every(run, DUTIES_MS, self._duties)
        self._reach(run)

    def ask(self, work: Callable[[Hub], T]) -> T | None:
        """Somebody's request; None: the hub was down or ended in the middle of it."""
        answer: list[T] = []
        self._enter(lambda: answer.append(work(self.hub)))
        return answer[0] if answer else None

    def crash(self, power: bool) -> None:
        """The process ends here and now, perhaps with its machine's power."""
        if not self.up:
            return
        self.up = False
        self.crashes += 1
        self._world.note("hub ends", power)
        if power:
            self.disk.lose_power(self._chance)
        else:
            self.disk.unmount()
        self._broker.end(self.session)
        self.session = None
        self._world.after(self._chance.randrange(1, STARTS_MS), self.start)

    def _enter(self, work: Callable[[], object]) -> None:
        if not self.up:
            return
        try:
            work()
        except Gone:
            pass
        except (sqlite3.OperationalError, StoreError):
            if not (self.disk.full or self.disk.failing or self.fuse.blown):
                raise
        if self.fuse.blown or (self.up and self.hub.store.broken):
            self.crash(self._chance.random() < 0.5)
        elif self._unchecked and self.watcher:
            # Not from within: a hub goes on after a message that it can't take, whatever is wrong with it.
            self._unchecked = False
            self.watcher.committed()

    def _every(self, run: int, every_ms: int, work: Callable[[], None]) -> None:
        def again() -> None:
            if self.up and run == self.runs:
                work()
                self._world.after(every_ms, again)

        self._world.after(every_ms, again)

    def _duties(self) -> None:
        self._enter(lambda: waits.run_due(self.hub))
        self._enter(lambda: waits.mark_silent(self.hub))

    def _reach(self, run: int) -> None:
        """Connects to the broker, and again whenever that is gone."""
        if not self.up or run != self.runs:
            return
        session = Session(HUB, self._hears, lambda: self._lost(run))
        if self._broker.connect(session):
            self.session = session
            self._push_soon()
        else:
            self._world.after(self._chance.randrange(200, 30_000), lambda: self._reach(run))

    def _lost(self, run: int) -> None:
        self.session = None
        self._world.after(self._chance.randrange(200, 5_000), lambda: self._reach(run))

    def _hears(self, topic: str, raw: bytes) -> None:
        self._enter(lambda: self._send(self.link.taken_all([(topic, raw)])))

    def _send(self, messages: Any) -> None:
        for locker_id, message in messages:
            self.fuse.touch("send")
            if self.session:
                raw = encode(message, self.hub.keys.message)
                self._broker.publish(self.session, topic_of(locker_id, message.kind), raw)

    def _push_soon(self) -> None:
        if not self._pushing:
            self._pushing = True
            self._world.after(1, self._push)

    def _changed(self) -> None:
        self._news = self._unchecked = True
        self._push_soon()

    def _push(self) -> None:
        self._pushing = False
        # Without a commit nobody falls behind who wasn't: there is nothing to look for.
        if self.session and self._news:
            asked = self.ask(opening.knocks)
            self._enter(lambda: self._send(asked or ()))
            self._news = bool(asked) or bool(self.ask(links.behind))
            if self._news:
                self._enter(lambda: self._send(self.link._due()))
                self._look_later()

    def _look_later(self) -> None:
        if not self._looking:
            self._looking = True
            self._world.after(LOOK_MS, self._look)

    def _look(self) -> None:
        self._looking = False
        self._push_soon()
