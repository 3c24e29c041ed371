"""Locks and switches on a GPIO expander: at rest from the first moment, polled, and said to be lost when they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import gpiod
import pytest
from gpiod.line import Bias, Direction, Value

from locker.devices import expander
from locker.devices.expander import ExpanderDoorSensors, ExpanderOutputs
from locker.settings import Compartment, Gpio, Hub, Identity, Settings
from locker.wiring import Expander

LOCK_PIN, DOOR_PIN = 3, 11
DEVICE = Path("/dev/gpiochip2")


class Chip:
    """A gpiochip: which levels its lines have had, and who holds them."""

    def __init__(self) -> None:
        self.held: set[int] = set()
        self.seen: list[tuple[int, str]] = []
        self.levels: dict[int, Value] = {DOOR_PIN: Value.INACTIVE}
        self.broken = False

    def take(self, device: str, lines: Mapping[int, gpiod.LineSettings]) -> Held:
        assert device == str(DEVICE)
        if self.held & lines.keys():
            raise OSError("busy")
        self.held |= lines.keys()
        return Held(self, lines)

    def drives(self, line: int, settings: gpiod.LineSettings, value: Value) -> None:
        high = (value == Value.ACTIVE) != settings.active_low
        self.seen.append((line, "high" if high else "low"))


class Held:
    """Some of its lines, requested in one step."""

    def __init__(self, chip: Chip, lines: Mapping[int, gpiod.LineSettings]) -> None:
        self._chip = chip
        self.lines = dict(lines)
        for line, settings in lines.items():
            if settings.direction == Direction.OUTPUT:
                chip.drives(line, settings, settings.output_value)
            else:
                chip.seen.append((line, "pulled up" if settings.bias == Bias.PULL_UP else "input"))

    def set_value(self, line: int, value: Value) -> None:
        if self._chip.broken:
            raise OSError("the chip doesn't answer")
        self._chip.drives(line, self.lines[line], value)

    def get_values(self, lines: Iterable[int]) -> list[Value]:
        if self._chip.broken:
            raise OSError("the chip doesn't answer")
        return [self._chip.levels[line] for line in lines]

    def release(self) -> None:
        self._chip.held -= self.lines.keys()


def settings(**gpio: Any) -> Settings:
    box = Compartment(
        n=1, lock_pin=LOCK_PIN, lock_chip="x", door_pin=DOOR_PIN, door_chip="x", size_class="M", width_mm=1,
        height_mm=1, depth_mm=1,
    )  # fmt: skip
    key = Path("key")
    return Settings(
        locker=Identity(id="one", number=1, data_dir=key, signing_key_file=key, code_key_file=key),
        hub=Hub(public_key="0" * 64),
        gpio=Gpio(debounce_ms=5, **gpio),
        expander=(Expander(name="x", device=DEVICE),),
        compartment=(box,),
    )


@pytest.mark.parametrize(("active_high", "rest", "on"), [(True, "low", "high"), (False, "high", "low")])
def test_a_relay_rests_from_the_first_moment(active_high: bool, rest: str, on: str) -> None:
    chip = Chip()
    outputs = ExpanderOutputs(settings(relay_active_high=active_high), chip.take)
    # An input first, for a chip that has lost its power; then an output that has its resting level at once.
    assert chip.seen == [(LOCK_PIN, "input"), (LOCK_PIN, rest)]
    outputs.set(1, True)
    outputs.close()
    assert chip.seen[2:] == [(LOCK_PIN, on), (LOCK_PIN, rest)]
    assert chip.held == set()


def test_a_chip_that_does_not_answer_is_let_go_all_the_same() -> None:
    chip = Chip()
    outputs = ExpanderOutputs(settings(), chip.take)
    chip.broken = True
    outputs.close()
    assert chip.held == set()


def play(story: Callable[[Chip, list[Any], ExpanderDoorSensors], Any], **gpio: Any) -> list[str]:
    """What is told while a story goes on in front of the doors."""

    async def go() -> list[Any]:
        chip, said = Chip(), []
        sensors = ExpanderDoorSensors(settings(**gpio), said.append, chip.take)
        try:
            async with asyncio.timeout(10):
                await story(chip, said, sensors)
        finally:
            await sensors.close()
        assert chip.held == set()
        return said

    return [str(event) for event in asyncio.run(go())]


async def until(holds: Callable[[], object]) -> None:
    while not holds():
        await asyncio.sleep(0.002)


def test_a_door_is_told_when_it_has_come_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expander, "LOOK_EVERY_S", 0.01)

    async def story(chip: Chip, said: list[Any], sensors: ExpanderDoorSensors) -> None:
        assert chip.seen == [(DOOR_PIN, "pulled up")]
        assert sensors.read() == {1: False}
        chip.levels[DOOR_PIN] = Value.ACTIVE
        await until(lambda: said)
        assert sensors.read() == {1: True}

    assert play(story) == ["DoorOpened(n=1)"]


def test_switches_may_be_wired_the_other_way_round() -> None:
    async def story(chip: Chip, said: list[Any], sensors: ExpanderDoorSensors) -> None:
        assert sensors.read() == {1: True}

    assert play(story, door_open_is_high=False) == []


def test_a_chip_that_is_lost_and_found_again_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expander, "LOOK_EVERY_S", 0.01)

    async def story(chip: Chip, said: list[Any], sensors: ExpanderDoorSensors) -> None:
        chip.broken = True
        await until(lambda: said)
        assert sensors.read() == {1: None}
        chip.levels[DOOR_PIN] = Value.ACTIVE
        chip.broken = False
        await until(lambda: len(said) == 3)

    assert play(story) == ["SensorFailed(n=1, flickers=False)", "SensorRecovered(n=1)", "DoorOpened(n=1)"]
