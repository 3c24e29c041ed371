"""What is wired where: serial buses, lock boards, GPIO expanders, and where a compartment's lock and switch end.

Part of the config file. What a make of board allows - addresses, channels, speed - stands here once, for the config
file and for the code that encodes its frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field

BOARD_PULSE_MS_MAX = 1_000

ProtocolName = Literal["kerong-cu48", "kerong-cu16", "8a", "wkly", "winnsen", "waveshare"]
StatusOrder = Literal["high_first", "low_first"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$")]
Channel = Annotated[int, Field(ge=1, le=50)]


class Section(BaseModel):
    """A section of the config file: what it doesn't know is an error, and nothing changes while the daemon runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OutOfRange(ValueError):
    """No such board, lock or time; the text names the range."""


@dataclass(frozen=True, slots=True)
class Make:
    """What the boards of one protocol allow. `pulse_ms` is how long one energises a lock by itself (0: it is told)."""

    addresses: range
    channels_max: int
    channels: int
    baud: int
    pulse_ms: int
    has_switches: bool = True

    def why_not_address(self, address: int) -> str:
        """What is wrong with an address (empty: nothing)."""
        return _why_not("address", address, self.addresses[0], self.addresses[-1])

    def why_not_lock(self, lock: int, channels: int) -> str:
        """What is wrong with a lock's number on a board with so many channels (empty: nothing)."""
        return _why_not("lock", lock, 1, channels)

    def why_not_channels(self, channels: int) -> str:
        """What is wrong with a number of channels (empty: nothing)."""
        return _why_not("channels", channels, 1, self.channels_max)


# An address one beyond the last means "all boards" in some of these protocols, and so does a lock's number: that is why
# the ranges are as narrow as the makers' papers, never as wide as the byte.
MAKES: dict[ProtocolName, Make] = {
    "kerong-cu48": Make(range(10), 48, 48, 19_200, 500),
    "kerong-cu16": Make(range(10), 16, 16, 19_200, 550),
    "8a": Make(range(1, 33), 50, 24, 9_600, 300),
    "wkly": Make(range(32), 24, 24, 9_600, 500),
    "winnsen": Make(range(1, 5), 16, 16, 9_600, 500),
    "waveshare": Make(range(1, 248), 32, 8, 9_600, 0, has_switches=False),
}


def checked(make: Make, address: int, lock: int | None, channels: int) -> None:
    """Raises OutOfRange for an address or a lock (None: no lock is meant) that a board of this make hasn't got."""
    why = make.why_not_address(address) or (make.why_not_lock(lock, channels) if lock is not None else "")
    if why:
        raise OutOfRange(why)


class Bus(Section):
    """A serial line with lock boards on it. The daemon alone has it, and asks one board at a time."""

    name: Name
    port: Path
    baud: Annotated[int, Field(ge=1_200, le=921_600)] | None = None
    timeout_ms: Annotated[int, Field(ge=50, le=3_000)] = 750
    quiet_ms: Annotated[int, Field(ge=2, le=200)] = 30
    poll_ms: Annotated[int, Field(ge=50, le=5_000)] = 250
    echo: bool = False


class Board(Section):
    """A lock board, or a relay or input board, on a bus. Address and speed are set on the board itself."""

    name: Name
    protocol: ProtocolName
    bus: str
    address: Annotated[int, Field(ge=0, le=247)]
    channels: Annotated[int, Field(ge=0, le=50)] | None = None
    inputs: Annotated[int, Field(ge=0, le=32)] = 0
    status_order: StatusOrder | None = None
    inverted: bool = False
    pulse_ms: Annotated[int, Field(ge=100, le=BOARD_PULSE_MS_MAX)] | None = None
    presence: bool = False

    @property
    def make(self) -> Make:
        return MAKES[self.protocol]

    @property
    def locks(self) -> int:
        """How many locks it can drive."""
        return self.make.channels if self.channels is None else self.channels

    @property
    def switches(self) -> int:
        """How many door switches it reads: one a lock, or what a relay board has as digital inputs."""
        return self.locks if self.make.has_switches else self.inputs


class Expander(Section):
    """A GPIO expander that the kernel offers as a gpiochip, such as an MCP23017."""

    name: Name
    device: Path
    lines: Annotated[int, Field(ge=1, le=64)] = 16


class Wire(NamedTuple):
    """One channel of one board; channels count from 1."""

    board: str
    channel: int


class Wired(Protocol):
    """A compartment, as far as its wiring goes."""

    @property
    def n(self) -> int:
        """Its number."""

    @property
    def lock_pin(self) -> int | None:
        """The output that energises its lock, if that is on GPIO."""

    @property
    def door_pin(self) -> int | None:
        """The input of its door's switch, if that is on GPIO."""

    @property
    def lock_chip(self) -> str:
        """The expander that `lock_pin` is a line of; empty: the Raspberry Pi itself."""

    @property
    def door_chip(self) -> str:
        """The expander that `door_pin` is a line of; empty: the Raspberry Pi itself."""

    @property
    def board_lock(self) -> Wire | None:
        """The channel of a board that its lock is on."""

    @property
    def board_sensor(self) -> Wire | None:
        """The channel of a board that reads its door's switch."""


