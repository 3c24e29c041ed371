"""A locker to stand in front of: doors that spring open when their lock is pulsed, hands that shut them, codes to show.

Every step is checked: no pulse without a fact before it, and a replay of the facts gives the same state.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.cabinet.actions import Action, AskForOrders, Beep, Record, Screen, Unlock
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.events import (
    Booted,
    Choice,
    ChoiceMade,
    CodeEntered,
    Commissioned,
    DoorClosed,
    DoorOpened,
    Event,
    OrdersReceived,
    PulseEnded,
    Scanned,
    Tick,
)
from locker.cabinet.pulses import SPACING_MS
from locker.cabinet.state import State, apply
from locker.wire import chain, codec, facts, ticket
from locker.wire.facts import CompartmentSpec, Fact, Moment
from locker.wire.messages import FullState, Orders
from locker.wire.orders import Admit, Expect, Neighbour, Order, Pass, Passes, Site, Snapshot, TicketKey
from locker.wire.ticket import Ticket

NUMBER = 7
EPOCH = "e1"
SIZES_MM = {"S": (380, 90, 640), "M": (380, 200, 640), "L": (380, 420, 640), "XL": (500, 860, 640)}
HUB_KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
SECOND_MS = 1_000
MINUTE_MS = 60_000


def box(n: int, size: Any = "M", **more: Any) -> CompartmentSpec:
    """One compartment of a usual size."""
    width_mm, height_mm, depth_mm = SIZES_MM[size]
    return CompartmentSpec(n=n, size_class=size, width_mm=width_mm, height_mm=height_mm, depth_mm=depth_mm, **more)


def tag(code: str) -> str:
    """Stands for the slow hash of a typed code."""
    return code.encode().hex().rjust(32, "f")


def pickup_id(name: str) -> str:
    """A pickup's 16 hex digits, from a name that reads well."""
    return name.encode().hex().rjust(16, "0")[-16:]


