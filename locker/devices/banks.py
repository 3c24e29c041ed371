"""All locks and all door switches of one locker, whatever they hang on: pins, and boards of several makes, mixed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from locker.cabinet.events import DeviceFailed, DeviceRecovered
from locker.devices.bus import Bus
from locker.devices.bus_board import BusBoard
from locker.devices.guardian_child import GuardianChild, locks_on_pins
from locker.devices.locks import DEVICE, GuardedLocks
from locker.devices.ports import DeviceEvent, DoorSensors, Tell
from locker.settings import Settings
from locker.wiring import baud_of

GUARDIAN = "guardian"


async def open_banks(
    settings: Settings, config_path: Path, tell: Tell, guardian: GuardianChild | None = None
) -> tuple[Banks, Switches]:
    """Everything that opens and sees doors, ready for use, or told as failed. OSError where pins can't be had.

    `guardian` is one that has been started already.
    """
    reach = Reach(settings, tell)
    guarded = GuardedLocks(settings, config_path, reach.tell, guardian) if locks_on_pins(settings) else None
    buses = open_buses(settings, reach.tell)
    await asyncio.gather(*(bus.start() for bus in buses), *([guarded.start()] if guarded else []))
    # Behind the guardian: both use the pins, and the locks are the ones that matter.
    return Banks(guarded, buses), Switches(_switches_on_pins(settings, tell), buses)


def _switches_on_pins(settings: Settings, tell: Tell) -> list[DoorSensors]:
    chips = {box.door_chip for box in settings.compartment if box.board_sensor is None}
    found: list[DoorSensors] = []
    # Deferred: a locker without expanders needs no gpiod, one without pins no gpiozero.
    if "" in chips:
        from locker.devices.gpio import GpioDoorSensors

        found.append(GpioDoorSensors(settings, tell))
    if chips - {""}:
        from locker.devices.expander import ExpanderDoorSensors

        found.append(ExpanderDoorSensors(settings, tell))
    return found


def open_buses(settings: Settings, tell: Tell) -> list[Bus]:
    """Every bus of the config file with its boards; none is used before it is started."""
    debounce_s = settings.gpio.debounce_ms / 1000
    return [
        Bus(
            bus,
            baud_of(bus, settings.board),
            [
                BusBoard(board, settings.compartment, tell, (bus.poll_ms / 1000, debounce_s))
                for board in settings.board
                if board.bus == bus.name
            ],
            tell,
        )
        for bus in settings.bus
    ]


class Banks:
    """Releases doors, each through the part that its lock is on."""

    def __init__(self, guarded: GuardedLocks | None, buses: Sequence[Bus]) -> None:
        self._guarded = guarded
        self._buses = buses
        self._boards = {n: (bus, board) for bus in buses for board in bus.boards for n in board.locks}

    def unlock(self, n: int, pulse_ms: int) -> None:
        if n in self._boards:
            bus, board = self._boards[n]
            bus.unlock(board, n, pulse_ms)
            return
        assert self._guarded is not None, "the config file has put each lock on a pin or on a board"
        self._guarded.unlock(n, pulse_ms)

    async def close(self) -> None:
        # The pins first: boards end their pulses by themselves.
        if self._guarded:
            await self._guarded.close()
        await asyncio.gather(*(bus.close() for bus in self._buses))


class Switches:
    """Knows which doors are open, by the part that each switch is on."""

    def __init__(self, pins: Sequence[DoorSensors], buses: Sequence[Bus]) -> None:
        self._pins = pins
        self._boards = [board for bus in buses for board in bus.boards]

    def read(self) -> dict[int, bool | None]:
        doors: dict[int, bool | None] = {}
        for sensors in self._pins:
            doors |= sensors.read()
        for board in self._boards:
            doors |= board.doors.read()
        return doors

    async def close(self) -> None:
        for sensors in self._pins:
            await sensors.close()


class Reach:
    """Passes on what devices tell, and adds when no lock at all can be reached: then nobody can be served.

    One part that is lost closes its own doors only; without boards the guardian is all there is.
    """

    def __init__(self, settings: Settings, tell: Tell) -> None:
        self._tell = tell
        self._holders = {f"board {box.board}" for box in settings.compartment if box.board_lock}
        self._has_boards = bool(self._holders)
        if locks_on_pins(settings):
            self._holders.add(GUARDIAN)
        self._lost: set[str] = set()

    def tell(self, event: DeviceEvent) -> None:
        """An event of any device."""
        if not (self._has_boards and isinstance(event, DeviceFailed | DeviceRecovered)):
            self._tell(event)
            return
        device = GUARDIAN if event.device == DEVICE else event.device
        was_lost = self._holders <= self._lost
        if isinstance(event, DeviceFailed):
            self._lost.add(device)
            self._tell(DeviceFailed(device=device, why=event.why))
        else:
            self._lost.discard(device)
            self._tell(DeviceRecovered(device=device))
        is_lost = self._holders <= self._lost
        if is_lost and not was_lost:
            self._tell(DeviceFailed(device=DEVICE, why="no lock can be reached"))
        elif was_lost and not is_lost:
            self._tell(DeviceRecovered(device=DEVICE))
