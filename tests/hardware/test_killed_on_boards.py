"""A daemon that dies or hangs in the middle of a lock board's pulse: the board ends it, and nobody gives it again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from locker.settings import load
from locker.twin.boards.bus import Pace
from locker.twin.machine import Machine

RIG = Path(__file__).with_name("rig_boards.py")
PATIENCE_S = 15.0
PULSE_MS = 500
LONGEST_S = 0.8
"""No board's own pulse is longer, with the time that this process needs to see its end."""

CONFIG = """
[locker]
id = "bench"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"
[hub]
public_key = "{key}"
[[bus]]
name = "left"
port = "{port}"
[[board]]
name = "one"
protocol = "{protocol}"
bus = "left"
address = 1
{inputs}
[[compartment]]
n = 1
board = "one"
lock = 1
size_class = "M"
width_mm = 380
height_mm = 200
depth_mm = 600
"""


class Wall:
    """The boards in software, and how long lock 1 has had current."""

    def __init__(self, folder: Path, protocol: str) -> None:
        self.config = folder / "locker.toml"
        inputs = "inputs = 8" if protocol == "waveshare" else ""
        text = CONFIG.format(key="0" * 64, port=folder / "bus", protocol=protocol, inputs=inputs)
        self.config.write_text(text)
        self.machine = Machine(load(self.config), True, lambda: None)
        for bus in self.machine.boards.buses.values():
            bus.pace = Pace()
        self.machine.power_on()

    @property
    def energised(self) -> bool:
        return self.machine.steel.doors[1].energised_ms is not None

    @property
    def pulses(self) -> int:
        return self.machine.steel.doors[1].pulses

    async def until(self, what: str, holds: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < deadline, f"waited {within_s} s for {what}"
            await asyncio.sleep(0.005)

    @contextlib.asynccontextmanager
    async def drivers(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """A process with the drivers, which has asked every board once; killed at the end."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(RIG), str(self.config), stdin=pipe, stdout=pipe
        )
        try:
            assert process.stdout
            async with asyncio.timeout(PATIENCE_S):
                while await process.stdout.readline() != b"up\n":
                    pass
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def energise(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        process.stdin.write(b"unlock 1 %d\n" % PULSE_MS)
        await self.until("lock 1 to be energised", lambda: self.energised)


BLOWS = [(protocol, signal.SIGKILL) for protocol in ("kerong-cu48", "8a", "winnsen", "waveshare")]


@pytest.mark.parametrize(("protocol", "blow"), [*BLOWS, ("8a", signal.SIGSTOP)])
def test_the_board_ends_the_pulse_of_a_daemon_that_is_gone(tmp_path: Path, protocol: str, blow: signal.Signals) -> None:
    async def story() -> None:
        wall = Wall(tmp_path, protocol)
        try:
            async with wall.drivers() as process:
                await wall.energise(process)
                os.kill(process.pid, blow)
                await wall.until("the board to end it", lambda: not wall.energised, LONGEST_S)
            async with wall.drivers():
                assert not wall.energised
                assert wall.pulses == 1, "a new start gives no pulse"
        finally:
            await wall.machine.close()

    asyncio.run(story())
