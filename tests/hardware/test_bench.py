"""The same expectations of every make of board: in software, or with `--hardware bench.toml` on a real bench.

On a bench the doors need hands: run with `-s`, and shut each door when you are asked to.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import pytest

from locker import settings as config
from locker.cabinet.events import DoorClosed, DoorOpened, PulseEnded
from locker.devices.banks import Banks, Switches, open_banks
from locker.devices.ports import DeviceEvent
from locker.settings import Settings
from locker.twin.machine import Machine
from locker.twin.physics import CantBeDone
from tests.hardware import scene, virtual_time
from tests.hardware.scene import Variant

MAKES = {
    "kerong-cu48": Variant("kerong-cu48", 0, 48),
    "kerong-cu16": Variant("kerong-cu16", 0, 16),
    "8a, 8 channels": Variant("8a", 1, 8),
    "8a, 24 channels": Variant("8a", 32, 24),
    "8a, 50 channels": Variant("8a", 1, 50),
    "wkly": Variant("wkly", 31, 12),
    "winnsen": Variant("winnsen", 4, 16),
    "waveshare": Variant("waveshare", 247, 32, inputs=32),
}
OPENS_WITHIN_S, HANDS_WITHIN_S = 3.0, 60.0


class Hands(Protocol):
    """Whoever shuts doors."""

    async def shut(self, n: int) -> None:
        """Push this door until it is shut."""


class Bank:
    """The real drivers, whatever is behind them."""

    def __init__(self, settings: Settings, locks: Banks, switches: Switches, hands: Hands) -> None:
        self.numbers = [box.n for box in settings.compartment]
        self.pulse_ms = settings.locks.pulse_ms
        self.locks, self.switches, self.hands = locks, switches, hands
        self.told: list[DeviceEvent] = []

    async def until_told(self, event: DeviceEvent, within_s: float) -> None:
        deadline = asyncio.get_running_loop().time() + within_s
        while event not in self.told:
            assert asyncio.get_running_loop().time() < deadline, f"{event} was not told; only {self.told}"
            await asyncio.sleep(0.02)


class Person:
    """Somebody at the bench, who reads what they are asked for."""

    async def shut(self, n: int) -> None:
        print(f"\n  Please shut door {n}.", file=sys.__stdout__, flush=True)


class Steel:
    """Hands at doors in software."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    async def shut(self, n: int) -> None:
        while self.machine.steel.doors[n].open:
            try:
                self.machine.act(lambda now_ms: self.machine.steel.close(n, now_ms))
            except CantBeDone:
                # It springs open as long as its lock has current.
                await asyncio.sleep(0.1)


Story = Callable[[Bank], Awaitable[None]]
Play = Callable[[Story], None]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every make in software, or the one bench."""
    bench = metafunc.config.getoption("--hardware")
    metafunc.parametrize("play", [bench] if bench else list(MAKES), indirect=True)


@pytest.fixture
def play(request: pytest.FixtureRequest) -> Play:
    """Plays a story on the make or the bench of this run."""
    if request.param in MAKES:
        return lambda story: virtual_time.run(_in_software(story, MAKES[request.param]))
    return lambda story: asyncio.run(_on_bench(story, Path(request.param)))


async def _in_software(story: Story, variant: Variant) -> None:
    with tempfile.TemporaryDirectory(prefix="b-") as name:
        folder = Path(name)
        settings = scene.settings(folder, variant)
        machine = Machine(settings, True, lambda: None)
        await machine.start(folder / "pins")
        machine.power_on()
        try:
            await _with_drivers(story, settings, folder / "locker.toml", Steel(machine))
        finally:
            await machine.close()


async def _on_bench(story: Story, path: Path) -> None:
    await _with_drivers(story, config.load(path), path, Person())


async def _with_drivers(story: Story, settings: Settings, path: Path, hands: Hands) -> None:
    told: list[DeviceEvent] = []
    locks, switches = await open_banks(settings, path, told.append)
    bank = Bank(settings, locks, switches, hands)
    bank.told = told
    try:
        await story(bank)
    finally:
        await locks.close()
        await switches.close()


def test_every_door_is_seen_shut_at_the_start(play: Play) -> None:
    async def story(bank: Bank) -> None:
        for n, is_open in bank.switches.read().items():
            if is_open:
                await bank.hands.shut(n)
                await bank.until_told(DoorClosed(n=n), HANDS_WITHIN_S)
        assert bank.switches.read() == dict.fromkeys(bank.numbers, False)

    play(story)


def test_each_lock_opens_its_own_door_and_no_other_and_the_door_is_seen_shut_again(play: Play) -> None:
    async def story(bank: Bank) -> None:
        for n in bank.numbers:
            bank.told.clear()
            bank.locks.unlock(n, bank.pulse_ms)
            await bank.until_told(DoorOpened(n=n), OPENS_WITHIN_S)
            await bank.until_told(PulseEnded(n=n, given=True), OPENS_WITHIN_S)
            opened = [event.n for event in bank.told if isinstance(event, DoorOpened)]
            assert opened == [n], f"lock {n} has opened {opened}: crossed wires, or two boards with one address"
            await bank.hands.shut(n)
            await bank.until_told(DoorClosed(n=n), HANDS_WITHIN_S)

    play(story)


def test_a_lock_that_was_just_pulsed_is_not_pulsed_twice_at_once(play: Play) -> None:
    async def story(bank: Bank) -> None:
        n = bank.numbers[0]
        for _ in range(2):
            bank.locks.unlock(n, bank.pulse_ms)
        await bank.until_told(DoorOpened(n=n), OPENS_WITHIN_S)
        await bank.until_told(PulseEnded(n=n, given=True), OPENS_WITHIN_S)
        await asyncio.sleep(OPENS_WITHIN_S)
        ends = [event for event in bank.told if isinstance(event, PulseEnded)]
        assert [event.given for event in ends] == [True, False]
        await bank.hands.shut(n)
        await bank.until_told(DoorClosed(n=n), HANDS_WITHIN_S)

    play(story)
