"""Couriers take back what was recalled; operators look into compartments, but not at a recipient's parcel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from locker.cabinet.events import SensorFailed
from locker.wire import facts
from locker.wire.orders import Mistrust, Pass, Recall, Withdraw
from tests.cabinet.conftest import Front, deposit_qr, expect, qr, tag

COURIER = Pass(tag=tag("courier"), party="courier", who="c1", carrier="post")
RIVAL = Pass(tag=tag("rival"), party="courier", who="c2", carrier="rival")
OPERATOR = Pass(tag=tag("operator"), party="operator", who="o1")


@pytest.fixture
def full(front: Front) -> Front:
    """A locker with two parcels of the carrier `post`, and everybody's passes."""
    front.staff(COURIER, RIVAL, OPERATOR)
    for label, who in (("P1", "ada"), ("P2", "ben")):
        front.announce(label, who)
        front.deposit(label)
    front.choose("done")
    front.wait(5)
    return front


def test_a_courier_takes_back_what_was_recalled(full: Front) -> None:
    full.order(Recall(delivery="d-P2"))
    full.type("courier")
    assert (full.shown, full.screen.params["retrieve"]) == ("courier_menu", [2])
    full.choose("retrieve", 2)
    assert (full.open, full.count(facts.Retrieved)) == ({2}, 0)
    full.shut()
    assert (full.last(facts.Retrieved).deliveries, full.last(facts.Retrieved).courier) == (("d-P2",), "c1")
    assert (full.content(2), full.screen.params["retrieve"]) == ("empty", [])


def test_the_next_on_the_list_needs_no_number(full: Front) -> None:
    full.order(Recall(delivery="d-P1"), Recall(delivery="d-P2"))
    full.type("courier")
    for n in (1, 2):
        full.choose("retrieve")
        assert full.open == {n}
        full.shut()
    full.choose("retrieve")
    assert full.shown == "nothing_to_retrieve"


def test_a_door_that_fell_shut_before_the_parcel_was_out_opens_again(full: Front) -> None:
    full.order(Recall(delivery="d-P2"))
    full.type("courier")
    full.choose("retrieve", 2)
    full.shut()
    assert full.screen.choices == ("again", "done", "help")
    full.choose("again")
    assert full.open == {2}
    full.shut()
    assert (full.count(facts.Retrieved), full.content(2)) == (1, "empty")


def test_the_last_door_opens_again_only_to_the_courier_who_emptied_it(full: Front) -> None:
    full.order(Recall(delivery="d-P2"))
    full.type("courier")
    full.choose("again")
    full.choose("retrieve", 2)
    full.shut()
    full.type("courier")
    full.choose("again")
    full.type("rival")
    full.choose("again")
    full.choose("done")
    full.choose("again")
    assert full.pulsed.count(2) == 2, "to put it in, and to take it out"


def test_a_door_that_a_courier_left_open_and_somebody_else_has_shut_is_no_receipt(full: Front) -> None:
    full.order(Recall(delivery="d-P2"))
    full.type("courier")
    full.choose("retrieve", 2)
    full.wait(70)
    full.shut()
    assert (full.count(facts.Retrieved), full.content(2)) == (0, "uncertain")
    assert full.screen.params["retrieve"] == [2], "who was only slow opens it once more"
    full.choose("retrieve")
    full.shut()
    assert (full.last(facts.Retrieved).deliveries, full.content(2)) == (("d-P2",), "empty")


def test_what_may_lie_behind_one_door_and_lies_behind_another_is_fetched_from_the_latter(front: Front) -> None:
    front.staff(COURIER)
    front.announce("P1", "ada")
    front.jammed.add(1)
    front.scan("P1")
    front.choose("not_open")
    front.force(1)
    front.shut(2)
    front.shut(1)
    assert (front.content(1), front.content(2)) == ("uncertain", "occupied")
    front.order(Recall(delivery="d-P1"))
    front.type("courier")
    assert front.screen.params["retrieve"] == [2]
    front.choose("retrieve")
    front.shut()
    assert (front.content(1), front.content(2)) == ("uncertain", "empty"), "a person has to look into the other"


