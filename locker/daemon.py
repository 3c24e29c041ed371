"""The daemon's loop: an event comes in, the cabinet decides, facts are made durable, then the rest is done, in order.

The way from a scan to a lock is one call: `scanned` -> `Cabinet.step` -> `Journal.append` -> `Locks.unlock`. Nothing
waits in between, and whatever fails on it stops the daemon: outputs go off, and a new start replays the journal.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from locker import checkpoint, telemetry
from locker.cabinet.actions import Action, AskForOrders, Beep, Light, Record, Show, Tell, Unlock
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.events import Booted, Event, Knocked, OpenNowReceived, OrdersReceived, Scanned, Tick
from locker.clock import Clock
from locker.code_entry import CodeEntry
from locker.devices.onlookers import Onlookers
from locker.devices.ports import DoorSensors, Locks, Panel
from locker.front import Front
from locker.journal import Journal
from locker.link import Link
from locker.measures import Measures
from locker.settings import Settings
from locker.wire.facts import Fact, UnlockAuthorised, VisitEnded
from locker.wire.messages import CabinetState, CompartmentState, FullState, Hello, Message, Orders, Welcome
from locker.wire.opening import Knock, OpenNow

SOFTWARE = version("open-parcel-locker")
TICK_MS = 1_000
QUIET_MS = 2_000
UNTIDY_MAX = 200
"""So many transactions may wait for a quiet moment; behind them the write-ahead log would outgrow its room."""

BUZZ_MS = {"yes": (80,), "no": (300, 100, 300), "remind": (80, 80, 80), "alarm": (500, 200, 500, 200, 500)}


@dataclass(frozen=True, slots=True)
class Ports:
    """The devices that the daemon drives."""

    locks: Locks
    sensors: DoorSensors
    panel: Panel


@dataclass(frozen=True, slots=True)
class Chances:
    """Where randomness comes from: `id` draws 64 bits as 16 hex digits, `share` a number from 0 to 1."""

    id: Callable[[], str]
    share: Callable[[], float]


class Daemon:
    """One locker, from its start to its end. `send` hands a message to the uplink; `failed` ends with the fault.

    Events that come before `boot` wait for it.
    """

    def __init__(self, settings: Settings, journal: Journal, clock: Clock, chances: Chances, code_key: bytes) -> None:
        self.run = chances.id()
        self.failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        self.send: Callable[[Message], None] = lambda _: None
        self.alive: Callable[[], None] = lambda: None
        self.onlookers = Onlookers()
        self.measures = Measures()
        self._settings = settings
        self._journal = journal
        self._clock = clock
        self._chances = chances
        self._cabinet = Cabinet(settings.locks.pulse_ms, settings.locks.energised_max, settings.kiosk.sticker)
        self._link = Link(settings.locker.id, journal, self._hello)
        self._entry = CodeEntry(code_key, self.take, self._pause_ms, chances.id)
        self.front = Front(settings, self._cabinet, clock, self._entry, self.take)
        self._ports: Ports | None = None
        self._housekeeping = checkpoint.Housekeeping(journal)
        self._authorised: set[int] = set()  # by facts of this run: nothing of an earlier one pulses
        self._events: deque[Event] = deque()
        self._busy = True  # until boot: nothing is decided before the journal was replayed
        self._timer: asyncio.TimerHandle | None = None
        self._last_event_ms = 0
        self._visit = ""  # the one that is going on, for the log
        self._told_compartments: tuple[CompartmentState, ...] = ()

    def boot(self, ports: Ports) -> None:
        """Replays the journal and begins. Raises JournalError where it can't be believed."""
        checkpoint.replay(self._journal, self._cabinet)
        self._ports = ports
        self._measure()
        identity = self._settings.locker
        self._events.appendleft(
            Booted(
                run=self.run, locker=identity.id, number=identity.number, software=SOFTWARE,
                compartments=tuple(box.spec() for box in self._settings.compartment), doors_open=ports.sensors.read(),
            )
        )  # fmt: skip
        self._busy = False
        self._guarded(self._work)

    def take(self, event: Event) -> None:
        """Something has happened. When this returns it is decided, recorded and done, or the daemon is stopping."""
        self._events.append(event)
        self._guarded(self._work)

    def scanned(self, text: str, symbology: str) -> None:
        """The scanner has read this."""
        drawn = self._chances.id()
        if not self._entry.entered(text):
            self.take(Scanned(text=text, visit=drawn, symbology=symbology))
        telemetry.scanned(text, symbology, self._visit or drawn)
        self.measures.scans.labels(telemetry.kind_of(text, symbology)).inc()

    def card_shown(self, number: str) -> None:
        """A card's number was read; it is hashed before anybody compares it."""
        self._entry.card(number)

    def connected(self) -> None:
        """The broker is there."""
        self._online(True)
        self.measures.connects.inc()
        self._told_compartments = ()
        self._send(self._link.connected(self._clock.now().run_ms))

    def disconnected(self) -> None:
        """The broker is gone."""
        self._online(False)
        self._link.disconnected()

    def received(self, message: Message) -> None:
        """The hub has said this; its signature was checked."""
        if isinstance(message, Orders | FullState):
            self.take(OrdersReceived(message=message))
            return
        if isinstance(message, Knock):
            self.take(Knocked(request=message.request, nonce=self._chances.id()))
            return
        if isinstance(message, OpenNow):
            self.take(OpenNowReceived(message=message, visit=self._chances.id()))
            return
        if isinstance(message, Welcome):
            self._clock.hub_says(message.wall_ms)
        self._send(self._link.received(message, self._clock.now().run_ms))
        self._arm()

    async def close(self) -> None:
        """Takes nothing more and lets go of the devices, the locks first."""
        self._busy = True
        if self._timer:
            self._timer.cancel()
        ports, self._ports = self._ports, None
        if ports:
            await ports.locks.close()
            await ports.sensors.close()
            await ports.panel.close()
        await self._entry.close()

    def missing(self) -> dict[str, str]:
        """What keeps this locker from serving people, by its name; empty where nothing does."""
        if self._ports is None:
            return {"devices": "not open yet, or closed again"}
        return {"daemon": "it has failed and starts again"} if self.failed.done() else {}

    def _measure(self) -> None:
        identity, journal = self._settings.locker, self._journal
        self.measures.name(identity.id, SOFTWARE, self.run)
        self.measures.watch("locker_journal_facts", "Facts in the journal.", lambda: journal.position)
        self.measures.watch(
            "locker_reports_waiting", "Facts that the hub hasn't confirmed.",
            lambda: journal.position - (journal.place(journal.known) or 0),
        )  # fmt: skip
        self.measures.watch(
            "locker_clock_trusted", "Whether the time of day is believed.", lambda: self._clock.now().trusted
        )
        self.measures.watch_compartments(self._cabinet.overview)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the loop's edge: whatever it was, decided and done may differ now
            self._busy = True  # for good: nothing is decided on a state that may not be on the disk
            telemetry.stopped(error)
            if not self.failed.done():
                self.failed.set_result(error)

    def _work(self) -> None:
        # A device may answer while it is being driven; its event waits until the present one is done.
        if self._busy:
            return
        self._busy = True
        while self._events:
            self._one(self._events.popleft())
        self._busy = False
        self._arm()

    def _one(self, event: Event) -> None:
        now, began = self._clock.now(), time.perf_counter()
        actions = self._cabinet.step(event, now)
        facts = self._perform(actions)
        if not isinstance(event, Tick):
            self._last_event_ms = now.run_ms
            self.measures.step_s.observe(time.perf_counter() - began)
        if facts:
            self._send(self._link.appended(now.run_ms))
        self._told(facts)
        if facts or not isinstance(event, Tick):
            self.front.changed_now()
        self.onlookers.look_on(self._cabinet, actions)

    def _told(self, facts: list[Fact]) -> None:
        for fact in facts:
            # A door's fact names no visit: it belongs to the one that is going on.
            self._visit = getattr(fact, "visit", "") or self._visit
            telemetry.fact_recorded(fact, self._visit)
            self.measures.recorded(fact)
            if isinstance(fact, VisitEnded):
                self._visit = ""

    def _perform(self, actions: list[Action]) -> list[Fact]:
        recorded: list[Fact] = []
        pending: list[Fact] = []
        for action in actions:
            if isinstance(action, Record):
                pending.append(action.fact)
                continue
            recorded += self._record(pending)
            pending = []
            self._do(action)
        return recorded + self._record(pending)

    def _record(self, facts: list[Fact]) -> list[Fact]:
        if facts:
            self._journal.append(facts)
            self._authorised |= {fact.n for fact in facts if isinstance(fact, UnlockAuthorised)}
        return facts

    def _do(self, action: Action) -> None:
        assert self._ports is not None, "nothing is done before the boot"
        match action:
            case Unlock():
                # The cabinet promises it; this is the last place where a mistake in there can be stopped.
                assert action.n in self._authorised, "no lock is pulsed without a fact on the disk that allows it"
                self._authorised.remove(action.n)
                self._ports.locks.unlock(action.n, action.pulse_ms)
            case Beep():
                self.front.sound(action.sound)
                self._ports.panel.beep(BUZZ_MS[action.sound])
            case Light():
                self._ports.panel.light(action.on)
            case Show():
                self.front.changed_now()
            case AskForOrders():
                self._send(self._link.ask(self._clock.now().run_ms))
            case Tell():
                self.send(action.message)

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
        now_ms = self._clock.now().run_ms
        due = [now_ms + TICK_MS, self._cabinet.next_tick_ms, self._link.due_ms]
        wait_ms = max(0, min(ms for ms in due if ms is not None) - now_ms)
        # A timer may be early by less than the clock's millisecond; then it would be armed for nothing.
        self._timer = asyncio.get_running_loop().call_later((wait_ms + 1) / 1000, self._guarded, self._tick)

    def _tick(self) -> None:
        if self._busy:
            return
        now_ms = self._clock.now().run_ms
        self._entry.tick(now_ms)
        self._send(self._link.tick(now_ms, self._chances.share()))
        self.take(Tick(chance=self._chances.share() if self._cabinet.is_number_due(self._clock.now()) else None))
        if not self._busy:
            self._housekeep(now_ms)

    def _housekeep(self, now_ms: int) -> None:
        self.alive()
        self._clock.look()
        quiet = now_ms - self._last_event_ms >= QUIET_MS
        if quiet:
            self._housekeeping.work(self._cabinet.state, self._clock.now())
        if self._journal.untidy and (quiet or self._journal.untidy >= UNTIDY_MAX):
            self._journal.tidy()
        compartments = self._cabinet.overview()
        if self.front.online and compartments != self._told_compartments:
            self._told_compartments = compartments
            identity, head = self._settings.locker.id, self._journal.head
            self.send(CabinetState(locker=identity, run=self.run, head=head, compartments=compartments))

    def _send(self, messages: list[Message]) -> None:
        for message in messages:
            self.send(message)

    def _online(self, online: bool) -> None:
        self.measures.connected.set(online)
        self.front.online = online
        self.front.changed_now()
        self._arm()

    def _pause_ms(self) -> int:
        return self._cabinet.keypad_pause_ms(self._clock.now())

    def _hello(self) -> Hello:
        now, state = self._clock.now(), self._cabinet.state
        return Hello(
            locker=self._settings.locker.id, run=self.run, head=self._journal.head, epoch=state.epoch,
            order_number=state.order_number, order_digest=state.order_digest, wall_ms=now.wall_ms,
            clock_trusted=now.trusted,
        )  # fmt: skip
