"""A parcel's life beyond the straight way: clocks that stop, storms, reminders, lost and found, the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub_service.domain.courtesy import Courtesy
from hub_service.domain.refusals import Refusal
from hub_service.handlers import redirects, stays, storms, waits, whereabouts
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Redirection
from locker.cabinet.events import DoorOpened
from tests.pair.machine import Machine
from tests.pair.town import Town

HOUR_S = 3_600
STORM = storms.More(hours=48, reason="storm", by="olga")


def deadline_s(town: Town, parcel: ParcelView) -> int:
    until_s = town.seen(parcel).deadline_s
    assert until_s is not None, "it lies in a locker"
    return until_s


def test_two_days_without_a_network_are_nobodys_to_lose(town: Town, elm: Machine) -> None:
    """The recipient has three days; for two of them nobody knows whether the locker works."""
    parcel = town.announce("ada", "elm")
    town.deposit(elm, parcel)
    town.leap(12)
    before_s = deadline_s(town, parcel)
    town.cut_network(elm)
    town.wait(5)
    town.leap_in_the_dark(48)
    assert town.seen(parcel).clock_stopped
    town.leap_in_the_dark(24)
    # 84 hours have passed, and it isn't expired; nobody was told to hurry to a locker that may be dead.
    assert (town.status(parcel), town.notices(parcel)) == ("ready_for_pickup", ["ready"])
    town.mend_network(elm)
    town.leap(0)
    assert deadline_s(town, parcel) - before_s == pytest.approx(72 * HOUR_S, abs=10)
    assert town.notices(parcel) == ["ready", "more_time"]
    town.leap(37)
    assert town.notices(parcel) == ["ready", "more_time", "reminder"]
    town.leap(24)
    assert town.status(parcel) == "expired"


def test_a_jammed_door_stops_the_clock_of_what_lies_behind_it_and_no_other(town: Town, elm: Machine) -> None:
    mine, yours = town.announce("ada", "elm"), town.announce("ben", "elm")
    n = town.deposit(elm, mine)
    town.deposit(elm, yours)
    town.settle()
    elm.steel.jammed.add(n)
    elm.scan(town.seen(mine).ticket)
    town.wait(120)
    town.leap(1)
    assert (town.seen(mine).clock_stopped, town.seen(yours).clock_stopped) == (True, False)
    town.leap(80)
    assert [town.status(mine), town.status(yours)] == ["ready_for_pickup", "expired"]


def test_in_a_storm_everybody_gets_two_days_more_at_once_and_is_told_once(town: Town, elm: Machine) -> None:
    parcels = [town.announce(who, "elm") for who in ("ada", "ben", "cleo")]
    doors = [town.deposit(elm, parcel) for parcel in parcels]
    town.settle()
    town.collect(elm, parcels[2])
    town.leap(50)
    town.told_again |= {"reminder"}
    before_s = deadline_s(town, parcels[0])
    assert storms.extend_all(town.hub, "elm", STORM) == 2
    assert [town.notices(parcel)[-1] for parcel in parcels] == ["more_time", "more_time", "collected"]
    assert deadline_s(town, parcels[0]) == before_s + 48 * HOUR_S
    # What each recipient may ask for is theirs still.
    assert isinstance(stays.extend(town.hub, parcels[0].id), ParcelView)
    town.leap(71)
    assert town.status(parcels[1]) == "expired"
    assert town.collect(elm, parcels[0]) == [doors[0]]


def test_a_storm_takes_back_what_a_courier_was_to_take_out(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.leap(80)
    assert town.status(parcel) == "expired"
    storms.extend_all(town.hub, "elm", STORM)
    town.settle()
    elm.type(town.courier_code)
    elm.choose("retrieve", n)
    town.wait(1)
    assert (elm.steel.open, elm.shown) == (set(), "nothing_to_retrieve")
    town.wait(60)
    assert town.status(parcel) == "ready_for_pickup"


def test_reminders_follow_the_operators_plan_each_once_a_stay(town: Town, elm: Machine) -> None:
    town.hub = replace(town.hub, courtesy=Courtesy(remind_before_s=(48 * HOUR_S, 12 * HOUR_S)))
    parcel = town.announce("ada", "elm")
    town.deposit(elm, parcel)
    town.settle()
    told = []
    town.told_again |= {"reminder"}
    for _ in range(9):
        town.leap(8)
        waits.run_due(town.hub)
        told.append(town.notices(parcel).count("reminder"))
    assert told == [0, 0, 1, 1, 1, 1, 1, 2, 2]
    town.collect(elm, parcel)
    town.settle()


def test_a_deposit_that_was_cut_off_is_looked_after_and_sent_on_with_the_same_code(
    town: Town, elm: Machine, oak: Machine
) -> None:
    """The power fails with the door open; the courier keeps the parcel, and brings it to another locker."""
    parcel = town.announce("ada", "elm")
    elm.scan(parcel.tracking_number)
    n = town.door_opens(elm)
    town.power_cut(elm)
    elm.shut(n)
    town.settle()
    assert (town.status(parcel), town.seen(parcel).attention) == ("needs_attention", "in_doubt")
    too_early = whereabouts.say(town.hub, parcel.id, "recovered")
    assert isinstance(too_early, Refusal) and too_early.code == "in_a_locker"
    town.inspect(elm)
    town.settle()
    assert (town.status(parcel), town.seen(parcel).attention) == ("announced", "")
    moved = redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, locker_id="oak", reason="broken"))
    assert isinstance(moved, ParcelView), moved
    town.settle()
    n = town.deposit(oak, parcel)
    town.settle()
    assert town.seen(parcel).ticket == parcel.ticket
    assert town.collect(oak, parcel) == [n]


def gone(town: Town, elm: Machine) -> ParcelView:
    """A parcel behind a door that was forced open: the operator looks, and it isn't there."""
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.settle()
    town.leap(1)
    elm.steel.open.add(n)
    elm.happens(DoorOpened(n=n))
    elm.steel.inside[n].clear()
    elm.shut(n)
    town.settle()
    assert town.seen(parcel).attention == "in_doubt"
    town.inspect(elm)
    town.settle()
    assert (town.status(parcel), town.seen(parcel).attention) == ("needs_attention", "not_found")
    return parcel


