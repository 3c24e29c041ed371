"""Virtual time: one heap of what is going to happen, ties broken by the seed, and an event loop for each process in it.

The shipping daemon runs on such a loop as it is: its timers and threads are entries of the heap.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import itertools
import random
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from tests.simulation.signatures import Signatures

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
MONDAY_MS = 1_790_000_000_000
HASH_MS = 120
"""What a slow hash in a thread takes on a Raspberry Pi."""

Script = Generator[int, None, None]
"""Somebody's or something's doings; what it yields is how many milliseconds it waits."""


class Gone(BaseException):
    """The process that is running ends at this very point."""


class Violation(AssertionError):
    """Something is true that must never be."""


class World:
    """Time, chance and the record of everything that happened."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.signatures = Signatures()
        self.now_ms = 0
        self.steps = 0
        self._plan: list[tuple[int, float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._ties = self.draw("ties")
        self._trace = hashlib.sha256()
        self.told: list[str] | None = None
        self.cells: set[str] = set()

    def draw(self, name: str) -> random.Random:
        """A source of chance of its own for everybody, so that one's doings don't change another's luck."""
        return random.Random(f"{self.seed}/{name}")

    def note(self, *words: object) -> None:
        """Writes into the trace, whose hash must be the same for the same seed."""
        line = f"{self.now_ms} {' '.join(map(str, words))}"
        self._trace.update(line.encode())
        self.tell(*words)

    def hear(self, raw: bytes) -> None:
        """What is said on the bus belongs to the trace, too."""
        self._trace.update(raw)

    def tell(self, *words: object) -> None:
        """Says something to whoever reads along; it isn't part of the trace."""
        if self.told is not None:
            self.told.append(f"{self.now_ms} {' '.join(map(str, words))}")

    @property
    def trace(self) -> str:
        """The hash of everything noted so far."""
        return self._trace.hexdigest()

    def after(self, ms: float, work: Callable[[], None], at_once: bool = False) -> None:
        """Something will happen. With `at_once` in the order of asking, before anything else of that millisecond."""
        tie = -1.0 if at_once else self._ties.random()
        heapq.heappush(self._plan, (self.now_ms + max(0, round(ms)), tie, next(self._numbers), work))

    def go(self, script: Script, after_ms: int = 0) -> None:
        """Somebody begins to do something."""

        def step() -> None:
            if (wait_ms := next(script, None)) is not None:
                self.after(wait_ms, step)

        self.after(after_ms, step)

    def run_until(self, ms: int, over: Callable[[], bool] = lambda: False) -> bool:
        """Lets everything happen that is due by then, or until it is `over`; returns whether it is."""
        while self._plan and self._plan[0][0] <= ms:
            if over():
                return True
            self.now_ms, _, _, work = heapq.heappop(self._plan)
            self.steps += 1
            work()
        if over():
            return True
        self.now_ms = max(self.now_ms, ms)
        return False

    def leap(self, ms: int) -> None:
        """Quiet time passes at once: what would have been due in it is due at its end."""
        self.now_ms += ms
        self._plan = [(max(at_ms, self.now_ms), tie, number, work) for at_ms, tie, number, work in sorted(self._plan)]
        heapq.heapify(self._plan)


class _Handle(asyncio.TimerHandle):
    """A timer; the heap keeps it until it is due, cancelled or not."""

    def cancel(self) -> None:
        self._cancelled = True


class Loop(asyncio.AbstractEventLoop):
    """The event loop of one process. `enter` runs a piece of work as this process, and knows if it ends in it."""

    def __init__(self, world: World, enter: Callable[[Callable[[], object]], None]) -> None:
        self._world = world
        self._enter = enter
        self._tasks: list[asyncio.Task[Any]] = []
        self.over = False

    def end(self) -> None:
        """The process is gone; nothing that waits will ever happen."""
        self.over = True
        for task in self._tasks:
            if not task.done():
                coroutine = task.get_coro()
                assert coroutine is not None
                coroutine.close()

    def time(self) -> float:
        return self._world.now_ms / 1000

    def call_later(self, delay: float, callback: Any, *args: Any, **_: Any) -> asyncio.TimerHandle:  # type: ignore[override]
        return self._plan(delay * 1000, callback, args, False)

    def call_soon(self, callback: Any, *args: Any, **_: Any) -> Any:  # type: ignore[override]
        return self._plan(0, callback, args, True)

    def _plan(self, ms: float, callback: Any, args: Any, at_once: bool) -> _Handle:
        handle = _Handle(self._world.now_ms / 1000, lambda: callback(*args), (), self)
        self._world.after(ms, lambda: self._run(handle), at_once)
        return handle

    def _run(self, handle: _Handle) -> None:
        if not (self.over or handle.cancelled()):
            self._enter(handle._callback)  # type: ignore[attr-defined]

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Coroutine[Any, Any, Any], **_: Any) -> asyncio.Task[Any]:  # type: ignore[override]
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.Task(coro, loop=self))
        return self._tasks[-1]

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        future = self.create_future()
        self.call_later(HASH_MS / 1000, lambda: future.set_result(func(*args)))
        return future

    def get_debug(self) -> bool:
        return False

    def is_closed(self) -> bool:
        return self.over

    def is_running(self) -> bool:
        return True

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """A task that was under way when the process ended is no news."""


class Fuse:
    """Ends a process after so many more moments: between any two actions, writes, syncs, commits or sends."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.blown = False
        self.moments = 0

    def touch(self, _: str) -> None:
        """One moment passes."""
        self.moments += 1
        if self.blown:
            raise Gone
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.blown = True
                raise Gone
