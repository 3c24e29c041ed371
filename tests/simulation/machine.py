"""One locker: steel, mains, card and cable, and in it the shipping daemon as a process that may end at any moment.

The guardian's rule, the contacts' judgement and the steel are the shipping ones, too; only pins, threads and sockets
are missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.cabinet.events import DeviceFailed, DeviceRecovered, DoorClosed, DoorOpened, PulseEnded, SensorFailed
from locker.clock import Clock
from locker.daemon import Chances, Daemon, Ports
from locker.devices.contact import Contact
from locker.devices.pulses import PulseRule
from locker.journal import Journal, JournalError, make_room
from locker.settings import Compartment, Identity, Settings
from locker.settings import Hub as HubSection
from locker.twin.physics import CantBeDone, Steel
from locker.uplink import Keys, Uplink, _pause_s
from locker.wire import codec
from locker.wire.messages import Message, Presence
from locker.wire.topics import RETAINED, topic_of
from tests.simulation.broker import Broker, Session
from tests.simulation.disk import Disk, connect
from tests.simulation.world import MONDAY_MS, SECOND_MS, Fuse, Gone, Loop, World

DEBOUNCE_MS = 50
STARTS_MS = 5 * SECOND_MS
KEEPALIVE_MS = 20 * SECOND_MS
INSIDE_MM = {"XS": 60, "S": 90, "M": 200, "L": 420, "XL": 860}
OPINIONS: dict[str, Any] = {"opened": DoorOpened, "closed": DoorClosed, "failed": SensorFailed}


class Watcher:
    """Who looks at the steel from outside (`checkers`)."""

    def pulsed(self, machine: Machine, n: int) -> None:
        """A lock is about to be energised."""

    def released(self, machine: Machine, n: int, on_ms: int) -> None:
        """It isn't any more."""


