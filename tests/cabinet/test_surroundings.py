"""Power that fails, cases that are opened, food that gets warm, boxes that contradict, cards that open nothing."""

from __future__ import annotations

import pytest

from locker.cabinet.events import CardShown, ContentSeen, CoolingSeen, LoopSeen, MainsSeen
from locker.wire import facts
from locker.wire.orders import Pass
from tests.cabinet.conftest import MINUTE_MS, Front, MakeFront, box, qr, tag


def alarms(front: Front) -> list[str]:
    """What calls for a person now."""
    return sorted(front.state.alarms)


def test_while_the_mains_are_gone_nobody_new_is_let_in_and_the_screen_says_why(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.choose("done")
    front.happens(MainsSeen(there=False))
    assert (front.shown, front.screen.params) == ("out_of_order", {"reason": "mains"})
    front.scan(qr("ada"))
    assert front.pulsed == [1] and front.heard("no")
    assert alarms(front) == ["mains_failed/0"]
    front.happens(MainsSeen(there=True))
    assert front.shown == "idle"
    front.scan(qr("ada"))
    assert front.open == {1}


def test_a_visit_that_is_going_on_waits_for_the_mains_and_then_goes_on(front: Front) -> None:
    front.announce("P1", "ada")
    front.announce("P2", "ada")
    front.deposit("P1")
    front.deposit("P2")
    front.choose("done")
    front.scan(qr("ada"))
    (first,) = front.open
    front.happens(MainsSeen(there=False))
    assert front.shown == "open", "the door that is open can be used"
    front.shut(first)
    assert front.shown == "out_of_order" and not front.open
    front.happens(MainsSeen(there=True))
    assert front.shown == "stuck"
    front.choose("not_open")
    front.wait(2)
    assert front.open == {3 - first}


def test_somebody_inside_gets_out_without_the_mains(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.happens(MainsSeen(there=False))
    front.force(1)
    front.shut(1)
    front.wait(10)
    assert front.pulsed == [1] and front.last(facts.UnlockAuthorised).reason == "safety"


def test_an_alarm_that_lasts_is_told_once_and_ended_once_also_over_a_restart(front: Front) -> None:
    for _ in range(3):
        front.happens(LoopSeen(closed=False))
    assert front.count(facts.Alarmed) == 1
    front.power_cut()
    front.happens(LoopSeen(closed=False))
    assert front.count(facts.Alarmed) == 1
    front.happens(LoopSeen(closed=True))
    front.happens(LoopSeen(closed=True))
    assert (front.count(facts.AlarmEnded), alarms(front)) == (1, [])


def test_a_locker_that_was_off_during_the_failure_ends_the_alarm_when_it_is_back(front: Front) -> None:
    front.happens(MainsSeen(there=False))
    front.power_cut()
    assert front.shown == "idle", "until the input has been read nobody is kept out"
    front.happens(MainsSeen(there=True))
    assert alarms(front) == []


def test_a_warm_compartment_gets_nothing_new_and_what_lies_inside_spoils(front: Front) -> None:
    front.announce("P1", "ada")
    assert front.deposit("P1") == 1
    front.happens(CoolingSeen(n=1, verdict="warm", spoils_after_ms=30 * MINUTE_MS))
    assert alarms(front) == ["too_warm/1"] and front.state.boxes[1].faults == {"cooling"}
    front.wait(29 * 60)
    assert alarms(front) == ["too_warm/1"]
    front.wait(60)
    assert alarms(front) == ["spoiled/1", "too_warm/1"]
    front.happens(CoolingSeen(n=1, verdict="fine", spoils_after_ms=30 * MINUTE_MS))
    assert alarms(front) == ["spoiled/1"], "cold again is not fresh again"
    front.scan(qr("ada"))
    front.shut()
    front.wait(1)
    assert alarms(front) == []


def test_time_that_a_restart_takes_does_not_make_food_fresh(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    warm = CoolingSeen(n=1, verdict="warm", spoils_after_ms=30 * MINUTE_MS)
    front.happens(warm)
    front.power_cut()
    front.wait(20 * 60)
    front.happens(warm)
    front.happens(LoopSeen(closed=False))
    front.power_cut()
    front.wait(9 * 60)
    front.happens(warm)
    assert "spoiled/1" not in alarms(front)
    front.wait(2 * 60)
    assert "spoiled/1" in alarms(front)


def test_an_empty_compartment_has_nothing_to_spoil(front: Front) -> None:
    front.happens(CoolingSeen(n=2, verdict="warm", spoils_after_ms=0))
    front.wait(60)
    assert alarms(front) == ["too_warm/2"]
    front.announce("P1", size_mm=(300, 150, 200))
    assert front.deposit("P1") == 1


def test_a_dead_probe_is_no_temperature(front: Front) -> None:
    front.happens(CoolingSeen(n=1, verdict="dead", spoils_after_ms=MINUTE_MS))
    front.wait(3600)
    assert alarms(front) == ["probe_dead/1"] and front.state.boxes[1].faults == {"cooling"}
    front.happens(CoolingSeen(n=1, verdict="fine", spoils_after_ms=MINUTE_MS))
    assert alarms(front) == [] and front.state.boxes[1].faults == set()


def test_a_sensor_that_goes_on_contradicting_is_a_hint_and_nothing_more(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.happens(ContentSeen(n=1, present=False))
    front.happens(ContentSeen(n=2, present=True))
    front.wait(1)
    assert alarms(front) == []
    front.wait(6)
    assert alarms(front) == ["seems_empty/1", "seems_full/2"]
    assert front.content(1) == "occupied" and front.content(2) == "empty"
    front.happens(ContentSeen(n=1, present=True))
    front.happens(ContentSeen(n=2, present=False))
    front.wait(1)
    assert alarms(front) == []


def test_a_sensor_that_agrees_says_nothing(front: Front) -> None:
    front.announce("P1", "ada")
    front.happens(ContentSeen(n=1, present=False))
    front.deposit("P1")
    front.happens(ContentSeen(n=1, present=True))
    front.wait(60)
    assert alarms(front) == []


@pytest.fixture
def staffed(front: Front) -> Front:
    """A locker whose courier has a code and a card, and whose operator has a code only."""
    front.staff(
        Pass(tag=tag("11112222"), party="courier", who="carl", carrier="post", card=tag("c4rd")),
        Pass(tag=tag("33334444"), party="operator", who="olga"),
    )
    return front


def test_a_card_alone_opens_nothing_and_asks_for_the_code(staffed: Front) -> None:
    staffed.happens(CardShown(tag=tag("c4rd")))
    assert (staffed.shown, staffed.screen.params, staffed.pulsed) == ("typing", {"count": 0}, [])
    assert staffed.count(facts.VisitStarted) == 0


def test_the_code_alone_is_as_wrong_as_any_other_where_a_card_belongs_to_it(staffed: Front) -> None:
    staffed.type("11112222")
    assert staffed.shown == "wrong_pin" and staffed.count(facts.PinRefused) == 1
    staffed.happens(CardShown(tag=tag("oth3r")))
    staffed.type("11112222")
    assert staffed.shown == "wrong_pin"


def test_card_and_code_together_let_in_for_a_minute(staffed: Front) -> None:
    staffed.happens(CardShown(tag=tag("c4rd")))
    staffed.type("11112222")
    assert staffed.shown == "courier_menu"
    staffed.choose("done")
    staffed.happens(CardShown(tag=tag("c4rd")))
    staffed.wait(61)
    staffed.type("11112222")
    assert staffed.shown == "wrong_pin"


def test_who_has_no_card_needs_none(staffed: Front) -> None:
    staffed.type("33334444")
    assert staffed.shown == "operator_menu"


def test_a_card_is_used_up_with_its_visit(staffed: Front) -> None:
    staffed.happens(CardShown(tag=tag("c4rd")))
    staffed.type("11112222")
    staffed.choose("done")
    staffed.type("11112222")
    assert staffed.shown == "wrong_pin", "the card must be there again, not only its code"
