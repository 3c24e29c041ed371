"""Boards on a pseudo-terminal: pulses end by the board's clock, wires take their time, two at once are not heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import serial

from locker.twin.boards.board import Board
from locker.twin.boards.bus import Bus, Pace
from locker.twin.boards.eight_a import EightA
from locker.twin.boards.kerong import Cu48

UNLOCK_1 = bytes.fromhex("8A 01 01 11 9B")
STATUS_1 = bytes.fromhex("80 01 01 33 B3")
PATIENCE_S = 5.0


class Bench:
    """What the boards are wired to, and a program's end of the cable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen: list[tuple[str, int, bool, float]] = []
        self.shorted: dict[str, set[int]] = {}

    def relay(self, board: str, channel: int, on: bool) -> None:
        self.seen.append((board, channel, on, time.monotonic()))

    def readings(self, board: str) -> list[bool]:
        return [n in self.shorted.get(board, ()) for n in range(1, 49)]

    async def ask(self, port: serial.Serial, request: bytes, count: int) -> bytes:
        """What has come once there are so many bytes; raises TimeoutError when they don't."""
        port.write(request)
        return await self.hear(port, count)

    async def hear(self, port: serial.Serial, count: int, within_s: float = PATIENCE_S) -> bytes:
        heard = b""
        async with asyncio.timeout(within_s):
            while len(heard) < count:
                heard += port.read(64)
                await asyncio.sleep(0.001)
        return heard


Play = Callable[[Callable[[Bench, Bus, serial.Serial], Awaitable[None]]], None]


def play(
    folder: Path,
    boards: list[Board],
    story: Callable[[Bench, Bus, serial.Serial], Awaitable[None]],
    pace: Pace = Pace(),  # noqa: B008 - frozen
) -> None:
    async def go() -> None:
        bench = Bench(folder / "bus")
        bus = Bus(bench.path, boards, bench, pace)
        bus.port.plug_in()
        bus.power(True)
        with serial.Serial(str(bench.path), 9600, timeout=0) as port:
            await story(bench, bus, port)
        bus.power(False)
        bus.port.unplug()

    asyncio.run(go())


def test_the_board_ends_the_pulse_and_then_tells_what_the_switch_reads(tmp_path: Path) -> None:
    async def story(bench: Bench, bus: Bus, port: serial.Serial) -> None:
        bench.shorted["a"] = {1}
        assert await bench.ask(port, UNLOCK_1, 5) == bytes.fromhex("8A 01 01 11 9B")
        (_, n, on, begun), (_, _, off, ended) = bench.seen
        assert (n, on, off) == (1, True, False)
        assert ended - begun == pytest.approx(0.3, abs=0.05)

    play(tmp_path, [Board("a", EightA(1))], story)


def test_a_wire_takes_its_time_and_an_adapter_some_more(tmp_path: Path) -> None:
    async def timed(bench: Bench, bus: Bus, port: serial.Serial) -> None:
        begun = time.monotonic()
        await bench.ask(port, STATUS_1, 5)
        took.append(time.monotonic() - begun)

    took: list[float] = []
    play(tmp_path, [Board("a", EightA(1))], timed, Pace(baud=9600, think_ms=0))
    # Ten bytes there and back at 9 600 baud.
    assert took[0] >= 10 * 10 / 9600
    play(tmp_path, [Board("a", EightA(1))], timed, Pace(baud=1200, think_ms=0))
    assert took[1] >= 10 * 10 / 1200
    play(tmp_path, [Board("a", EightA(1))], timed, Pace(baud=9600, burst_ms=200, think_ms=0))
    assert took[2] >= 10 * 10 / 9600


def test_two_boards_of_one_address_open_two_doors_and_spoil_each_others_replies(tmp_path: Path) -> None:
    async def story(bench: Bench, bus: Bus, port: serial.Serial) -> None:
        told = await bench.ask(port, UNLOCK_1, 5)
        assert {(board, n) for board, n, on, _ in bench.seen if on} == {("a", 1), ("b", 1)}
        assert told not in (bytes.fromhex("8A 01 01 11 9B"), bytes.fromhex("8A 01 01 00 8A"))

    play(tmp_path, [Board("a", EightA(1)), Board("b", EightA(1))], story, Pace(baud=9600))


def test_boards_of_two_addresses_and_makes_share_a_cable(tmp_path: Path) -> None:
    async def story(bench: Bench, bus: Bus, port: serial.Serial) -> None:
        bench.shorted["k"] = {1}
        assert (await bench.ask(port, bytes.fromhex("02 00 00 50 03 55"), 12))[4] == 1
        assert await bench.ask(port, STATUS_1, 5) == bytes.fromhex("80 01 01 00 80")

    play(tmp_path, [Board("a", EightA(1)), Board("k", Cu48(0))], story)


def test_a_late_reply_comes_all_the_same(tmp_path: Path) -> None:
    async def story(bench: Bench, bus: Bus, port: serial.Serial) -> None:
        bus.boards["a"].faults.late_ms = 100
        bus.boards["a"].faults.begin("late", 1)
        begun = time.monotonic()
        await bench.ask(port, STATUS_1, 5)
        assert time.monotonic() - begun >= 0.1

    play(tmp_path, [Board("a", EightA(1))], story)


def test_an_adapter_may_echo_and_a_board_babble_and_speak_unasked(tmp_path: Path) -> None:
    async def story(bench: Bench, bus: Bus, port: serial.Serial) -> None:
        bus.echo = True
        assert await bench.ask(port, STATUS_1, 10) == STATUS_1 + bytes.fromhex("80 01 01 00 80")
        bus.say_unasked("a", 3)
        assert await bench.hear(port, 5) == bytes.fromhex("82 01 03 00 80")
        bus.babble("a", True)
        await bench.hear(port, 40)
        bus.babble("a", False)

    play(tmp_path, [Board("a", EightA(1))], story)


def test_without_power_relays_drop_and_nobody_answers(tmp_path: Path) -> None:
    async def story(bench: Bench, bus: Bus, port: serial.Serial) -> None:
        port.write(UNLOCK_1)
        async with asyncio.timeout(PATIENCE_S):
            while not bench.seen:
                await asyncio.sleep(0.001)
        bus.power(False)
        port.write(STATUS_1)
        with pytest.raises(TimeoutError):
            await bench.hear(port, 1, within_s=0.5)
        assert len(bench.seen) == 1, "whoever cuts the power lets go of the coils"

    play(tmp_path, [Board("a", EightA(1))], story)


def test_an_adapter_that_is_replugged_has_another_node_behind_the_same_name(tmp_path: Path) -> None:
    async def story(bench: Bench, bus: Bus, port: serial.Serial) -> None:
        old = bench.path.readlink()
        bus.port.replug()
        assert bench.path.readlink() != old
        with pytest.raises(serial.SerialException):
            await bench.ask(port, STATUS_1, 5)
        with serial.Serial(str(bench.path), 9600, timeout=0) as new:
            assert await bench.ask(new, STATUS_1, 5) == bytes.fromhex("80 01 01 00 80")

    play(tmp_path, [Board("a", EightA(1))], story)
