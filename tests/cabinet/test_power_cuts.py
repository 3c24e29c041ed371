"""Power goes at the worst moment: nothing pulses afterwards, nothing is forgotten, and the same code goes on."""

from __future__ import annotations

import pytest

from locker.cabinet.actions import Record, Unlock
from locker.wire import facts
from locker.wire.orders import Withdraw
from tests.cabinet.conftest import Front, MakeFront, box, deposit_qr, qr


def test_a_cut_in_the_middle_of_a_deposit_leaves_a_doubt_and_the_label_goes_on(front: Front) -> None:
    front.announce("P1")
    front.scan("P1")
    front.power_cut()
    assert front.last(facts.ContentsUncertain).deliveries == ("d-P1",)
    assert front.last(facts.VisitEnded).how == "power_cut"
    assert (front.content(1), front.shown) == ("uncertain", "idle")
    front.shut(1)
    front.scan("P1")
    assert front.open == {1}
    front.shut()
    assert front.content(1) == "occupied"


def test_nobody_else_gets_a_box_in_doubt(front: Front) -> None:
    front.announce("P1")
    front.announce("P2")
    front.scan("P1")
    front.power_cut()
    front.shut(1)
    front.scan("P2")
    assert front.open == {2}


def test_a_cut_in_the_middle_of_a_collection_lets_the_code_open_the_same_box_again(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.scan(qr("ada"))
    front.power_cut()
    assert front.content(1) == "uncertain"
    front.shut(1)
    front.wait(400)
    front.scan(qr("ada"))
    assert (front.open, front.last(facts.UnlockAuthorised).reason) == ({1}, "reopen")
    front.shut()
    assert (front.content(1), front.count(facts.Collected)) == ("empty", 1)


def test_the_label_of_a_parcel_inside_opens_nothing_after_a_cut(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.jammed = {1}
    front.scan(qr("ada"))
    front.power_cut()
    front.pulsed.clear()
    front.scan("P1")
    assert (front.shown, front.pulsed) == ("already_deposited", [])
    front.jammed = set()
    front.scan(qr("ada"))
    assert front.last(facts.Collected).deliveries == ("d-P1",)


def test_a_recipient_may_open_a_box_whose_deposit_was_cut_off(front: Front) -> None:
    front.announce("P1", "ada")
    front.scan("P1")
    front.power_cut()
    front.shut(1)
    front.scan(qr("ada"))
    assert front.last(facts.Collected).deliveries == ("d-P1",)
    front.shut()
    assert front.content(1) == "empty"


@pytest.mark.parametrize("by_ticket", [False, True])
def test_a_deposit_that_was_cut_off_goes_on_after_its_recipient_looked_in(front: Front, by_ticket: bool) -> None:
    """Whoever still holds the parcel shows that it wasn't inside when its recipient had the door open."""
    code = deposit_qr("ada") if by_ticket else "P1"
    if not by_ticket:
        front.announce("P1", "ada")
    front.scan(code)
    front.power_cut()
    front.shut(1)
    front.scan(qr("ada"))
    front.shut()
    front.wait(200)
    front.deposit(code)
    assert (front.content(1), front.state.gone) == ("occupied", {})
    front.scan(code)
    assert front.shown == "already_deposited"
    front.scan(qr("ada"))
    assert front.count(facts.Collected) == 2
    front.shut()
    front.scan(code)
    assert front.shown == "already_deposited"


def test_a_deposit_that_is_cut_off_again_after_its_recipient_looked_in_still_goes_on(front: Front) -> None:
    front.announce("P1", "ada")
    front.scan("P1")
    front.power_cut()
    front.shut(1)
    front.scan(qr("ada"))
    front.shut()
    front.wait(200)
    front.scan("P1")
    front.power_cut()
    front.shut(1)
    front.scan("P1")
    assert front.open == {1}
    front.shut()
    assert front.content(1) == "occupied"


def test_a_parcel_that_its_carrier_withdraws_after_its_recipient_looked_in_is_not_put_in(front: Front) -> None:
    front.announce("P1", "ada")
    front.scan("P1")
    front.power_cut()
    front.shut(1)
    front.scan(qr("ada"))
    front.shut()
    front.order(Withdraw(delivery="d-P1"))
    front.scan("P1")
    assert (front.shown, front.open) == ("withdrawn", set())


def test_a_deposit_ticket_goes_on_after_a_cut(front: Front) -> None:
    front.scan(deposit_qr("ada"))
    front.power_cut()
    front.shut(1)
    front.scan(deposit_qr("ada"))
    assert front.open == {1}
    front.shut()
    assert front.content(1) == "occupied"


def test_a_door_that_opened_in_the_dark_was_not_forced(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.jammed = {1}
    front.scan(qr("ada"))
    front.open.add(1)
    front.power_cut()
    assert (front.last(facts.Opened).forced, front.last(facts.Collected).deliveries) == (False, ("d-P1",))
    assert front.content(1) == "uncertain"


def test_a_door_found_open_that_nobody_was_allowed_to_open_was_forced(front: Front) -> None:
    front.open.add(2)
    front.power_cut()
    assert (front.last(facts.Opened).forced, front.last(facts.Alarmed).alarm) == (True, "forced_open")
    assert front.last(facts.ContentsUncertain).doubt == "forced"


def test_a_door_that_was_shut_in_the_dark_is_recorded_as_shut(front: Front) -> None:
    front.announce("P1")
    front.scan("P1")
    front.open.clear()
    front.power_cut()
    assert front.last(facts.Closed).n == 1
    assert front.content(1) == "uncertain"


def test_a_second_cut_adds_nothing(front: Front) -> None:
    front.announce("P1")
    front.scan("P1")
    front.power_cut()
    known = len(front.facts)
    front.power_cut()
    assert front.kinds(known) == ["run_started"]


def test_a_start_is_one_transaction_whatever_it_finds(front: Front) -> None:
    """Its first fact ends all permissions: cut off before its last, a start would forget what was going on."""
    front.announce("P1", "ada")
    front.scan("P1")
    front.open = {3}
    front.power_cut()
    recorded = [isinstance(action, Record) for action in front.actions]
    assert recorded == sorted(recorded, reverse=True), "a fact behind something that is done is on the disk later"
    assert front.heard("alarm") and front.last(facts.Alarmed).alarm == "forced_open"
    doubts = [(fact.n, fact.doubt) for fact in front.facts if isinstance(fact, facts.ContentsUncertain)]
    assert doubts == [(3, "forced"), (1, "power_cut")]


def test_nothing_pulses_at_a_start_whatever_the_doors_do(front: Front) -> None:
    front.announce("P1", "ada")
    front.scan("P1")
    front.pulsed.clear()
    for _ in range(3):
        front.power_cut()
        front.wait(300)
    assert front.pulsed == []


@pytest.mark.parametrize("cut_after", range(14))
def test_a_cut_at_every_gap_of_a_parcels_story_loses_nothing(locker_of: MakeFront, cut_after: int) -> None:
    """One story, cut after each recorded fact in turn: afterwards the parcel is where the locker says, or in doubt."""
    front = locker_of(box(1), box(2))
    front.announce("P1", "ada")
    begin = len(front.facts)
    front.deposit("P1")
    front.choose("done")
    front.scan(qr("ada"))
    front.shut()
    del front.facts[begin + cut_after :]
    was_in = front.count(facts.Deposited) > 0
    was_out = front.count(facts.Collected) > 0
    told = front.replay_only().start()
    told.open.clear()
    assert (
        told.content(1)
        in {
            (False, False): ("empty", "uncertain"),
            (True, False): ("occupied", "uncertain"),
            (True, True): ("empty", "uncertain"),
        }[was_in, was_out]
    )
    if told.content(1) != "empty" or not was_out:
        told.scan(qr("ada") if was_in else "P1")
        assert told.open == {1}


def test_a_fact_stands_before_every_pulse(front: Front) -> None:
    front.announce("P1")
    from locker.cabinet.events import Scanned

    actions = front.cabinet.step(Scanned(text="P1", visit="v"), front.now)
    front.facts += [action.fact for action in actions if isinstance(action, Record)]
    first = next(i for i, action in enumerate(actions) if isinstance(action, Unlock))
    recorded = [action.fact.kind for action in actions[:first] if isinstance(action, Record)]
    assert recorded == ["visit_started", "unlock_authorised"]
