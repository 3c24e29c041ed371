"""A recipient collects: with a ticket or a PIN, one parcel or several, and once more if the wind has shut the door."""

from __future__ import annotations

import pytest

from locker.wire import facts
from locker.wire.orders import Admit, Mistrust, Withdraw
from tests.cabinet.conftest import Front, box, pickup_id, qr, tag


@pytest.fixture
def full(front: Front) -> Front:
    """A locker with one parcel for Ada, whose PIN is 12345678."""
    front.announce("P1", "ada", pin="12345678")
    front.deposit("P1")
    front.choose("done")
    front.wait(150)  # the lock has rested
    front.pulsed.clear()
    return front


@pytest.mark.parametrize("code", ["qr", "pin"])
def test_a_code_opens_the_door_and_the_parcel_is_spent_when_it_has_opened(full: Front, code: str) -> None:
    full.scan(qr("ada")) if code == "qr" else full.type("12345678")
    assert (full.screen.name, full.screen.n, full.pulsed) == ("open", 1, [1])
    assert full.last(facts.Collected).deliveries == ("d-P1",)
    full.shut()
    assert (full.shown, full.content(1)) == ("thanks", "empty")
    assert full.last(facts.VisitEnded).how == "done"


def test_a_code_is_not_spent_while_the_door_does_not_open(full: Front) -> None:
    full.jammed = {1}
    full.scan(qr("ada"))
    full.wait(8)
    assert (full.shown, full.count(facts.Collected), full.pulsed) == ("stuck", 0, [1, 1, 1])
    full.jammed = set()
    full.wait(121)
    full.scan(qr("ada"))
    assert full.last(facts.Collected).deliveries == ("d-P1",)


def test_a_door_that_is_pulled_free_at_last_counts_as_opened(full: Front) -> None:
    full.jammed = {1}
    full.scan(qr("ada"))
    full.wait(8)
    full.force(1)
    assert (full.screen.name, full.last(facts.Opened).forced) == ("open", False)
    assert full.last(facts.FaultCleared).fault == "jammed"


def test_a_door_that_opens_by_itself_while_its_lock_cools_down_has_given_nobody_anything(full: Front) -> None:
    full.jammed = {1}
    full.scan(qr("ada"))
    full.wait(8)
    full.choose("done")
    full.scan(qr("ada"))
    full.force(1)
    assert (full.last(facts.Opened).forced, full.count(facts.Collected), full.content(1)) == (True, 0, "uncertain")
    full.shut(1)
    full.wait(121)
    full.jammed = set()
    full.scan(qr("ada"))
    assert full.last(facts.Collected).deliveries == ("d-P1",)


def test_the_coil_rests_after_three_pulses_and_the_screen_says_how_long(full: Front) -> None:
    full.jammed = {1}
    full.scan(qr("ada"))
    full.wait(10)
    full.choose("not_open")
    assert (full.pulsed, full.shown, full.screen.params["wait_s"]) == ([1, 1, 1], "stuck", 110)


def test_the_same_code_opens_again_for_three_minutes(full: Front) -> None:
    full.scan(qr("ada"))
    full.shut()
    full.wait(179)
    full.type("12345678")
    assert full.last(facts.UnlockAuthorised).reason == "reopen"
    full.shut()
    assert (full.count(facts.Collected), full.content(1)) == (1, "empty")


def test_after_three_minutes_it_does_not(full: Front) -> None:
    full.scan(qr("ada"))
    full.shut()
    full.wait(301)
    full.scan(qr("ada"))
    assert (full.shown, full.screen.params["ago_min"], full.pulsed) == ("already_collected", 5, [1])


def test_nor_once_something_else_was_put_in(full: Front) -> None:
    full.announce("P2", size_mm=(300, 60, 200), planned=1)
    full.scan(qr("ada"))
    full.shut()
    assert full.deposit("P2") == 1
    full.scan(qr("ada"))
    assert full.shown == "already_collected"


