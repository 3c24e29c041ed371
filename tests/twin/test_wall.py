"""Boards of a config file wired to steel: pulses open doors, switches read back, pliers change what is connected."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from locker.settings import Settings
from locker.twin.machine import Machine
from locker.twin.physics import CantBeDone

PATIENCE_S = 5.0


def settings(folder: Path) -> Settings:
    """Four compartments: two on an 8A board, one on a relay board whose switch is on an input board, one on pins."""
    secret = str(folder / "secret")
    size = {"size_class": "M", "width_mm": 1, "height_mm": 1, "depth_mm": 1}
    return Settings.model_validate(
        {
            "locker": {"id": "one", "number": 1, "data_dir": str(folder), "signing_key_file": secret,
                       "code_key_file": secret},
            "hub": {"public_key": "0" * 64},
            "gpio": {"pin_factory": "twin"},
            "bus": [{"name": "left", "port": str(folder / "left")}],
            "board": [
                {"name": "a", "protocol": "8a", "bus": "left", "address": 1},
                {"name": "w", "protocol": "waveshare", "bus": "left", "address": 2, "channels": 8, "inputs": 0},
                {"name": "i", "protocol": "waveshare", "bus": "left", "address": 3, "channels": 0, "inputs": 8},
            ],
            "compartment": [
                {"n": 1, "board": "a", "lock": 1, **size},
                {"n": 2, "board": "a", "lock": 2, **size, "inverted": True},
                {"n": 3, "board": "w", "lock": 8, "sensor_board": "i", "sensor": 1, **size},
                {"n": 4, "lock_pin": 4, "door_pin": 5, **size},
                {"n": 5, "board": "a", "lock": 5, "door_pin": 6, **size},
            ],
        }
    )  # fmt: skip


def play(folder: Path, story: Callable[[Machine], Awaitable[None]]) -> None:
    async def go() -> None:
        machine = Machine(settings(folder), True, lambda: None)
        with tempfile.TemporaryDirectory(prefix="twin-") as short:
            await machine.start(Path(short) / "pins")
            machine.power_on()
            try:
                await story(machine)
            finally:
                await machine.close()

    asyncio.run(go())


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():
            await asyncio.sleep(0.005)


def shorted(machine: Machine, board: str) -> set[int]:
    return {channel for channel, is_shorted in enumerate(machine.boards.readings(board), 1) if is_shorted}


def test_a_board_opens_its_door_and_reads_its_switch(tmp_path: Path) -> None:
    async def story(machine: Machine) -> None:
        assert shorted(machine, "a") == {1, 5}, "the switch of door 2 shorts when it is open"
        machine.boards.relay("a", 1, True)
        await until(lambda: machine.steel.doors[1].open)
        machine.boards.relay("a", 1, False)
        await until(lambda: shorted(machine, "a") == {5})

    play(tmp_path, story)


def test_a_door_with_a_switch_of_its_own_leaves_the_boards_switch_to_the_hook(tmp_path: Path) -> None:
    async def story(machine: Machine) -> None:
        machine.steel.jam(5)
        machine.boards.relay("a", 5, True)
        await until(lambda: 5 not in shorted(machine, "a"))
        assert not machine.steel.doors[5].open, "the hook has let go of a door that sticks"
        machine.boards.relay("a", 5, False)
        assert 5 in shorted(machine, "a")

    play(tmp_path, story)


def test_a_lock_on_one_board_may_have_its_switch_on_another(tmp_path: Path) -> None:
    async def story(machine: Machine) -> None:
        assert shorted(machine, "i") == {1}
        machine.boards.relay("w", 8, True)
        await until(lambda: shorted(machine, "i") == set())

    play(tmp_path, story)


def test_pliers_cross_wires_turn_switches_and_are_undone(tmp_path: Path) -> None:
    async def story(machine: Machine) -> None:
        machine.boards.do("a", "cross_locks", channel=1, value=2)
        machine.boards.relay("a", 1, True)
        await until(lambda: machine.steel.doors[2].open)
        machine.boards.do("a", "invert", channel=1)
        assert 1 not in shorted(machine, "a")
        machine.boards.do("a", "mend")
        assert 1 in shorted(machine, "a")
        with pytest.raises(CantBeDone):
            machine.boards.do("a", "cross_switches", channel=1, value=9)
        with pytest.raises(CantBeDone):
            machine.boards.do("w", "order")

    play(tmp_path, story)


def test_a_cut_wire_shorts_nothing_whichever_way_the_switch_works(tmp_path: Path) -> None:
    async def story(machine: Machine) -> None:
        for n in (1, 2):
            machine.cut(n, True)
        assert shorted(machine, "a") == {5}

    play(tmp_path, story)


def test_without_power_nothing_is_plugged_and_every_relay_has_dropped(tmp_path: Path) -> None:
    async def story(machine: Machine) -> None:
        machine.boards.relay("a", 1, True)
        assert machine.steel.doors[1].energised_ms is not None
        machine.power_cut()
        assert machine.steel.doors[1].energised_ms is None
        assert [board["plugged"] for board in machine.boards.picture()] == [False, False, False]

    play(tmp_path, story)