class WallClock:
    """The machine's own idea of the time; `synchronised` is the file that says whether it is believed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.offset_ms = 0
        self.synchronised = True

    def wall_ns(self) -> int:
        return max(0, MONDAY_MS + self._world.now_ms + self.offset_ms) * 1_000_000

    def count_ns(self) -> int:
        return self._world.now_ms * 1_000_000

    def exists(self) -> bool:
        return self.synchronised


class Silence:
    """A panel without lamp and buzzer."""

    def light(self, on: bool) -> None:
        """Switches nothing."""

    def beep(self, pattern_ms: tuple[int, ...]) -> None:
        """Sounds nothing."""

    async def close(self) -> None:
        """Nothing to let go."""


class Process:
    """One start of the daemon. Also its locks and sensors as the daemon sees them."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._world = machine.world
        self.loop = Loop(machine.world, self.enter)  # type: ignore[abstract] # what the daemon needs of one
        self.over = False
        self.session: Session | None = None
        self._failures = 0
        self._rule = PulseRule(machine.steel.doors, machine.settings.locks.pulse_ms, 1)
        self._contacts = {n: Contact(machine.level(n), DEBOUNCE_MS / 1000) for n in machine.steel.doors}
        self.daemon: Daemon

    def start(self) -> None:
        """What `assembly` does: the journal, the daemon on it, its devices, the uplink."""
        machine, chance = self._machine, self._machine.chance
        connection = connect(machine.disk, "journal.sqlite")
        make_room(connection)  # type: ignore[arg-type] # what both connections share is enough
        journal = Journal(connection)  # type: ignore[arg-type]
        self.journal = journal
        clock = Clock(machine.clock, machine.clock.count_ns, machine.clock.wall_ns)  # type: ignore[arg-type]
        chances = Chances(id=lambda: f"{chance.getrandbits(64):016x}", share=chance.random)
        self.daemon = Daemon(machine.settings, journal, clock, chances, machine.code_key)
        self.uplink = Uplink(machine.settings.broker, self._presence(True), machine.keys, chance.random)
        self.daemon.send = self._send
        self.daemon.boot(Ports(self, self, Silence()))
        if machine.guardian_dead:
            self.daemon.take(DeviceFailed(device="locks"))
        self.loop.call_later(0.1, self._reach)

    def enter(self, work: Callable[[], object]) -> None:
        """Runs something as this process; afterwards it may have ended."""
        if self.over:
            return
        asyncio._set_running_loop(self.loop)
        fault: Exception | None = None
        try:
            work()
        except Gone:
            pass
        except Exception as error:  # noqa: BLE001 - the edge of a process: it ends with whatever went wrong
            fault = error
        finally:
            asyncio._set_running_loop(None)
        if self._machine.fuse.blown:
            self._machine.power(False)
        elif fault is not None:
            self._machine.ended(fault)
        elif hasattr(self, "daemon") and self.daemon.failed.done():
            self._machine.ended(self.daemon.failed.result())

    def end(self) -> None:
        """Gone: the guardian notices at once and releases every lock."""
        self.over = True
        self.loop.end()
        for n in self._machine.steel.doors:
            self._machine.relay(n, False)
        if self.session:
            session, self.session = self.session, None
            self._world.after(KEEPALIVE_MS, lambda: self._machine.broker.end(session))

    # Locks

    def unlock(self, n: int, pulse_ms: int) -> None:
        """The guardian's way with a wish for a pulse."""
        machine = self._machine
        machine.fuse.touch("pulse")
        why = "no guardian" if machine.guardian_dead else self._rule.begin(n, pulse_ms, self._world.now_ms)
        if why:
            self._world.note(machine.name, "no pulse", n, why)
            self.loop.call_soon(self.daemon.take, PulseEnded(n=n, given=False, why=why))
            return
        machine.watcher.pulsed(machine, n)
        self._world.note(machine.name, "pulse", n)
        machine.relay(n, True)
        self.loop.call_later(pulse_ms / 1000, self._end_pulses)

    def _end_pulses(self) -> None:
        for n in self._rule.end_due(self._world.now_ms):
            self._machine.relay(n, False)
            self.daemon.take(PulseEnded(n=n, given=True))

    def guardian(self, dead: bool) -> None:
        """The guardian dies, or is there again."""
        event = DeviceFailed(device="locks") if dead else DeviceRecovered(device="locks")
        self.enter(lambda: self.daemon.take(event))

    # Sensors

    def read(self) -> dict[int, bool | None]:
        return {n: contact.open for n, contact in self._contacts.items()}

    def edge(self, n: int) -> None:
        """A contact's level has changed."""
        self.enter(lambda: self._judge(n, self._contacts[n].edge(self._world.now_ms / 1000)))

    def _judge(self, n: int, opinion: Any) -> None:
        if opinion:
            self.daemon.take(OPINIONS[opinion](n=n))
        if (at_s := self._contacts[n].look_at) is not None:
            self.loop.call_later(max(0.001, at_s - self._world.now_ms / 1000), self._look, n)

    def _look(self, n: int) -> None:
        contact, now_s = self._contacts[n], self._world.now_ms / 1000
        if contact.look_at is not None and now_s >= contact.look_at - 0.0005:
            opinion = contact.settle(self._machine.level(n), max(now_s, contact.look_at))
            if opinion:
                self.daemon.take(OPINIONS[opinion](n=n))

    async def close(self) -> None:
        """Nothing to let go: the steel stays."""

    # Uplink

    def _presence(self, online: bool) -> Presence:
        return Presence(locker=self._machine.name, run=self.daemon.run, online=online)

    def _reach(self) -> None:
        machine = self._machine
        gone = self._presence(False)
        will = (topic_of(gone.locker, gone.kind), codec.encode(gone, machine.keys.own))
        session = Session(machine.name, self._hears, lambda: self.lost(session), will)
        if not machine.broker.connect(session):
            self._failures += 1
            self.loop.call_later(_pause_s(self._failures, machine.chance.random()), self._reach)
            return
        self.session, self._failures = session, 0
        self._send(self._presence(True))
        self.daemon.connected()

    def lost(self, session: Session) -> None:
        """The connection is gone."""
        if self.over or self.session is not session:
            return
        self.session = None
        self.enter(self.daemon.disconnected)
        self.loop.call_later(_pause_s(1, self._machine.chance.random()), self._reach)

    def _send(self, message: Message) -> None:
        self._machine.fuse.touch("send")
        if self.session is not None:
            where = topic_of(self._machine.name, message.kind)
            raw = codec.encode(message, self._machine.keys.own)
            self._machine.broker.publish(self.session, where, raw, where.rpartition("/")[2] in RETAINED)

    def _hears(self, topic: str, raw: bytes) -> None:
        try:
            message = self.uplink._read(topic, raw)
        except codec.WireError:
            self._machine.dropped += 1
            return
        self.enter(lambda: self.daemon.received(message))


