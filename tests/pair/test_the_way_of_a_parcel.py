"""The stories of the design, each told by the real hub and a real locker to each other."""

from __future__ import annotations

from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce, attempts, deposit_tickets, stays
from hub_service.handlers.attempts import Attempted
from hub_service.handlers.deposit_tickets import DepositTicket
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import FailedAttempt
from tests.pair.machine import Machine
from tests.pair.town import Town, wish


def test_a_courier_deposits_and_the_recipient_is_told(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.settle()
    assert (town.status(parcel), town.seen(parcel).compartment) == ("ready_for_pickup", n)
    assert town.notices(parcel) == ["ready"]
    assert elm.content(n) == "occupied"


def test_collected_by_qr_with_the_network_cut_for_days_and_the_hub_learns_it_later(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.settle()
    town.cut_network(elm)
    town.leap_in_the_dark(48)
    assert town.collect(elm, parcel) == [n]
    assert town.status(parcel) == "ready_for_pickup"
    town.mend_network(elm)
    town.settle()
    assert town.status(parcel) == "collected"
    assert town.notices(parcel)[-1] == "collected"


def test_collected_by_pin_with_the_hub_gone(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.cut_network(elm)
    assert town.collect(elm, parcel, pin=True) == [n]
    town.mend_network(elm)


def test_a_failed_home_delivery_falls_back_to_a_locker_and_the_code_is_told_at_once(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", None)
    done = attempts.failed(town.hub, FailedAttempt(parcel_id=parcel.id))
    assert isinstance(done, Attempted) and done.parcel.locker_id == "elm"
    assert town.notices(parcel) == ["redirected"]
    code_before = town.seen(parcel).ticket
    town.settle()
    n = town.deposit(elm, parcel)
    town.settle()
    assert town.notices(parcel) == ["redirected", "ready"]
    assert town.seen(parcel).ticket == code_before
    assert town.collect(elm, parcel) == [n]


def test_several_parcels_of_one_person_open_with_one_code(town: Town, elm: Machine) -> None:
    first, second = town.announce("ada", "elm"), town.announce("ada", "elm")
    doors = [town.deposit(elm, first), town.deposit(elm, second)]
    town.settle()
    assert town.seen(first).ticket == town.seen(second).ticket
    assert sorted(town.collect(elm, second)) == sorted(set(doors))
    town.settle()
    assert [town.status(first), town.status(second)] == ["collected", "collected"]


def test_two_people_never_share_a_compartment_however_full_it_gets(town: Town, elm: Machine) -> None:
    parcels = [town.announce(f"person{number}", "elm") for number in range(4)]
    doors = [town.deposit(elm, parcel) for parcel in parcels]
    assert sorted(doors) == [1, 2, 3, 4]
    elm.scan("PERSON99")
    assert (elm.shown, elm.steel.open) == ("unknown_code", set())


def test_who_comes_to_the_wrong_locker_is_told_where_the_parcel_waits(town: Town, elm: Machine, oak: Machine) -> None:
    parcel = town.announce("ada", "oak")
    town.settle()
    town.deposit(oak, parcel)
    elm.scan(town.seen(parcel).ticket)
    assert (elm.shown, elm.where, elm.steel.open) == ("elsewhere", "Oak Street, beside the café", set())


def test_the_same_code_again_within_three_minutes_opens_the_same_door(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    ticket = town.seen(parcel).ticket
    town.collect(elm, parcel)
    town.wait(60)
    elm.scan(ticket)
    assert town.door_opens(elm) == n
    elm.shut(n)
    town.wait(300)
    elm.scan(ticket)
    assert (elm.shown, elm.steel.open) == ("already_collected", set())


def test_an_expired_parcel_is_taken_back_by_its_courier(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.leap(80)
    assert town.status(parcel) == "expired"
    elm.type(town.courier_code)
    elm.choose("retrieve", n)
    assert town.door_opens(elm) == n
    assert elm.take(parcel.id)
    elm.shut(n)
    elm.choose("done")
    town.settle()
    assert town.status(parcel) == "retrieved"
    assert elm.content(n) == "empty"
    elm.scan(parcel.ticket)
    assert elm.steel.open == set()


def test_an_expired_parcel_still_opens_to_its_recipient(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.leap(80)
    assert town.collect(elm, parcel) == [n]
    town.settle()
    assert town.status(parcel) == "collected"


def test_more_time_takes_the_recall_back(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.leap(60)
    assert getattr(stays.extend(town.hub, parcel.id), "status", "") == "ready_for_pickup"
    town.leap(20)
    elm.type(town.courier_code)
    elm.choose("retrieve", n)
    town.wait(1)
    assert (elm.steel.open, elm.shown) == (set(), "nothing_to_retrieve")
    town.wait(60)
    assert town.collect(elm, parcel) == [n]


def test_a_deposit_ticket_works_at_a_locker_that_has_heard_of_nothing(town: Town, elm: Machine) -> None:
    town.cut_network(elm)
    parcel = town.announce("ada", "elm", "M")
    issued = deposit_tickets.issue(town.hub, parcel.id)
    assert isinstance(issued, DepositTicket)
    elm.scan(parcel.tracking_number)
    assert elm.shown == "unknown_code"
    n = town.deposit(elm, parcel, issued.ticket)
    assert town.collect(elm, parcel, pin=True) == [n]
    town.mend_network(elm)
    town.settle()
    assert town.status(parcel) == "collected"
    assert town.notices(parcel) == ["ready", "collected"]


def test_a_deposit_by_ticket_and_its_order_are_one_parcel(town: Town, elm: Machine) -> None:
    town.cut_network(elm)
    parcel = town.announce("ada", "elm")
    issued = deposit_tickets.issue(town.hub, parcel.id)
    assert isinstance(issued, DepositTicket)
    n = town.deposit(elm, parcel, issued.ticket)
    town.mend_network(elm)
    town.settle()
    assert town.status(parcel) == "ready_for_pickup"
    assert town.collect(elm, parcel) == [n]


def test_a_label_opens_nothing_for_a_parcel_that_came_by_ticket(town: Town, elm: Machine) -> None:
    town.cut_network(elm)
    parcel = town.announce("ada", "elm")
    issued = deposit_tickets.issue(town.hub, parcel.id)
    assert isinstance(issued, DepositTicket)
    town.deposit(elm, parcel, issued.ticket)
    town.mend_network(elm)
    town.settle()
    elm.scan(parcel.tracking_number)
    assert elm.shown == "already_deposited"


def test_a_plan_that_was_made_during_a_cut_gives_way_to_what_lies_there(town: Town, elm: Machine) -> None:
    """The hub plans compartment 1 for two people, one after the other; the locker knows better what is free."""
    early = town.announce("ada", "elm")
    town.settle()
    town.cut_network(elm)
    stays.cancel(town.hub, early.id)
    late = town.announce("ben", "elm")
    issued = deposit_tickets.issue(town.hub, late.id)
    assert isinstance(issued, DepositTicket)
    taken = town.deposit(elm, early)
    other = town.deposit(elm, late, issued.ticket)
    assert taken != other
    town.mend_network(elm)
    town.settle()
    assert town.status(late) == "ready_for_pickup"
    assert town.collect(elm, late) == [other]


def test_a_hub_that_dies_between_its_commit_and_its_answer_loses_and_doubles_nothing(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.settle()
    town.answers_lost = 3
    town.deposit(elm, parcel)
    town.wait(30)
    assert town.answers_lost == 0
    town.settle()
    assert town.notices(parcel) == ["ready"]


def test_a_cancelled_parcel_opens_nothing(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.settle()
    stays.cancel(town.hub, parcel.id)
    town.settle()
    elm.scan(parcel.tracking_number)
    assert (elm.shown, elm.steel.open) == ("withdrawn", set())


def test_an_sscc_is_announced_as_digits_and_scanned_as_a_gs1_label(town: Town, elm: Machine) -> None:
    parcel = announce.announce(town.hub, wish("ada", "376130321109103420", "elm", "S"))
    assert isinstance(parcel, ParcelView)
    again = announce.announce(town.hub, wish("ada", "(00)376130321109103420", "elm", "S"))
    assert isinstance(again, Refusal) and again.code == "already_announced"
    town.parcels.append(parcel)
    town.settle()
    n = town.deposit(elm, parcel, "]C100376130321109103420")
    town.settle()
    assert (town.status(parcel), town.seen(parcel).compartment) == ("ready_for_pickup", n)
