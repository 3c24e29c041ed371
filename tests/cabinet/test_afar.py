"""Doors that are opened from afar: once, within seconds, in this run, for whom the hub says; never late or twice."""

from __future__ import annotations

from typing import Any

import pytest

from locker.cabinet.actions import Tell
from locker.cabinet.challenges import KEPT, LIVES_MS, NUMBER_MS
from locker.cabinet.events import CodeEntered, DeviceFailed, Knocked, MainsSeen, OpenNowReceived, PulseEnded, Tick
from locker.wire import facts
from locker.wire.opening import Answered, Challenge, OpenNow
from tests.cabinet.conftest import Front, MakeFront, box, pickup_id, qr, tag


class Afar:
    """The hub at the other end, and the telephone in somebody's hand."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.requests = 0

    def knock(self, request: str = "") -> Challenge:
        """Asks for a challenge."""
        self.requests += 1
        self.front.happens(Knocked(request=request or f"o-{self.requests}", nonce=f"nonce-{self.requests}"))
        (told,) = self.told
        assert isinstance(told, Challenge), told
        return told

    def answer(self, challenge: Challenge, n: int = 1, **more: Any) -> str:
        """Answers it with an order; returns what the locker says ("": nothing)."""
        order: dict[str, Any] = {"locker": "elm", "run": challenge.run, "nonce": challenge.nonce} | more
        message = OpenNow(request=challenge.request, n=n, **order)
        self.front.happens(OpenNowReceived(message=message, visit="v-afar"))
        return "".join(told.outcome for told in self.told if isinstance(told, Answered))

    def open(self, n: int = 1, **more: Any) -> str:
        """Both, one right behind the other."""
        return self.answer(self.knock(), n, **more)

    @property
    def told(self) -> list[Any]:
        """What the last step said to the hub."""
        return [action.message for action in self.front.actions if isinstance(action, Tell)]


@pytest.fixture
def full(front: Front) -> Front:
    """A locker with a parcel for Ada in compartment 1; 2 and 3 are empty."""
    front.announce("P1", "ada", pin="12345678")
    front.deposit("P1")
    front.choose("done")
    front.wait(150)
    front.pulsed.clear()
    return front


@pytest.fixture
def afar(full: Front) -> Afar:
    return Afar(full)


def ada(**more: Any) -> dict[str, Any]:
    """What an order for Ada's parcel says."""
    return {"pickup": pickup_id("ada"), "generation": 1} | more


def test_a_recipient_opens_from_the_telephone_and_all_is_as_at_the_kiosk(full: Front, afar: Afar) -> None:
    before = len(full.facts)
    assert afar.open(1, **ada()) == "opening"
    assert (full.screen.name, full.screen.n, full.pulsed) == ("open", 1, [1])
    assert full.last(facts.VisitStarted).by == "phone"
    full.shut()
    assert (full.shown, full.content(1)) == ("thanks", "empty")
    assert full.kinds(before) == [
        "admitted_from_afar", "visit_started", "unlock_authorised", "opened", "collected", "closed", "visit_ended",
    ]  # fmt: skip


def test_the_fact_that_admits_stands_before_the_pulse_and_the_answer_behind_it(full: Front, afar: Afar) -> None:
    afar.open(1, **ada())
    kinds = [type(action).__name__ for action in full.actions]
    assert kinds.index("Record") < kinds.index("Unlock") < kinds.index("Tell")


def test_an_answer_that_comes_late_opens_nothing(full: Front, afar: Afar) -> None:
    challenge = afar.knock()
    full.wait(LIVES_MS / 1000 + 0.1)
    assert (afar.answer(challenge, 1, **ada()), full.pulsed) == ("", [])


def test_an_answer_in_the_last_moment_opens(full: Front, afar: Afar) -> None:
    challenge = afar.knock()
    full.wait(LIVES_MS / 1000)
    assert afar.answer(challenge, 1, **ada()) == "opening"


def test_an_answer_that_is_repeated_opens_nothing_more(full: Front, afar: Afar) -> None:
    challenge = afar.knock()
    afar.answer(challenge, 1, **ada())
    full.shut()
    full.wait(3)
    assert (afar.answer(challenge, 1, **ada()), full.pulsed) == ("", [1])


