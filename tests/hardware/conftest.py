"""A bench for hardware-in-the-loop tests: the twin's steel, pins and serial port, the real drivers in processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from locker import settings as config
from locker.twin.machine import Machine
from locker.twin.physics import Door
from locker.twin.serial_port import SerialPort

PATIENCE_S = 15.0
LOOK_S = 0.05
RIG = Path(__file__).with_name("rig.py")

CONFIG = """
[locker]
id = "bench"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"
[hub]
public_key = "{key}"
[gpio]
pin_factory = "twin"
relay_active_high = {active_high}
poll_s = 0.2
led_pin = 26
buzzer_pin = 27
[scanner]
port = "{scanner}"
same_code_s = 0.3
[locks]
pulse_ms = {pulse_ms}
"""
BOX = """
[[compartment]]
n = {n}
lock_pin = {lock_pin}
door_pin = {door_pin}
size_class = "M"
width_mm = 380
height_mm = 200
depth_mm = 600
"""


class Bench:
    """The twin's parts, and one process with the drivers that are tested on them."""

    def __init__(self, folder: Path, *, active_high: bool = True, keep: bool = True, pulse_ms: int = 300) -> None:
        self.config = folder / "locker.toml"
        scanner = folder / "scanner"
        text = CONFIG.format(
            key="0" * 64, active_high=str(active_high).lower(), scanner=scanner, pulse_ms=pulse_ms
        ) + "".join(BOX.format(n=n, lock_pin=2 * n + 2, door_pin=2 * n + 3) for n in (1, 2, 3))
        self.config.write_text(text)
        self._changed = asyncio.Event()
        self.seen_energised: set[int] = set()
        self.machine = Machine(config.load(self.config), keep, self._note)
        self.scanner = SerialPort(scanner)
        self.said: list[str] = []
        self.drivers: asyncio.subprocess.Process | None = None
        self._hearing: asyncio.Task[None] | None = None

    def door(self, n: int) -> Door:
        return self.machine.steel.doors[n]

    def energised(self) -> list[int]:
        return [n for n, door in self.machine.steel.doors.items() if door.energised_ms is not None]

    async def power_on(self) -> None:
        """Starts the drivers, and waits until they hold their lines."""
        self.drivers = await asyncio.create_subprocess_exec(
            sys.executable, str(RIG), str(self.config), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        self._hearing = asyncio.create_task(self._hear(self.drivers))
        await self.until("the drivers to be up", lambda: self.last("up"))

    def tell(self, *words: object) -> None:
        assert self.drivers and self.drivers.stdin
        self.drivers.stdin.write((" ".join(map(str, words)) + "\n").encode())

    def last(self, word: str) -> str:
        return next((line for line in reversed(self.said) if line.startswith(word)), "")

    def count(self, word: str) -> int:
        return sum(line.startswith(word) for line in self.said)

    @property
    def guardian(self) -> int:
        return int(self.last("up").split()[1])

    async def until(self, what: str, holds: Callable[[], object]) -> None:
        """Waits until `holds`, looking at every change of the steel, every line of the drivers, and now and then."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, f"waited {PATIENCE_S} s for {what}; the drivers said {self.said}"
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_S)

    async def end(self) -> None:
        if self.drivers and self.drivers.returncode is None:
            assert self.drivers.stdin
            self.drivers.stdin.close()
            await self.drivers.wait()
        if self._hearing:
            await self._hearing
        self.scanner.unplug()
        await self.machine.close()

    async def _hear(self, drivers: asyncio.subprocess.Process) -> None:
        assert drivers.stdout
        while line := await drivers.stdout.readline():
            self.said.append(line.decode().rstrip("\n"))
            self._changed.set()

    def _note(self) -> None:
        self.seen_energised.update(self.energised())
        self._changed.set()


Play = Callable[..., None]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Runs one story on a bench: `play(story, active_high=False)`."""

    async def go(story: Callable[[Bench], Awaitable[None]], **options: bool) -> None:
        # Paths of Unix sockets are short, and temporary folders of tests are not.
        with tempfile.TemporaryDirectory(prefix="twin-") as short:
            monkeypatch.setenv("LOCKER_TWIN_SOCKET", str(Path(short) / "pins"))
            bench = Bench(tmp_path, **options)
            await bench.machine.start(Path(os.environ["LOCKER_TWIN_SOCKET"]))
            bench.scanner.plug_in()
            try:
                await bench.power_on()
                await story(bench)
            finally:
                await bench.end()

    return lambda story, **options: asyncio.run(go(story, **options))
