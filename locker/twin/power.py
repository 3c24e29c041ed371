"""The mains plug of the locker's computer: it starts the daemon, and pulls the power from under it and its children."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

log = logging.getLogger(__name__)

RESTART_S = 1.0
STOP_TIMEOUT_S = 5.0


class Power:
    """Runs one command while it is on. `died` is called when the command ends by itself, with its exit code.

    The command gets a session of its own, so that it and all its children can be killed as one, as by a power cut.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], restart: bool, died: Callable[[int], None]
    ) -> None:
        self._command = command
        self._environment = {**os.environ, **environment}
        self._restart = restart
        self._died = died
        self._supply: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def on(self) -> bool:
        return self._supply is not None

    @property
    def pid(self) -> int | None:
        """The daemon's process, while it lives."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def plug_in(self) -> None:
        """Power on. Returns when the daemon's process exists, long before it serves anybody."""
        if self._supply is None:
            await self._start()
            self._supply = asyncio.create_task(self._run())

    async def unplug(self) -> None:
        """Power off: nobody gets to say a last word."""
        await self._end(signal.SIGKILL)

    async def close(self) -> None:
        await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> None:
        if self._supply is None:
            return
        # The supervision first, or it would take the death for an accident and start anew.
        supply, self._supply = self._supply, None
        supply.cancel()
        await asyncio.gather(supply, return_exceptions=True)
        await self._kill(number)

    async def _run(self) -> None:
        while True:
            assert self._process is not None
            code = await self._process.wait()
            log.warning("the daemon has ended with %d", code)
            # Its children too, as systemd does it; a guardian that has lost its daemon is about to end anyway.
            await self._kill(signal.SIGKILL)
            self._died(code)
            if not self._restart:
                return
            await asyncio.sleep(RESTART_S)
            await self._start()

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            # The twin's own output is one line of JSON, and nothing else may come into it.
            stdout=sys.stderr.fileno(),
            env=self._environment,
            start_new_session=True,
        )

    async def _kill(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        group = self._process.pid
        if number != signal.SIGKILL and self._process.returncode is None:
            self._process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), STOP_TIMEOUT_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        await self._process.wait()