def test_an_answer_from_before_a_restart_opens_nothing(full: Front, afar: Afar) -> None:
    challenge = afar.knock()
    full.power_cut()
    assert (afar.answer(challenge, 1, **ada()), full.pulsed) == ("", [])
    fresh = afar.knock(challenge.request)
    # The nonce is the new run's, the run is the one before.
    assert (afar.answer(fresh, 1, **ada(run=challenge.run)), full.pulsed) == ("", [])


@pytest.mark.parametrize("foreign", [{"nonce": "another"}, {"locker": "oak"}, {"run": "ff" * 8}])
def test_an_answer_to_another_challenge_opens_nothing(full: Front, afar: Afar, foreign: dict[str, str]) -> None:
    assert (afar.open(1, **ada(**foreign)), full.pulsed) == ("", [])


def test_an_answer_that_nobody_asked_for_opens_nothing(full: Front, afar: Afar) -> None:
    invented = Challenge(locker="elm", run=full.state.run, request="o-9", nonce="n")
    assert (afar.answer(invented, 1, **ada()), full.pulsed) == ("", [])


def test_who_knocks_twice_gets_the_same_challenge_while_it_lives(full: Front, afar: Afar) -> None:
    first = afar.knock("o-1")
    assert afar.knock("o-1").nonce == first.nonce
    full.wait(LIVES_MS / 1000 + 0.1)
    assert afar.knock("o-1").nonce != first.nonce


def test_who_knocks_again_after_the_door_has_opened_is_told_so_and_nothing_opens(full: Front, afar: Afar) -> None:
    afar.answer(afar.knock("o-1"), 1, **ada())
    full.shut()
    full.happens(Knocked(request="o-1", nonce="fresh"))
    assert [told.outcome for told in afar.told] == ["opening"]


def test_a_broker_that_repeats_knocks_fills_no_memory(full: Front, afar: Afar) -> None:
    first = afar.knock()
    for _ in range(KEPT):
        afar.knock()
    assert (afar.answer(first, 1, **ada()), full.pulsed) == ("", [])


@pytest.mark.parametrize(
    ("order", "outcome"),
    [
        ({"n": 2}, "not_here"),
        ({"n": 9}, "unknown_compartment"),
        ({"generation": 0}, "outdated"),
        ({"pickup": pickup_id("ben")}, "not_here"),
    ],
)
def test_what_no_code_would_open_at_the_kiosk_isnt_opened_from_afar(
    full: Front, afar: Afar, order: dict[str, Any], outcome: str
) -> None:
    wanted = ada() | {"n": 1} | order
    assert (afar.open(**wanted), full.pulsed) == (outcome, [])


def test_somebody_else_at_a_door_comes_first(full: Front, afar: Afar) -> None:
    full.announce("P2", "ben")
    full.scan("P2")
    assert full.screen.name == "open"
    assert afar.open(1, **ada()) == "close_first"


@pytest.mark.parametrize("lost", [DeviceFailed(device="locks"), MainsSeen(there=False)])
def test_without_power_nothing_is_authorised_for_later(full: Front, afar: Afar, lost: Any) -> None:
    full.happens(lost)
    before = full.count(facts.UnlockAuthorised)
    assert (afar.open(1, **ada()), afar.open(2)) == ("out_of_order", "out_of_order")
    assert full.count(facts.UnlockAuthorised) == before


def test_several_parcels_open_one_after_the_other_the_chosen_door_first(front: Front) -> None:
    for label in ("P1", "P2"):
        front.announce(label, "ada", pin="12345678")
        front.deposit(label)
    front.choose("done")
    front.wait(150)
    assert Afar(front).open(2, **ada()) == "opening"
    assert (front.screen.n, front.screen.params["more"]) == (2, 1)
    front.shut()
    front.wait(3)
    assert front.screen.n == 1
    front.shut()
    assert (front.shown, front.content(1), front.content(2)) == ("thanks", "empty", "empty")


def test_an_operator_opens_an_empty_compartment_and_it_stays_empty(full: Front, afar: Afar) -> None:
    assert afar.open(2, who="u-1") == "opening"
    assert full.pulsed == [2]
    assert full.last(facts.AdmittedFromAfar).who == "u-1"
    full.shut()
    full.wait(60)
    assert (full.content(2), full.count(facts.Alarmed), full.pulsed) == ("empty", 0, [2])


