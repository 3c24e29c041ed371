"""What goes on around a locker's doors reaches the operator, and is over at the hub when it is over at the locker."""

from __future__ import annotations

from locker.cabinet.events import ContentSeen, CoolingSeen, LoopSeen, MainsSeen
from tests.pair.machine import Machine
from tests.pair.town import Town


def test_an_alarm_is_closed_by_its_cause_also_after_a_restart_and_a_cut_network(town: Town, elm: Machine) -> None:
    elm.happens(MainsSeen(there=False))
    elm.happens(LoopSeen(closed=False))
    town.settle()
    assert {"mains_failed", "tampered"} <= town.alarms()
    town.cut_network(elm)
    town.power_cut(elm)
    elm.happens(MainsSeen(there=True))
    elm.happens(LoopSeen(closed=True))
    town.mend_network(elm)
    town.settle()
    assert town.alarms() == set()


def test_food_that_spoils_calls_a_person_and_its_compartment_gets_nothing_new(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    elm.happens(CoolingSeen(n=n, verdict="warm", spoils_after_ms=60_000))
    town.wait(90)
    town.settle()
    assert {"too_warm", "spoiled"} <= town.alarms()
    assert town.collect(elm, parcel) == [n]
    elm.happens(CoolingSeen(n=n, verdict="fine", spoils_after_ms=60_000))
    town.wait(5)
    town.settle()
    assert not {"too_warm", "spoiled", "cooling"} & town.alarms()


def test_a_sensor_that_contradicts_is_an_alarm_and_changes_nothing_else(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    elm.happens(ContentSeen(n=n, present=False))
    town.wait(20)
    town.settle()
    assert "seems_empty" in town.alarms() and town.status(parcel) == "ready_for_pickup"
    assert town.collect(elm, parcel) == [n]
    town.wait(20)
    town.settle()
    assert "seems_empty" not in town.alarms()
