"""What a cabinet knows: the durable part, which is nothing but the sum of its facts.

Contents, faults and spent marks are the locker's own; everything in the section "told by the hub" is replaced by a
snapshot. Only `state.apply` changes any of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from locker.wire.facts import CompartmentSpec, Doubt, Fault, Moment, Party, UnlockAuthorised
from locker.wire.orders import Admit, Expect, Pass, Site

GONE_MAX = 500
"""So many finished deliveries are remembered, to tell people what became of their code; older ones are forgotten."""

REOPEN_MS = 180_000
"""For so long after a delivery was taken the same code opens the same door again."""


@dataclass(slots=True)
class Taken:
    """What was last taken out of a compartment, while nothing else was put in; ends with the run."""

    pickup: str
    deliveries: tuple[str, ...]
    run_ms: int


@dataclass(slots=True)
class Box:
    """One compartment: what lies in it (delivery to pickup), and how sure that is.

    With a `doubt`, `maybe` is what may lie in it; `unclosed` are those of them whose deposit was cut off, so that their
    courier may go on. `built` is false once the machine's description no longer has it.
    """

    spec: CompartmentSpec
    inside: dict[str, str] = field(default_factory=dict)
    doubt: Doubt | None = "new"
    maybe: dict[str, str] = field(default_factory=dict)
    unclosed: set[str] = field(default_factory=set)
    faults: set[Fault] = field(default_factory=set)
    open: bool = False
    taken: Taken | None = None
    built: bool = True

    @property
    def contents(self) -> dict[str, str]:
        """Every delivery that lies, or may lie, inside."""
        return self.inside | self.maybe

    @property
    def empty(self) -> bool:
        """Whether it is certain that nothing is inside."""
        return not self.inside and self.doubt is None


Ending = Literal["collected", "retrieved", "withdrawn"]


@dataclass(slots=True)
class Gone:
    """A delivery that is finished here. `wall_ms` is 0 where the clock couldn't be trusted.

    `unproven`: its recipient had the door open while its deposit was in doubt, so it may never have been inside.
    """

    pickup: str
    how: Ending
    run: str
    run_ms: int
    wall_ms: int
    moved_to: str = ""
    unproven: bool = False


@dataclass(slots=True)
class Since:
    """When something began: by `witnessed_ms`, and by the wall clock where that could be trusted (else 0)."""

    witnessed_ms: int
    wall_ms: int


@dataclass(slots=True)
class VisitRecord:
    """The visit that is going on, as far as it is durable."""

    visit: str
    party: Party
    by: str
    who: str


@dataclass(slots=True)
class State:
    """Everything durable about a locker."""

    locker: str = ""
    number: int = 0
    run: str = ""
    # Run time that all earlier runs have witnessed; what passed between two runs is nobody's to credit.
    base_ms: int = 0
    last_ms: int = 0
    boxes: dict[int, Box] = field(default_factory=dict)
    gone: dict[str, Gone] = field(default_factory=dict)
    failures_ms: tuple[int, ...] = ()
    visit: VisitRecord | None = None
    # Pulses that were allowed and didn't open a door yet, and doors that were opened by one and haven't closed.
    allowed: dict[int, UnlockAuthorised] = field(default_factory=dict)
    opened: dict[int, UnlockAuthorised] = field(default_factory=dict)
    # Alarms whose cause lasts ("too_warm/3"), and since when.
    alarms: dict[str, Since] = field(default_factory=dict)
    # Told by the hub.
    epoch: str = ""
    order_number: int = 0
    order_digest: str = ""
    past_epochs: set[str] = field(default_factory=set)
    expected: dict[str, Expect] = field(default_factory=dict)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    admits: dict[str, Admit] = field(default_factory=dict)
    passes: dict[str, Pass] = field(default_factory=dict)
    # The hub's time as it has said it with its staff codes (0: never), and by `witnessed_ms` when that was.
    hub_ms: int = 0
    hub_heard_ms: int = 0
    site: Site | None = None
    recalled: set[str] = field(default_factory=set)
    out_of_service: dict[int, str] = field(default_factory=dict)

    def witnessed_ms(self, at: Moment) -> int:
        """A clock that only ever counts time during which a daemon ran and recorded something."""
        return self.base_ms + at.run_ms

    def hub_time_ms(self, at: Moment) -> int:
        """What the hub's clock says at least: its last word, and the time that was witnessed since (0: no word)."""
        return self.hub_ms + self.witnessed_ms(at) - self.hub_heard_ms if self.hub_ms else 0

    def where(self, delivery: str) -> int:
        """The compartment where a delivery lies or may lie (0: nowhere here)."""
        return next((n for n, box in self.boxes.items() if delivery in box.inside or delivery in box.maybe), 0)

    def boxes_of(self, pickup: str) -> Iterator[tuple[int, Box]]:
        """The compartments that hold, or may hold, something of a pickup."""
        return ((n, box) for n, box in self.boxes.items() if pickup in box.contents.values())

    def pickup_of(self, delivery: str) -> str:
        """The pickup that a delivery belongs to ("" if nothing is known of it)."""
        if expect := self.expected.get(delivery):
            return expect.pickup
        if mark := self.gone.get(delivery):
            return mark.pickup
        for box in self.boxes.values():
            if delivery in box.contents:
                return box.contents[delivery]
        # A delivery by ticket is named after its pickup.
        return delivery.rpartition(".")[0]

    @property
    def codes(self) -> int:
        """How many typed codes open something here now, counted generously."""
        awaited = sum(order.by_sender and name not in self.gone for name, order in self.expected.items())
        return len(self.passes) + awaited + sum(bool(box.contents) for box in self.boxes.values())

    def is_finished(self, delivery: str) -> bool:
        """Whether a delivery certainly came and went, or isn't to come; whoever brings one in doubt may put it in."""
        mark = self.gone.get(delivery)
        return mark is not None and not mark.unproven

    def carrier_of(self, delivery: str) -> str:
        """The carrier that brought a delivery ("" if it came by ticket and no order has named one)."""
        return next((expect.carrier for expect in self._orders_about(delivery)), "")

    def is_recalled(self, delivery: str) -> bool:
        """Whether its carrier may take a delivery out."""
        return delivery in self.recalled or any(
            # What its sender has put in waits for nothing else.
            expect.by_sender or (expect.delivery in self.recalled and not self.where(expect.delivery))
            for expect in self._orders_about(delivery)
        )

    def _orders_about(self, delivery: str) -> list[Expect]:
        # The hub may go on calling a delivery that came by ticket by the name it had given it.
        if expect := self.expected.get(delivery):
            return [expect]
        pickup = delivery.rpartition(".")[0]
        return [expect for expect in self.expected.values() if expect.pickup == pickup] if pickup else []