def test_after_a_deposit_no_door_opens_again(full: Front) -> None:
    full.order(Recall(delivery="d-P2"))
    full.type("courier")
    full.choose("retrieve", 2)
    full.shut()
    full.announce("P3")
    full.deposit("P3")
    full.pulsed.clear()
    full.choose("again")
    assert full.pulsed == [], "whoever comes up behind the courier doesn't get at what was just put in"


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_a_courier_gets_nothing_that_is_not_recalled(full: Front, n: int) -> None:
    full.pulsed.clear()
    full.type("courier")
    full.choose("retrieve", n)
    assert (full.shown, full.pulsed) == ("nothing_to_retrieve", [])


def test_nor_what_another_carrier_brought(full: Front) -> None:
    full.order(Recall(delivery="d-P2"))
    full.pulsed.clear()
    full.type("rival")
    full.choose("retrieve", 2)
    assert full.pulsed == []


def test_a_label_is_no_courier_code(full: Front) -> None:
    full.order(Recall(delivery="d-P2"))
    full.announce("P3", size_mm=(300, 300, 300))
    full.deposit("P3")
    full.choose("retrieve", 2)
    assert (full.shown, full.open) == ("nothing_to_retrieve", set())


def test_a_recalled_parcel_opens_to_its_recipient_until_it_is_taken(full: Front) -> None:
    full.order(Recall(delivery="d-P1"))
    full.scan(qr("ada"))
    assert full.last(facts.Collected).deliveries == ("d-P1",)
    full.shut()
    full.type("courier")
    assert full.screen.params["retrieve"] == []


def test_a_recipient_who_comes_after_the_courier_is_sent_elsewhere(full: Front) -> None:
    full.order(Recall(delivery="d-P1"))
    full.type("courier")
    full.choose("retrieve")
    full.shut()
    full.scan(qr("ada"))
    assert full.shown == "elsewhere"


def test_a_recall_can_be_taken_back(full: Front) -> None:
    full.order(Recall(delivery="d-P1"), Recall(delivery="d-P1", recalled=False))
    full.type("courier")
    assert full.screen.params["retrieve"] == []


def test_a_courier_with_a_code_deposits_in_the_same_visit(full: Front) -> None:
    full.announce("P3", size_mm=(300, 300, 300))
    full.type("courier")
    full.deposit("P3")
    assert full.last(facts.Deposited).visit == full.last(facts.VisitStarted).visit


def test_a_pass_that_is_left_out_stops_working(full: Front) -> None:
    full.staff(OPERATOR)
    full.type("courier")
    assert full.shown == "wrong_pin"


def test_an_operator_cannot_look_at_a_recipients_parcel(full: Front) -> None:
    full.pulsed.clear()
    full.type("operator")
    full.choose("inspect", 1)
    assert (full.shown, full.pulsed) == ("not_allowed", [])


def test_an_operator_looks_into_a_box_in_doubt_and_says_that_it_is_empty(full: Front) -> None:
    full.force(3)
    full.shut(3)
    full.type("operator")
    assert full.screen.params["compartments"] == {1: "", 2: "", 3: "forced"}
    full.choose("inspect", 3)
    full.shut()
    assert full.shown == "inspected"
    full.choose("is_empty")
    full.choose("repaired", 3)
    assert (full.content(3), full.state.boxes[3].faults) == ("empty", set())


def test_what_was_thought_to_be_inside_is_inside(full: Front) -> None:
    full.force(1)
    full.shut(1)
    full.type("operator")
    full.choose("inspect", 1)
    full.shut()
    full.choose("holds_parcel")
    assert (full.last(facts.Inspected).deliveries, full.content(1)) == (("d-P1",), "occupied")
    full.choose("done")
    full.scan(qr("ada"))
    assert full.last(facts.Collected).deliveries == ("d-P1",)


def test_a_parcel_found_after_all_opens_to_its_recipient_again(full: Front) -> None:
    full.scan(qr("ada"))
    full.power_cut()
    full.shut(1)
    full.type("operator")
    full.choose("inspect", 1)
    full.shut()
    full.choose("holds_parcel")
    full.choose("done")
    full.wait(200)
    full.scan(qr("ada"))
    assert (full.open, full.count(facts.Collected)) == ({1}, 2)


def test_who_cannot_tell_leaves_the_doubt(full: Front) -> None:
    full.force(3)
    full.shut(3)
    full.type("operator")
    full.choose("inspect", 3)
    full.shut()
    full.choose("cant_tell")
    assert full.content(3) == "uncertain"


