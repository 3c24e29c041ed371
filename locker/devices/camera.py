"""Takes a picture after a deposit with whatever program the operator has chosen. It stays here, and not for long."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from pathlib import Path

from locker.devices.onlookers import Signs
from locker.parts import Camera

log = logging.getLogger(__name__)

DAY_S = 86_400
FOLDER = "pictures"


class StillCamera:
    """Runs the still program beside everything else: no deposit waits for it, and no new one interrupts it."""

    def __init__(self, camera: Camera, data_dir: Path) -> None:
        self._camera = camera
        self._folder = data_dir / FOLDER
        self._taking: asyncio.Task[None] | None = None

    def sees(self, signs: Signs) -> None:
        """Takes a picture if something was put in. While one is being taken, no other is."""
        if signs.deposits and self._taking is None:
            self._taking = asyncio.get_running_loop().create_task(self._take(signs.deposits[-1]))

    async def tidy_for_ever(self) -> None:
        """Deletes what is too old, each day and at the start, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self._tidy)
            except OSError as error:
                # A full or sick card is told by the journal; a part that nobody needs must not end the daemon.
                log.warning("old pictures can't be deleted: %s", type(error).__name__)
            await asyncio.sleep(DAY_S)

    async def close(self) -> None:
        if self._taking:
            self._taking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._taking

    async def _take(self, n: int) -> None:
        try:
            await asyncio.to_thread(self._tidy)
            # Seconds and the compartment, nothing else: whose parcel it is only the journal says.
            path = self._folder / f"{int(time.time())}-{n:03}.jpg"
            if (why := await self._run(path)) != "":
                path.unlink(missing_ok=True)
                log.warning("no picture of compartment %d: %s", n, why)
        except OSError as error:
            log.warning("no picture of compartment %d: %s", n, type(error).__name__)
        finally:
            self._taking = None

    async def _run(self, path: Path) -> str:
        quiet = asyncio.subprocess.DEVNULL
        program = await asyncio.create_subprocess_exec(
            *self._camera.command, str(path), stdin=quiet, stdout=quiet, stderr=quiet
        )
        try:
            code = await asyncio.wait_for(program.wait(), self._camera.timeout_s)
        except TimeoutError:
            return f"the program took longer than {self._camera.timeout_s} s"
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        if code:
            return f"the program ended with {code}"
        if path.exists():
            path.chmod(0o600)
        return ""

    def _tidy(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        oldest_s = time.time() - self._camera.keep_days * DAY_S
        room = self._camera.quota_mb * 1_000_000
        # Newest first: what no longer fits into the quota is the oldest.
        found = sorted(
            ((entry.stat(), entry.path) for entry in os.scandir(self._folder)), key=lambda one: -one[0].st_mtime
        )
        for about, path in found:
            room -= about.st_size
            if room < 0 or about.st_mtime < oldest_s:
                Path(path).unlink(missing_ok=True)
