"""Real drivers and a real guardian, each a process, on the twin's pins: no lock stays energised, whoever dies."""

from __future__ import annotations

import os
import signal

import pytest


@pytest.mark.parametrize("active_high", [True, False])
def test_a_pulse_opens_a_door_and_hands_shut_it_again(play, active_high: bool) -> None:
    async def story(bench) -> None:
        assert bench.seen_energised == set(), "a relay clicked at the start"
        bench.tell("unlock", 2, 300)
        await bench.until("the door to be told open", lambda: bench.last("DoorOpened"))
        assert bench.door(2).open
        await bench.until("the pulse to be told ended", lambda: bench.last("PulseEnded"))
        assert bench.last("PulseEnded") == "PulseEnded(n=2, given=True, why='')"
        assert bench.energised() == []
        bench.machine.act(lambda now: bench.machine.steel.close(2, now))
        await bench.until("the door to be told shut", lambda: bench.last("DoorClosed"))
        assert (bench.count("DoorOpened"), bench.count("DoorClosed")) == (1, 1)
        assert bench.seen_energised == {2}

    play(story, active_high=active_high)


def test_the_death_of_the_daemon_ends_its_pulse(play) -> None:
    async def story(bench) -> None:
        bench.tell("unlock", 1, 1000)
        await bench.until("lock 1 to be energised", lambda: bench.energised() == [1])
        os.kill(bench.drivers.pid, signal.SIGKILL)
        await bench.until("lock 1 to be released", lambda: bench.energised() == [])

    play(story, pulse_ms=1000)


def test_a_daemon_that_hangs_does_not_keep_a_lock_energised(play) -> None:
    async def story(bench) -> None:
        bench.tell("unlock", 1, 300)
        await bench.until("lock 1 to be energised", lambda: bench.energised() == [1])
        os.kill(bench.drivers.pid, signal.SIGSTOP)
        try:
            await bench.until("lock 1 to be released", lambda: bench.energised() == [])
        finally:
            os.kill(bench.drivers.pid, signal.SIGCONT)

    play(story)
