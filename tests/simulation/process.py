"""The shipping daemon as a process in a simulated locker: what `assembly` does, without pins, threads and sockets.

The guardian's rule and the contacts' judgement are the shipping ones; the process may end at any moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import apsw

from locker.cabinet.events import (
    DeviceFailed,
    DoorClosed,
    DoorOpened,
    Event,
    MainsSeen,
    PulseEnded,
    SensorFailed,
    SensorRecovered,
)
from locker.clock import Clock
from locker.daemon import Chances, Daemon, Ports
from locker.devices.contact import Contact, Opinion
from locker.devices.pulses import PulseRule
from locker.journal import Journal, make_room
from locker.uplink import Uplink, pause_s
from locker.wire import codec
from locker.wire.facts import Fact
from locker.wire.messages import Message, Presence
from locker.wire.topics import RETAINED, topic_of
from tests.simulation.broker import Session
from tests.simulation.disk import connect
from tests.simulation.world import SECOND_MS, Gone, Loop

if TYPE_CHECKING:
    from tests.simulation.machine import Machine

DEBOUNCE_MS = 50
KEEPALIVE_MS = 20 * SECOND_MS


class Silence:
    """A panel without lamp and buzzer."""

    def light(self, on: bool) -> None:
        """Switches nothing."""

    def beep(self, pattern_ms: tuple[int, ...]) -> None:
        """Sounds nothing."""

    async def close(self) -> None:
        """Nothing to let go."""


class WatchedJournal(Journal):
    """The journal; whoever watches hears of each write that it has claimed to be durable."""

    def __init__(self, machine: Machine, connection: apsw.Connection) -> None:
        self._machine = machine
        super().__init__(connection)  # type: ignore[arg-type] # what both connections share is enough

    def append(self, facts: Iterable[Fact]) -> None:
        new = list(facts)
        super().append(new)
        self._machine.watcher.recorded(self._machine, self, len(new))


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
        for contact in self._contacts.values() if machine.bus_silent else ():
            contact.lose()
        self.daemon: Daemon

    def start(self) -> None:
        """What `assembly` does: the journal, the daemon on it, its devices, the uplink."""
        machine, chance = self._machine, self._machine.chance
        connection = connect(machine.disk, "journal.sqlite")
        make_room(connection)  # type: ignore[arg-type] # what both connections share is enough
        self.journal = journal = WatchedJournal(machine, connection)
        machine.watcher.opened(machine, journal, machine.other_card)
        machine.other_card = False
        clock = Clock(machine.clock, machine.clock.count_ns, machine.clock.wall_ns)  # type: ignore[arg-type]
        chances = Chances(id=lambda: f"{chance.getrandbits(64):016x}", share=chance.random)
        self.daemon = Daemon(machine.settings, journal, clock, chances, machine.code_key)
        self.uplink = Uplink(machine.settings.broker, self._presence(True), machine.keys, chance.random)
        self.daemon.send = self._send
        self.daemon.boot(Ports(self, self, Silence()))
        if machine.guardian_dead:
            self.daemon.take(DeviceFailed(device="locks"))
        self.daemon.take(MainsSeen(there=machine.mains))
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

    # Sensors

    def read(self) -> dict[int, bool | None]:
        return {n: contact.open for n, contact in self._contacts.items()}

    def edge(self, n: int) -> None:
        """A contact's level has changed."""
        if not self._machine.bus_silent:
            self.enter(lambda: self._judge(n, self._contacts[n].edge(self._world.now_ms / 1000)))

    def bus(self, silent: bool) -> None:
        """The expander that all contacts are connected to falls silent, or answers again."""
        for n, contact in self._contacts.items():
            if not silent:
                self.edge(n)
            elif contact.lose():
                self.take(SensorFailed(n=n))

    def take(self, event: Event) -> None:
        """Something happens to a device, and the daemon is told."""
        self.enter(lambda: self.daemon.take(event))

    def _judge(self, n: int, opinion: Opinion | None) -> None:
        if opinion == "failed":
            self.daemon.take(SensorFailed(n=n, flickers=True))
        elif opinion:
            self.daemon.take(DoorOpened(n=n) if opinion == "opened" else DoorClosed(n=n))
        if (at_s := self._contacts[n].look_at) is not None:
            self.loop.call_later(max(0.001, at_s - self._world.now_ms / 1000), self._look, n)

    def _look(self, n: int) -> None:
        contact, now_s = self._contacts[n], self._world.now_ms / 1000
        if contact.look_at is None or now_s < contact.look_at - 0.0005:
            return
        blind = contact.open is None
        opinion = contact.settle(self._machine.level(n), max(now_s, contact.look_at))
        # Pins of the computer itself don't say that they can be believed again; an expander does.
        if blind and contact.open is not None and self._machine.by_bus:
            self.daemon.take(SensorRecovered(n=n))
        if opinion:
            self._judge(n, opinion)

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
            self.loop.call_later(pause_s(self._failures, machine.chance.random()), self._reach)
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
        self.loop.call_later(pause_s(1, self._machine.chance.random()), self._reach)

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