class Front:
    """A person in front of a locker, its doors, and the hub behind it. Time passes when `wait` says so, and while
    somebody waits for a lock that rests."""

    def __init__(self, *specs: CompartmentSpec, commissioned: bool = True) -> None:
        self.specs = specs or (box(1), box(2), box(3, "L"))
        self.cabinet = Cabinet()
        self.facts: list[Fact] = []
        self.actions: list[Action] = []
        self.pulsed: list[int] = []
        self.open: set[int] = set()
        self.jammed: set[int] = set()
        self.silent: set[int] = set()
        self.report_pulses = True
        self.run_ms = 0
        self.clock_trusted = True
        self.visits = 0
        self.runs = 0
        self.order_number, self.order_digest = 0, chain.GENESIS
        self.boot()
        if commissioned:
            self.happens(Commissioned())
        self.snapshot(Site(name="Elm", keys=(TicketKey(kid=1, public_key=_public_hex()),), neighbours=(_NEXT_DOOR,)))

    # What is there to see

    @property
    def state(self) -> State:
        """The durable state."""
        return self.cabinet.state

    @property
    def screen(self) -> Screen:
        """What the screen shows."""
        return self.cabinet.screen

    @property
    def shown(self) -> str:
        """The screen's name, or the refusal that it shows."""
        return str(self.screen.params["refusal"]) if self.screen.name == "refused" else self.screen.name

    def content(self, n: int) -> str:
        """What the locker believes of a compartment."""
        return next(one.content for one in self.cabinet.overview() if one.n == n)

    def kinds(self, since: int = 0) -> list[str]:
        """The facts recorded since a position."""
        return [fact.kind for fact in self.facts[since:]]

    def last(self, kind: type[Any]) -> Any:
        """The newest fact of a kind."""
        return next(fact for fact in reversed(self.facts) if isinstance(fact, kind))

    def count(self, kind: type[Any]) -> int:
        """How many facts of a kind there are."""
        return sum(isinstance(fact, kind) for fact in self.facts)

    def heard(self, sound: str) -> bool:
        """Whether the last step made this sound."""
        return Beep(sound=sound) in self.actions  # type: ignore[arg-type]

    # Hands

    def scan(self, text: str) -> None:
        """Holds a code before the scanner."""
        self._does(Scanned(text=text, visit=self._visit()))

    def type(self, code: str) -> None:
        """Types a code."""
        self._does(CodeEntered(tag=tag(code), visit=self._visit()))

    def choose(self, choice: Choice, n: int = 0) -> None:
        """Presses a button."""
        self._does(ChoiceMade(choice=choice, n=n))

    def shut(self, n: int | None = None) -> None:
        """Pushes a door shut (the one that stands open)."""
        if n is None:
            (n,) = self.open
        self.open.discard(n)
        self.happens(DoorClosed(n=n))

    def force(self, n: int) -> None:
        """Breaks a door open."""
        self.open.add(n)
        self.happens(DoorOpened(n=n))

    def deposit(self, label: str) -> int:
        """A courier: scans, puts in, shuts; returns the compartment."""
        self.scan(label)
        (n,) = self.open
        self.shut()
        return n

    def wait(self, seconds: float) -> None:
        """Lets time pass, with every tick that is due."""
        until_ms = self.run_ms + int(seconds * 1000)
        while (due_ms := self.cabinet.next_tick_ms) is not None and due_ms <= until_ms:
            self.run_ms = max(self.run_ms, due_ms)
            before = (self.cabinet.next_tick_ms, len(self.facts), self.screen)
            self.happens(Tick())
            assert before != (self.cabinet.next_tick_ms, len(self.facts), self.screen), "a tick that does nothing"
        self.run_ms = until_ms
        self.happens(Tick())

    def power_cut(self) -> None:
        """Power goes and comes back; doors stay as they are."""
        before = copy.deepcopy(self.cabinet.state)
        self.replay_only()
        assert self.cabinet.state == before, "the state is more than its facts"
        self.start()

    def replay_only(self) -> Front:
        """A cabinet that knows nothing but the facts."""
        self.cabinet = Cabinet()
        self.cabinet.replay(self.facts)
        return self

    def start(self) -> Front:
        """The daemon starts again."""
        self.run_ms = 0
        self.boot()
        return self

    def boot(self, **doors_open: bool | None) -> None:
        """The daemon starts."""
        self.runs += 1
        sensed: dict[int, bool | None] = {spec.n: spec.n in self.open for spec in self.specs}
        sensed |= {int(name.removeprefix("door_")): value for name, value in doors_open.items()}
        self.happens(
            Booted(
                run=f"{self.runs:016x}", locker="elm", number=NUMBER, software="0", compartments=self.specs,
                doors_open=sensed,
            )
        )  # fmt: skip

    # The hub

    def order(self, *orders: Order) -> None:
        """Sends orders, each behind the one before."""
        raw = tuple(codec.order_to_json(order) for order in orders)
        message = Orders(epoch=EPOCH, first=self.order_number + 1, parent=self.order_digest, orders=raw)
        for one in raw:
            self.order_number, self.order_digest = self.order_number + 1, chain.digest(self.order_digest, one)
        self.happens(OrdersReceived(message=message))

    def snapshot(self, *orders: Order, epoch: str = EPOCH) -> None:
        """Replaces all that the hub has told."""
        raw = codec.snapshot_to_json(Snapshot(orders=orders))
        self.order_number, self.order_digest = self.order_number + 1, chain.digest(self.order_digest, raw)
        self.happens(
            OrdersReceived(
                message=FullState(epoch=epoch, number=self.order_number, digest=self.order_digest, snapshot=raw)
            )
        )

    def announce(self, label: str, who: str = "", pin: str = "", **more: Any) -> None:
        """A parcel is on its way: `label` is its barcode, `who` names the pickup (else the label does)."""
        who = who or label
        self.order(expect(label, who, **more), Admit(pickup=pickup_id(who), generation=1, pin_tag=tag(pin or who)))

    def staff(self, *passes: Pass) -> None:
        """These codes are honoured from now on."""
        self.order(Passes(passes=passes))

    # What happens

    def happens(self, event: Event) -> list[Action]:
        """One step, and what the doors do about it."""
        self.actions = actions = self.cabinet.step(event, self.now)
        allowed: set[int] = set()
        for action in actions:
            if isinstance(action, Record):
                self.facts.append(action.fact)
                allowed |= {action.fact.n} if isinstance(action.fact, facts.UnlockAuthorised) else set()
            if isinstance(action, Unlock):
                assert action.n in allowed | self.state.allowed.keys(), "a pulse that nobody allowed"
                self.pulsed.append(action.n)
        for action in actions:
            if isinstance(action, Unlock):
                self._pulse(action.n)
        self.actions = actions
        return actions

    @property
    def now(self) -> Moment:
        """The locker's clocks."""
        return Moment(run_ms=self.run_ms, wall_ms=1_700_000_000_000 + self.run_ms, trusted=self.clock_trusted)

    @property
    def asked_for_orders(self) -> bool:
        """Whether the last step asked the hub for what is missing."""
        return AskForOrders() in self.actions

    def _does(self, event: Event) -> None:
        pulses = len(self.pulsed)
        actions = self.happens(event)
        if self.screen.name == "opening" and len(self.pulsed) == pulses:
            self.wait(SPACING_MS / 1000)
            self.actions = actions + self.actions

    def _pulse(self, n: int) -> None:
        given = n not in self.silent
        if given and n not in self.jammed and n not in self.open:
            self.open.add(n)
            self.happens(DoorOpened(n=n))
        if self.report_pulses:
            self.happens(PulseEnded(n=n, given=given))

    def _visit(self) -> str:
        self.visits += 1
        return f"v{self.visits}"