def test_no_button_makes_a_recipient_an_operator(full: Front) -> None:
    full.pulsed.clear()
    for choice in ("inspect", "is_empty", "holds_parcel", "cant_tell", "repaired", "retrieve", "not_open", "done"):
        full.choose(choice, 2)  # type: ignore[arg-type]
        full.scan(qr("nobody"))
        full.choose(choice, 2)  # type: ignore[arg-type]
    assert full.pulsed == []


def test_a_recalled_parcel_that_came_by_ticket_is_known_by_its_orders_name(front: Front) -> None:
    front.staff(COURIER)
    front.scan(deposit_qr("ada"))
    front.shut()
    front.announce("P1", "ada")
    front.order(Recall(delivery="d-P1"))
    front.type("courier")
    assert front.screen.params["retrieve"] == [1]


@pytest.mark.parametrize("code", ["courier", "operator"])
def test_staff_at_a_stuck_door_go_back_to_their_list(full: Front, code: str) -> None:
    full.order(Recall(delivery="d-P1"))
    full.jammed = {1, 3}
    full.type(code)
    full.choose("retrieve" if code == "courier" else "inspect", 1 if code == "courier" else 3)
    full.wait(8)
    assert full.shown == "stuck"
    full.choose("done")
    assert full.shown == f"{code}_menu"


def test_an_operator_tries_a_stuck_door_again(full: Front) -> None:
    full.jammed = {3}
    full.type("operator")
    full.choose("inspect", 3)
    full.wait(8)
    full.jammed = set()
    full.wait(20)
    full.choose("not_open")
    assert full.shown == "stuck"
    assert full.screen.params["wait_s"] == 92


def test_a_box_that_may_hold_two_peoples_parcels_holds_neither_until_they_are_told_apart(full: Front) -> None:
    full.announce("P9", "cleo")
    full.order(Mistrust(n=1, deliveries=("d-P1", "d-P9")))
    full.type("operator")
    full.choose("inspect", 1)
    full.shut()
    full.choose("holds_parcel")
    assert (full.last(facts.ContentsUncertain).doubt, full.content(1)) == ("occupied", "uncertain")
    full.choose("done")
    full.scan(qr("cleo"))
    assert (full.shown, full.open) == ("uncertain", set())


def test_a_label_that_is_awaited_for_two_people_opens_nothing_until_one_of_them_is_withdrawn(front: Front) -> None:
    front.announce("P1", "ada")
    front.order(replace(expect("P1", "ben"), delivery="d-other"))
    front.scan("P1")
    assert (front.shown, front.open) == ("label_twice", set())
    front.order(Withdraw(delivery="d-other"))
    assert front.deposit("P1") == 1


def test_an_operator_may_say_repaired_while_the_door_is_open(full: Front) -> None:
    full.type("operator")
    full.choose("inspect", 3)
    full.choose("repaired")
    full.wait(40)
    assert full.count(facts.VisitEnded) == 1
    full.shut()
    assert full.shown == "inspected"


def test_a_door_that_stuck_is_given_out_again_once_it_was_repaired(full: Front) -> None:
    full.jammed = {3}
    full.type("operator")
    full.choose("inspect", 3)
    full.wait(8)
    full.jammed = set()
    full.choose("repaired")
    full.choose("done")
    full.wait(200)
    full.announce("P3", size_mm=(300, 300, 300))
    assert full.deposit("P3") == 3


def test_a_sensor_is_repaired_only_once_it_has_shown_something(full: Front) -> None:
    full.happens(SensorFailed(n=3))
    full.type("operator")
    full.choose("repaired", 3)
    assert full.state.boxes[3].faults == {"sensor"}
    full.choose("inspect", 3)
    full.shut()
    full.choose("is_empty")
    full.choose("repaired", 3)
    assert full.state.boxes[3].faults == set()


def test_the_list_is_still_there_after_a_deposit(full: Front) -> None:
    full.order(Recall(delivery="d-P1"))
    full.announce("P3", size_mm=(300, 300, 300))
    full.type("courier")
    full.deposit("P3")
    assert (full.shown, full.screen.params) == ("courier_menu", {"retrieve": [1], "deposited": 1})
