"""Whatever happens, in whatever order: what must never happen doesn't.

Steel and people are played as well: who is at a locker, what is in their hands, and where it ends up. So the last
property compares what the locker believes with what lies behind the doors.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from locker.cabinet.actions import Action, Unlock
from locker.cabinet.events import DigitsTyped, Event, PulseEnded, SensorFailed
from locker.cabinet.records import State
from locker.wire import facts
from locker.wire.orders import Pass, Recall, Serve, Withdraw
from tests.cabinet.conftest import Front, box, deposit_qr, qr, replayed, tag

BOXES = st.integers(1, 4)
PEOPLE = st.sampled_from(("ada", "ben", "cy"))
LABELS = st.integers(0, 7).map(lambda i: f"P{i}")
OWNER = {f"P{i}": ("ada", "ben", "cy")[i % 3] for i in range(8)}
CHOICES = (
    "done", "too_small", "occupied", "not_open", "help", "back", "retrieve", "inspect", "is_empty", "holds_parcel",
    "cant_tell", "repaired",
)  # fmt: skip


class Watched(Front):
    """A locker whose every step is looked at."""

    pulse_log: list[tuple[int, int]]

    def happens(self, event: Event) -> list[Action]:
        if not hasattr(self, "pulse_log"):
            self.pulse_log = []
        known = len(self.facts)
        actions = super().happens(event)
        for action in actions:
            if isinstance(action, Unlock):
                self.pulse_log.append((action.n, self.run_ms))
        assert known <= len(self.facts)
        return actions


class AnySequence(RuleBasedStateMachine):
    """Random people at a random locker."""

    @initialize()
    def a_locker(self) -> None:
        self.front = Watched(box(1), box(2), box(3, "L"), box(4, "XL", holds_child=True))
        self.front.staff(
            Pass(tag=tag("courier"), party="courier", who="c1", carrier="post"),
            Pass(tag=tag("operator"), party="operator", who="o1"),
        )

    @rule(label=LABELS)
    def announced(self, label: str) -> None:
        self.front.announce(label, OWNER[label])

    @rule(label=LABELS, shares=st.booleans(), held=BOXES)
    def announced_to_share(self, label: str, shares: bool, held: int) -> None:
        more = {"size_mm": (300, 20, 200), "shares": shares, "planned": held, "held": True}
        self.front.announce(label, OWNER[label], **more)

    @rule(label=LABELS)
    def withdrawn(self, label: str) -> None:
        self.front.order(Withdraw(delivery=f"d-{label}"))

    @rule(label=LABELS, recalled=st.booleans())
    def recalled(self, label: str, recalled: bool) -> None:
        self.front.order(Recall(delivery=f"d-{label}", recalled=recalled))

    @rule(n=BOXES, in_service=st.booleans())
    def served(self, n: int, in_service: bool) -> None:
        self.front.order(Serve(n=n, in_service=in_service))

    @rule()
    def forgotten_by_the_hub(self) -> None:
        site = self.front.state.site
        self.front.snapshot(*([site] if site else []))

    @rule(label=LABELS)
    def a_label(self, label: str) -> None:
        self.front.scan(label)

    @rule(who=PEOPLE)
    def a_ticket(self, who: str) -> None:
        self.front.scan(qr(who))

    @rule(who=PEOPLE, generation=st.integers(1, 3))
    def a_deposit_ticket(self, who: str, generation: int) -> None:
        self.front.scan(deposit_qr(who, generation=generation))

    @rule(code=st.sampled_from(("ada", "ben", "cy", "courier", "operator", "wrong")))
    def a_code(self, code: str) -> None:
        self.front.type(code)

    @rule(text=st.text(max_size=40))
    def rubbish(self, text: str) -> None:
        self.front.scan(text)

    @rule(choice=st.sampled_from(CHOICES), n=st.integers(0, 5))
    def a_button(self, choice: Any, n: int) -> None:
        self.front.choose(choice, n)

    @rule(n=BOXES)
    def shut(self, n: int) -> None:
        if n in self.front.open:
            self.front.shut(n)

    @rule(n=BOXES)
    def forced(self, n: int) -> None:
        if n not in self.front.open:
            self.front.force(n)

    @rule(n=BOXES, jammed=st.booleans())
    def jammed(self, n: int, jammed: bool) -> None:
        (self.front.jammed.add if jammed else self.front.jammed.discard)(n)

    @rule(n=BOXES, silent=st.booleans())
    def silent(self, n: int, silent: bool) -> None:
        (self.front.silent.add if silent else self.front.silent.discard)(n)

    @rule(n=BOXES)
    def sensor_lost(self, n: int) -> None:
        self.front.happens(SensorFailed(n=n))

    @rule(n=BOXES, given=st.booleans())
    def a_pulse_that_nobody_gave(self, n: int, given: bool) -> None:
        self.front.happens(PulseEnded(n=n, given=given))

    @rule(told=st.booleans())
    def pulses_are_told(self, told: bool) -> None:
        self.front.report_pulses = told

    @rule(count=st.integers(0, 8))
    def typing(self, count: int) -> None:
        self.front.happens(DigitsTyped(count=count))

    @rule(seconds=st.sampled_from((0.3, 2, 5, 31, 70, 200, 400)))
    def time_passes(self, seconds: float) -> None:
        self.front.wait(seconds)

    @rule()
    def power_cut(self) -> None:
        pulses = len(self.front.pulsed)
        self.front.power_cut()
        self.front.pulse_log.clear()
        assert len(self.front.pulsed) == pulses, "a pulse at a start"

    @invariant()
    def two_pickups_never_share_a_compartment(self) -> None:
        for one in self._state().boxes.values():
            assert len(set(one.inside.values())) <= 1
            assert not (one.inside and one.maybe)

    @invariant()
    def a_delivery_lies_in_one_place(self) -> None:
        inside = [delivery for one in self._state().boxes.values() for delivery in one.inside]
        assert len(inside) == len(set(inside))
        assert not set(inside) & self._state().gone.keys()

    @invariant()
    def a_door_in_a_visit_keeps_the_visit(self) -> None:
        opened = [fact for fact in self._facts() if isinstance(fact, facts.VisitStarted | facts.VisitEnded)]
        assert (self._state().visit is not None) == (bool(opened) and isinstance(opened[-1], facts.VisitStarted))

    @invariant()
    def a_coil_is_spared(self) -> None:
        front = getattr(self, "front", None)
        for n in BOX_NUMBERS if front else ():
            at = [ms for one, ms in front.pulse_log if one == n]
            safety = n == 4
            assert safety or all(later - earlier >= 120_000 for earlier, later in zip(at, at[3:], strict=False))

    @invariant()
    def every_pulse_was_authorised(self) -> None:
        front = getattr(self, "front", None)
        if front:
            allowed = sum(isinstance(fact, facts.UnlockAuthorised) for fact in front.facts)
            assert len(front.pulsed) <= allowed

    def teardown(self) -> None:
        front = getattr(self, "front", None)
        if front:
            assert replayed(front.facts) == front.state

    def _state(self) -> State:
        return self.front.state if hasattr(self, "front") else State()

    def _facts(self) -> list[Any]:
        return self.front.facts if hasattr(self, "front") else []


BOX_NUMBERS = (1, 2, 3, 4)
TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(
    max_examples=150, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
