"""Decides when a door contact can be believed: bounces settle, flicker and broken contacts are found out.

Pure: levels and times (seconds of a monotonic clock) come in, opinions go out.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

Opinion = Literal["opened", "closed", "failed"]

# A contact that doesn't come to rest for so long is loose.
RESTLESS_S = 2.0
# Nobody opens and shuts a door five times in ten seconds.
CHANGES_MAX, CHANGES_S = 10, 10.0
# A contact that has failed is believed again after so long a rest.
QUIET_S = 60.0


class Contact:
    """What one door contact says. `open` is the believed state; None when it can't be believed."""

    def __init__(self, is_open: bool, debounce_s: float) -> None:
        self.open: bool | None = is_open
        self._debounce_s = debounce_s
        self._restless_since: float | None = None
        self._last_edge = 0.0
        self._failed = False
        self._told = is_open
        self._changes: deque[float] = deque(maxlen=CHANGES_MAX)

    def edge(self, now: float) -> Opinion | None:
        """The level has changed, or was found changed. Look again at `look_at`."""
        self._last_edge = now
        if self._restless_since is None:
            self._restless_since = now
        # Counted from the first edge: a contact that trembles for ever would put off its settling for ever.
        if now - self._restless_since > RESTLESS_S:
            return self.fail()
        return None

    @property
    def look_at(self) -> float | None:
        """When the level has to be read and given to `settle`; None while nothing has changed."""
        if self._restless_since is None:
            return None
        return self._last_edge + (QUIET_S if self._failed else self._debounce_s)

    def settle(self, is_open: bool, now: float) -> Opinion | None:
        """The level `is_open` was read now, after the contact had time to come to rest."""
        if self.look_at is None or now < self.look_at:
            return None
        self._restless_since = None
        self._failed = False
        self.open = is_open
        # A bounce that ends where it began, or a recovery without a change, is no news.
        if is_open == self._told:
            return None
        return self._changed(is_open, now)

    def polled(self, is_open: bool, now: float) -> Opinion | None:
        """A slow look, which heals an edge that nobody noticed."""
        if is_open != self.open and self._restless_since is None:
            return self.edge(now)
        return None

    def lose(self) -> Opinion | None:
        """Whatever reads the contact has gone; the next look is believed as after any other change."""
        was_believed = self.open is not None
        self.open, self._restless_since = None, None
        return "failed" if was_believed else None

    def fail(self) -> Opinion | None:
        """The contact can't be believed (or not even be read); said once until it has recovered."""
        self.open = None
        if self._failed:
            return None
        self._failed = True
        return "failed"

    def _changed(self, is_open: bool, now: float) -> Opinion | None:
        self._changes.append(now)
        if len(self._changes) == CHANGES_MAX and now - self._changes[0] < CHANGES_S:
            # Restless from now on, so that it has to be quiet before it is believed again.
            self._restless_since = now
            self._last_edge = now
            self._changes.clear()
            return self.fail()
        self._told = is_open
        return "opened" if is_open else "closed"