def test_nor_after_a_restart(full: Front) -> None:
    full.scan(qr("ada"))
    full.shut()
    full.power_cut()
    full.scan(qr("ada"))
    assert full.shown == "already_collected"


def test_three_parcels_in_three_boxes_open_one_after_the_other(front: Front) -> None:
    for label in ("P1", "P2", "P3"):
        front.announce(label, "ada")
        front.deposit(label)
    front.scan(qr("ada"))
    opened = []
    while front.open:
        opened += front.open
        front.shut()
    assert (opened, front.shown) == ([1, 2, 3], "thanks")
    assert [front.content(n) for n in (1, 2, 3)] == ["empty"] * 3
    assert front.count(facts.VisitStarted) == 2


def test_no_second_door_opens_for_somebody_else_who_shuts_the_first(front: Front) -> None:
    for label in ("P1", "P2"):
        front.announce(label, "ada")
        front.deposit(label)
    front.wait(150)
    front.scan(qr("ada"))
    front.wait(70)
    assert front.last(facts.Alarmed).alarm == "left_open"
    front.shut(1)
    assert (front.open, front.content(2)) == (set(), "occupied")
    front.scan(qr("ada"))
    assert front.open == {2}


def test_a_stuck_door_keeps_nobody_from_the_other_boxes(front: Front) -> None:
    for label in ("P1", "P2"):
        front.announce(label, "ada")
        front.deposit(label)
    front.jammed = {1}
    front.scan(qr("ada"))
    front.wait(7)
    assert front.open == {2}
    front.shut()
    assert (front.screen.name, front.screen.n, front.content(1)) == ("stuck", 1, "occupied")


def test_an_older_ticket_is_outdated(full: Front) -> None:
    full.order(Admit(pickup=pickup_id("ada"), generation=3, pin_tag=tag("87654321")))
    full.scan(qr("ada", generation=2))
    assert (full.shown, full.pulsed) == ("outdated", [])
    full.type("12345678")
    assert full.shown == "wrong_pin"
    full.scan(qr("ada", generation=3))
    assert full.open == {1}


def test_a_ticket_that_came_before_its_parcel_has_to_wait(front: Front) -> None:
    front.announce("P1", "ada")
    front.scan(qr("ada"))
    assert front.shown == "not_yet"


def test_a_ticket_of_a_parcel_in_another_locker_says_where(front: Front) -> None:
    front.scan(qr("ada", home=8))
    assert (front.shown, front.screen.params["where"]) == ("elsewhere", "Birch, behind the library")


def test_a_ticket_whose_parcel_was_moved_says_where(front: Front) -> None:
    front.announce("P1", "ada")
    front.order(Withdraw(delivery="d-P1", moved_to="Oak, at the door"))
    front.scan(qr("ada"))
    assert (front.shown, front.screen.params["where"]) == ("elsewhere", "Oak, at the door")


def test_a_ticket_with_another_home_opens_where_its_parcel_lies(full: Front) -> None:
    full.scan(qr("ada", home=8))
    assert full.open == {1}


def test_nobody_can_begin_while_a_door_is_open(full: Front) -> None:
    full.announce("P2", "ben")
    full.deposit("P2")
    full.scan(qr("ada"))
    full.scan(qr("ben"))
    assert (full.shown, full.screen.n, full.open) == ("close_first", 1, {1})
    full.type("ben")
    assert (full.shown, full.open) == ("close_first", {1})
    full.shut()
    full.scan(qr("ben"))
    assert full.open == {2}


def test_the_next_person_takes_over_when_the_doors_are_shut(full: Front) -> None:
    full.announce("P2")
    full.deposit("P2")
    full.scan(qr("ada"))
    assert full.open == {1}
    assert [fact.how for fact in full.facts if isinstance(fact, facts.VisitEnded)] == ["done", "next_person"]


