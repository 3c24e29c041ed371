"""All boards of one locker, on their cables and wired to its doors, and what hands and pliers can do to them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from locker import wiring
from locker.settings import Settings
from locker.twin.boards.answers import Dialect, Readings
from locker.twin.boards.board import Board
from locker.twin.boards.bus import Bus, Pace
from locker.twin.boards.eight_a import EightA, Order
from locker.twin.boards.faults import REPLY_FAULTS
from locker.twin.boards.kerong import Cu16, Cu48
from locker.twin.boards.waveshare import Waveshare
from locker.twin.boards.winnsen import Winnsen
from locker.twin.boards.wkly import Wkly
from locker.twin.physics import CantBeDone

Place = tuple[str, int]
"""A board's name and one of its channels."""


class Boards:
    """The boards that the settings name. `energise` gets a door's number, `closed` whether it is shut (None: its wire
    is cut), `caught` whether its hook holds.

    Beside the settings' own wiring stands what hands have changed: `crossed` channels, `inverted` switches.
    """

    def __init__(
        self,
        settings: Settings,
        energise: Callable[[int, bool], None],
        closed: Callable[[int], bool | None],
        caught: Callable[[int], bool],
    ) -> None:
        self._energise = energise
        self._closed = closed
        self._caught = caught
        self._hooks: dict[Place, int] = {}
        self._locks: dict[Place, int] = {}
        self._switches: dict[Place, int] = {}
        self._plain: dict[int, bool] = {}
        self.inverted: set[Place] = set()
        self._built = {board.name: _dialect(board) for board in settings.board}
        self._new = deepcopy(self._built)
        for box in settings.compartment:
            if box.board_lock:
                self._locks[box.board_lock] = box.n
            lock_boards = [board.name for board in settings.board if board.protocol != "waveshare"]
            if box.board_lock and box.board_sensor != box.board_lock and box.board in lock_boards:
                # The door has a switch of its own, so the one on the lock's channel is at the hook.
                self._hooks[box.board_lock] = box.n
            if box.board_sensor:
                self._switches[box.board_sensor] = box.n
                its_board = next(board for board in settings.board if board.name == box.board_sensor.board)
                self._plain[box.n] = its_board.inverted == box.inverted
        self._wired = dict(self._locks), dict(self._switches)
        self.buses = {bus.name: self._bus(bus, settings) for bus in settings.bus}
        self._home = {name: bus for bus in self.buses.values() for name in bus.boards}

    def power(self, on: bool) -> None:
        """Mains for boards and adapters."""
        for bus in self.buses.values():
            bus.power(on)
            if on:
                bus.port.plug_in()
            else:
                bus.port.unplug()

    def relay(self, board: str, channel: int, on: bool) -> None:
        """A board's relay switches; nothing may be connected to it."""
        if n := self._locks.get((board, channel)):
            self._energise(n, on)

    def readings(self, board: str) -> Readings:
        """What each input of a board reads; one that nothing is connected to is open."""
        return [self._shorted((board, channel)) for channel in range(1, self[board].dialect.inputs + 1)]

    def __getitem__(self, name: str) -> Board:
        return self._home[name].boards[name]

    def __contains__(self, name: str) -> bool:
        return name in self._home

    def picture(self) -> list[dict[str, Any]]:
        """Every board with its cable and its faults, as `GET /panel` shows it."""
        return [
            {
                "name": name,
                "protocol": type(bus.boards[name].dialect).__name__.lower(),
                "address": bus.boards[name].dialect.address,
                "bus": label,
                "plugged": bus.port.plugged,
                "faults": sorted([*bus.boards[name].faults.left, *(["babble"] if name in bus.babbling else [])]),
            }
            for label, bus in self.buses.items()
            for name in bus.boards
        ]

    def do(self, name: str, what: str, *, times: int = 0, channel: int = 0, value: int = 0) -> None:
        """One deed at a board or its cable. `value` is the other channel, the new address, a count or a time (ms)."""
        board, bus = self[name], self._home[name]
        deeds: dict[str, Callable[[], object]] = {
            "plug": bus.port.plug_in,
            "unplug": bus.port.unplug,
            "replug": bus.port.replug,
            "echo": lambda: setattr(bus, "echo", True),
            "babble": lambda: bus.babble(name, True),
            "speak": lambda: bus.say_unasked(name, channel or 1),
            "invert": lambda: self._invert(name, channel),
            "cross_locks": lambda: self._cross(self._locks, name, channel, value),
            "cross_switches": lambda: self._cross(self._switches, name, channel, value),
            "address": lambda: setattr(board.dialect, "address", value),
            "order": lambda: _turn(board.dialect),
            "status_bytes": lambda: _count(board.dialect, value),
            "mend": lambda: self._mend(name),
        }
        fault = next((fault for fault in REPLY_FAULTS if fault == what), None)
        if fault:
            board.faults.late_ms = value or board.faults.late_ms
            board.faults.begin(fault, times)
        else:
            deeds[what]()

    def _bus(self, bus: wiring.Bus, settings: Settings) -> Bus:
        boards = [Board(board.name, self._built[board.name]) for board in settings.board if board.bus == bus.name]
        # Boards come with a speed of their own; who sets another one in the config has set it on them, too.
        baud = bus.baud or (boards[0].dialect.baud if boards else 9_600)
        return Bus(bus.port, boards, self, Pace(baud=baud))

    def _shorted(self, place: Place) -> bool:
        # One input has one switch: where a door's is on it, there is none at a hook.
        if place not in self._switches and (hook := self._hooks.get(place)):
            return self._caught(hook) != (place in self.inverted)
        n = self._switches.get(place)
        closed = None if n is None else self._closed(n)
        # A wire that is cut shorts nothing, whichever way the switch works.
        if n is None or closed is None:
            return False
        return closed == (self._plain[n] != (place in self.inverted))

    def _invert(self, name: str, channel: int) -> None:
        channels = [channel] if channel else range(1, self[name].dialect.inputs + 1)
        self.inverted ^= {(name, one) for one in channels}

    def _cross(self, wires: dict[Place, int], name: str, one: int, other: int) -> None:
        places = (name, one), (name, other)
        if not all(place in wires for place in places):
            raise CantBeDone(f"Nothing is connected to channel {one} or {other} of {name}.")
        wires[places[0]], wires[places[1]] = wires[places[1]], wires[places[0]]

    def _mend(self, name: str) -> None:
        bus = self._home[name]
        self[name].faults.mend()
        _as_new(self[name].dialect, self._new[name])
        bus.babble(name, False)
        bus.echo = False
        bus.port.plug_in()
        self.inverted = {place for place in self.inverted if place[0] != name}
        for wires, wired in zip((self._locks, self._switches), self._wired, strict=True):
            wires.update({place: n for place, n in wired.items() if place[0] == name})


