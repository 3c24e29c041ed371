"""`locker check`: goes through every bus, board, door, switch and scanner with the installer, and writes the config."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from locker.check_bench import Bench
from locker.check_faces import Answers, Console, Face, Interrupted, Json, Lines
from locker.check_file import Opened, opened
from locker.check_page import Page, served
from locker.commissioning.interview import interview
from locker.commissioning.wishes import (
    Answer,
    Compare,
    Difference,
    Keep,
    Listen,
    Look,
    Pulse,
    Question,
    ReadCode,
    Result,
    Said,
    Tell,
    Wish,
    Write,
    Written,
)
from locker.settings import SettingsError
from locker.supervision import AlreadyRunning, alone

WELL, OPEN, WRONG, STOPPED = 0, 1, 2, 3
WATCH_S = 3_600.0


def main(argv: Sequence[str]) -> int:
    """0: nothing is wrong, or the config takes care of it; 1: something is left for hands; 2: it can't begin; 3: it
    was stopped, and goes on another time."""
    arguments = _parser().parse_args(list(argv))
    try:
        file = opened(arguments.config)
        # The daemon has the ports and the pins: both at once would ask the boards, and pulse the locks.
        with alone(file.data_dir):
            result = asyncio.run(_run(file, arguments))
    except (SettingsError, AlreadyRunning, OSError) as error:
        sys.stderr.write(f"locker check: {error}\n")
        return WRONG
    except (Interrupted, KeyboardInterrupt):
        sys.stderr.write("\nlocker check: stopped; what was seen is kept, and the next check goes on behind it\n")
        return STOPPED
    return WELL if all(finding.mended for finding in result.findings) else OPEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="locker check", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("locker.toml"), metavar="FILE", help="default: locker.toml")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--page", action="store_true", help="ask on a page with a picture of the cabinet")
    how.add_argument("--answers", type=Path, metavar="FILE", help="take the answers from a file, one a line")
    how.add_argument("--json", action="store_true", help="questions and answers as lines of JSON, for programs")
    parser.add_argument("--host", default="127.0.0.1", help="where the page is served (0.0.0.0: for a phone, too)")
    parser.add_argument("--port", type=int, default=8090, help="port of the page (0: a free one)")
    return parser


async def _run(file: Opened, arguments: argparse.Namespace) -> Result:
    if arguments.page:
        page = Page(file.plan)
        async with served(page, arguments.host, arguments.port) as url:
            sys.stdout.write(f"The check is at {url}\n")
            sys.stdout.flush()
            result = await hold(file, page)
            await page.read()
            return result
    if arguments.answers:
        return await hold(file, Answers(sys.stdout, arguments.answers))
    return await hold(file, (Json if arguments.json else Console)(sys.stdout, Lines()))


async def hold(file: Opened, face: Face) -> Result:
    """Holds the interview with this face, on the hardware that the file names."""
    bench = Bench(file)
    try:
        return await Talk(file, bench, face).hold()
    finally:
        await bench.close()


class Talk:
    """Passes wishes on to whoever can fulfil them, and takes back what came of them."""

    def __init__(self, file: Opened, bench: Bench, face: Face) -> None:
        self._file = file
        self._bench = bench
        self._face = face

    async def hold(self) -> Result:
        steps = interview(self._file.plan, self._file.notes())
        answer: Answer = None
        while True:
            try:
                wish = steps.send(answer)
            except StopIteration as end:
                result: Result = end.value
                return result
            answer = await self._fulfil(wish)

    async def _fulfil(self, wish: Wish) -> Answer:
        match wish:
            case Listen():
                return await self._bench.listen(wish, self._file.plan)
            case Look():
                return await self._bench.look(wish)
            case Pulse():
                return await self._bench.pulse(wish)
            case ReadCode():
                return await self._bench.read_code(wish)
            case Question():
                return Said(await self._ask(wish))
            case _:
                return self._settle(wish)

    def _settle(self, wish: Tell | Keep | Compare | Write) -> Answer:
        match wish:
            case Tell():
                self._face.tell(wish.what)
            case Keep():
                self._file.keep(wish.notes)
            case Compare():
                return Difference(*self._file.compared(wish.plan))
            case Write():
                return Written(str(self._file.write(wish.plan)))
        return None

    async def _ask(self, question: Question) -> str:
        """People answer, or what they do with their hands does."""
        asked = asyncio.create_task(self._face.ask(question))
        tasks: set[asyncio.Task[Any]] = {asked}
        if question.moves is not None and question.plan is not None:
            watch = self._bench.look(Look(question.plan, question.moves, WATCH_S))
            tasks.add(asyncio.create_task(watch))
        done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if asked in done:
            return asked.result()
        self._face.tell("Seen.")
        return question.default
