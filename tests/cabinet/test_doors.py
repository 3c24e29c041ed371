"""Doors that nobody should have opened, children, dead sensors, silent locks, and never too many coils at once."""

from __future__ import annotations

import pytest

from locker.cabinet.cabinet import Cabinet
from locker.cabinet.events import (
    DeviceFailed,
    DeviceRecovered,
    DoorClosed,
    DoorOpened,
    PulseEnded,
    Scanned,
    SensorFailed,
)
from locker.wire import facts
from locker.wire.orders import Pass
from tests.cabinet.conftest import Front, MakeFront, box, qr, tag


@pytest.fixture
def full(front: Front) -> Front:
    """A locker with one parcel for Ada."""
    front.announce("P1", "ada")
    front.deposit("P1")
    front.choose("done")
    front.wait(150)
    front.pulsed.clear()
    return front


def test_a_forced_door_is_an_alarm_and_a_doubt(full: Front) -> None:
    full.force(1)
    assert (full.last(facts.Opened).forced, full.last(facts.Alarmed).alarm) == (True, "forced_open")
    assert (full.content(1), full.heard("alarm")) == ("uncertain", True)


def test_what_is_left_in_a_forced_box_is_still_its_recipients(full: Front) -> None:
    full.force(1)
    full.shut(1)
    full.scan(qr("ada"))
    assert full.last(facts.Collected).deliveries == ("d-P1",)
    full.shut()
    assert full.content(1) == "empty"


def test_another_door_than_the_visits_is_forced_all_the_same(full: Front) -> None:
    full.scan(qr("ada"))
    full.force(2)
    assert (full.last(facts.Opened).n, full.last(facts.Opened).forced) == (2, True)
    assert (full.screen.name, full.screen.n) == ("open", 1)


