"""Decides which pulses the guardian gives: how long, how many at once, how often. Pure; times in milliseconds.

The last line of defence: the cabinet keeps the same rules, and what it asks for is only refused here if it is wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from locker.settings import PULSE_MS_MAX

REST_MS = 2_000
PULSES_MAX, PULSES_MS = 3, 120_000
TRAVEL_MS = 100
"""The cabinet counts from its decision, the guardian from the pulse: a request may seem too early by its way here."""


class PulseRule:
    """What one guardian has energised and when. `limit_ms` is the longest pulse of these locks."""

    def __init__(self, locks: Iterable[int], limit_ms: int, energised_max: int) -> None:
        self._limit_ms = min(limit_ms, PULSE_MS_MAX)
        self._energised_max = energised_max
        self._begun: dict[int, deque[int]] = {n: deque(maxlen=PULSES_MAX) for n in locks}
        self._ended: dict[int, int] = {}
        self._end_at: dict[int, int] = {}

    def begin(self, n: int, pulse_ms: int, now_ms: int) -> str:
        """Begin a pulse, or say why not (empty: it has begun)."""
        why = self._why_not(n, pulse_ms, now_ms)
        if not why:
            self._begun[n].append(now_ms)
            self._end_at[n] = now_ms + min(pulse_ms, self._limit_ms)
        return why

    def end_due(self, now_ms: int) -> list[int]:
        """The locks whose pulse is over. They count as released from now on."""
        due = [n for n, end in self._end_at.items() if end <= now_ms]
        for n in due:
            del self._end_at[n]
            self._ended[n] = now_ms
        return due

    @property
    def next_end_ms(self) -> int | None:
        """When the next pulse is over."""
        return min(self._end_at.values(), default=None)

    def _why_not(self, n: int, pulse_ms: int, now_ms: int) -> str:
        if n not in self._begun:
            return "no such lock"
        if pulse_ms <= 0:
            return "no such pulse"
        if n in self._end_at:
            return "energised already"
        if len(self._end_at) >= self._energised_max:
            return "too many energised"
        if n in self._ended and now_ms - self._ended[n] < REST_MS - TRAVEL_MS:
            return "lock needs rest"
        begun = self._begun[n]
        if len(begun) == PULSES_MAX and now_ms - begun[0] < PULSES_MS - TRAVEL_MS:
            return "too many pulses"
        return ""
