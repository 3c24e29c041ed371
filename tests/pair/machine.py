"""One locker of steel: the real cabinet, the real journal and the real link, with doors, hands and mains around them.

Does what the daemon does, in the daemon's order, without its event loop; the power may go between any two actions.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from locker import checkpoint
from locker.cabinet.actions import Action, AskForOrders, Record, Tell, Unlock
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.challenges import NUMBER_MS
from locker.cabinet.events import (
    Booted,
    Choice,
    ChoiceMade,
    CodeEntered,
    CodeShown,
    DoorClosed,
    DoorOpened,
    Event,
    Knocked,
    OpenNowReceived,
    OrdersReceived,
    PulseEnded,
    Scanned,
    Tick,
)
from locker.journal import Journal
from locker.link import Link
from locker.wire import codec
from locker.wire.access_tag import KEYED_TEXT, access_tag
from locker.wire.facts import CompartmentSpec, Fact, Moment, RunStarted, UnlockAuthorised
from locker.wire.messages import FullState, Hello, Message, Orders, Presence
from locker.wire.opening import Knock, OpenNow
from tests.pair.bus import Timeline

MONDAY_MS = 1_790_000_000_000
PULSE_MS = 500


class PowerCut(Exception):
    """The mains have gone, here and now."""


@dataclass(frozen=True)
class Keys:
    """What a locker signs with, whom it obeys, and the key for typed codes."""

    own: Ed25519PrivateKey
    hub: Ed25519PublicKey
    code: bytes


@dataclass
class Steel:
    """What is true, whatever anybody believes: which doors are open, and what lies behind them."""

    open: set[int] = field(default_factory=set)
    inside: dict[int, set[str]] = field(default_factory=dict)
    jammed: set[int] = field(default_factory=set)
    spring_ms: int = 120


class Machine:
    """A locker. `send` carries what it says; its people use the methods under "hands"."""

    def __init__(
        self, name: str, number: int, specs: tuple[CompartmentSpec, ...], keys: Keys, timeline: Timeline,
        chance: Callable[[], float],
    ) -> None:  # fmt: skip
        self.name, self.number, self.specs = name, number, specs
        self.steel = Steel(inside={spec.n: set() for spec in specs})
        self.send: Callable[[bytes], None] = lambda _: None
        self.connected = self.powered = False
        self.gaps_left: int | None = None
        self.runs = self.visits = 0
        self._keys, self._timeline, self._chance = keys, timeline, chance
        self._card = sqlite3.connect(":memory:", isolation_level=None)
        self._pulses: Counter[int] = Counter()
        self.switch_on()

    # What is there to see

    @property
    def shown(self) -> str:
        """The screen's name, or the refusal that it shows."""
        screen = self.cabinet.screen
        return str(screen.params["refusal"]) if screen.name == "refused" else screen.name

    @property
    def where(self) -> str:
        """Where the screen sends somebody."""
        return str(self.cabinet.screen.params.get("where", ""))

    def content(self, n: int) -> str:
        """What the locker believes of a compartment."""
        return next(one.content for one in self.cabinet.overview() if one.n == n)

    def facts(self) -> list[Fact]:
        """The whole journal, its chain verified."""
        return list(self.journal.facts())

    @property
    def settled(self) -> bool:
        """Whether the hub has confirmed everything that this locker has to tell."""
        return self.powered and self.connected and self.link.settled

    # Mains and network

    def switch_on(self) -> None:
        """The daemon starts: replays the journal, reads the sensors, pulses nothing."""
        self.powered, self.runs = True, self.runs + 1
        self._booted_ms = self._timeline.now_ms
        self._events: deque[Event] = deque()
        self._busy = False
        self._pulses.clear()
        self.journal = Journal(self._card)
        self.cabinet = Cabinet(PULSE_MS)
        checkpoint.replay(self.journal, self.cabinet)
        self.link = Link(self.name, self.journal, self._hello)
        booted = Booted(
            run=self._run, locker=self.name, number=self.number, software="pair", compartments=self.specs,
            doors_open={spec.n: spec.n in self.steel.open for spec in self.specs},
        )  # fmt: skip
        self.happens(booted)
        assert not self._pulses, "nothing pulses at a start"
        if self.powered and self.connected:
            self.plug_in()

    def image(self) -> sqlite3.Connection:
        """A copy of the memory card."""
        copy = sqlite3.connect(":memory:", isolation_level=None)
        self._card.backup(copy)
        return copy

    def insert_card(self, card: sqlite3.Connection) -> None:
        """Starts again from another card."""
        self.switch_off()
        self._card.close()
        self._card = card
        self.switch_on()

    def switch_off(self) -> None:
        """The mains go: whatever was only in memory is gone."""
        self.powered, self.gaps_left = False, None
        if self._card.in_transaction:
            self._card.execute("ROLLBACK")

    def plug_in(self) -> None:
        """There is a network, and a broker behind it."""
        self.connected = True
        if self.powered:
            self._guarded(self._greet)
            self._arm()

    def pull_out(self) -> Presence:
        """The network has gone; returns the last will that the broker publishes."""
        self.connected = False
        self.link.disconnected()
        return Presence(locker=self.name, run=self._run, online=False)

    def hear(self, raw: bytes) -> None:
        """The bus has brought something."""
        if not (self.powered and self.connected):
            return
        message = codec.decode(raw, self._keys.hub)
        if getattr(message, "locker", "") != self.name:
            return
        if isinstance(message, Orders | FullState):
            self.happens(OrdersReceived(message=message))
        elif isinstance(message, Knock):
            self.happens(Knocked(request=message.request, nonce=f"{self._run}/{self._visit()}"))
        elif isinstance(message, OpenNow):
            self.happens(OpenNowReceived(message=message, visit=self._visit()))
        else:
            self._guarded(lambda: self._say(self.link.received(message, self._now().run_ms)))
            self._arm()

    # Hands

    def scan(self, text: str) -> None:
        """Holds a code before the scanner."""
        if KEYED_TEXT.fullmatch(text):
            self.happens(CodeShown(tag=access_tag(text, self._keys.code), visit=self._visit()))
            return
        self.happens(Scanned(text=text, visit=self._visit()))

    def type(self, code: str) -> None:
        """Types a code of eight digits, or a card's number."""
        self.happens(CodeEntered(tag=access_tag(code, self._keys.code), visit=self._visit()))

    def choose(self, choice: Choice, n: int = 0) -> None:
        """Presses a button."""
        self.happens(ChoiceMade(choice=choice, n=n))

    def shut(self, n: int) -> None:
        """Pushes a door shut."""
        assert n in self.steel.open, "only an open door can be shut"
        self.steel.open.discard(n)
        self.happens(DoorClosed(n=n))

    def put(self, parcel: str, n: int) -> None:
        """Lays a parcel into an open compartment."""
        assert n in self.steel.open
        self.steel.inside[n].add(parcel)

    def take(self, parcel: str) -> bool:
        """Takes a parcel out of whichever open compartment it lies in; returns whether that was possible."""
        for n in self.steel.open:
            if parcel in self.steel.inside[n]:
                self.steel.inside[n].remove(parcel)
                return True
        return False

    # The daemon

    def happens(self, event: Event) -> None:
        """An event reaches the daemon, if there is one."""
        if not self.powered:
            return
        self._events.append(event)
        if not self._busy:
            self._guarded(self._work)
            self._arm()

    def _greet(self) -> None:
        self._say([Presence(locker=self.name, run=self._run, online=True)])
        self._say(self.link.connected(self._now().run_ms))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except PowerCut:
            self.switch_off()
        finally:
            self._busy = False

    def _work(self) -> None:
        self._busy = True
        while self._events:
            event = self._events.popleft()
            if self._perform(self.cabinet.step(event, self._now())):
                self._say(self.link.appended(self._now().run_ms))

    def _perform(self, actions: list[Action]) -> bool:
        pending: list[Fact] = []
        recorded = False
        for action in actions:
            if isinstance(action, Record):
                pending.append(action.fact)
                continue
            recorded |= self._record(pending)
            pending = []
            self._gap()
            self._do(action)
        return self._record(pending) or recorded

    def _record(self, facts: list[Fact]) -> bool:
        if facts:
            self._gap()
            self.journal.append(facts)
        return bool(facts)

    def _do(self, action: Action) -> None:
        if isinstance(action, AskForOrders):
            self._say(self.link.ask(self._now().run_ms))
        if isinstance(action, Unlock):
            self._pulse(action.n)
        if isinstance(action, Tell):
            self._say([action.message])

    def _pulse(self, n: int) -> None:
        self._pulses[n] += 1
        allowed = self._authorised_on_the_card(n)
        assert self._pulses[n] <= allowed, (
            f"I1: door {n} was pulsed {self._pulses[n]} times and allowed {allowed} times"
        )
        run = self.runs
        if n not in self.steel.jammed and n not in self.steel.open:
            if self.steel.spring_ms:
                self._timeline.after(self.steel.spring_ms, lambda: self._spring(n, run))
            else:
                self._spring(n, run)
        self._timeline.after(PULSE_MS, lambda: self._in_run(run, PulseEnded(n=n, given=True)))

    def _authorised_on_the_card(self, n: int) -> int:
        """How many pulses this run's durable facts allow, read behind the journal's back."""
        assert not self._card.in_transaction, "I1: what isn't committed isn't durable"
        rows = self._card.execute("SELECT fact FROM entries ORDER BY position DESC")
        count = 0
        for (spelled,) in rows:
            if f'"kind":"{RunStarted.__dataclass_fields__["kind"].default}"' in spelled:
                break
            count += (
                f'"kind":"{UnlockAuthorised.__dataclass_fields__["kind"].default}"' in spelled
                and f'"n":{n},' in spelled
            )
        return count

    def _spring(self, n: int, run: int) -> None:
        # Without power there is no pulse that could open the door.
        if self.powered and run == self.runs and n not in self.steel.open:
            self.steel.open.add(n)
            self.happens(DoorOpened(n=n))

    def _in_run(self, run: int, event: Event) -> None:
        if run == self.runs:
            self.happens(event)

    def _gap(self) -> None:
        """A moment between two actions, when the power may go."""
        if self.gaps_left is not None:
            if self.gaps_left == 0:
                raise PowerCut
            self.gaps_left -= 1

    def _say(self, messages: list[Message]) -> None:
        for message in messages:
            self._gap()
            if self.connected:
                self.send(codec.encode(message, self._keys.own))

    def _arm(self) -> None:
        due = [ms for ms in (self.cabinet.next_tick_ms, self.link.due_ms) if ms is not None]
        if self.powered and due:
            self._timer = timer = object()
            wait_ms = max(1, min(due) - self._now().run_ms)
            self._timeline.after(wait_ms, lambda: self._tick() if timer is self._timer else None)

    def _tick(self) -> None:
        if not self.powered:
            return
        self._guarded(lambda: self._say(self.link.tick(self._now().run_ms, self._chance())))
        # A number of its own for each minute, without a draw: what chance does elsewhere stays as it is.
        self.happens(Tick(chance=self._now().run_ms // NUMBER_MS * 0.37 % 1))

    @property
    def _run(self) -> str:
        return f"{self.number:08x}{self.runs:08x}"

    def _now(self) -> Moment:
        now_ms = self._timeline.now_ms
        return Moment(run_ms=now_ms - self._booted_ms, wall_ms=MONDAY_MS + now_ms, trusted=True)

    def _visit(self) -> str:
        self.visits += 1
        return f"v-{self.visits}"

    def _hello(self) -> Hello:
        state = self.cabinet.state
        return Hello(
            locker=self.name, run=self._run, head=self.journal.head, epoch=state.epoch, order_number=state.order_number,
            order_digest=state.order_digest,
        )  # fmt: skip
