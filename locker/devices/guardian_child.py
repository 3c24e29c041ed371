"""Starts the guardian's process, and ends it when nobody has taken it over. Imports nothing that takes long to load.

The guardian loads its libraries while the daemon loads its own: one behind the other would keep people waiting longer.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from locker.settings import Settings

GUARDIAN: tuple[str, ...] = ("-m", "locker.guardian")
CLOSE_TIMEOUT_S = 2.0


@dataclass
class GuardianChild:
    """A guardian's process and the daemon's end of its pipe; when that closes, the guardian lets go of every lock."""

    process: asyncio.subprocess.Process
    pipe: socket.socket
    taken: bool = False
    """Somebody else sees to its end."""


def locks_on_pins(settings: Settings) -> bool:
    """Whether there is anything for a guardian to hold."""
    return any(box.lock_pin is not None for box in settings.compartment)


async def start(config_path: Path) -> GuardianChild:
    """OSError where no process is to be had at this moment."""
    ours, theirs = socket.socketpair()
    # Its end has to close here, or the guardian's death would not end the pipe.
    with theirs:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *GUARDIAN, "--config", str(config_path), stdin=theirs.fileno()
            )
        except BaseException:
            ours.close()
            raise
    ours.setblocking(False)
    return GuardianChild(process, ours)


@asynccontextmanager
async def started_early(settings: Settings, config_path: Path) -> AsyncIterator[GuardianChild | None]:
    """A guardian for whoever takes it; if nobody has, it ends here. None: none needed, or none to be had."""
    child = None
    if locks_on_pins(settings):
        # Whoever needs it tries again, and tells if that fails too.
        with contextlib.suppress(OSError):
            child = await start(config_path)
    try:
        yield child
    finally:
        if child and not child.taken:
            child.pipe.close()
            await ended(child.process)


async def ended(process: asyncio.subprocess.Process) -> None:
    """Waits for a guardian whose pipe has closed; one that hangs is killed."""
    try:
        await asyncio.wait_for(process.wait(), CLOSE_TIMEOUT_S)
    except TimeoutError:
        kill(process)
        await process.wait()


def kill(process: asyncio.subprocess.Process) -> None:
    """At once, unless it has ended by itself."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