def test_a_visit_never_ends_while_its_door_is_open(full: Front) -> None:
    full.scan(qr("ada"))
    full.wait(55)
    assert (full.shown, full.kinds()[-1]) == ("please_close", "collected")


def test_a_door_left_open_reminds_then_alarms(full: Front) -> None:
    full.scan(qr("ada"))
    full.wait(19)
    assert full.shown == "open"
    full.wait(2)
    assert full.shown == "please_close"
    full.wait(40)
    assert (full.last(facts.Alarmed).alarm, full.last(facts.FaultFound).fault) == ("left_open", "left_open")
    full.shut()
    assert full.last(facts.FaultCleared).fault == "left_open"


def test_a_door_that_nobody_shuts_does_not_shut_everybody_out(full: Front) -> None:
    full.announce("P2", "ben")
    full.deposit("P2")
    full.scan(qr("ada"))
    full.wait(61)
    full.scan(qr("ben"))
    assert full.open == {1, 2}
    assert (full.last(facts.ContentsUncertain).doubt, full.content(1)) == ("left_open", "uncertain")


def test_many_boxes_have_a_picture_of_what_is_still_to_come(front: Front) -> None:
    for label in ("P1", "P2"):
        front.announce(label, "ada")
        front.deposit(label)
    front.scan(qr("ada"))
    assert front.screen.params["more"] == 1


def test_the_compartments_of_two_pickups_stay_apart(front: Front) -> None:
    front.announce("P1", "ada")
    front.announce("P2", "ben")
    front.deposit("P1")
    front.deposit("P2")
    front.scan(qr("ada"))
    front.shut()
    assert (front.content(1), front.content(2)) == ("empty", "occupied")
    assert box(1).n in front.pulsed


def test_a_stuck_person_tries_again_with_the_same_code(full: Front) -> None:
    full.jammed = {1}
    full.scan(qr("ada"))
    full.wait(7)
    full.jammed = set()
    full.wait(20)
    full.scan(qr("ada"))
    assert (full.shown, full.screen.params["wait_s"]) == ("stuck", 93)
    assert full.count(facts.VisitStarted) == 2


def test_the_pin_of_a_parcel_that_nobody_can_tell_of_is_not_wrong(full: Front) -> None:
    from locker.cabinet.events import SensorFailed

    full.happens(SensorFailed(n=1))
    full.jammed = {1}
    full.scan(qr("ada"))
    full.wait(400)
    full.type("12345678")
    assert (full.shown, full.count(facts.PinRefused)) == ("uncertain", 0)


def test_help_and_back(full: Front) -> None:
    full.scan(qr("ada"))
    full.choose("help")
    assert full.shown == "help"
    full.choose("back")
    assert full.shown == "open"


def test_nobody_knows_how_long_ago_without_a_clock(full: Front) -> None:
    full.clock_trusted = False
    full.scan(qr("ada"))
    full.shut()
    full.power_cut()
    full.scan(qr("ada"))
    assert full.screen.params == {"refusal": "already_collected", "ago_min": -1}


def test_a_ticket_of_a_locker_that_nobody_knows_says_elsewhere(front: Front) -> None:
    front.scan(qr("ada", home=99))
    assert (front.shown, front.screen.params["where"]) == ("elsewhere", "")


def test_a_forced_box_is_not_opened_again_for_its_last_recipient(full: Front) -> None:
    full.scan(qr("ada"))
    full.shut()
    full.wait(10)
    full.force(1)
    full.shut()
    full.scan(qr("ada"))
    assert (full.shown, full.pulsed) == ("already_collected", [1])


def test_three_pulses_are_three_whoever_asked_for_them(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.jammed = {1}
    front.scan(qr("ada"))
    front.wait(100)
    assert front.pulsed == [1, 1, 1]


def test_a_doubt_of_a_fork_that_comes_while_the_door_is_open_stays(full: Front) -> None:
    full.scan(qr("ada"))
    full.order(Mistrust(n=1, deliveries=()))
    full.shut()
    assert full.content(1) == "uncertain"
