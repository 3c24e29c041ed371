"""One absent or babbling board delays the others on its bus by at most one time-out, and another bus not at all."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from locker.cabinet.events import DoorOpened, PulseEnded
from locker.devices.banks import open_buses
from locker.devices.bus import Bus
from locker.devices.ports import DeviceEvent
from locker.settings import Settings
from locker.twin.machine import Machine
from tests.hardware import virtual_time
from tests.hardware.scene import SIZE

TIMEOUT_S = 0.75
AROUND_S = 0.03
"""A request that runs into its time-out also takes its own wire time, and silence before and behind it."""

TRIES, WELL_TRIES = 16, 4
PHASE_S = 0.637
"""Tries are spread over the time between two questions to a board that is lost: ten seconds."""


def settings(folder: Path) -> Settings:
    """Three boards on one cable and one on another, a lock on each."""
    secret = str(folder / "secret")
    return Settings.model_validate(
        {
            "locker": {"id": "one", "number": 1, "data_dir": str(folder), "signing_key_file": secret,
                       "code_key_file": secret},
            "hub": {"public_key": "0" * 64},
            "bus": [
                {"name": "left", "port": str(folder / "left"), "poll_ms": 500},
                {"name": "right", "port": str(folder / "right")},
            ],
            "board": [
                {"name": f"b{n}", "protocol": "8a", "bus": "right" if n == 4 else "left", "address": n, "channels": 8}
                for n in (1, 2, 3, 4)
            ],
            "compartment": [{"n": n, "board": f"b{n}", "lock": 1, **SIZE} for n in (1, 2, 3, 4)],
        }
    )  # fmt: skip


class Delays:
    """Pulses one lock again and again; how long each took until its coil had current and its door was seen open."""

    def __init__(self, machine: Machine, buses: list[Bus], told: list[DeviceEvent]) -> None:
        self.machine, self.told = machine, told
        self.boards = {n: (bus, board) for bus in buses for board in bus.boards for n in board.locks}

    async def measure(self, n: int, tries: int = TRIES) -> tuple[float, float]:
        """The longest of each, in seconds."""
        coil_s, seen_s = 0.0, 0.0
        for _ in range(tries):
            # The lock rests as it has to, and each try meets the others in another moment.
            await asyncio.sleep(20 + PHASE_S)
            coil, seen = await self._once(n)
            coil_s, seen_s = max(coil_s, coil), max(seen_s, seen)
        return coil_s, seen_s

    async def _once(self, n: int) -> tuple[float, float]:
        loop, door = asyncio.get_running_loop(), self.machine.steel.doors[n]
        begun, pulses = loop.time(), door.pulses
        self.told.clear()
        bus, board = self.boards[n]
        bus.unlock(board, n, 300)
        await _until(lambda: door.pulses > pulses)
        coil_s = loop.time() - begun
        await _until(lambda: any(isinstance(event, DoorOpened) for event in self.told))
        seen_s = loop.time() - begun
        await _until(lambda: any(isinstance(event, PulseEnded) for event in self.told) and door.energised_ms is None)
        self.machine.act(lambda now_ms: self.machine.steel.close(n, now_ms))
        return coil_s, seen_s


def play(story: Callable[[Delays], Awaitable[None]]) -> None:
    """Runs a story in virtual time, with the real baud rate on the wire."""

    async def go(folder: Path) -> None:
        told: list[DeviceEvent] = []
        machine = Machine(settings(folder), True, lambda: None)
        await machine.start(folder / "pins")
        machine.power_on()
        buses = open_buses(settings(folder), told.append)
        await asyncio.gather(*(bus.start() for bus in buses))
        try:
            await story(Delays(machine, buses, told))
        finally:
            for bus in buses:
                await bus.close()
            await machine.close()

    with tempfile.TemporaryDirectory(prefix="d-") as folder:
        virtual_time.run(go(Path(folder)))


async def _until(holds: Callable[[], object]) -> None:
    deadline = asyncio.get_running_loop().time() + 20
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, "the lock was never pulsed, or its door never seen"
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("what", ["silence", "babble", "wrong_checksum", "late"])
def test_a_board_that_is_ill_delays_its_neighbours_by_at_most_one_timeout(what: str) -> None:
    async def story(delays: Delays) -> None:
        well_coil_s, well_seen_s = await delays.measure(1, WELL_TRIES)
        delays.machine.boards.do("b2", what)
        await asyncio.sleep(20)
        coil_s, seen_s = await delays.measure(1)
        print(f"\n{what}: coil {well_coil_s * 1e3:.0f} -> {coil_s * 1e3:.0f} ms, "
              f"seen open {well_seen_s * 1e3:.0f} -> {seen_s * 1e3:.0f} ms")  # fmt: skip
        # Each request waits for one time-out at most: the command, and the look behind it.
        assert coil_s <= well_coil_s + TIMEOUT_S + AROUND_S
        assert seen_s <= well_seen_s + 2 * (TIMEOUT_S + AROUND_S)

    play(story)


def test_a_board_that_is_ill_does_not_delay_another_bus() -> None:
    async def story(delays: Delays) -> None:
        well_coil_s, _ = await delays.measure(4, WELL_TRIES)
        delays.machine.boards.do("b2", "silence")
        await asyncio.sleep(20)
        coil_s, _ = await delays.measure(4)
        assert coil_s <= well_coil_s + 0.01

    play(story)
