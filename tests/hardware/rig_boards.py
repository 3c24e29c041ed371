"""The real drivers of lock boards in a process of their own: `unlock N MS` on standard input, events as lines."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from locker import settings as config
from locker.devices.banks import open_banks


def say(event: object) -> None:
    """One line for the test."""
    print(event, flush=True)


async def run(path: Path) -> None:
    """Drives every board of a config file until standard input ends."""
    banks, _ = await open_banks(config.load(path), path, say)
    say("up")
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := (await commands.readline()).decode():
        _, n, pulse_ms = line.split()
        banks.unlock(int(n), int(pulse_ms))
    await banks.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
