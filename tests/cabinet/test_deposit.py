"""A courier brings parcels: one scan opens one empty box, once; a box that won't do is followed by the next best."""

from __future__ import annotations

import pytest

from locker.cabinet.events import SensorFailed
from locker.wire import facts
from locker.wire.orders import Pass, Serve, Withdraw
from tests.cabinet.conftest import Front, MakeFront, box, deposit_qr, expect, pickup_id, qr, tag


def test_a_scan_opens_a_box_and_shutting_it_is_the_deposit(front: Front) -> None:
    front.announce("P1")
    front.scan("P1")
    assert (front.screen.name, front.screen.n) == ("open", 1)
    assert front.count(facts.Deposited) == 0
    front.shut()
    assert (front.last(facts.Deposited).n, front.last(facts.Deposited).delivery) == (1, "d-P1")
    assert (front.shown, front.content(1)) == ("next_parcel", "occupied")


def test_visit_and_permission_are_recorded_before_the_pulse(front: Front) -> None:
    front.announce("P1")
    known = len(front.facts)
    front.scan("P1")
    assert front.kinds(known)[:2] == ["visit_started", "unlock_authorised"]
    assert front.facts[known].by == "label"


def test_the_planned_compartment_opens_if_it_is_free(front: Front) -> None:
    front.announce("P1", planned=3)
    front.announce("P2", planned=3)
    assert front.deposit("P1") == 3
    assert front.deposit("P2") == 1


def test_forty_parcels_are_one_visit_without_a_tap(locker_of: MakeFront) -> None:
    front = locker_of(*(box(n) for n in range(1, 41)))
    for i in range(40):
        front.announce(f"P{i}")
    opened = [front.deposit(f"P{i}") for i in range(40)]
    assert sorted(opened) == list(range(1, 41))
    assert front.count(facts.VisitStarted) == 1
    assert front.screen.params == {"deposited": 40}


def test_a_label_opens_once(front: Front) -> None:
    front.announce("P1")
    front.deposit("P1")
    front.scan("P1")
    assert (front.shown, front.pulsed) == ("already_deposited", [1])


def test_a_label_that_nobody_has_announced_opens_nothing(front: Front) -> None:
    front.scan("P1")
    assert (front.shown, front.pulsed, front.kinds().count("visit_started")) == ("unknown_code", [], 0)


def test_a_parcel_that_is_to_go_elsewhere_stays_with_its_courier(front: Front) -> None:
    front.announce("P1")
    front.order(Withdraw(delivery="d-P1", moved_to="Birch, behind the library"))
    front.scan("P1")
    assert (front.shown, front.screen.params["where"]) == ("withdrawn", "Birch, behind the library")


def test_a_parcel_that_is_announced_again_after_all_is_taken(front: Front) -> None:
    front.announce("P1")
    front.order(Withdraw(delivery="d-P1"))
    front.announce("P1")
    assert front.deposit("P1") == 1


def test_too_small_opens_a_bigger_one_when_the_door_is_shut(front: Front) -> None:
    front.announce("P1")
    front.scan("P1")
    front.choose("too_small")
    assert (front.screen.name, front.screen.n, front.open) == ("please_close", 1, {1})
    front.shut()
    assert front.open == {3}
    front.shut()
    assert (front.content(1), front.content(3)) == ("empty", "occupied")


def test_an_occupied_box_is_left_alone_from_then_on(front: Front) -> None:
    front.announce("P1")
    front.scan("P1")
    front.choose("occupied")
    front.shut()
    assert front.open == {2}
    front.shut()
    assert front.last(facts.ContentsUncertain).doubt == "occupied"
    assert (front.content(1), front.content(2)) == ("uncertain", "occupied")


def test_a_door_that_sticks_is_followed_by_another_after_three_pulses(front: Front) -> None:
    front.announce("P1")
    front.jammed = {1}
    front.scan("P1")
    front.wait(7)
    assert front.pulsed == [1, 1, 1, 2]
    assert (front.last(facts.FaultFound).fault, front.open) == ("jammed", {2})


def test_a_courier_in_a_hurry_says_that_a_door_does_not_open(front: Front) -> None:
    front.announce("P1")
    front.jammed = {1}
    front.scan("P1")
    front.choose("not_open")
    assert front.open == {2}
    front.wait(30)
    assert front.pulsed == [1, 2]


