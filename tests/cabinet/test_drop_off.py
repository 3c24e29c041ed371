"""A sender stands in front of the locker with a code and a parcel without a label."""

from __future__ import annotations

import pytest

from locker.wire import facts
from locker.wire.orders import Pass, Recall, Withdraw
from tests.cabinet.conftest import Front, MakeFront, box, expect, qr, tag

CARL = Pass(tag=tag("carl"), party="courier", who="carl", carrier="post")
VERA = Pass(tag=tag("vera"), party="courier", who="vera", carrier="other")


@pytest.fixture
def awaits(front: Front) -> Front:
    """A locker that awaits a parcel from Sam, who has a QR code and a PIN."""
    return sends(front, "sam")


def sends(front: Front, who: str, **more: object) -> Front:
    """The hub has given somebody a drop-off code."""
    front.announce("", who, by_sender=True, labels=(), delivery=f"d-{who}", **more)
    front.staff(CARL, VERA)
    return front


def test_the_code_opens_an_empty_compartment_and_the_closed_door_is_the_receipt(awaits: Front) -> None:
    awaits.scan(qr("sam"))
    assert (awaits.shown, awaits.screen.params["purpose"]) == ("open", "deposit")
    awaits.shut()
    put = awaits.last(facts.Deposited)
    assert (put.delivery, put.n) == ("d-sam", 1)
    assert (awaits.shown, awaits.screen.n, awaits.screen.params) == ("thanks", 1, {"purpose": "drop_off"})
    started = awaits.last(facts.VisitStarted)
    assert (started.party, started.by, started.who) == ("sender", "ticket", put.pickup)


def test_the_typed_code_does_the_same(awaits: Front) -> None:
    awaits.type("sam")
    awaits.shut()
    assert awaits.last(facts.Deposited).delivery == "d-sam"
    assert awaits.last(facts.VisitStarted).by == "pin"


def test_the_code_of_a_parcel_that_is_in_opens_nothing_any_more(awaits: Front) -> None:
    awaits.scan(qr("sam"))
    awaits.shut()
    before = list(awaits.pulsed)
    for show in (lambda: awaits.scan(qr("sam")), lambda: awaits.type("sam")):
        show()
        assert (awaits.shown, awaits.pulsed) == ("dropped_off", before)
    assert awaits.count(facts.PinRefused) == 0


def test_a_courier_of_its_carrier_takes_it_out_without_having_been_told_to(awaits: Front) -> None:
    awaits.scan(qr("sam"))
    awaits.shut()
    awaits.type("vera")
    assert awaits.screen.params["retrieve"] == []
    awaits.choose("done")
    awaits.type("carl")
    assert awaits.screen.params["retrieve"] == [1]
    awaits.choose("retrieve")
    awaits.shut()
    taken = awaits.last(facts.Retrieved)
    assert (taken.deliveries, taken.courier, awaits.content(1)) == (("d-sam",), "carl", "empty")
    awaits.choose("done")
    awaits.scan(qr("sam"))
    assert awaits.shown == "dropped_off"


def test_who_finds_the_compartment_empty_says_so_and_gets_no_receipt(awaits: Front) -> None:
    awaits.scan(qr("sam"))
    awaits.shut()
    awaits.type("carl")
    awaits.choose("retrieve")
    awaits.choose("is_empty")
    assert (awaits.shown, awaits.screen.params["why"]) == ("please_close", "was_empty")
    awaits.shut()
    assert (awaits.count(facts.Retrieved), awaits.last(facts.Inspected).deliveries) == (0, ())
    assert awaits.content(1) == "empty"


def test_too_small_and_the_next_one_opens(locker_of: MakeFront) -> None:
    front = sends(locker_of(box(1, "S"), box(2, "L")), "sam")
    front.scan(qr("sam"))
    front.choose("too_small")
    front.shut(1)
    assert (front.open, front.shown) == ({2}, "open")
    front.shut(2)
    assert front.last(facts.Deposited).n == 2


def test_where_nothing_is_free_the_next_step_is_another_locker_with_the_same_code(locker_of: MakeFront) -> None:
    front = sends(locker_of(box(1)), "sam")
    front.announce("P1")
    front.deposit("P1")
    front.scan(qr("sam"))
    assert (front.shown, front.screen.params["purpose"], front.open) == ("no_room", "drop_off", set())
    front.order(Withdraw(delivery="d-sam", moved_to="Birch, behind the library"))
    front.scan(qr("sam"))
    assert (front.shown, front.screen.params["where"]) == ("withdrawn", "Birch, behind the library")
    front.type("sam")
    assert front.shown == "withdrawn"


def test_the_last_door_that_wont_do_ends_the_visit_with_the_same_next_step(locker_of: MakeFront) -> None:
    front = sends(locker_of(box(1)), "sam")
    front.scan(qr("sam"))
    front.choose("too_small")
    front.shut()
    assert (front.shown, front.screen.params["purpose"]) == ("no_room", "drop_off")
    assert front.kinds()[-1] == "visit_ended"
    front.scan(qr("sam"))
    assert front.open == {1}, "who has found another way may try again"


def test_a_power_cut_at_the_open_door_and_the_code_opens_the_same_door_again(awaits: Front) -> None:
    awaits.scan(qr("sam"))
    awaits.power_cut()
    awaits.shut()
    assert awaits.content(1) == "uncertain"
    awaits.scan(qr("sam"))
    assert awaits.open == {1}
    awaits.shut()
    assert (awaits.last(facts.Deposited).n, awaits.content(1)) == (1, "occupied")


def test_a_sender_who_wants_it_back_takes_it_out_with_the_same_code(awaits: Front) -> None:
    awaits.scan(qr("sam"))
    awaits.shut()
    awaits.order(expect("", "sam", labels=(), delivery="d-sam"), Recall(delivery="d-sam", recalled=False))
    awaits.type("carl")
    assert awaits.screen.params["retrieve"] == [], "no courier takes what is wanted back"
    awaits.choose("done")
    awaits.scan(qr("sam"))
    assert awaits.screen.params["purpose"] == "collect"
    awaits.shut()
    assert awaits.last(facts.Collected).deliveries == ("d-sam",)


def test_two_senders_one_after_the_other_are_two_visits(awaits: Front) -> None:
    sends(awaits, "eva")
    awaits.scan(qr("sam"))
    awaits.scan(qr("eva"))
    assert (awaits.shown, awaits.open) == ("close_first", {1})
    awaits.shut(1)
    awaits.scan(qr("eva"))
    awaits.shut(2)
    assert [fact.visit for fact in awaits.facts if isinstance(fact, facts.Deposited)] == ["v1", "v3"]


def test_a_guesser_has_no_more_tries_because_senders_are_awaited(front: Front) -> None:
    before = front.state.codes
    sends(front, "sam")
    front.staff()
    assert front.state.codes == before + 1
    front.scan(qr("sam"))
    front.shut()
    assert front.state.codes > before
