"""The doors of one locker of the fleet: steel from `physics` in real time, and the news that the daemon has of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from locker.cabinet.events import DoorClosed, DoorOpened, Event, PulseEnded
from locker.twin.physics import Steel

DEBOUNCE_S = 0.05
"""As long as the daemon's: a contact that bounces says nothing yet."""


class Doors:
    """`happens` is told of doors and pulses as the daemon's drivers would tell it."""

    def __init__(self, numbers: Iterable[int], happens: Callable[[Event], None]) -> None:
        self.steel = Steel(numbers)
        self._told_open = dict.fromkeys(self.steel.doors, False)
        self._happens = happens
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._until_s: dict[int, float] = {}

    def pulse(self, n: int, pulse_ms: int) -> None:
        """Energises a lock for so long."""
        self.steel.relay(n, True, self._now_ms)
        self._until_s[n] = self._loop.time() + pulse_ms / 1000 + 0.01
        self._loop.call_later(pulse_ms / 1000, self._released, n)
        self._pass_time()

    def is_open(self, n: int) -> bool:
        """What anybody sees."""
        return self.steel.doors[n].open

    def energised_s(self, n: int) -> float:
        """How long the lock's current still holds the door off its hook."""
        return max(0.0, self._until_s.get(n, 0.0) - self._loop.time())

    def shut(self, n: int) -> None:
        """A hand pushes a door shut. Raises CantBeDone while its lock is energised."""
        self._pass_time()
        self.steel.close(n, self._now_ms)
        self._pass_time()

    @property
    def _now_ms(self) -> int:
        return int(self._loop.time() * 1000 + 0.01)

    def _released(self, n: int) -> None:
        self.steel.relay(n, False, self._now_ms)
        self._pass_time()
        self._happens(PulseEnded(n=n, given=True))

    def _pass_time(self) -> None:
        for n in {edge.n for edge in self.steel.advance(self._now_ms)}:
            self._loop.call_later(DEBOUNCE_S, self._settled, n)
        if self._timer:
            self._timer.cancel()
        due_ms = self.steel.next_ms
        self._timer = None if due_ms is None else self._loop.call_at(due_ms / 1000, self._pass_time)

    def _settled(self, n: int) -> None:
        is_open = self.steel.doors[n].contact_open
        if is_open != self._told_open[n]:
            self._told_open[n] = is_open
            self._happens(DoorOpened(n=n) if is_open else DoorClosed(n=n))