def test_a_door_that_was_seen_to_open_is_not_believed_to_have_stayed_shut(front: Front) -> None:
    """A passer-by presses the button while the courier shuts a door that can't be seen any more."""
    front.announce("P1", "ada")
    front.scan("P1")
    front.happens(SensorFailed(n=1))
    front.choose("not_open")
    assert (front.content(1), front.last(facts.ContentsUncertain).deliveries) == ("uncertain", ("d-P1",))
    assert front.open == {1, 2}, "if it is still in the courier's hands, there is another one for it"


def test_one_parcel_cannot_put_the_whole_locker_out_of_use(locker_of: MakeFront) -> None:
    front = locker_of(*(box(n) for n in range(1, 9)))
    front.announce("P1")
    front.scan("P1")
    for _ in range(4):
        front.choose("occupied")
        front.shut()
    assert (front.shown, front.open) == ("no_room", set())
    assert sum(front.content(n) == "uncertain" for n in range(1, 9)) == 3


def test_nor_by_being_scanned_again_and_again(locker_of: MakeFront) -> None:
    front = locker_of(*(box(n) for n in range(1, 13)))
    front.announce("P1", "ada")
    for _ in range(4):
        front.scan("P1")
        while front.open:
            front.choose("occupied")
            front.shut()
        front.choose("done")
        front.wait(150)
    assert [front.content(n) for n in range(1, 13)].count("uncertain") == 3
    assert front.deposit("P1") > 3, "who really has it can still bring it"


def test_nor_by_holding_every_door_shut(locker_of: MakeFront) -> None:
    front = locker_of(*(box(n) for n in range(1, 13)))
    front.announce("P1", "ada")
    front.announce("P2", "ben")
    front.jammed = set(range(1, 13))
    for _ in range(3):
        front.scan("P1")
        front.wait(60)
        assert front.shown == "next_parcel" or front.state.visit is None
    assert sum("jammed" in front.state.boxes[n].faults for n in range(1, 13)) == 4
    front.jammed = set()
    assert front.deposit("P2") == 5
    front.scan("P1")
    assert front.shown == "no_room"
    front.staff(Pass(tag=tag("operator"), party="operator", who="o1"))
    front.type("operator")
    for n in range(1, 5):
        front.choose("repaired", n)
    front.choose("done")
    assert front.deposit("P1") == 1, "somebody has looked: the parcel gets its compartment"


def test_a_parcel_that_fits_nowhere_is_refused(front: Front) -> None:
    front.announce("P1", size_mm=(700, 700, 700))
    front.scan("P1")
    assert (front.shown, front.pulsed) == ("no_room", [])


@pytest.mark.parametrize("trouble", ["new", "fault", "service", "occupied"])
def test_a_compartment_in_trouble_is_never_given_out(locker_of: MakeFront, trouble: str) -> None:
    front = locker_of(box(1), commissioned=trouble != "new")
    front.announce("P1")
    front.announce("P2")
    if trouble == "fault":
        front.force(1)
        front.shut()
    if trouble == "service":
        front.order(Serve(n=1, in_service=False))
    if trouble == "occupied":
        front.deposit("P2")
    front.pulsed.clear()
    front.scan("P1")
    assert (front.shown, front.pulsed) == ("no_room", [])


def test_the_next_label_is_remembered_while_a_door_is_open(front: Front) -> None:
    front.announce("P1")
    front.announce("P2")
    front.scan("P1")
    front.scan("P2")
    assert (front.shown, front.screen.n, front.open) == ("close_first", 1, {1})
    front.shut(1)
    assert front.open == {2}
    front.shut(2)
    assert front.content(2) == "occupied"


def test_a_label_remembered_for_too_long_is_forgotten(front: Front) -> None:
    front.announce("P1")
    front.announce("P2")
    front.scan("P1")
    front.scan("P2")
    front.wait(61)
    front.shut(1)
    assert (front.shown, front.open) == ("next_parcel", set())


def test_the_same_label_seen_twice_is_no_news(front: Front) -> None:
    front.announce("P1")
    front.scan("P1")
    front.scan("P1")
    assert (front.shown, front.pulsed) == ("open", [1])


def test_a_courier_who_has_left_leaves_the_screen_to_the_next(front: Front) -> None:
    front.announce("P1")
    front.deposit("P1")
    front.wait(31)
    assert (front.shown, front.last(facts.VisitEnded).how) == ("idle", "left")


