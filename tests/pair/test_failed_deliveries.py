"""Nobody opens the door: the courier chooses a locker, drives there, finds it full, and the code stays the same."""

from __future__ import annotations

from hub_service.domain.refusals import Refusal
from hub_service.handlers import attempts, offers, redirects, stays, whereabouts
from hub_service.handlers.attempts import Attempted
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Acceptance, FailedAttempt, Redirection
from tests.pair.machine import Machine
from tests.pair.town import Town


def missed(town: Town, parcel: ParcelView) -> list[str]:
    """Nobody was at home; returns the lockers that the courier is offered."""
    done = attempts.failed(town.hub, FailedAttempt(parcel_id=parcel.id, decide="courier"))
    assert isinstance(done, Attempted), done
    return [one.locker_id for one in done.offers]


def taken(town: Town, parcel: ParcelView, locker_id: str) -> ParcelView:
    """The courier takes an offer and has an hour."""
    wish = Acceptance(parcel_id=parcel.id, locker_id=locker_id, hold_minutes=60)
    done = offers.accept(town.hub, wish)
    assert isinstance(done, ParcelView), done
    town.settle()
    return done


def test_from_the_closed_door_to_the_collected_parcel(town: Town, elm: Machine, oak: Machine) -> None:
    parcel = town.announce("ada", None)
    stays.progress(town.hub, parcel.id, "out_for_delivery")
    assert sorted(missed(town, parcel)) == ["elm", "oak"]
    told = taken(town, parcel, "oak")
    assert town.notices(parcel) == ["redirected"]
    town.wait(20 * 60)
    n = town.deposit(oak, parcel)
    town.settle()
    assert town.notices(parcel) == ["redirected", "ready"]
    assert town.seen(parcel).ticket == told.ticket
    town.leap(2)
    assert town.status(parcel) == "ready_for_pickup"
    assert town.collect(oak, parcel, pin=True) == [n]


def test_the_locker_is_full_at_the_door_and_the_courier_gets_another_one(
    town: Town, elm: Machine, oak: Machine
) -> None:
    parcel = town.announce("ada", None)
    missed(town, parcel)
    told = taken(town, parcel, "elm")
    moved = redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, reason="full"))
    assert isinstance(moved, ParcelView)
    assert (moved.locker_id, moved.pin, moved.ticket) == ("oak", told.pin, told.ticket)
    assert moved.held_until_s is not None
    assert town.notices(parcel) == ["redirected", "substitute"]
    town.settle()
    elm.scan(parcel.tracking_number)
    assert (elm.shown, elm.steel.open) == ("withdrawn", set())
    n = town.deposit(oak, parcel)
    town.settle()
    elm.scan(told.ticket)
    assert (elm.shown, elm.where) == ("elsewhere", "Oak Street, beside the café")
    assert town.collect(oak, parcel, pin=True) == [n]


def test_the_same_code_survives_every_redirect_also_the_way_back(town: Town, elm: Machine, oak: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.told_again |= {"substitute"}
    for locker_id in ("oak", "elm", "oak", "elm"):
        moved = redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, locker_id=locker_id, reason="broken"))
        assert isinstance(moved, ParcelView), moved
        assert (moved.pin, moved.ticket) == (parcel.pin, parcel.ticket)
        town.settle()
    n = town.deposit(elm, parcel)
    town.settle()
    assert town.collect(elm, parcel, pin=True) == [n]


def test_a_locker_that_cant_be_reached_is_offered_last(town: Town, elm: Machine, oak: Machine) -> None:
    parcel = town.announce("ada", None)
    town.cut_network(elm)
    town.wait(5)
    assert missed(town, parcel) == ["oak", "elm"]
    town.mend_network(elm)


def test_who_comes_too_late_asks_once_more(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", None)
    missed(town, parcel)
    told = taken(town, parcel, "elm")
    town.leap(2)
    town.told_again |= {"redirected"}
    assert (town.status(parcel), town.notices(parcel)) == ("delivery_failed", ["redirected", "hold_over"])
    elm.scan(parcel.tracking_number)
    assert (elm.shown, elm.steel.open) == ("withdrawn", set())
    assert taken(town, parcel, "elm").ticket == told.ticket
    town.wait(60)
    n = town.deposit(elm, parcel)
    town.settle()
    assert town.collect(elm, parcel) == [n]


def test_a_timer_ends_nothing_while_the_locker_may_have_it_already(town: Town, elm: Machine) -> None:
    """Put in while the locker was cut off; the hub hears of it when the time is long over."""
    parcel = town.announce("ada", None)
    missed(town, parcel)
    taken(town, parcel, "elm")
    town.cut_network(elm)
    n = town.deposit(elm, parcel)
    town.wait(5)
    town.leap_in_the_dark(3)
    assert town.status(parcel) == "redirected"
    town.mend_network(elm)
    town.settle()
    assert (town.status(parcel), town.alarms()) == ("ready_for_pickup", set())
    assert town.collect(elm, parcel) == [n]


def test_who_is_met_at_the_door_after_all_has_it_and_the_locker_opens_nothing(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", None)
    missed(town, parcel)
    taken(town, parcel, "elm")
    assert isinstance(whereabouts.say(town.hub, parcel.id, "handed_over"), ParcelView)
    town.settle()
    assert (town.status(parcel), town.notices(parcel)[-1]) == ("collected", "handed_over")
    elm.scan(parcel.tracking_number)
    assert elm.steel.open == set()


def test_a_deposit_that_happened_wins_over_a_door_that_was_only_reported(town: Town, elm: Machine) -> None:
    """The courier has put it in while the locker was cut off; somebody else says that it was handed over."""
    parcel = town.announce("ada", None)
    missed(town, parcel)
    taken(town, parcel, "elm")
    town.cut_network(elm)
    n = town.deposit(elm, parcel)
    whereabouts.say(town.hub, parcel.id, "handed_over")
    town.mend_network(elm)
    town.settle()
    assert town.status(parcel) == "ready_for_pickup"
    assert "deposit_refused" in town.alarms()
    assert town.collect(elm, parcel) == [n]


def test_a_parcel_in_a_locker_is_redirected_by_nobody(town: Town, elm: Machine, oak: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.deposit(elm, parcel)
    town.settle()
    refused = redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, locker_id="oak"))
    assert isinstance(refused, Refusal) and refused.code == "not_redirectable"
