"""Steel, springs and coils: what a pulse, a hand, a crowbar and a weld do to a door."""

from __future__ import annotations

import pytest

from locker.twin.physics import BURN_MS, RELEASE_MS, CantBeDone, Edge, Steel


def run(steel: Steel, until_ms: int) -> list[Edge]:
    """Lets time pass in the steps that the steel asks for."""
    edges = []
    while steel.next_ms is not None and steel.next_ms <= until_ms:
        edges += steel.advance(steel.next_ms)
    return edges + steel.advance(until_ms)


def pulsed(steel: Steel, pulse_ms: int, n: int = 1, at_ms: int = 0) -> list[Edge]:
    steel.relay(n, True, at_ms)
    edges = run(steel, at_ms + pulse_ms)
    steel.relay(n, False, at_ms + pulse_ms)
    return edges + run(steel, at_ms + 2_000)


def test_a_pulse_springs_its_door_open_and_no_other() -> None:
    steel = Steel([1, 2])
    edges = pulsed(steel, 300)
    assert {edge.n for edge in edges} == {1}
    assert [door.open for door in steel.doors.values()] == [True, False]
    assert steel.doors[1].picture() == {
        "n": 1, "open": True, "jammed": False, "lock": "released", "energised": False, "sensor": "open", "pulses": 1,
        "content": [],
    }  # fmt: skip


def test_too_short_a_pulse_opens_nothing() -> None:
    steel = Steel([1])
    assert pulsed(steel, RELEASE_MS - 1) == []
    assert steel.doors[1].picture()["lock"] == "locked"


def test_a_long_enough_pulse_opens_even_when_nobody_looked_in_the_meantime() -> None:
    steel = Steel([1])
    steel.relay(1, True, 0)
    steel.relay(1, False, 100)
    assert steel.doors[1].open


def test_a_contact_bounces_on_every_edge_and_ends_where_it_should() -> None:
    steel = Steel([1])
    assert [edge.open for edge in pulsed(steel, 300)] == [True, False, True, False, True]
    steel.close(1, 5_000)
    assert [edge.open for edge in run(steel, 6_000)] == [False, True, False, True, False]
    assert steel.doors[1].picture()["lock"] == "locked"


def test_a_jammed_door_stays_shut_and_locks_again() -> None:
    steel = Steel([1])
    steel.jam(1)
    assert pulsed(steel, 300) == []
    assert steel.doors[1].picture()["lock"] == "locked"
    steel.free(1, 3_000)
    run(steel, 4_000)
    assert not steel.doors[1].open
    pulsed(steel, 300, at_ms=5_000)
    assert steel.doors[1].open


def test_hands_reach_into_open_compartments_only() -> None:
    steel = Steel([1])
    with pytest.raises(CantBeDone, match=r"Door 1 is shut\."):
        steel.put(1, "a parcel")
    pulsed(steel, 300)
    steel.put(1, "a parcel")
    with pytest.raises(CantBeDone, match="another parcel isn't in compartment 1"):
        steel.take(1, "another parcel")
    steel.take(1, "a parcel")
    assert steel.doors[1].content == []


def test_a_crowbar_opens_a_locked_door() -> None:
    steel = Steel([1])
    steel.force_open(1, 0)
    assert [edge.open for edge in run(steel, 100)][-1] is True
    assert steel.doors[1].pulses == 0


def test_a_door_whose_lock_is_energised_cannot_be_shut() -> None:
    steel = Steel([1])
    steel.relay(1, True, 0)
    run(steel, 200)
    with pytest.raises(CantBeDone, match="springs open again"):
        steel.close(1, 200)


def test_a_welded_relay_keeps_its_coil_energised_until_it_burns_out_or_the_power_is_cut() -> None:
    burning, cut = Steel([1]), Steel([1])
    for steel in (burning, cut):
        steel.weld(1)
        pulsed(steel, 300)
        assert steel.doors[1].picture()["energised"]
    run(burning, BURN_MS + 1)
    assert burning.doors[1].burnt
    cut.power_cut(5_000)
    run(cut, BURN_MS * 2)
    assert not cut.doors[1].burnt
    assert not cut.doors[1].picture()["energised"]


def test_many_pulses_burn_a_coil_that_gets_no_rest() -> None:
    steel = Steel([1])
    for turn in range(12):
        pulsed(steel, 1_000, at_ms=turn * 2_000)
    assert steel.doors[1].burnt
    steel.close(1, 60_000)
    run(steel, 61_000)
    pulsed(steel, 1_000, at_ms=61_000)
    assert not steel.doors[1].open, "a burnt coil opens nothing"
    steel.mend_relay(1, 70_000)
    pulsed(steel, 500, at_ms=71_000)
    assert steel.doors[1].open, "a new one does"


def test_a_door_that_sticks_opens_later_without_another_pulse() -> None:
    steel = Steel([1])
    steel.delay(1, 4_000)
    assert pulsed(steel, 300) == []
    assert (steel.doors[1].open, steel.doors[1].hook_open) == (False, True), "the hook has let go"
    assert run(steel, 5_000)
    assert steel.doors[1].open


def test_a_stuck_contact_tells_nothing_until_it_is_let_go() -> None:
    steel = Steel([1])
    steel.stick(1, True, 0)
    assert pulsed(steel, 300) == []
    assert steel.doors[1].open
    steel.stick(1, False, 3_000)
    assert run(steel, 3_000) == [Edge(3_000, 1, True)]


def test_a_loose_contact_rattles_and_ends_where_the_door_is() -> None:
    steel = Steel([1])
    steel.rattle(1, 0)
    edges = run(steel, 10_000)
    assert {edge.open for edge in edges} == {True, False}
    assert steel.doors[1].contact_open is False
