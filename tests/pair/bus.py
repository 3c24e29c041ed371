"""Virtual time, and a bus that may lose, repeat, delay and so reorder whatever it carries, by a seeded schedule."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass

SECOND_MS = 1_000


class Timeline:
    """What is going to happen, in order. Time passes only when `run_until` says so."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._plan: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def after(self, ms: int, work: Callable[[], None]) -> None:
        """Something will happen so many milliseconds from now."""
        heapq.heappush(self._plan, (self.now_ms + max(0, ms), next(self._numbers), work))

    def run_until(self, ms: int, over: Callable[[], bool] = lambda: False) -> bool:
        """Lets everything happen that is due by then, or until it is `over`; returns whether it is."""
        while not over() and self._plan and self._plan[0][0] <= ms:
            self.now_ms, _, work = heapq.heappop(self._plan)
            work()
        if over():
            return True
        self.now_ms = max(self.now_ms, ms)
        return False

    def leap(self, ms: int) -> None:
        """Quiet time passes at once: what would have been due in it is due at its end."""
        self.now_ms += ms
        self._plan = [(max(at_ms, self.now_ms), number, work) for at_ms, number, work in sorted(self._plan)]
        heapq.heapify(self._plan)


@dataclass(frozen=True)
class Weather:
    """How bad the bus is: shares of messages that are lost and repeated, and the longest delay."""

    loss: float = 0.0
    repeat: float = 0.0
    delay_ms: int = 5


CALM = Weather()
STORM = Weather(loss=0.3, repeat=0.3, delay_ms=4_000)


class Bus:
    """Carries bytes. Whoever stands in `cut` hears and says nothing."""

    def __init__(self, timeline: Timeline, chance: random.Random) -> None:
        self.weather = CALM
        self.cut: set[str] = set()
        self.overheard: list[bytes] = []
        """All that was ever sent: what a rogue broker knows."""

        self.under_way = 0
        self.carried = self.lost = 0
        self._timeline = timeline
        self._chance = chance

    def send(self, locker: str, raw: bytes, hear: Callable[[bytes], None]) -> None:
        """Sends to or from a locker; may reach its hearer late, twice or never."""
        self.overheard.append(raw)
        for _ in range(2 if self._chance.random() < self.weather.repeat else 1):
            if locker in self.cut or self._chance.random() < self.weather.loss:
                self.lost += 1
                continue
            self.under_way += 1
            self._timeline.after(
                1 + self._chance.randrange(self.weather.delay_ms), lambda: self._arrive(locker, raw, hear)
            )

    def _arrive(self, locker: str, raw: bytes, hear: Callable[[bytes], None]) -> None:
        self.under_way -= 1
        if locker in self.cut:
            self.lost += 1
            return
        self.carried += 1
        hear(raw)
