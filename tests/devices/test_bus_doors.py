"""What a lock board's readings mean for doors, and what it means when nobody can be reached."""

from __future__ import annotations

from typing import Any

import pytest

from locker.cabinet.events import (
    DeviceFailed,
    DeviceRecovered,
    DoorClosed,
    DoorOpened,
    LatchMoved,
    SensorFailed,
    SensorRecovered,
)
from locker.devices.banks import Reach
from locker.devices.bus_doors import BoardDoors
from locker.settings import Compartment
from locker.wiring import Board

CU = Board(name="cu", protocol="kerong-cu48", bus="left", address=0)
REST_S = 0.1


def box(n: int, **wires: Any) -> Compartment:
    return Compartment(n=n, size_class="M", width_mm=1, height_mm=1, depth_mm=1, **wires)


def doors(**wires: Any) -> BoardDoors:
    return BoardDoors(CU, [box(1, **(wires or {"board": "cu", "lock": 5}))], debounce_s=0.05)


def told(one: BoardDoors, *readings: bool | None, lock: int = 5) -> list[Any]:
    """What is said of these readings of lock 5 (shut: True), one every tenth of a second."""
    return [event for at, shut in enumerate(readings) for event in one.take({lock: shut}, at * REST_S)]


def test_a_door_is_told_when_a_second_reading_agrees() -> None:
    one = doors()
    assert told(one, True, True, False) == []
    assert one.look_at == pytest.approx(0.25)
    assert told(one, False, False, False, False) == [DoorOpened(n=1)]
    assert one.read() == {1: True}


def test_inverted_switches_say_the_opposite() -> None:
    assert told(doors(board="cu", lock=5, inverted=True), True) == []
    inverted = doors(board="cu", lock=5, inverted=True)
    told(inverted, False)
    assert inverted.read() == {1: False}


def test_a_switch_that_the_board_calls_broken_is_not_believed() -> None:
    one = doors()
    assert told(one, True, None, None) == [SensorFailed(n=1)]
    assert one.read() == {1: None}
    assert told(one, True, True, True) == [SensorRecovered(n=1)]


def test_a_door_that_moved_while_nobody_looked_is_told_afterwards() -> None:
    one = doors()
    told(one, True)
    assert list(one.lose()) == [SensorFailed(n=1)]
    assert list(one.lose()) == []
    assert told(one, False, False, False) == [SensorRecovered(n=1), DoorOpened(n=1)]


def test_a_board_that_comes_late_tells_how_its_doors_are() -> None:
    one = doors()
    assert one.read() == {1: None}
    assert told(one, False) == [SensorRecovered(n=1), DoorOpened(n=1)]


@pytest.mark.parametrize("pulsed", [True, False])
def test_shut_after_an_unseen_pulse_is_no_proof_that_it_was_open(pulsed: bool) -> None:
    one = doors()
    one.read()
    if pulsed:
        one.pulsed(1)
    assert told(one, True) == [SensorRecovered(n=1), *([] if pulsed else [DoorClosed(n=1)])]


def test_the_hook_is_told_apart_from_a_door_that_has_a_switch_of_its_own() -> None:
    one = doors(board="cu", lock=5, door_pin=4)
    assert one.read() == {}
    events = told(one, True, False, False, False)
    assert events == [LatchMoved(n=1, free=False), LatchMoved(n=1, free=True)]


def test_a_hook_that_is_not_connected_says_nothing() -> None:
    assert told(doors(board="cu", lock=5, door_pin=4), False, False, False) == []


def reaching(*boxes: Compartment) -> tuple[Any, list[Any]]:
    class Wiring:
        compartment = boxes

    said: list[Any] = []
    return Reach(Wiring, said.append), said  # type: ignore[arg-type]


def test_one_part_that_is_lost_closes_its_own_doors_only() -> None:
    reach, said = reaching(box(1, board="cu", lock=1), box(2, lock_pin=1, door_pin=2))
    reach.tell(DeviceFailed(device="locks", why="gone"))
    assert said == [DeviceFailed(device="guardian", why="gone")]
    reach.tell(DeviceFailed(device="board cu", why="no answer"))
    assert said[1:] == [
        DeviceFailed(device="board cu", why="no answer"),
        DeviceFailed(device="locks", why="no lock can be reached"),
    ]
    reach.tell(DeviceRecovered(device="board cu"))
    assert said[3:] == [DeviceRecovered(device="board cu"), DeviceRecovered(device="locks")]


def test_without_boards_the_guardian_is_all_there_is() -> None:
    reach, said = reaching(box(2, lock_pin=1, door_pin=2))
    reach.tell(DeviceFailed(device="locks", why="gone"))
    assert said == [DeviceFailed(device="locks", why="gone")]