def faults(
    buses: Sequence[Bus], boards: Sequence[Board], expanders: Sequence[Expander], boxes: Sequence[Wired]
) -> Iterator[str]:
    """Everything that is wrong with the wiring, a sentence each."""
    yield from _twice("bus.name", (bus.name for bus in buses))
    yield from _twice("bus.port", (str(bus.port) for bus in buses))
    yield from _twice("board.name", (board.name for board in boards))
    yield from _twice("expander.name", (chip.name for chip in expanders))
    yield from _twice("expander.device", (str(chip.device) for chip in expanders))
    names = [bus.name for bus in buses]
    for board in boards:
        yield from (f"board {board.name}: {why}" for why in _board_faults(board, names))
    for bus in buses:
        yield from _bus_faults(bus, [board for board in boards if board.bus == bus.name])
    known = {board.name: board for board in boards}
    for box in boxes:
        yield from (f"compartment {box.n}: {why}" for why in _box_faults(box, known, expanders))
    yield from _twice("lock of a board", (_spelled(box.board_lock) for box in boxes if box.board_lock))
    yield from _twice("sensor of a board", (_spelled(box.board_sensor) for box in boxes if box.board_sensor))


def baud_of(bus: Bus, boards: Iterable[Board]) -> int:
    """The speed of a bus: its own, or the one that its boards leave the factory with."""
    return bus.baud or next((board.make.baud for board in boards if board.bus == bus.name), 9_600)


def _board_faults(board: Board, buses: list[str]) -> Iterator[str]:
    if board.bus not in buses:
        yield f"there is no bus {board.bus}; there is {', '.join(buses) or 'none'}"
    if why := board.make.why_not_address(board.address):
        yield f"{why} ({board.protocol})"
    relays = board.protocol == "waveshare"
    # A board that only reads switches drives no lock; a lock board always does.
    if not (relays and board.channels == 0) and (why := board.make.why_not_channels(board.locks)):
        yield f"{why} ({board.protocol})"
    if board.inputs and not relays:
        yield f"inputs are for waveshare; {board.protocol} reads the switch of each lock by itself"
    if board.status_order and board.protocol != "8a":
        yield f"status_order is for 8a; {board.protocol} has one order only"
    if relays and board.pulse_ms and board.pulse_ms % 100:
        yield f"pulse_ms {board.pulse_ms} isn't a multiple of 100 (waveshare)"


def _bus_faults(bus: Bus, boards: list[Board]) -> Iterator[str]:
    for what in _twice("address", (str(board.address) for board in boards)):
        yield f"bus {bus.name}: {what}; two boards that both answer would both open doors"
    speeds = sorted({board.make.baud for board in boards})
    if bus.baud is None and len(speeds) > 1:
        yield f"bus {bus.name}: its boards come with speeds {', '.join(map(str, speeds))}; set them alike, give baud"


def _box_faults(box: Wired, boards: dict[str, Board], expanders: Sequence[Expander]) -> Iterator[str]:
    if (box.lock_pin is None) == (box.board_lock is None):
        yield "its lock is either on lock_pin or on board and lock, and on one of them"
    if (box.door_pin is None) == (box.board_sensor is None):
        yield "its door's switch is either on door_pin or on sensor_board and sensor, and on one of them"
    for wire, what in ((box.board_lock, "lock"), (box.board_sensor, "sensor")):
        if wire is not None:
            yield from _wire_faults(wire, what, boards)
    for pin, chip, what in (
        (box.lock_pin, box.lock_chip, "lock"),
        (box.door_pin, box.door_chip, "door"),
    ):
        if chip:
            yield from _line_faults(pin, chip, what, expanders)


def _wire_faults(wire: Wire, what: str, boards: dict[str, Board]) -> Iterator[str]:
    board = boards.get(wire.board)
    if board is None:
        yield f"there is no board {wire.board}; there is {', '.join(boards) or 'none'}"
        return
    count = board.locks if what == "lock" else board.switches
    if count == 0:
        has = "drives no lock" if what == "lock" else "reads no switch: give door_pin, or sensor_board and sensor"
        yield f"board {board.name} {has}"
    elif why := _why_not(what, wire.channel, 1, count):
        yield f"{why} (board {board.name})"


def _line_faults(pin: int | None, chip: str, what: str, expanders: Sequence[Expander]) -> Iterator[str]:
    expander = next((one for one in expanders if one.name == chip), None)
    if pin is None:
        yield f"{what}_chip needs {what}_pin"
    elif expander is None:
        yield f"there is no expander {chip}"
    elif why := _why_not(f"{what}_pin", pin, 0, expander.lines - 1):
        yield f"{why} (expander {chip})"


def _why_not(what: str, value: int, least: int, most: int) -> str:
    return "" if least <= value <= most else f"{what} {value} is out of range: {least} to {most}"


def _twice(what: str, values: Iterable[str]) -> Iterator[str]:
    row = list(values)
    if twice := sorted({value for value in row if row.count(value) > 1}):
        yield f"{what} {', '.join(twice)} is used more than once"


def _spelled(wire: Wire) -> str:
    return f"{wire.board}/{wire.channel}"
