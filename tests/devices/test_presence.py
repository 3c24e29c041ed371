"""What sensors inside compartments see reaches the cabinet as news, only where they are wired."""

from __future__ import annotations

from typing import Any

from locker.cabinet.events import ContentSeen
from locker.devices.bus_board import BusBoard
from locker.devices.presence import BoardContents
from locker.settings import Compartment
from locker.wiring import Board

SIZES: dict[str, Any] = {"size_class": "M", "width_mm": 1, "height_mm": 1, "depth_mm": 1}
BOXES = [Compartment(n=11, board="left", lock=1, **SIZES), Compartment(n=12, board="left", lock=2, **SIZES)]


def board(presence: bool) -> Board:
    return Board(name="left", protocol="kerong-cu16", bus="b", address=0, presence=presence)


def test_what_is_seen_is_told_when_it_changes() -> None:
    contents = BoardContents(board(True), BOXES)
    assert list(contents.take({1: True, 2: False, 3: True})) == [
        ContentSeen(n=11, present=True), ContentSeen(n=12, present=False),
    ]  # fmt: skip
    assert list(contents.take({1: True, 2: False})) == []
    assert list(contents.take({2: True})) == [ContentSeen(n=12, present=True)]


def test_a_boards_inputs_that_nothing_is_wired_to_say_nothing() -> None:
    assert list(BoardContents(board(False), BOXES).take({1: False, 2: False})) == []


def test_a_cu16s_reply_tells_of_doors_and_of_what_lies_behind_them() -> None:
    told: list[Any] = []
    driver = BusBoard(board(True), BOXES, told.append, (0.25, 0.05))
    driver.heard(driver.codec.decode(bytes.fromhex("02 00 35 FF FF 02 00 03 3A")), 1.0)
    assert [event for event in told if isinstance(event, ContentSeen)] == [
        ContentSeen(n=11, present=False), ContentSeen(n=12, present=True),
    ]  # fmt: skip
