"""Where the time of one report goes: looks a thousand times a second at what the thread that takes them is doing.

Looking from outside changes little of what it sees; counting calls would slow down just what is called often.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LOOKS_EVERY_S = 0.001

_STAGES = {
    ("hub_service.intake", "_believed"): "who says it: reading and signature",
    ("hub_service.handlers.sheet", "entries"): "its place in the chain: hashes",
    ("hub_service.handlers.sheet", "load"): "looking up what it is about",
    ("hub_service.handlers.sheet", "expect"): "looking up what it is about",
    ("hub_service.handlers.sheet", "take"): "deciding",
    ("hub_service.handlers.sheet", "save"): "writing",
    ("hub_service.handlers.stays_together", "load"): "looking up what it is about",
    ("hub_service.handlers.stays_together", "save"): "writing",
    ("hub_service.store.sqlite", "write"): "beginning and committing",
    ("hub_service.store.postgres", "write"): "beginning and committing",
    ("hub_service.store.postgres", "_transaction"): "beginning and committing",
}
"""The innermost of these functions that a thread is in says what it is doing."""

_REST = "all else"


class TimeSpent:
    """How often a thread was found at each stage, and how often of these it waited for a database server."""

    def __init__(self) -> None:
        self._found: Counter[tuple[str, bool]] = Counter()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Looks at the thread that has called this until it is done."""
        mine, over = threading.get_ident(), threading.Event()

        def look() -> None:
            while not over.wait(LOOKS_EVERY_S):
                self._found[_stage(sys._current_frames().get(mine))] += 1

        looker, turns_s = threading.Thread(target=look, daemon=True), sys.getswitchinterval()
        # A looker that has to wait for its turn would look only where the other one lets go by itself.
        sys.setswitchinterval(LOOKS_EVERY_S / 5)
        looker.start()
        try:
            yield
        finally:
            over.set()
            looker.join()
            sys.setswitchinterval(turns_s)

    def table(self, whole_us: float) -> dict[str, dict[str, float]]:
        """By stage, the dearest first: its microseconds of `whole_us`, and how many of these the server took."""
        looks, stages = self._found.total(), Counter[str]()
        for (stage, _), often in self._found.items():
            stages[stage] += often
        return {
            stage: {
                "us": round(whole_us * often / looks, 1),
                "server_us": round(whole_us * self._found[stage, True] / looks, 1),
            }
            for stage, often in stages.most_common()
        }


def _stage(frame: FrameType | None) -> tuple[str, bool]:
    waits = frame is not None and frame.f_code.co_name == "wait" and "psycopg" in frame.f_globals["__name__"]
    while frame is not None:
        found = _STAGES.get((frame.f_globals["__name__"], frame.f_code.co_name))
        if found:
            return found, waits
        frame = frame.f_back
    return _REST, waits