def test_a_deposit_ticket_works_before_the_order_has_come(front: Front) -> None:
    front.scan(deposit_qr("ada", pin="11112222"))
    front.shut()
    deposited = front.last(facts.Deposited)
    assert (deposited.by_ticket, deposited.delivery) == (True, f"{pickup_id('ada')}.1")
    assert front.last(facts.VisitStarted).by == "deposit_ticket"
    front.choose("done")
    front.type("11112222")
    assert front.last(facts.Collected).deliveries == (deposited.delivery,)


def test_a_deposit_ticket_works_once(front: Front) -> None:
    front.scan(deposit_qr("ada"))
    front.shut()
    front.scan(deposit_qr("ada"))
    assert (front.shown, front.pulsed) == ("already_deposited", [1])


def test_a_deposit_ticket_of_an_announced_parcel_is_that_parcel(front: Front) -> None:
    front.announce("P1", "ada")
    front.scan(deposit_qr("ada"))
    front.shut()
    assert (front.last(facts.Deposited).delivery, front.last(facts.Deposited).by_ticket) == ("d-P1", False)
    front.scan(deposit_qr("ada"))
    assert front.shown == "already_deposited"


def test_a_deposit_ticket_for_another_locker_says_where(front: Front) -> None:
    front.scan(deposit_qr("ada", home=8))
    assert (front.shown, front.screen.params["where"]) == ("elsewhere", "Birch, behind the library")


def test_a_deposit_ticket_asks_for_its_size(front: Front) -> None:
    front.scan(deposit_qr("ada", size_class="L"))
    assert front.open == {3}


def test_a_late_order_does_not_take_a_ticket_parcel_from_its_recipient(front: Front) -> None:
    front.scan(deposit_qr("ada"))
    front.shut()
    front.announce("P1", "ada")
    front.scan(qr("ada"))
    assert front.screen.name == "open"


def test_a_label_opens_nothing_for_a_parcel_that_came_by_ticket_before_its_order(front: Front) -> None:
    front.scan(deposit_qr("ada"))
    front.shut()
    front.announce("P1", "ada")
    front.scan("P1")
    assert (front.shown, front.pulsed) == ("already_deposited", [1])
    front.scan(qr("ada"))
    front.shut()
    front.scan("P1")
    assert (front.shown, front.pulsed) == ("already_deposited", [1, 1])


def test_a_label_opens_while_more_parcels_are_to_come_than_tickets_have_brought(front: Front) -> None:
    """Nobody can tell which of the two the ticket was for; once one more has come, it must have been the other."""
    front.scan(deposit_qr("ada"))
    front.shut()
    front.announce("P1", "ada")
    front.announce("P2", "ada")
    assert front.deposit("P2") == 2
    front.scan("P1")
    assert front.shown == "already_deposited"


def test_a_snapshot_does_not_make_a_new_parcel_the_one_that_a_ticket_brought(front: Front) -> None:
    front.scan(deposit_qr("ada"))
    front.shut()
    front.announce("P1", "ada")
    front.scan(qr("ada"))
    front.shut()
    front.snapshot(expect("P2", "ada"))
    assert front.deposit("P2") == 2


def test_a_lock_with_its_last_pulse_left_is_spared_while_another_box_fits(front: Front) -> None:
    """Whoever comes at once to fetch this parcel would stand before a lock that has to rest."""
    front.announce("P1", "ada")
    assert front.deposit("P1") == 1
    front.scan(qr("ada"))
    front.shut()
    front.announce("P2", "ben")
    assert front.deposit("P2") == 2


def test_a_ticket_whose_deposit_was_cut_off_has_brought_nothing(front: Front) -> None:
    front.scan(deposit_qr("ada"))
    front.power_cut()
    front.shut(1)
    front.announce("P1", "ada")
    assert front.deposit("P1") == 2


def test_a_slow_courier_is_only_told_to_shut_the_door(front: Front) -> None:
    front.announce("P1")
    front.announce("P2")
    front.scan("P1")
    front.wait(70)
    front.scan("P2")
    assert (front.shown, front.pulsed) == ("close_first", [1])
    front.shut()
    assert (front.content(1), front.open) == ("occupied", {2})


def test_a_courier_who_cannot_shut_a_door_goes_on_all_the_same(front: Front) -> None:
    front.announce("P1")
    front.announce("P2")
    front.scan("P1")
    front.wait(70)
    front.scan("P2")
    front.wait(6)
    front.scan("P2")
    assert (front.open, front.content(1)) == ({1, 2}, "uncertain")
