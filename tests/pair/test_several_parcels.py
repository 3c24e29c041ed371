"""Several parcels of one person: one code, one compartment where they may lie together, else several doors in turn."""

from __future__ import annotations

from typing import Any

from hub_service.handlers import room_policy, stays
from hub_service.handlers.views import ParcelView
from locker.wire.facts import ContentsUncertain
from tests.pair.machine import Machine
from tests.pair.town import Town


def together(town: Town, who: str, **more: Any) -> ParcelView:
    """A small parcel whose carrier and recipient let it lie with others of the same person."""
    return town.announce(who, "elm", "XS", share_compartment=True, **more)


def test_parcels_that_may_lie_together_share_a_compartment_and_open_at_once(town: Town, elm: Machine) -> None:
    first, second = together(town, "ada"), together(town, "ada")
    town.settle()
    n = town.deposit(elm, first)
    assert town.deposit(elm, second) == n
    town.settle()
    assert elm.steel.inside[n] == {first.id, second.id}
    assert (town.seen(first).compartment, town.seen(second).compartment) == (n, n)
    assert town.collect(elm, second) == [n]
    town.settle()
    assert [town.status(first), town.status(second)] == ["collected", "collected"]


def test_one_that_may_not_gets_a_door_of_its_own_and_one_code_opens_both_in_turn(town: Town, elm: Machine) -> None:
    first, alone = together(town, "ada"), town.announce("ada", "elm", "XS")
    paid_at_the_door = together(town, "ada", cash_on_delivery=True)
    town.settle()
    doors = [town.deposit(elm, parcel) for parcel in (first, alone, paid_at_the_door)]
    town.settle()
    assert len(set(doors)) == 3
    assert sorted(town.collect(elm, alone, pin=True)) == sorted(doors)


def test_two_people_never_share_however_willing_they_are(town: Town, elm: Machine) -> None:
    ours, theirs = together(town, "ada"), together(town, "ben")
    town.settle()
    assert town.deposit(elm, ours) != town.deposit(elm, theirs)


def test_what_doesnt_fit_beside_gets_a_door_of_its_own(town: Town, elm: Machine) -> None:
    thick = [town.announce("ada", "elm", "S", share_compartment=True) for _ in range(2)]
    town.settle()
    assert len({town.deposit(elm, parcel) for parcel in thick}) == 2


def test_a_courier_who_sees_no_room_beside_gets_another_door_and_nothing_is_doubted(town: Town, elm: Machine) -> None:
    first, second = together(town, "ada"), together(town, "ada")
    town.settle()
    n = town.deposit(elm, first)
    elm.scan(second.tracking_number)
    assert town.door_opens(elm) == n
    elm.choose("occupied")
    elm.shut(n)
    other = town.door_opens(elm)
    assert other != n
    town.put(elm, second, other)
    elm.shut(other)
    town.settle()
    assert not any(isinstance(fact, ContentsUncertain) for fact in elm.facts())
    assert sorted(town.collect(elm, first)) == sorted((n, other))


def test_a_power_cut_over_a_shared_compartment_forgets_neither_parcel(town: Town, elm: Machine) -> None:
    first, second = together(town, "ada"), together(town, "ada")
    town.settle()
    n = town.deposit(elm, first)
    elm.scan(second.tracking_number)
    assert town.door_opens(elm) == n
    town.put(elm, second, n)
    town.power_cut(elm)
    elm.shut(n)
    town.settle()
    town.inspect(elm)
    town.told_again |= {"ready"}
    town.settle()
    assert town.collect(elm, first) == [n]
    assert elm.steel.inside[n] == set()


def test_a_deposit_that_goes_on_after_a_power_cut_keeps_what_lay_there_before(town: Town, elm: Machine) -> None:
    first, second = together(town, "ada"), together(town, "ada")
    town.settle()
    n = town.deposit(elm, first)
    elm.scan(second.tracking_number)
    assert town.door_opens(elm) == n
    town.power_cut(elm)
    elm.shut(n)
    assert town.deposit(elm, second) == n
    town.settle()
    assert town.collect(elm, first) == [n]
    town.settle()
    assert [town.status(first), town.status(second)] == ["collected", "collected"]


def test_parcels_in_one_compartment_wait_equally_long(town: Town, elm: Machine) -> None:
    first, second = together(town, "ada"), together(town, "ada")
    n = town.deposit(elm, first)
    town.leap(40)
    assert town.deposit(elm, second) == n
    town.settle()
    assert town.seen(first).deadline_s == town.seen(second).deadline_s
    town.leap(60)
    assert town.status(first) == "ready_for_pickup"


def test_more_time_for_one_is_more_time_for_all_in_its_compartment(town: Town, elm: Machine) -> None:
    """Otherwise a courier would open the door for the one whose time is over."""
    first, second = together(town, "ada"), together(town, "ada")
    n = town.deposit(elm, first)
    assert town.deposit(elm, second) == n
    town.leap(60)
    assert isinstance(stays.extend(town.hub, first.id), ParcelView)
    town.told_again |= {"reminder"}
    assert town.seen(second).deadline_s == town.seen(first).deadline_s
    town.leap(30)
    assert [town.status(first), town.status(second)] == ["ready_for_pickup", "ready_for_pickup"]


def test_a_door_that_is_held_hard_waits_for_its_parcel(town: Town, elm: Machine) -> None:
    """Two small compartments are held; a courier whose own one won't do gets a larger one rather than one of these."""
    room_policy.change(town.hub, "elm", None, True, "olga")
    awaited = [town.announce(who, "elm") for who in ("ada", "ben")]
    assert [parcel.planned for parcel in awaited] == [1, 2]
    late = town.announce("cleo", "elm")
    town.settle()
    elm.scan(late.tracking_number)
    assert town.door_opens(elm) == late.planned == 3
    elm.choose("occupied")
    elm.shut(3)
    assert town.door_opens(elm) == 4
    town.put(elm, late, 4)
    elm.shut(4)
    town.wait(60)
    assert [town.deposit(elm, parcel) for parcel in awaited] == [1, 2]
    town.settle()
    assert town.alarms() == {"contents_uncertain"}