def expect(label: str, who: str, size_mm: tuple[int, int, int] = (300, 60, 200), **more: Any) -> Expect:
    """An announcement."""
    width_mm, height_mm, depth_mm = size_mm
    more = {"carrier": "post", "delivery": f"d-{label}", "labels": (label,)} | more
    return Expect(pickup=pickup_id(who), width_mm=width_mm, height_mm=height_mm, depth_mm=depth_mm, **more)


def qr(who: str, key: Ed25519PrivateKey = HUB_KEY, **more: Any) -> str:
    """A ticket of the pickup that `who` names."""
    values = {"kid": 1, "home": NUMBER, "generation": 1, "not_after_s": 0} | more
    return ticket.issue(Ticket(pickup=pickup_id(who), **values), key)


def deposit_qr(who: str, pin: str = "", **more: Any) -> str:
    """A deposit ticket."""
    values = {"type": "deposit", "size_class": "M", "pin_tag": tag(pin) if pin else "0" * 32} | more
    return qr(who, **values)


def _public_hex() -> str:
    return HUB_KEY.public_key().public_bytes_raw().hex()


_NEXT_DOOR = Neighbour(number=8, name="Birch", where="behind the library")


MakeFront = Callable[..., Front]


@pytest.fixture
def locker_of() -> Iterator[MakeFront]:
    """Makes commissioned lockers of any compartments; afterwards the facts of each must give its state."""
    made: list[Front] = []

    def make(*specs: CompartmentSpec, **more: Any) -> Front:
        made.append(Front(*specs, **more))
        return made[-1]

    yield make
    for front in made:
        assert replayed(front.facts) == front.state


@pytest.fixture
def front(locker_of: MakeFront) -> Front:
    """A commissioned locker with two medium compartments and a large one."""
    return locker_of()


def replayed(recorded: list[Fact]) -> State:
    """The state that the facts give, each of them once through its spelling on the disk."""
    state = State()
    for fact in recorded:
        apply(state, codec.fact_from_json(codec.fact_to_json(fact)))
    return state
