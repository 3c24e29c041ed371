"""What the config file says of the machine, as far as a check can change it. May have holes that a config must not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from locker.wire.facts import Reach, SizeClass
from locker.wiring import Board, Bus, baud_of

STATUS_BYTE = 8


class Place(NamedTuple):
    """Where a wire ends: a channel of a board, or a pin of the Raspberry Pi (name "") or of an expander."""

    kind: Literal["board", "pin"]
    name: str
    channel: int

    def __str__(self) -> str:
        if self.kind == "board":
            return f"{self.channel} of board {self.name}"
        return f"line {self.channel} of {self.name}" if self.name else f"GPIO {self.channel}"


@dataclass(frozen=True, slots=True)
class Size:
    """How big a compartment is inside, in mm, and where its handle is."""

    size_class: SizeClass
    width_mm: int
    height_mm: int
    depth_mm: int
    reach: Reach = "middle"


@dataclass(frozen=True, slots=True)
class Front:
    """Where a door is in the picture of the cabinet, in mm from the top left corner."""

    x_mm: int = 0
    y_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """One compartment. `inverted`: its switch is the other way round than the others of its board."""

    n: int
    lock: Place
    switch: Place | None
    size: Size
    inverted: bool = False
    front: Front = Front()
    module: str = "A"


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole machine."""

    buses: tuple[Bus, ...] = ()
    boards: tuple[Board, ...] = ()
    boxes: tuple[Box, ...] = ()
    has_scanner: bool = False

    def board(self, name: str) -> Board:
        return next(board for board in self.boards if board.name == name)

    def box(self, n: int) -> Box:
        return next(box for box in self.boxes if box.n == n)

    def bus(self, name: str) -> Bus:
        return next(bus for bus in self.buses if bus.name == name)

    def on(self, bus: str) -> list[Board]:
        """The boards of a bus."""
        return [board for board in self.boards if board.bus == bus]

    def baud(self, bus: str) -> int:
        return baud_of(self.bus(bus), self.boards)

    def with_board(self, board: Board) -> Plan:
        """The plan with a board of that name changed."""
        return replace(self, boards=tuple(board if one.name == board.name else one for one in self.boards))

    def with_bus(self, bus: Bus) -> Plan:
        return replace(self, buses=tuple(bus if one.name == bus.name else one for one in self.buses))

    def with_box(self, box: Box) -> Plan:
        return replace(self, boxes=tuple(box if one.n == box.n else one for one in self.boxes))

    def is_inverted(self, n: int) -> bool:
        """Whether the switch of a compartment is taken to say the opposite of what is usual."""
        box = self.box(n)
        if box.switch is None or box.switch.kind == "pin":
            return box.inverted
        return self.board(box.switch.name).inverted != box.inverted

    def drives(self, board: str) -> Iterator[Box]:
        """The compartments whose lock is on this board."""
        return (box for box in self.boxes if box.lock.kind == "board" and box.lock.name == board)


def mirrored(board: Board, channel: int) -> int:
    """The channel that a bit would be taken for if the status bytes came in the other order."""
    count = 7 if board.locks > 32 else 4 if board.locks > 24 else 3
    byte, bit = divmod(channel - 1, STATUS_BYTE)
    return (count - 1 - byte) * STATUS_BYTE + bit + 1


def has_orders(board: Board) -> bool:
    """Whether boards of this make come with both orders of their status bytes."""
    return board.protocol == "8a"
