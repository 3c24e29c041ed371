"""Pins over a Unix socket: what a dying process leaves behind, and what is at a pin's end in the twin."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from locker.twin.lines import Lines

Outputs = dict[int, bool | None]


class Process:
    """Somebody who has the GPIO chip open, as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def says(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\n" for line in lines).encode())
        await self._writer.drain()

    async def hears(self) -> str:
        return (await asyncio.wait_for(self._reader.readline(), 5)).decode().rstrip("\n")

    def dies(self) -> None:
        self._writer.transport.abort()

    async def gone(self) -> None:
        self.dies()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


class Chip:
    """The twin's end, with its outputs written down."""

    def __init__(self, keep: bool, path: Path) -> None:
        self.outputs: Outputs = {}
        self._changed = asyncio.Event()
        self._path = path
        self._processes: list[Process] = []
        self.lines = Lines(keep, self._note)

    async def opened(self) -> Process:
        self._processes.append(Process(*await asyncio.open_unix_connection(self._path)))
        return self._processes[-1]

    async def close(self) -> None:
        for process in self._processes:
            await process.gone()
        await self.lines.close()

    async def until(self, outputs: Outputs) -> None:
        async with asyncio.timeout(5):
            while self.outputs != outputs:
                self._changed.clear()
                await self._changed.wait()

    def _note(self, pin: int, level: bool | None) -> None:
        self.outputs[pin] = level
        self._changed.set()


def with_chip(story: Callable[[Chip], Awaitable[None]], keep: bool = True) -> None:
    async def go() -> None:
        with tempfile.TemporaryDirectory(prefix="twin-") as short:
            chip = Chip(keep, Path(short) / "pins")
            await chip.lines.start(Path(short) / "pins")
            try:
                await story(chip)
            finally:
                await chip.close()

    asyncio.run(go())


def test_a_process_hears_all_inputs_first_and_then_every_change() -> None:
    async def story(chip: Chip) -> None:
        chip.lines.drive(17, True)
        chip.lines.drive(18, None)
        process = await chip.opened()
        assert [await process.hears() for _ in range(3)] == ["17 1", "18 -", "ready"]
        chip.lines.drive(17, False)
        assert await process.hears() == "17 0"

    with_chip(story)


@pytest.mark.parametrize(("keep", "left"), [(True, True), (False, None)])
def test_a_kernel_keeps_or_releases_what_a_dead_process_held(keep: bool, left: bool | None) -> None:
    async def story(chip: Chip) -> None:
        process, other = await chip.opened(), await chip.opened()
        await process.says("o 4 1")
        await chip.until({4: True})
        process.dies()
        await other.says("o 5 0")
        await chip.until({4: left, 5: False})

    with_chip(story, keep)


def test_a_line_that_was_claimed_anew_does_not_end_with_its_former_holder() -> None:
    async def story(chip: Chip) -> None:
        old, new = await chip.opened(), await chip.opened()
        await old.says("o 4 1")
        await chip.until({4: True})
        await new.says("i 4")
        await chip.until({4: None})
        await new.says("o 4 0")
        await chip.until({4: False})
        old.dies()
        await new.says("o 6 1")
        await chip.until({4: False, 6: True})

    with_chip(story, keep=False)


def test_a_line_belongs_to_one_process_until_it_lets_go_or_dies() -> None:
    async def story(chip: Chip) -> None:
        one, two, three = [await chip.opened() for _ in range(3)]
        for process in (one, two, three):
            assert await process.hears() == "ready"
        await one.says("c 4")
        assert await one.hears() == "4 ok"
        await two.says("c 4")
        assert await two.hears() == "4 busy"
        await one.says("f 4")
        await one.says("c 5")
        assert await one.hears() == "5 ok"
        await two.says("c 4")
        assert await two.hears() == "4 ok"
        two.dies()
        await three.says("c 4")
        assert await three.hears() == "4 ok"

    with_chip(story)


def test_nonsense_is_ignored() -> None:
    async def story(chip: Chip) -> None:
        process = await chip.opened()
        await process.says("", "o", "x y z", "o 4 1")
        await chip.until({4: True})

    with_chip(story)


def test_without_power_no_line_has_a_level() -> None:
    async def story(chip: Chip) -> None:
        process = await chip.opened()
        await process.says("o 4 1", "o 5 0")
        await chip.until({4: True, 5: False})
        chip.lines.power_cut()
        assert chip.outputs == {4: None, 5: None}

    with_chip(story)