class Machine:
    """A locker as it stands on the pavement, whatever runs inside."""

    def __init__(self, world: World, broker: Broker, watcher: Watcher, name: str, number: int, classes: str) -> None:
        self.world, self.broker, self.watcher, self.name, self.number = world, broker, watcher, name, number
        self.chance = world.draw(name)
        self.fuse = Fuse()
        self.disk = Disk(f"{name}-{id(self)}", self.fuse.touch)
        self.clock = WallClock(world)
        self.boxes = [_box(n, size, self.chance) for n, size in enumerate(classes.split(), 1)]
        self.steel = Steel([box.n for box in self.boxes])
        self.glued: dict[int, bool] = {}
        self.guardian_dead = self.scanner_out = False
        self.powered, self.process = False, None  # type: bool, Process | None
        self.starts = self.dropped = self.faults = 0
        self.on_since: dict[int, int] = {}
        self._steel_due: int | None = None

    def introduce(self, hub_key_hex: str, keys: Keys, code_key: bytes) -> None:
        """Its installer gives it its config and keys."""
        nowhere = Path("/nowhere")
        self.keys, self.code_key = keys, code_key
        self.settings = Settings(
            locker=Identity(
                id=self.name, number=self.number, data_dir=nowhere, signing_key_file=nowhere, code_key_file=nowhere
            ),
            hub=HubSection(public_key=hub_key_hex),
            compartment=tuple(self.boxes),
        )

    @property
    def daemon(self) -> Daemon | None:
        """Whoever serves people now."""
        return self.process.daemon if self.process and hasattr(self.process, "daemon") else None

    @property
    def journal(self) -> Journal | None:
        """The journal of the daemon that runs."""
        return self.process.journal if self.daemon and self.process else None

    # Mains

    def power(self, on: bool) -> None:
        """The mains come or go."""
        if on == self.powered:
            return
        self.powered = on
        self.world.note(self.name, "power", on)
        if on:
            self._begin()
            return
        self._finish()
        self.steel.power_cut(self.world.now_ms)
        self.disk.lose_power(self.chance)

    def kill(self) -> None:
        """The process is killed; its supervisor starts it again."""
        if self.process:
            self.ended(None)

    def ended(self, fault: Exception | None) -> None:
        """The daemon has stopped."""
        self.world.note(self.name, "ended", type(fault).__name__)
        if fault is not None and not isinstance(fault, apsw.Error | JournalError):
            # Only its disk may end a daemon.
            raise fault
        self._finish()
        self.disk.unmount()
        self.world.after(STARTS_MS, self._begin)

    def _begin(self) -> None:
        if self.powered and self.process is None:
            self.fuse.blown, self.fuse.left = False, None
            self.starts += 1
            self.process = Process(self)
            self.process.enter(self.process.start)

    def _finish(self) -> None:
        process, self.process = self.process, None
        if process:
            process.end()

    # Steel

    def relay(self, n: int, on: bool) -> None:
        """The guardian switches one line."""
        self.steel.relay(n, on, self.world.now_ms)
        # A relay that sticks is the steel's doing; what counts is what was commanded.
        if on:
            self.on_since.setdefault(n, self.world.now_ms)
        elif n in self.on_since:
            self.watcher.released(self, n, self.world.now_ms - self.on_since.pop(n))
        self.steel_moves()

    def steel_moves(self) -> None:
        """Something was done to the steel: what follows from it will happen."""
        due_ms = self.steel.next_ms
        if due_ms is not None and (self._steel_due is None or due_ms < self._steel_due):
            self._steel_due = due_ms
            self.world.after(due_ms - self.world.now_ms, self._advance)

    def _advance(self) -> None:
        self._steel_due = None
        for edge in self.steel.advance(self.world.now_ms):
            self.edge(edge.n)
        self.steel_moves()

    def level(self, n: int) -> bool:
        """What the contact's pin says: a cut wire reads as open."""
        door = self.steel.doors[n]
        return True if door.cut else self.glued.get(n, door.contact_open)

    def edge(self, n: int) -> None:
        """A contact's level may have changed."""
        if self.process and n not in self.glued and not self.steel.doors[n].cut:
            self.process.edge(n)

    # Hands

    def scan(self, text: str) -> bool:
        """Holds a code before the scanner; whether it beeps."""
        if self.process is None or self.scanner_out:
            return False
        self._as_daemon(lambda daemon: daemon.scanned(text, ""))
        return True

    def press(self, keys: str) -> None:
        """Types on the kiosk."""
        for key in keys:
            self._as_daemon(lambda daemon, key=key: daemon.front.press(key))  # type: ignore[misc]

    def _as_daemon(self, work: Callable[[Daemon], None]) -> None:
        process = self.process
        if process and hasattr(process, "daemon"):
            process.enter(lambda: work(process.daemon))

    def choose(self, choice: str, n: int = 0) -> None:
        """Presses a button of the kiosk."""
        self._as_daemon(lambda daemon: daemon.front.choose(choice, n))

    def screen(self) -> tuple[str, int, dict[str, Any]]:
        """What the kiosk shows: name, door, parameters; "dark" while nothing runs."""
        if self.daemon is None:
            return "dark", 0, {}
        screen: Any = self.daemon.front.picture()["screen"]
        return screen["name"], screen["n"], screen["params"]

    def open_doors(self) -> list[int]:
        """Which doors stand open, for anybody to see."""
        return [n for n, door in self.steel.doors.items() if door.open]

    def shut(self, n: int) -> bool:
        """Pushes a door shut; whether it stays so."""
        try:
            self.steel.close(n, self.world.now_ms)
        except CantBeDone:
            return False
        self.steel_moves()
        return not self.steel.doors[n].open


def keys_of(number: int, hub: Any) -> Keys:
    """A locker's keys: nobody's luck."""
    return Keys(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32), hub)


def _box(n: int, size: str, chance: Any) -> Compartment:
    return Compartment(
        n=n, lock_pin=2 * n, door_pin=2 * n + 1, size_class=size, width_mm=380, height_mm=INSIDE_MM[size],
        depth_mm=640, holds_child=size in ("L", "XL"), reach=chance.choice(("low", "middle", "high")),
    )  # fmt: skip
