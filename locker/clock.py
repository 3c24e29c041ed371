"""The daemon's one clock: reads both of the machine's, and says whether the wall's can be believed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from locker.wire.facts import Moment

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd, which Raspberry Pi OS and Debian use, makes this file once it has the time of a server."""

AGREED_WITHIN_MS = 60_000


class Clock:
    """Counts from its making. The wall's time is trusted if the system says so, or if the hub's agrees with it.

    A Raspberry Pi without a battery may start in 1970 or at its last shutdown; nothing is admitted or refused by it.
    `count_ns` and `wall_ns` are the machine's two clocks.
    """

    def __init__(
        self,
        synchronised: Path = SYNCHRONISED,
        count_ns: Callable[[], int] = time.monotonic_ns,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._count_ns, self._wall_ns = count_ns, wall_ns
        self._started_ns = count_ns()
        self._synchronised_file = synchronised
        self._agreed_offset_ms: int | None = None
        self.look()

    def now(self) -> Moment:
        """Both clocks at this moment."""
        run_ms = (self._count_ns() - self._started_ns) // 1_000_000
        wall_ms = self._wall_ns() // 1_000_000
        return Moment(run_ms=run_ms, wall_ms=wall_ms, trusted=self._synchronised or self._agrees(wall_ms - run_ms))

    def look(self) -> None:
        """Asks the system again; touches the disk, so not on the way from a scan to a lock."""
        self._synchronised = self._synchronised_file.exists()

    def hub_says(self, wall_ms: int) -> None:
        """The hub has told its time. A late message can't take trust away: it only fails to give it."""
        now = self.now()
        if abs(wall_ms - now.wall_ms) <= AGREED_WITHIN_MS:
            self._agreed_offset_ms = now.wall_ms - now.run_ms

    def _agrees(self, offset_ms: int) -> bool:
        # Measured against the clock that never jumps: a wall clock that was set since is doubted again.
        agreed = self._agreed_offset_ms
        return agreed is not None and abs(offset_ms - agreed) <= AGREED_WITHIN_MS
