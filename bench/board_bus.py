"""From the last byte of a scan to a lock on a serial bus: what the program adds to the time that the wire needs.

The shipping daemon on a bus with 48 locks in software, which answers at once and at the speed of real wires: directly,
and behind a USB adapter that hands over every 20 ms.
"""

from __future__ import annotations

import asyncio
import os
import pty
import random
import subprocess
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Spread
from bench.scan_to_lock import STEP_TIMEOUT_S, Codes, issued, prefill, start
from locker.settings import Settings, load
from locker.twin.boards.board import Board
from locker.twin.boards.bus import BITS_A_BYTE, Bus, Pace
from locker.twin.boards.kerong import Cu48

LOCKS, BAUD, PULSE_MS = 48, 19_200, 100
REQUEST_BYTES, REPLY_BYTES = 6, 12
COMMAND, ASK_STATUS = 3, 0x50
BURST_MS = 20
CONFIG = """
[locker]
id = "bench"
number = 3
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"
[hub]
public_key = "{key}"
[broker]
port = 9
[kiosk]
port = 0
[gpio]
debounce_ms = 20
[scanner]
port = "{scanner}"
same_code_s = 0.2
[locks]
pulse_ms = {pulse_ms}
[[bus]]
name = "left"
port = "bus.tty"
quiet_ms = {quiet_ms}
[[board]]
name = "cu"
protocol = "kerong-cu48"
bus = "left"
address = 0
pulse_ms = {pulse_ms}
"""
BOX = """
[[compartment]]
n = {n}
board = "cu"
lock = {n}
size_class = "S"
width_mm = 380
height_mm = 90
depth_mm = 640
"""


def measure(folder: Path, unlocks: int) -> dict[str, object]:
    """Opens so many doors; times in milliseconds beyond those of the frames on the wire.

    These are the unlock's own six bytes, and what was left of a poll that was on the wire when the code was read.
    """
    direct = _measured(folder / "direct", unlocks, Pace(baud=BAUD, think_ms=0), quiet_ms=5)
    usb = _measured(folder / "usb", max(2, unlocks // 2), Pace(baud=BAUD, burst_ms=BURST_MS, think_ms=0), quiet_ms=30)
    figures = {name: round(us / 1000, 2) for name, us in direct.figures().items()}
    return {
        "board_unlock_over_wire_ms_p99": figures["p99"],
        "board_unlock_over_wire_ms": figures,
        "board_unlock_over_wire_usb_ms": {name: round(us / 1000, 2) for name, us in usb.figures().items()},
        "board_unlocks": unlocks,
    }


def _measured(folder: Path, unlocks: int, pace: Pace, quiet_ms: int) -> Spread:
    hub_key, pairs = issued(-(-unlocks // 2))
    with _scanner() as (line, name):
        prefill(_set_up(folder, name, quiet_ms), pairs, hub_key)
        return Spread.of_ns(asyncio.run(_play(folder, line, pairs, pace)))


@dataclass(slots=True)
class _Doors:
    """What the board is wired to: a door springs open with its relay, and is shut by hand."""

    energised: asyncio.Queue[tuple[int, int]]
    open: set[int]
    released: asyncio.Event
    board: Board
    polled_ns: int = 0

    def relay(self, board: str, channel: int, on: bool) -> None:
        if on:
            self.energised.put_nowait((channel, time.perf_counter_ns()))
            self.open.add(channel)
        else:
            self.released.set()

    def readings(self, board: str) -> list[bool]:
        # The reply begins now: the poll's bytes were on the wire before, the reply's will be.
        if self.board.heard and self.board.heard[-1][COMMAND] == ASK_STATUS:
            self.polled_ns = time.perf_counter_ns()
        return [n not in self.open for n in range(1, LOCKS + 1)]

    def on_the_wire_ns(self, begun_ns: int, on_ns: int) -> int:
        """How much of the time between a scan and its lock the wire was busy with a poll."""
        poll_from, poll_until = self.polled_ns - _wire_ns(REQUEST_BYTES), self.polled_ns + _wire_ns(REPLY_BYTES)
        return max(0, min(on_ns, poll_until) - max(begun_ns, poll_from))


async def _play(folder: Path, scanner: int, pairs: Codes, pace: Pace) -> list[int]:
    board = Board("cu", Cu48(0, PULSE_MS))
    doors = _Doors(asyncio.Queue(), set(), asyncio.Event(), board)
    bus = Bus(folder / "bus.tty", [board], doors, pace)
    bus.port.plug_in()
    bus.power(True)
    child = start("daemon", folder, stdin=subprocess.DEVNULL)
    chance = random.Random(48)
    try:
        async with asyncio.timeout(STEP_TIMEOUT_S * 3):
            # It has booted once it polls without a pause.
            while len(board.heard) < 8:
                await asyncio.sleep(0.1)
        return [await _open(scanner, code, doors, board, chance) for pair in pairs.pairs for code in pair]
    finally:
        child.terminate()
        await asyncio.to_thread(child.wait, STEP_TIMEOUT_S)
        bus.power(False)
        bus.port.unplug()


async def _open(scanner: int, code: str, doors: _Doors, board: Board, chance: random.Random) -> int:
    """One scan: how long until the lock has its whole command, without the wire (ns).

    The door is then seen open, shut, and seen shut.
    """
    # At any moment of a poll, not always at the same one.
    await asyncio.sleep(0.1 + chance.random() / 4)
    doors.released.clear()
    # Before the write, not behind it: the daemon may be at work before this call has returned.
    begun_ns = time.perf_counter_ns()
    os.write(scanner, code.encode() + b"\r")
    async with asyncio.timeout(STEP_TIMEOUT_S):
        n, on_ns = await doors.energised.get()
        wire_ns = _wire_ns(REQUEST_BYTES) + doors.on_the_wire_ns(begun_ns, on_ns)
        await doors.released.wait()
        await _polls(board, 3)
        doors.open.discard(n)
        await _polls(board, 3)
    return on_ns - begun_ns - wire_ns


def _wire_ns(count: int) -> int:
    return count * BITS_A_BYTE * 10**9 // BAUD


async def _polls(board: Board, count: int) -> None:
    board.heard.clear()
    while len(board.heard) < count:
        await asyncio.sleep(0.005)


def _set_up(folder: Path, scanner: str, quiet_ms: int) -> Settings:
    folder.mkdir(parents=True)
    for name in ("signing.key", "code.key"):
        (folder / name).write_text("11" * 32)
    head = CONFIG.format(key="22" * 32, scanner=scanner, quiet_ms=quiet_ms, pulse_ms=PULSE_MS)
    file = folder / "locker.toml"
    file.write_text(head + "".join(BOX.format(n=n) for n in range(1, LOCKS + 1)))
    return load(file)


@contextmanager
def _scanner() -> Iterator[tuple[int, str]]:
    """The device's end of a scanner's line, and the name of the other."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    try:
        yield master, os.ttyname(slave)
    finally:
        os.close(master)
        os.close(slave)
