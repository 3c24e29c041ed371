"""An event loop whose clock jumps over waiting: a minute at an open door takes a moment, and bytes arrive in order.

Only what lives in this one loop may be waited for. Whoever writes to a file gives its reader a moment of real time
before the next jump, because a kernel hands bytes from one end of a pseudo-terminal to the other when it likes.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

GRACE_S = 0.1
"""How long the reader of what was written is waited for; most have it within microseconds."""

T = TypeVar("T")


class JumpingSelector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Waits for files in real time, for timers not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1_000.0
        self.unread = 0

    def written(self) -> None:
        """Somebody will be able to read in a moment."""
        self.unread += 1

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is None:
            ready = super().select(None)
        elif not ready and timeout > 0 and self.unread:
            ready = super().select(GRACE_S)
            # What hasn't come by now is for nobody: a plug was pulled, or a port closed.
            self.unread = self.unread if ready else 0
        if ready:
            self.unread = max(0, self.unread - len(ready))
        else:
            self.now_s += timeout or 0.0
        return list(ready)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time is what was jumped over."""

    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now_s


def run(story: Coroutine[Any, Any, T]) -> T:
    """Runs a story to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        with _noticing_writes(loop.jumping):
            return runner.run(story)


@contextlib.contextmanager
def _noticing_writes(jumping: JumpingSelector) -> Iterator[None]:
    write = os.write

    def noticed(fd: int, data: Any) -> int:
        jumping.written()
        return write(fd, data)

    os.write = noticed
    try:
        yield
    finally:
        os.write = write
