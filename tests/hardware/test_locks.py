"""Real drivers and a real guardian, each a process, on the twin's pins: no lock stays energised, whoever dies."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

DOOR_PIN_OF_2 = 7


def shut(bench: Any, n: int) -> None:
    bench.machine.act(lambda now_ms: bench.machine.steel.close(n, now_ms))


async def energise(bench: Any, n: int = 1) -> None:
    bench.tell("unlock", n, 1000)
    await bench.until(f"lock {n} to be energised", lambda: bench.energised() == [n])


async def released(bench: Any) -> None:
    await bench.until("every lock to be released", lambda: bench.energised() == [])


@pytest.mark.parametrize("active_high", [True, False])
def test_a_pulse_opens_a_door_and_hands_shut_it_again(play: Any, active_high: bool) -> None:
    async def story(bench: Any) -> None:
        assert bench.seen_energised == set(), "a relay clicked at the start"
        bench.tell("unlock", 2, 300)
        await bench.until("the door to be told open", lambda: bench.last("DoorOpened(n=2)"))
        await bench.until("the pulse to be told ended", lambda: bench.last("PulseEnded(n=2, given=True"))
        assert bench.energised() == []
        shut(bench, 2)
        await bench.until("the door to be told shut", lambda: bench.last("DoorClosed(n=2)"))
        assert (bench.count("DoorOpened"), bench.count("DoorClosed")) == (1, 1)
        assert bench.seen_energised == {2}

    play(story, active_high=active_high)


@pytest.mark.parametrize("active_high", [True, False])
def test_the_death_of_the_daemon_ends_its_pulse(play: Any, active_high: bool) -> None:
    async def story(bench: Any) -> None:
        await energise(bench)
        os.kill(bench.drivers.pid, signal.SIGKILL)
        await released(bench)
        await bench.until("the guardian to follow its daemon", lambda: not alive(bench.guardian))

    play(story, pulse_ms=1000, active_high=active_high)


def test_a_daemon_that_hangs_keeps_no_lock_energised(play: Any) -> None:
    async def story(bench: Any) -> None:
        os.kill(bench.drivers.pid, signal.SIGSTOP)
        bench.tell("unlock", 1, 300)
        os.kill(bench.drivers.pid, signal.SIGCONT)
        await bench.until("lock 1 to be energised", lambda: bench.energised() == [1])
        os.kill(bench.drivers.pid, signal.SIGSTOP)
        try:
            await released(bench)
        finally:
            os.kill(bench.drivers.pid, signal.SIGCONT)

    play(story)


def test_a_killed_guardian_is_replaced(play: Any) -> None:
    async def story(bench: Any) -> None:
        await energise(bench)
        os.kill(bench.guardian, signal.SIGKILL)
        await bench.until("the death to be told", lambda: bench.last("DeviceFailed(device='locks'"))
        assert bench.last("PulseEnded(n=1, given=False")
        await bench.until("a new guardian", lambda: bench.last("DeviceRecovered(device='locks'"))
        assert bench.energised() == []
        bench.tell("unlock", 2, 300)
        await bench.until("the new one to open doors", lambda: bench.last("DoorOpened(n=2)"))

    play(story, pulse_ms=1000, keep=True)


@pytest.mark.parametrize("keep", [True, False], ids=["kernel keeps", "kernel releases"])
def test_the_pulse_of_a_killed_guardian_ends_without_a_new_one(play: Any, keep: bool) -> None:
    async def story(bench: Any) -> None:
        await energise(bench)
        bench.config.unlink()  # no new guardian can start
        os.kill(bench.guardian, signal.SIGKILL)
        await released(bench)

    play(story, pulse_ms=1000, keep=keep)


def test_a_guardian_that_hangs_in_a_pulse_is_killed_and_replaced(play: Any) -> None:
    async def story(bench: Any) -> None:
        await energise(bench)
        os.kill(bench.guardian, signal.SIGSTOP)
        await released(bench)
        await bench.until("a new guardian", lambda: bench.last("DeviceRecovered"))

    play(story, pulse_ms=1000)


def test_a_guardian_that_is_told_to_stop_releases_everything_first(play: Any) -> None:
    async def story(bench: Any) -> None:
        await energise(bench)
        os.kill(bench.guardian, signal.SIGTERM)
        await bench.until("its end to be told", lambda: bench.last("DeviceFailed"))
        assert bench.energised() == []

    play(story, pulse_ms=1000)


def test_a_second_lock_waits_for_the_first(play: Any) -> None:
    async def story(bench: Any) -> None:
        bench.tell("unlock", 1, 300)
        bench.tell("unlock", 2, 300)
        await bench.until("the second to be refused", lambda: bench.last("PulseEnded(n=2, given=False"))
        await bench.until("the first to be given", lambda: bench.last("PulseEnded(n=1, given=True"))
        assert bench.seen_energised == {1}

    play(story)


def test_a_jammed_door_is_told_by_silence(play: Any) -> None:
    async def story(bench: Any) -> None:
        bench.machine.steel.jam(1)
        bench.tell("unlock", 1, 300)
        await bench.until("the pulse to end", lambda: bench.last("PulseEnded(n=1, given=True"))
        bench.tell("read")
        await bench.until("the doors to be read", lambda: bench.last("doors"))
        assert bench.last("doors") == "doors {1: False, 2: False, 3: False}"
        assert not bench.last("DoorOpened")

    play(story)


def test_a_cut_contact_reads_as_an_open_door(play: Any) -> None:
    async def story(bench: Any) -> None:
        bench.machine.cut(3, True)
        await bench.until("the pull-up to be noticed", lambda: bench.last("DoorOpened(n=3)"))
        bench.machine.cut(3, False)
        await bench.until("the mended wire to be noticed", lambda: bench.last("DoorClosed(n=3)"))

    play(story)


def test_a_loose_contact_is_not_believed(play: Any) -> None:
    async def story(bench: Any) -> None:
        level = True
        deadline = time.monotonic() + 15
        while not bench.last("SensorFailed(n=2, flickers=True)"):
            assert time.monotonic() < deadline
            level = not level
            bench.machine.lines.drive(DOOR_PIN_OF_2, level)
            await asyncio.sleep(0.01)
        bench.tell("read")
        await bench.until("the doors to be read", lambda: bench.last("doors"))
        assert bench.last("doors") == "doors {1: False, 2: None, 3: False}"
        assert bench.count("SensorFailed") == 1

    play(story)


def test_lamp_and_buzzer_work(play: Any) -> None:
    async def story(bench: Any) -> None:
        bench.tell("light", 1)
        await bench.until("the lamp to light", lambda: bench.machine.lamp)
        bench.tell("beep", 50)
        await bench.until("the buzzer to sound", lambda: bench.machine.buzzer)
        await bench.until("the buzzer to be silent", lambda: not bench.machine.buzzer)

    play(story)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] not in "ZX"
    except OSError:
        return False
