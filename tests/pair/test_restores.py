"""A hub that is restored from a backup learns everything again; a card that is restored from an image is found out."""

from __future__ import annotations

from hub_service.handlers import sites
from hub_service.handlers.views import ParcelView
from tests.pair.machine import Machine
from tests.pair.town import Town


def test_what_happens_at_a_locker_is_known_at_the_hub_within_a_second(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.settle()
    town.deposit(elm, parcel)
    town.wait(0.5)
    assert town.status(parcel) == "ready_for_pickup"
    town.collect(elm, parcel)
    town.wait(0.5)
    assert town.status(parcel) == "collected"


def test_a_restored_hub_is_told_again_what_it_has_forgotten(town: Town, elm: Machine) -> None:
    first, second = town.announce("ada", "elm"), town.announce("ben", "elm")
    n = town.deposit(elm, first)
    town.settle()
    backup = town.back_up()
    other = town.deposit(elm, second)
    town.collect(elm, first)
    town.settle()
    town.restore(backup)
    assert [town.status(first), town.status(second)] == ["ready_for_pickup", "announced"]
    town.wait(60)
    town.settle()
    assert [town.status(first), town.status(second)] == ["collected", "ready_for_pickup"]
    assert (elm.content(n), elm.content(other)) == ("empty", "occupied")
    assert town.alarms() == set()


def test_while_it_is_being_told_it_is_told_more(town: Town, elm: Machine) -> None:
    parcels = [town.announce(who, "elm") for who in ("ada", "ben", "cleo")]
    town.settle()
    backup = town.back_up()
    town.deposit(elm, parcels[0])
    town.settle()
    town.restore(backup)
    for parcel in parcels[1:]:
        town.deposit(elm, parcel)
    town.wait(60)
    town.settle()
    assert [town.status(parcel) for parcel in parcels] == ["ready_for_pickup"] * 3
    assert town.alarms() == set()


def test_orders_that_a_restored_hub_has_forgotten_are_not_obeyed_any_more(town: Town, elm: Machine) -> None:
    backup = town.back_up()
    sites.serve(town.hub, "elm", 1, False, "hinge")
    town.settle()
    assert elm.cabinet.state.out_of_service.keys() == {1}
    town.restore(backup)
    town.wait(60)
    town.settle()
    assert not elm.cabinet.state.out_of_service


def test_orders_of_a_restored_hub_are_obeyed_behind_those_it_has_forgotten(town: Town, elm: Machine) -> None:
    """As many as were forgotten: only the digest tells the two histories apart."""
    backup = town.back_up()
    sites.serve(town.hub, "elm", 1, False, "hinge")
    town.settle()
    town.cut_network(elm)
    town.restore(backup)
    sites.serve(town.hub, "elm", 2, False, "lock")
    town.mend_network(elm)
    town.wait(60)
    town.settle()
    assert elm.cabinet.state.out_of_service.keys() == {2}


def forgets(town: Town, elm: Machine, forced: bool = False) -> tuple[ParcelView, int]:
    """A parcel is laid into a locker whose card is then replaced by an older one; its door may be forced meanwhile."""
    parcel = town.announce("ada", "elm")
    town.settle()
    image = elm.image()
    n = town.deposit(elm, parcel)
    town.settle()
    elm.switch_off()
    if forced:
        elm.steel.open.add(n)
    elm.insert_card(image)
    town.wait(60)
    town.settle()
    # The hub has been told a history that the card has forgotten: the two logs can't be equal any more.
    town.lockers.clear()
    return parcel, n


def test_a_card_that_was_restored_is_found_out_and_nothing_is_believed_of_what_it_forgot(
    town: Town, elm: Machine
) -> None:
    parcel, _ = forgets(town, elm)
    assert "fork" in town.alarms()
    assert town.status(parcel) == "needs_attention"


def test_a_door_that_is_forced_open_meanwhile_makes_nobody_trust_its_box_again(town: Town, elm: Machine) -> None:
    _, n = forgets(town, elm, forced=True)
    assert (elm.cabinet.state.boxes[n].doubt, bool(elm.cabinet.state.boxes[n].contents)) == ("fork", True)


def test_a_box_that_a_restored_card_takes_for_empty_is_given_to_nobody(town: Town, elm: Machine) -> None:
    _, n = forgets(town, elm)
    assert elm.content(n) != "empty"
