"""One lock board without a bus: when it is asked again, and what its silence means."""

from __future__ import annotations

from typing import Any

from locker.devices.boards.said import Refused, Request, Switches
from locker.devices.bus_board import BusBoard
from locker.settings import Compartment
from locker.wiring import Board

CU = Board(name="cu", protocol="kerong-cu48", bus="left", address=0)
BOX = Compartment(n=1, board="cu", lock=1, size_class="M", width_mm=1, height_mm=1, depth_mm=1)


def driven(board: Board = CU) -> tuple[BusBoard, list[Any]]:
    said: list[Any] = []
    return BusBoard(board, [BOX], said.append, (0.25, 0.05)), said


def shut(*, is_shut: bool) -> Switches:
    return Switches(0, dict.fromkeys(range(1, 49), is_shut))


def test_a_switch_that_has_moved_is_looked_at_again_soon() -> None:
    board, _ = driven()
    board.heard(shut(is_shut=True), 1.0)
    assert board.due == 1.25
    board.heard(shut(is_shut=False), 1.25)
    assert board.due == 1.25 + 0.05


def test_a_board_that_refuses_to_be_read_does_not_keep_the_bus_to_itself() -> None:
    board, _ = driven()
    board.heard(shut(is_shut=True), 1.0)
    board.heard(shut(is_shut=False), 1.25)
    for at in (1.5, 2.0, 2.5):
        board.heard(Refused(0, "not now"), at)
        assert board.due is not None and board.due > at


def test_a_silent_board_is_asked_less_and_less_often() -> None:
    board, said = driven()
    waits, now = [], 0.0
    for _ in range(9):
        board.silent(now, "no answer")
        assert board.due is not None
        waits.append(board.due - now)
        now = board.due
    assert waits == sorted(waits) and waits[0] == 1 and waits[-1] == 10
    assert [str(event) for event in said] == ["DeviceFailed(device='board cu', why='no answer')"]


def test_what_a_silent_board_still_says_meets_no_new_question() -> None:
    board, _ = driven()
    board.unlock(1, 300, 1.0)
    board.silent(2.0, "no answer")
    assert board.due == 3.0, "its answer to the old question may be on its way"
    board.silent(3.0, "4 bytes that make no sense", noisy=True)
    assert board.due == 3.1, "that was the answer: somebody stands before the door"


def test_a_pulse_ends_a_little_late_rather_than_early() -> None:
    board, said = driven()
    assert isinstance(board.unlock(1, 300, 1.0), Request)
    board.sent(1.0)
    board.heard(shut(is_shut=True), 1.2)
    # The board's own clock: 500 ms, whatever was asked for.
    assert board.time(1.5) == 1.55 and said == []
    board.time(1.56)
    assert [str(event) for event in said] == ["PulseEnded(n=1, given=True, why='')"]


def test_a_pulse_that_nothing_has_proved_is_not_given() -> None:
    board, said = driven()
    board.unlock(1, 300, 1.0)
    board.sent(1.0)
    board.time(1.6)
    assert said == []
    board.silent(1.7, "no answer")
    assert [str(event) for event in said] == ["PulseEnded(n=1, given=False, why='no answer')"]


def test_a_pulse_of_a_board_that_falls_silent_ends_when_its_time_is_over() -> None:
    board, said = driven()
    board.unlock(1, 300, 1.0)
    board.sent(1.0)
    # Its bus has gone, or a short time-out is over: whether it gives its 500 ms nobody can see.
    board.silent(1.2, "bus left is gone")
    assert said == [] and board.is_energised
    assert board.time(1.3) == 1.55
    board.time(1.56)
    assert [str(event) for event in said] == ["PulseEnded(n=1, given=False, why='no answer')"]


def test_only_one_lock_of_a_board_is_energised() -> None:
    two = BOX.model_copy(update={"n": 2, "lock": 2})
    board = BusBoard(CU, [BOX, two], print, (0.25, 0.05))
    assert isinstance(board.unlock(1, 300, 1.0), Request)
    assert board.unlock(2, 300, 1.1) == "too many energised"
