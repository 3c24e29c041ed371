"""Inputs, thermometers, beacon and camera: what they say, and what they do when they are broken."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from locker.cabinet.events import CoolingSeen, LoopSeen, MainsSeen
from locker.devices.beacon import GpioBeacon
from locker.devices.camera import StillCamera
from locker.devices.inputs import Settled, open_inputs
from locker.devices.onlookers import Signs
from locker.devices.temperature import Cooling, SysfsThermometer, celsius
from locker.parts import Beacon, Camera, Inputs, Thermometer
from locker.settings import Gpio

MOCK = Gpio(pin_factory="mock")
PATIENCE_S = 10.0


async def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


def test_a_level_is_believed_when_it_has_stayed() -> None:
    settled = Settled(1.0)
    assert settled.read(True, 0.0) is None and settled.unsettled
    assert settled.read(True, 1.0) is True and not settled.unsettled
    assert settled.read(True, 5.0) is None
    assert [settled.read(bool(at % 2), 6.0 + at / 10) for at in range(8)] == [None] * 8
    assert settled.read(False, 7.0) is None
    assert settled.read(False, 8.0) is False


def test_mains_and_loop_are_told_at_the_start_and_when_they_change(pins: Any) -> None:
    told: list[object] = []
    wired = Inputs(mains_pin=17, mains_debounce_ms=100, tamper_pin=18, tamper_debounce_ms=20)

    async def story() -> None:
        inputs = open_inputs(wired, MOCK, told.append)
        # Nothing is connected: both are pulled to the side of trouble.
        await until(lambda: len(told) == 2)
        assert set(told) == {MainsSeen(there=False), LoopSeen(closed=False)}
        pins.pin(17).drive_high()
        pins.pin(18).drive_low()
        await until(lambda: len(told) == 4)
        assert set(told[2:]) == {MainsSeen(there=True), LoopSeen(closed=True)}
        for one in inputs:
            one.close()

    asyncio.run(story())


def test_a_mains_contact_that_opens_when_power_comes_is_read_the_other_way_round(pins: Any) -> None:
    told: list[object] = []

    async def story() -> None:
        (mains,) = open_inputs(
            Inputs(mains_pin=17, mains_there_is_high=False, mains_debounce_ms=100), MOCK, told.append
        )
        await until(lambda: told)
        pins.pin(17).drive_low()
        await until(lambda: len(told) == 2)
        assert told == [MainsSeen(there=False), MainsSeen(there=True)]
        mains.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("4125\n", 4.125), ("-18500\n", -18.5), ("0\n", 0.0), ("85000\n", None), ("-127000\n", None), ("", None),
        ("YES", None), ("200000", None),
    ],
)  # fmt: skip
def test_what_a_probe_says_is_a_temperature_or_a_fault(text: str, degrees: float | None) -> None:
    assert celsius(text) == degrees


def test_a_door_that_stands_open_is_no_broken_cooling() -> None:
    cooling = Cooling(warm_c=8.0, warm_after_s=600)
    assert cooling.reading(4.0, 0) == "fine"
    assert [cooling.reading(12.0, at) for at in (60, 300, 600)] == [None, None, None]
    assert cooling.reading(7.0, 630) is None
    assert cooling.reading(12.0, 700) is None
    assert cooling.reading(12.0, 1_300) == "warm"
    assert cooling.reading(7.8, 1_400) is None, "just below is not cold yet"
    assert cooling.reading(7.4, 1_500) == "fine"


def test_three_readings_without_sense_are_a_dead_probe_and_one_is_not() -> None:
    cooling = Cooling(warm_c=8.0, warm_after_s=600)
    assert cooling.reading(4.0, 0) == "fine"
    assert [cooling.reading(degrees, 1) for degrees in (None, None, 4.0, None, None)] == [None] * 5
    assert cooling.reading(None, 2) == "dead"
    assert cooling.reading(4.0, 3) == "fine"


def test_a_probe_speaks_for_its_compartments(tmp_path: Path) -> None:
    told: list[CoolingSeen] = []
    probe = Thermometer(path=tmp_path / "temperature", compartments=(2, 3), poll_s=0.05, warm_after_min=0)
    (tmp_path / "temperature").write_text("20000\n")

    async def story() -> None:
        running = asyncio.get_running_loop().create_task(SysfsThermometer(probe, told.append).run())
        await until(lambda: [(one.n, one.verdict) for one in told] == [(2, "warm"), (3, "warm")])
        (tmp_path / "temperature").unlink()
        await until(lambda: [(one.n, one.verdict) for one in told[2:]] == [(2, "dead"), (3, "dead")])
        running.cancel()

    asyncio.run(story())
    assert told[0].spoils_after_ms == 120 * 60_000


def test_the_beacon_leads_to_the_open_door_and_falls_silent_when_nobody_is_there(pins: Any) -> None:
    lamp, ticker = pins.pin(20), pins.pin(21)

    async def story() -> None:
        beacon = GpioBeacon(Beacon(lamp_pin=20, tick_pin=21), MOCK)
        beacon.sees(Signs(attended=True, open_doors=frozenset({3})))
        assert (lamp.state, ticker.state) == (1, 1)
        await until(lambda: not ticker.state)
        await until(lambda: ticker.state)
        beacon.sees(Signs(attended=False, open_doors=frozenset({3})))
        assert (lamp.state, ticker.state) == (1, 0)
        beacon.sees(Signs(attended=False, open_doors=frozenset()))
        assert (lamp.state, ticker.state) == (0, 0)
        beacon.close()

    asyncio.run(story())


DEPOSITED = Signs(attended=True, open_doors=frozenset(), deposits=(4,))


def still(code: str) -> tuple[str, ...]:
    """A still program: Python, with the path as its last word."""
    return (sys.executable, "-c", f"import sys, time, pathlib; path = pathlib.Path(sys.argv[1]); {code}")


def photographed(folder: Path, camera: Camera) -> list[Path]:
    """What lies there after a deposit."""

    async def story() -> None:
        still_camera = StillCamera(camera, folder)
        began = time.monotonic()
        still_camera.sees(DEPOSITED)
        still_camera.sees(DEPOSITED)
        assert time.monotonic() - began < 0.1, "a deposit waits for no picture"
        await until(lambda: still_camera._taking is None)

    asyncio.run(story())
    return sorted((folder / "pictures").iterdir())


def test_a_deposit_is_photographed_for_the_operators_eyes_only(tmp_path: Path) -> None:
    (picture,) = photographed(tmp_path, Camera(command=still("path.write_bytes(b'jpeg')")))
    assert picture.name.endswith("-004.jpg")
    assert (picture.stat().st_mode & 0o777, picture.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("code", ["path.touch(); time.sleep(60)", "path.touch(); sys.exit(3)"], ids=["hangs", "fails"])
def test_a_program_that_hangs_or_fails_leaves_nothing(tmp_path: Path, code: str) -> None:
    assert photographed(tmp_path, Camera(command=still(code), timeout_s=0.5)) == []


def test_a_program_that_is_not_there_disturbs_nobody(tmp_path: Path) -> None:
    assert photographed(tmp_path, Camera(command=("/nowhere/still",))) == []


def test_old_pictures_and_those_beyond_the_quota_are_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    now = time.time()
    for name, age_s, size in (("old", 15 * 86_400, 1), ("new", 60, 400_000), ("full", 120, 700_000), ("kept", 30, 100)):
        (folder / name).write_bytes(bytes(size))
        os.utime(folder / name, (now - age_s, now - age_s))
    camera = Camera(command=still("path.touch()"), quota_mb=1)
    assert [path.name for path in photographed(tmp_path, camera) if len(path.name) < 5] == ["kept", "new"]


def test_a_card_that_takes_no_pictures_any_more_ends_no_daemon(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("a file where the folder should be")

    async def story() -> None:
        tidying = asyncio.create_task(StillCamera(Camera(command=still("path.touch()")), tmp_path).tidy_for_ever())
        done, _ = await asyncio.wait([tidying], timeout=0.3)
        assert not done, "what runs beside the daemon takes it along when it ends"
        tidying.cancel()

    asyncio.run(story())