def test_what_is_missing_says_so_until_its_recipient_says_that_they_have_it(town: Town, elm: Machine) -> None:
    parcel = gone(town, elm)
    assert town.notices(parcel)[-1] == "attention"
    found = whereabouts.say(town.hub, parcel.id, "handed_over")
    assert isinstance(found, ParcelView)
    assert (found.status, found.attention) == ("collected", "")


def test_what_is_missing_and_turns_up_in_the_van_goes_on(town: Town, elm: Machine) -> None:
    parcel = gone(town, elm)
    found = whereabouts.say(town.hub, parcel.id, "recovered")
    assert isinstance(found, ParcelView)
    assert (found.status, found.attention) == ("in_transit", "")
    again = redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, locker_id="elm"))
    assert isinstance(again, ParcelView)
    town.settle()
    town.told_again |= {"ready"}
    n = town.deposit(elm, parcel)
    town.settle()
    assert town.collect(elm, parcel) == [n]


def test_what_nobody_finds_is_given_up(town: Town, elm: Machine) -> None:
    parcel = gone(town, elm)
    over = whereabouts.say(town.hub, parcel.id, "given_up")
    assert isinstance(over, ParcelView)
    assert (over.status, town.notices(parcel)[-1]) == ("cancelled", "cancelled")


def test_an_expired_parcel_goes_back_to_its_sender(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.leap(80)
    elm.type(town.courier_code)
    elm.choose("retrieve", n)
    assert town.door_opens(elm) == n
    assert elm.take(parcel.id)
    elm.shut(n)
    elm.choose("done")
    town.settle()
    back = whereabouts.say(town.hub, parcel.id, "sent_back")
    assert isinstance(back, ParcelView)
    assert (town.status(parcel), town.notices(parcel)[-1]) == ("returned", "sent_back")
