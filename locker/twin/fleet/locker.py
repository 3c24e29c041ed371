"""One locker of the fleet: the real cabinet and link, doors of steel in software, the journal in memory.

Does what the daemon does, in the daemon's order, without pins, card and kiosk.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from locker.cabinet.actions import Action, AskForOrders, Record, Unlock
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.events import Booted, Commissioned, Event, OrdersReceived, Tick
from locker.link import Link
from locker.twin.fleet.line import Broker, Line, LineLost
from locker.twin.fleet.memory import MemoryJournal
from locker.twin.fleet.steel import Doors
from locker.twin.fleet.tally import Tally
from locker.uplink import SPREAD_S_MAX, Keys, pause_s
from locker.wire import codec
from locker.wire.facts import CompartmentSpec, Fact, Moment
from locker.wire.messages import CabinetState, FullState, Hello, Message, Orders, Presence, Welcome
from locker.wire.topics import RETAINED, TO_LOCKER, read_topic, topic_of

SOFTWARE = version("open-parcel-locker") + "-fleet"
PULSE_MS = 500
TICK_MS_MAX = 60_000
"""The cabinet says when it wants a tick; the daemon's own once a second would be all that ten thousand of them do."""

STATE_S = 1.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a locker is: what the hub knows of it, and its secrets."""

    id: str
    number: int
    keys: Keys
    code_key: bytes
    compartments: tuple[CompartmentSpec, ...]


@dataclass(frozen=True, slots=True)
class Chances:
    """Where randomness comes from, as for the daemon."""

    id: Callable[[], str]
    share: Callable[[], float]


class Locker:
    """Runs until cancelled (`live`). People use `take`, `doors` and `until`; one after the other, holding `front`."""

    def __init__(self, identity: Identity, chances: Chances, tally: Tally) -> None:
        self.identity = identity
        self.front = asyncio.Lock()
        self.journal = MemoryJournal()
        self.cabinet = Cabinet(PULSE_MS)
        self.doors = Doors((spec.n for spec in identity.compartments), self.take)
        self.line: Line | None = None
        self._chances, self._tally = chances, tally
        self._link = Link(identity.id, self.journal, self._hello)
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._run = chances.id()
        self._events: deque[Event] = deque()
        self._busy = False
        self._timer: asyncio.TimerHandle | None = None
        self._state_due = False
        self._ended = asyncio.Event()
        self._spread_s = 0.0
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._timed: deque[tuple[int, float]] = deque()
        doors_open: dict[int, bool | None] = {spec.n: False for spec in identity.compartments}
        self.take(
            Booted(
                run=self._run, locker=identity.id, number=identity.number, software=SOFTWARE,
                compartments=identity.compartments, doors_open=doors_open,
            )
        )  # fmt: skip
        self.take(Commissioned())

    # Network

    @property
    def settled(self) -> bool:
        """Whether the hub has confirmed all there is to tell, and this locker has applied some order."""
        return self._link.settled and self.cabinet.state.epoch != ""

    async def live(self, broker: Broker) -> None:
        """Connects, converses and connects again, by the uplink's own rule, until cancelled."""
        failures = 0
        while True:
            line = Line(self.identity.id, self._heard, self._ended.set)
            try:
                await line.open(broker, self._spelled(self._presence(False)))
            except LineLost:
                failures += 1
                self._tally.refused_connects += 1
            else:
                self._ended.clear()
                await self._conversation(line)
                # As in the uplink: one that was heard starts counting anew.
                failures = 1
            await asyncio.sleep(pause_s(failures, self._chances.share(), self._spread_s))

    async def _conversation(self, line: Line) -> None:
        self.line = line
        self._tally.connected(self._loop.time())
        try:
            self._say([self._presence(True)])
            self._say(self._link.connected(self._now().run_ms))
            self._arm()
            await self._ended.wait()
        finally:
            self.line = None
            line.close()
            self._link.disconnected()
            self._tally.disconnected(self._loop.time())

    def _heard(self, where: str, raw: bytes) -> None:
        address = read_topic(where)
        try:
            message = codec.decode(raw, self.identity.keys.hub)
        except codec.WireError:
            self._tally.dropped += 1
            return
        if address is None or address.channel not in TO_LOCKER or message.locker != self.identity.id:
            self._tally.dropped += 1
            return
        self._tally.heard += 1
        if isinstance(message, Orders | FullState):
            self.take(OrdersReceived(message=message))
            return
        if isinstance(message, Welcome):
            self._spread_s = min(message.spread_s, SPREAD_S_MAX)
        self._say(self._link.received(message, self._now().run_ms))
        self._note_confirmed()
        self._arm()

    def _say(self, messages: Sequence[Message]) -> None:
        if self.line is None:
            return
        for message in messages:
            where, raw = self._spelled(message)
            self._tally.said += 1
            self.line.send(where, raw, where.rpartition("/")[2] in RETAINED)

    def _spelled(self, message: Message) -> tuple[str, bytes]:
        return topic_of(self.identity.id, message.kind), codec.encode(message, self.identity.keys.own)

    # People

    def expects(self, label: str) -> bool:
        """Whether this locker has been told of the parcel with this label."""
        return any(label in order.labels for order in self.cabinet.state.expected.values())

    def rests(self) -> bool:
        """Whether the screen asks for patience with a lock that was pulsed too often."""
        return self.cabinet.screen.name == "stuck"

    def visit(self) -> str:
        """A new visit's id."""
        return self._chances.id()

    async def until(self, holds: Callable[[], bool], timeout_s: float) -> None:
        """Waits until something is the case at this locker. Raises TimeoutError."""
        if holds():
            return
        waiting = (holds, self._loop.create_future())
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(timeout_s):
                await waiting[1]
        finally:
            self._waiting.remove(waiting)

    def time_until_known(self, began_s: float) -> None:
        """From `began_s` until the hub has confirmed what is the newest fact now: the time goes to the tally."""
        self._timed.append((self.journal.position, began_s))

    # The daemon

    def take(self, event: Event) -> None:
        """Something has happened. When this returns it is decided, recorded and done."""
        self._events.append(event)
        if self._busy:
            return
        self._busy = True
        while self._events:
            self._one(self._events.popleft())
        self._busy = False
        self._arm()
        for holds, waiting in self._waiting:
            if not waiting.done() and holds():
                waiting.set_result(None)

    def _one(self, event: Event) -> None:
        now = self._now()
        facts = self._perform(self.cabinet.step(event, now))
        if facts:
            self._tally.facts += len(facts)
            self._say(self._link.appended(now.run_ms))
            self._tell_state_soon()

    def _perform(self, actions: list[Action]) -> list[Fact]:
        recorded = [action.fact for action in actions if isinstance(action, Record)]
        # All at once, as memory has no order of syncs; still before anything that stands behind them is done.
        self.journal.append(recorded)
        for action in actions:
            if isinstance(action, Unlock):
                self.doors.pulse(action.n, action.pulse_ms)
            elif isinstance(action, AskForOrders):
                self._say(self._link.ask(self._now().run_ms))
        return recorded

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
        now_ms = self._now().run_ms
        due = [now_ms + TICK_MS_MAX, self.cabinet.next_tick_ms, self._link.due_ms]
        wait_ms = max(0, min(ms for ms in due if ms is not None) - now_ms)
        self._timer = self._loop.call_later((wait_ms + 1) / 1000, self._tick)

    def _tick(self) -> None:
        self._say(self._link.tick(self._now().run_ms, self._chances.share()))
        self.take(Tick())

    def _tell_state_soon(self) -> None:
        if not self._state_due:
            self._state_due = True
            self._loop.call_later(STATE_S, self._tell_state)

    def _tell_state(self) -> None:
        self._state_due = False
        self._say([
            CabinetState(
                locker=self.identity.id, run=self._run, head=self.journal.head, compartments=self.cabinet.overview()
            )
        ])  # fmt: skip

    def _note_confirmed(self) -> None:
        while self._timed and self._timed[0][0] <= self.journal.confirmed_position:
            self._tally.notice_s.append(self._loop.time() - self._timed.popleft()[1])

    def _presence(self, online: bool) -> Presence:
        return Presence(locker=self.identity.id, run=self._run, online=online)

    def _now(self) -> Moment:
        run_ms = int((self._loop.time() - self._began_s) * 1000)
        return Moment(run_ms=run_ms, wall_ms=time.time_ns() // 1_000_000, trusted=True)

    def _hello(self) -> Hello:
        now, state = self._now(), self.cabinet.state
        return Hello(
            locker=self.identity.id, run=self._run, head=self.journal.head, epoch=state.epoch,
            order_number=state.order_number, order_digest=state.order_digest, wall_ms=now.wall_ms, clock_trusted=True,
        )  # fmt: skip
