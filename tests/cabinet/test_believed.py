"""Doors are believed, not assumed: locks that don't hold, hooks that don't move, sensors that lie and flicker."""

from __future__ import annotations

import pytest

from locker.cabinet.events import DoorClosed, DoorOpened, LatchMoved, SensorFailed, SensorRecovered
from locker.wire import facts
from tests.cabinet.conftest import Front, qr


@pytest.fixture
def full(front: Front) -> Front:
    """A locker with one parcel for Ada in compartment 1."""
    front.announce("P1", "ada")
    front.deposit("P1")
    front.choose("done")
    front.wait(150)
    front.pulsed.clear()
    return front


def springs_back(front: Front, n: int, times: int) -> None:
    for _ in range(times):
        front.wait(1)
        front.open.add(n)
        front.happens(DoorOpened(n=n))
        front.shut(n)


def test_a_door_that_springs_open_three_times_is_not_held_by_its_lock(front: Front) -> None:
    front.announce("P1", "ada")
    n = front.deposit("P1")
    springs_back(front, n, 2)
    assert front.count(facts.FaultFound) == 0, "twice may be a hand that doesn't push"
    springs_back(front, n, 1)
    assert (front.last(facts.FaultFound).fault, front.last(facts.Alarmed).alarm) == ("welded", "welded")
    assert front.content(n) == "uncertain"


def test_its_courier_may_take_the_parcel_out_again_and_bring_it_to_another_door(front: Front) -> None:
    front.announce("P1", "ada")
    n = front.deposit("P1")
    springs_back(front, n, 2)
    front.wait(1)
    front.open.add(n)
    front.happens(DoorOpened(n=n))
    assert (front.screen.name, front.screen.params["why"]) == ("please_close", "wont_hold")
    front.scan("P1")
    (other,) = front.open - {n}
    front.shut(other)
    assert (front.last(facts.Deposited).n, front.state.where("d-P1")) == (other, other)


def test_a_door_that_was_held_since_is_well_again(full: Front) -> None:
    full.scan(qr("ada"))
    full.shut()
    springs_back(full, 1, 3)
    assert "welded" in full.state.boxes[1].faults
    full.wait(10)
    full.scan(qr("ada"))
    assert full.pulsed == [1, 1], "her code opens it again for three minutes"
    assert full.last(facts.FaultCleared).fault == "welded"


def test_a_hook_that_does_not_catch_behind_a_shut_door_is_found_by_its_own_switch(full: Front) -> None:
    full.happens(LatchMoved(n=1, free=True))
    full.wait(2.9)
    assert full.count(facts.FaultFound) == 0
    full.wait(0.1)
    assert (full.last(facts.FaultFound).fault, full.last(facts.Alarmed).alarm) == ("welded", "welded")
    assert full.content(1) == "uncertain"
    full.happens(LatchMoved(n=1, free=False))
    assert full.last(facts.FaultCleared).fault == "welded"


def test_a_hook_that_lets_go_for_a_pulse_and_catches_again_is_well(full: Front) -> None:
    full.happens(LatchMoved(n=1, free=False))
    full.scan(qr("ada"))
    full.happens(LatchMoved(n=1, free=True))
    full.wait(50)
    full.shut()
    full.happens(LatchMoved(n=1, free=False))
    full.wait(10)
    assert full.count(facts.FaultFound) == 0


@pytest.mark.parametrize(("moves", "fault"), [(True, "jammed"), (False, "lock_silent")])
def test_the_hook_tells_a_door_that_sticks_from_a_coil_that_is_dead(full: Front, moves: bool, fault: str) -> None:
    full.happens(LatchMoved(n=1, free=False))
    full.jammed = {1}
    full.scan(qr("ada"))
    for _ in range(3):
        if moves:
            full.happens(LatchMoved(n=1, free=True))
            full.happens(LatchMoved(n=1, free=False))
        full.wait(2)
    assert (full.last(facts.FaultFound).fault, full.shown) == (fault, "stuck")


def test_a_person_before_an_open_door_that_counts_as_stuck_can_say_so(full: Front) -> None:
    full.jammed = {1}  # it opens, but its contact sticks
    full.scan(qr("ada"))
    full.wait(10)
    assert full.shown == "stuck"
    full.choose("it_opened")
    assert full.state.boxes[1].faults == {"sensor"}
    assert (full.shown, full.screen.params["seen"]) == ("open", False)
    full.choose("done")
    assert (full.last(facts.Collected).deliveries, full.shown) == (("d-P1",), "thanks")


def test_a_contact_that_says_shut_before_it_has_said_open_proves_nothing(front: Front) -> None:
    """A loose wire touches when the lock jerks: what it says is where the door was before the pulse."""
    front.announce("P1")
    front.jammed = {1}
    front.scan("P1")
    front.happens(DoorClosed(n=1))
    assert (front.shown, front.screen.params["seen"], front.count(facts.Deposited)) == ("open", False, 0)
    front.choose("not_open")
    assert front.pulsed == [1, 2]


def test_a_courier_cannot_say_so_for_a_parcel_that_goes_elsewhere(front: Front) -> None:
    front.announce("P1")
    front.jammed = {1, 2, 3}
    front.scan("P1")
    for _ in range(4):
        front.wait(10)
    front.choose("it_opened")
    assert front.count(facts.Deposited) == 0


def test_a_flickering_contact_has_a_name_of_its_own_and_its_door_opens_all_the_same(full: Front) -> None:
    full.happens(SensorFailed(n=1, flickers=True))
    assert full.last(facts.FaultFound).fault == "flicker"
    full.jammed = {1}
    full.scan(qr("ada"))
    assert (full.shown, full.screen.params["seen"]) == ("open", False)
    full.choose("done")
    assert full.count(facts.Collected) == 1


def test_an_edge_without_a_pulse_is_a_forced_door_and_one_that_shuts_is_nothing(full: Front) -> None:
    full.happens(DoorClosed(n=2))
    assert full.count(facts.Alarmed) == 0
    full.force(2)
    assert full.last(facts.Alarmed).alarm == "forced_open"


def test_a_latch_of_a_door_that_no_plan_knows_changes_nothing(front: Front) -> None:
    known = len(front.facts)
    front.happens(LatchMoved(n=99, free=True))
    assert front.kinds(known) == []


def test_a_door_that_nobody_could_see_is_shut_again_once_its_sensor_shows_it(full: Front) -> None:
    full.jammed = {1}
    full.scan(qr("ada"))
    full.wait(10)
    full.happens(SensorFailed(n=1))
    full.choose("done")
    full.happens(SensorRecovered(n=1))
    (one, *_) = full.cabinet.overview()
    assert (one.door, one.faults) == ("shut", ("jammed",)), "it may be opened for the next one, as before"


def test_what_changes_more_quickly_than_a_hand_pushes_is_no_lock_that_does_not_hold(full: Front) -> None:
    full.scan(qr("ada"))
    full.shut()
    for _ in range(8):
        full.wait(0.1)
        full.happens(DoorOpened(n=1))
        full.happens(DoorClosed(n=1))
    assert full.count(facts.FaultFound) == 0