def _dialect(board: wiring.Board) -> Dialect:
    """The emulator for one board of the settings."""
    channels = board.locks
    match board.protocol:
        case "kerong-cu48":
            return Cu48(board.address, board.pulse_ms or 500)
        case "kerong-cu16":
            return Cu16(board.address, board.pulse_ms or 550)
        case "8a":
            usual: Order = "low_first" if channels > 32 else "high_first"
            count = 7 if channels > 32 else 4 if channels > 24 else 3
            return EightA(board.address, channels, count, board.status_order or usual, board.pulse_ms or 300)
        case "wkly":
            return Wkly(board.address, channels, board.pulse_ms or 500)
        case "winnsen":
            return Winnsen(board.address, board.pulse_ms or 500)
        case "waveshare":
            return Waveshare(board.address, relays=channels, inputs=board.inputs)


def _as_new(dialect: Dialect, new: Dialect) -> None:
    """Sets back what pliers and jumpers have changed."""
    dialect.address = new.address
    if isinstance(dialect, EightA) and isinstance(new, EightA):
        dialect.order, dialect.status_bytes = new.order, new.status_bytes


def _turn(dialect: Dialect) -> None:
    if not isinstance(dialect, EightA):
        raise CantBeDone("Only the 8A family comes with both byte orders.")
    dialect.order = "low_first" if dialect.order == "high_first" else "high_first"


def _count(dialect: Dialect, count: int) -> None:
    if not isinstance(dialect, EightA):
        raise CantBeDone("Only the 8A family comes with several counts of status bytes.")
    dialect.status_bytes = count
