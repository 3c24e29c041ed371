"""Starts the programs of the demo, waits until each says that it is ready, and stops them in the opposite order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0


class DemoError(Exception):
    """A part of the demo didn't come up; the text says which and where its log is."""


class Processes:
    """The children of the demo. Each writes its log to `folder`/NAME.log, and its ready line to standard output."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: list[tuple[str, asyncio.subprocess.Process]] = []
        self._words: dict[str, tuple[str, ...]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    async def start(self, name: str, *words: str) -> dict[str, Any]:
        """Starts `python -m WORDS` and returns the JSON object that it prints when it is ready."""
        child = await self._spawn(name, words)
        self._children.append((name, child))
        self._words[name] = words
        assert child.stdout is not None
        try:
            line = await asyncio.wait_for(child.stdout.readline(), READY_TIMEOUT_S)
        except TimeoutError:
            raise DemoError(f"{name} wasn't ready after {READY_TIMEOUT_S:.0f} s; {self._log_of(name)}") from None
        return self._parsed(name, line)

    async def ask(self, name: str, *words: str) -> dict[str, Any]:
        """Runs `python -m WORDS` to its end and returns the JSON object that it prints last, if it does."""
        child = await self._spawn(name, words)
        out, _ = await child.communicate()
        if child.returncode != 0:
            raise DemoError(f"{name} ended with {child.returncode}; {self._log_of(name)}")
        said = out.splitlines()
        return self._parsed(name, said[-1]) if said and said[-1].startswith(b"{") else {}

    def pid(self, name: str) -> int:
        """The process of this name."""
        return next(child.pid for known, child in self._children if known == name)

    async def kill(self, name: str) -> None:
        """Ends a child and all that it has started at once: nobody gets to say a last word."""
        child = next(child for known, child in self._children if known == name)
        self._children.remove((name, child))
        os.killpg(child.pid, signal.SIGKILL)
        await child.wait()

    async def again(self, name: str) -> dict[str, Any]:
        """Starts one that was killed, with the same words."""
        return await self.start(name, *self._words[name])

    async def died(self) -> str:
        """Waits until one of the children ends by itself, and says which."""
        waits = {asyncio.create_task(child.wait()): name for name, child in self._children}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        return f"{waits[done.pop()]} has stopped by itself"

    async def stop(self) -> None:
        """Asks the children to end, the youngest first, and kills those that don't."""
        for _, child in reversed(self._children):
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
            try:
                await asyncio.wait_for(child.wait(), STOP_TIMEOUT_S)
            except TimeoutError:
                child.kill()
                await child.wait()
        self._children.clear()

    async def _spawn(self, name: str, words: Sequence[str]) -> asyncio.subprocess.Process:
        with (self._folder / f"{name}.log").open("ab") as log:
            # A session of its own: Ctrl-C reaches the demo alone, which then stops everything in order.
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", *words, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=log, start_new_session=True, env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

    def _parsed(self, name: str, line: bytes) -> dict[str, Any]:
        try:
            said = json.loads(line)
        except ValueError:
            raise DemoError(f"{name} didn't come up; {self._log_of(name)}") from None
        assert isinstance(said, dict), f"{name} said {type(said).__name__}"
        return said

    def _log_of(self, name: str) -> str:
        path = self._folder / f"{name}.log"
        lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
        return f"its last words: {lines[-1] if lines else 'none'} (log: {path})"


def stop_on_signals(stopped: asyncio.Event) -> None:
    """Lets Ctrl-C and a polite kill set the event instead of tearing the program apart."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