def test_a_large_one_that_nobody_shuts_for_ten_minutes_opens_again_for_whoever_is_inside(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    assert Afar(front).open(1, who="u-1") == "opening"
    front.wait(600)
    front.shut()
    assert (front.pulsed, front.open, front.last(facts.UnlockAuthorised).reason) == ([1, 1], {1}, "safety")
    front.wait(10)
    front.shut()
    front.wait(60)
    assert (front.pulsed, front.open) == ([1, 1], set())


def test_what_was_put_in_meanwhile_stays_shut_for_an_operator_who_meant_an_empty_one(full: Front, afar: Afar) -> None:
    assert (afar.open(1, who="u-1"), full.pulsed) == ("occupied", [])


def test_after_an_occupied_one_was_opened_nobody_knows_what_is_inside_and_its_code_works(
    full: Front, afar: Afar
) -> None:
    assert afar.open(1, who="u-1", may_hold=True) == "opening"
    assert (full.last(facts.ContentsUncertain).doubt, full.content(1)) == ("remote", "uncertain")
    full.shut()
    full.wait(3)
    full.scan(qr("ada"))
    assert full.last(facts.Collected).deliveries == ("d-P1",)
    full.shut()
    assert full.content(1) == "empty"


def test_an_operators_opening_waits_for_nobody_at_the_screen(full: Front, afar: Afar) -> None:
    full.announce("P2", "ben")
    full.scan("P2")
    (bens,) = full.open
    assert afar.open(3, who="u-1") == "opening"
    assert full.screen.n == bens


def test_a_door_that_stands_open_or_is_somebodys_isnt_pulsed_for_an_operator(full: Front, afar: Afar) -> None:
    full.announce("P2", "ben")
    full.scan("P2")
    (bens,) = full.open
    assert afar.open(bens, who="u-1") == "someone_else"
    full.shut()
    full.choose("done")
    full.force(3)
    assert afar.open(3, who="u-1", may_hold=True) == "already_open"


def test_a_door_that_jams_for_an_operator_is_a_fault_and_no_doubt(full: Front, afar: Afar) -> None:
    full.jammed = {1}
    afar.open(1, who="u-1", may_hold=True)
    full.wait(10)
    assert full.state.boxes[1].faults == {"jammed"}
    assert full.content(1) == "occupied"
    full.power_cut()
    assert full.content(1) == "occupied"
    assert afar.open(1, who="u-1", may_hold=True) == "opening"


def test_a_coil_rests_before_an_operator_may_have_it_pulsed_again(full: Front, afar: Afar) -> None:
    full.jammed = {1}
    afar.open(1, who="u-1", may_hold=True)
    full.wait(10)
    assert afar.open(1, who="u-1", may_hold=True) == "resting"


def test_behind_a_door_that_nobody_sees_the_content_is_in_doubt_at_once(full: Front, afar: Afar) -> None:
    full.power_cut()
    full.boot(door_1=None)
    full.jammed = {1}
    afar.open(1, who="u-1", may_hold=True)
    full.happens(PulseEnded(n=1, given=True))
    assert (full.content(1), "jammed" in full.state.boxes[1].faults) == ("uncertain", False)


def test_the_number_on_the_screen_changes_every_minute_and_the_one_before_still_counts(full: Front, afar: Afar) -> None:
    full.happens(Tick(chance=0.417))
    assert (full.cabinet.number, afar.knock().numbers) == ("417", ("417",))
    full.wait(NUMBER_MS / 1000 - 1)
    full.happens(Tick(chance=0.9))
    assert full.cabinet.number == "417"
    full.wait(1)
    assert full.cabinet.is_number_due(full.now)
    full.happens(Tick(chance=0.03))
    assert (full.cabinet.number, afar.knock().numbers) == ("030", ("030", "417"))


def test_nobody_is_let_in_by_the_number_alone(full: Front, afar: Afar) -> None:
    full.happens(Tick(chance=0.417))
    full.happens(CodeEntered(tag=tag("417"), visit="v"))
    assert (full.shown, full.pulsed) == ("wrong_pin", [])


def test_two_parcels_in_one_compartment_are_both_named_on_the_screen() -> None:
    front = Front(box(1, "XL"))
    for label in ("P1", "P2"):
        front.announce(label, "ada", shares=True)
        front.deposit(label)
        front.wait(130)
    front.choose("done")
    front.scan(qr("ada"))
    assert (front.screen.name, front.screen.params["parcels"]) == ("open", 2)