def test_a_door_that_shuts_outside_a_visit_lets_a_child_out(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.force(1)
    front.shut(1)
    assert (front.open, front.pulsed) == ({1}, [1])
    assert front.kinds()[-3:] == ["alarmed", "unlock_authorised", "opened"]
    assert (front.last(facts.Alarmed).alarm, front.last(facts.UnlockAuthorised).reason) == ("safety_release", "safety")
    assert front.last(facts.Opened).forced is False


def test_and_again_as_soon_as_the_coil_has_rested(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.force(1)
    for _ in range(5):
        front.shut(1)
        front.wait(10)
        assert front.open == {1}


def test_but_not_a_door_with_a_parcel_behind_it(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.announce("P1")
    front.deposit("P1")
    front.choose("done")
    front.pulsed.clear()
    front.force(1)
    front.shut(1)
    assert front.pulsed == []


def test_nor_a_door_that_shuts_in_a_visit(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.announce("P1", "ada")
    front.deposit("P1")
    front.scan(qr("ada"))
    front.shut()
    assert (front.open, front.pulsed) == (set(), [1, 1])


def test_nor_a_box_that_is_too_small_for_a_child(front: Front) -> None:
    front.force(1)
    front.shut(1)
    assert front.pulsed == []


@pytest.fixture
def left(locker_of: MakeFront) -> Front:
    """A compartment that a child fits into, whose recipient has taken her parcel out and gone, ten minutes ago."""
    front = locker_of(box(1, "XL", holds_child=True), box(2))
    front.announce("P1", "ada", size_mm=(490, 800, 600))
    front.deposit("P1")
    front.choose("done")
    front.wait(200)
    front.scan(qr("ada"))
    front.wait(600)
    front.pulsed.clear()
    return front


def test_a_door_that_somebody_else_shuts_behind_a_recipient_opens_again(left: Front) -> None:
    left.shut(1)
    assert (left.pulsed, left.open, left.content(1)) == ([1], {1}, "empty")
    assert (left.last(facts.Alarmed).alarm, left.last(facts.UnlockAuthorised).reason) == ("safety_release", "safety")
    assert left.last(facts.VisitEnded).how == "done"


def test_once_for_the_recipient_may_only_have_been_slow(left: Front) -> None:
    left.shut(1)
    left.wait(30)
    left.shut(1)
    left.wait(30)
    assert (left.pulsed, left.open) == ([1], set())
    assert left.count(facts.Alarmed) == 2, "left open, and released: nobody has forced anything"


def test_and_once_more_if_that_too_was_left_open(left: Front) -> None:
    left.shut(1)
    left.wait(61)
    left.shut(1)
    assert (left.pulsed, left.open) == ([1, 1], {1})


def test_also_where_it_had_sprung_open_behind_its_recipient(left: Front) -> None:
    left.shut(1)
    left.wait(10)
    left.shut(1)
    left.wait(1)
    left.force(1)
    assert left.last(facts.Opened).forced is False, "it had not latched"
    left.wait(600)
    left.pulsed.clear()
    left.shut(1)
    left.wait(10)
    assert (left.pulsed, left.open) == ([1], {1})


def test_but_not_before_an_operator_who_takes_time_to_look(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.staff(Pass(tag=tag("operator"), party="operator", who="o1"))
    front.type("operator")
    front.choose("inspect", 1)
    front.wait(120)
    front.shut(1)
    assert (front.pulsed, front.open) == ([1], set())


def test_nor_with_a_parcel_that_a_slow_courier_has_put_in(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.announce("P1")
    front.scan("P1")
    front.wait(120)
    front.shut(1)
    assert (front.pulsed, front.open, front.content(1)) == ([1], set(), "occupied")


def test_with_a_dead_sensor_the_person_is_asked(full: Front) -> None:
    full.happens(SensorFailed(n=1))
    full.jammed = {1}  # whatever it does, nobody sees it
    full.scan(qr("ada"))
    assert (full.screen.name, full.screen.params["seen"]) == ("open", False)
    assert full.count(facts.Collected) == 0
    full.choose("done")
    assert (full.last(facts.Collected).deliveries, full.shown) == (("d-P1",), "thanks")


def test_a_question_behind_a_message_is_not_answered_by_leaving_the_message(full: Front) -> None:
    full.happens(SensorFailed(n=1))
    full.jammed = {1}
    full.scan(qr("ada"))
    full.scan("L1BROKEN")
    full.choose("done")
    assert (full.screen.name, full.screen.params["seen"], full.count(facts.Collected)) == ("open", False, 0)
    full.choose("done")
    assert full.count(facts.Collected) == 1


def test_with_a_dead_sensor_a_code_stays_good_for_five_minutes(full: Front) -> None:
    full.happens(SensorFailed(n=1))
    full.jammed = {1}
    full.scan(qr("ada"))
    full.wait(61)
    assert (full.last(facts.ContentsUncertain).doubt, full.shown) == ("dead_sensor", "idle")
    full.wait(230)
    full.scan(qr("ada"))
    assert full.screen.name == "open"
    full.wait(400)
    full.scan(qr("ada"))
    assert full.shown == "uncertain"


def test_with_a_dead_sensor_not_open_pulses_again(full: Front) -> None:
    full.happens(SensorFailed(n=1))
    full.jammed = {1}
    full.scan(qr("ada"))
    full.choose("not_open")
    assert full.pulsed == [1, 1]


def test_a_box_with_a_dead_sensor_gets_no_parcel(front: Front) -> None:
    front.happens(SensorFailed(n=1))
    front.announce("P1")
    assert front.deposit("P1") == 2


def test_a_sensor_that_says_open_does_not_lock_a_recipient_out(full: Front) -> None:
    full.force(1)
    full.pulsed.clear()
    full.scan(qr("ada"))
    assert (full.pulsed, full.screen.params["seen"]) == ([1], False)
    full.shut(1)
    assert (full.last(facts.Collected).deliveries, full.shown) == (("d-P1",), "thanks")


@pytest.mark.parametrize(("answers", "content"), [(True, "empty"), (False, "uncertain")])
def test_a_forced_box_counts_as_emptied_only_if_its_recipient_says_so(full: Front, answers: bool, content: str) -> None:
    """Somebody else may have shut the door that already stood open, before she reached in."""
    full.force(1)
    full.scan(qr("ada"))
    if answers:
        full.choose("done")
    full.shut(1)
    assert (full.content(1), full.count(facts.Collected)) == (content, 1)


def test_a_sensor_that_dies_in_the_middle_asks_too(full: Front) -> None:
    full.scan(qr("ada"))
    full.happens(SensorFailed(n=1))
    assert full.screen.params["seen"] is False
    full.choose("done")
    assert (full.shown, full.content(1), full.count(facts.Collected)) == ("thanks", "empty", 1)


def test_a_lock_that_is_not_pulsed_is_silent(full: Front) -> None:
    full.silent = {1}
    full.scan(qr("ada"))
    full.wait(8)
    assert (full.pulsed, full.last(facts.FaultFound).fault, full.shown) == ([1, 1, 1], "lock_silent", "stuck")


def test_only_one_coil_at_a_time(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True), box(2, "XL", holds_child=True))
    front.report_pulses = False
    for n in (1, 2):
        front.force(n)
    front.shut(1)
    front.shut(2)
    assert front.pulsed == [1]
    front.wait(2)
    assert front.pulsed == [1, 2]


def test_a_locker_whose_locks_are_lost_says_so(front: Front) -> None:
    front.happens(DeviceFailed(device="locks"))
    front.happens(DeviceFailed(device="locks"))
    assert (front.shown, front.count(facts.Alarmed)) == ("out_of_order", 1)
    front.happens(DeviceRecovered(device="locks"))
    assert front.shown == "idle"


def test_a_locker_whose_scanner_is_lost_asks_for_the_pin(front: Front) -> None:
    front.happens(DeviceFailed(device="scanner"))
    assert (front.shown, front.screen.params) == ("idle", {"reason": "no_scanner"})
    front.happens(DeviceRecovered(device="scanner"))
    assert (front.shown, front.screen.params) == ("idle", {})


def test_a_locker_that_was_never_looked_into_gives_nothing_out(locker_of: MakeFront) -> None:
    front = locker_of(box(1), commissioned=False)
    assert front.content(1) == "uncertain"
    front.announce("P1")
    front.scan("P1")
    assert front.shown == "no_room"


def test_nothing_to_do_is_nothing_to_wait_for() -> None:
    assert Cabinet().next_tick_ms is None


def test_a_second_release_waits_until_the_coil_has_cooled_down(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.force(1)
    front.shut(1)
    front.wait(4)
    front.shut(1)
    assert front.pulsed == [1]
    front.wait(6)
    assert (front.pulsed, front.open) == ([1, 1], {1})


def test_a_release_that_somebody_else_has_brought_about_is_not_repeated(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.force(1)
    front.shut(1)
    front.shut(1)
    front.force(1)
    front.wait(30)
    assert front.pulsed == [1]


def test_a_door_that_did_not_latch_was_not_forced(full: Front) -> None:
    full.scan(qr("ada"))
    full.shut(1)
    full.wait(1)
    full.force(1)  # it springs back
    assert (full.screen.name, full.screen.n, full.last(facts.Opened).forced) == ("please_close", 1, False)
    full.shut(1)
    assert (full.content(1), full.count(facts.Alarmed), full.shown) == ("empty", 0, "idle")


def test_nor_is_it_released_for_safety(locker_of: MakeFront) -> None:
    front = locker_of(box(1, "XL", holds_child=True))
    front.announce("P1", "ada")
    front.deposit("P1")
    front.scan(qr("ada"))
    front.shut(1)
    front.force(1)
    front.shut(1)
    assert front.pulsed == [1, 1]


def test_but_a_door_that_opens_later_was(full: Front) -> None:
    full.scan(qr("ada"))
    full.shut(1)
    full.wait(4)
    full.force(1)
    assert full.last(facts.Opened).forced


def test_a_door_that_opens_after_its_courier_was_sent_on_leaves_a_doubt(front: Front) -> None:
    front.announce("P1")
    front.jammed = {1}
    front.scan("P1")
    front.wait(7)
    front.force(1)
    assert (front.last(facts.Opened).forced, front.screen.n) == (False, 2)
    front.shut(1)
    assert front.last(facts.ContentsUncertain).deliveries == ("d-P1",)
    front.shut(2)
    assert (front.content(1), front.content(2)) == ("uncertain", "occupied")
    assert front.state.where("d-P1") == 2


def test_also_when_the_courier_has_gone_before_it_is_shut(front: Front) -> None:
    """They may have put their parcel into the first box after all, and shut the second one empty."""
    front.announce("P1", "ada")
    front.jammed = {1}
    front.scan("P1")
    front.wait(7)
    front.force(1)
    front.shut(2)
    front.wait(31)
    assert front.last(facts.VisitEnded).how == "left"
    front.shut(1)
    assert (front.content(1), front.content(2)) == ("uncertain", "occupied")
    front.jammed = set()
    front.wait(150)
    front.scan(qr("ada"))
    front.shut(1)
    assert front.open == {2}, "her code opens both"


def test_a_recipient_who_pulls_a_stuck_door_open_and_shuts_it_last_leaves_a_doubt(front: Front) -> None:
    for label in ("P1", "P2"):
        front.announce(label, "ada")
        front.deposit(label)
    front.choose("done")
    front.wait(200)
    front.jammed = {1}
    front.scan(qr("ada"))
    front.wait(10)
    assert front.open == {2}
    front.force(1)
    front.shut(2)
    assert front.last(facts.VisitEnded).how == "done"
    front.shut(1)
    assert (front.content(1), front.state.where("d-P1")) == ("uncertain", 1), "she may have taken it, or not"


def test_a_sensor_that_is_dead_at_the_start_is_found(front: Front) -> None:
    front.boot(door_2=None)
    assert (front.last(facts.FaultFound).n, front.last(facts.FaultFound).fault) == (2, "sensor")


def test_a_door_left_open_and_shut_in_the_dark_is_well_again(full: Front) -> None:
    full.scan(qr("ada"))
    full.wait(61)
    full.open.clear()
    full.power_cut()
    assert full.last(facts.FaultCleared).fault == "left_open"


def test_a_door_that_no_plan_knows_changes_nothing(front: Front) -> None:
    known = len(front.facts)
    for event in (DoorOpened(n=99), DoorClosed(n=99), SensorFailed(n=99), PulseEnded(n=99, given=True)):
        front.happens(event)
    assert front.kinds(known) == []


def test_a_compartment_that_the_plan_has_lost_is_kept_while_something_is_in_it(full: Front) -> None:
    full.specs = (box(2), box(4, "XL"))
    full.power_cut()
    assert [(one.n, one.in_service) for one in full.cabinet.overview()] == [(1, False), (2, True), (4, True)]
    full.scan(qr("ada"))
    assert full.shown == "uncertain"
    assert full.content(4) == "uncertain"


def test_who_comes_right_behind_another_waits_until_the_coil_has_rested(front: Front) -> None:
    front.announce("A1", "ada")
    n = front.deposit("A1")
    front.happens(Scanned(text=qr("ada"), visit="next"))
    assert (front.shown, front.pulsed) == ("opening", [n])
    front.wait(1.9)
    assert front.pulsed == [n]
    front.wait(0.1)
    assert front.pulsed == [n, n]
    assert front.shown == "open"


def test_a_courier_who_scans_on_instead_of_answering_leaves_a_doubt_and_not_a_free_box(front: Front) -> None:
    front.announce("A1", "ada")
    front.announce("B1", "ben")
    front.scan("A1")
    (n,) = front.open
    front.happens(SensorFailed(n=n))
    assert front.screen.choices
    front.scan("B1")
    assert front.content(n) == "uncertain"
    front.open.discard(n)
    front.wait(200)
    front.scan(qr("ada"))
    assert front.pulsed[-1] == n, "her code opens the box that her parcel may lie in"


def test_while_no_lock_can_be_opened_no_compartment_is_taken_for_broken(front: Front) -> None:
    front.announce("A1", "ada")
    front.happens(DeviceFailed(device="locks"))
    front.scan("A1")
    assert (front.shown, front.pulsed, front.count(facts.UnlockAuthorised)) == ("out_of_order", [], 0)
    front.happens(DeviceRecovered(device="locks"))
    assert front.deposit("A1")
