"""Decides which pulses the guardian gives: how long, how many at once, how often. Pure; times in milliseconds.

The last line of defence: the cabinet keeps stricter rules, and what it asks for is only refused here if it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from locker.settings import PULSE_MS_MAX

# From one pulse of a lock to its next; with the longest pulse that leaves the coil a second of rest.
SPACING_MS = 2_000
# A lock may be pulsed three times quickly, then every 10 s: at most a tenth of the time, and yet a door behind which
# somebody may be trapped can be released again and again. The cabinet allows persons' codes far less.
PULSES_AT_ONCE, PULSE_COOLS_MS = 3, 10_000
# The cabinet counts from its decision, the guardian from the pulse: a request may seem too early by its way here.
TRAVEL_MS = 100


class PulseRule:
    """What one guardian has energised and when. `limit_ms` is the longest pulse of these locks."""

    def __init__(self, locks: Iterable[int], limit_ms: int, energised_max: int) -> None:
        self._limit_ms = min(limit_ms, PULSE_MS_MAX)
        self._energised_max = energised_max
        self._warmth: dict[int, float] = dict.fromkeys(locks, 0.0)
        self._begun: dict[int, int] = {}
        self._end_at: dict[int, int] = {}

    def begin(self, n: int, pulse_ms: int, now_ms: int) -> str:
        """Begin a pulse, or say why not (empty: it has begun)."""
        why = self._why_not(n, pulse_ms, now_ms)
        if not why:
            self._warmth[n] = self._warmth_now(n, now_ms) + 1
            self._begun[n] = now_ms
            self._end_at[n] = now_ms + min(pulse_ms, self._limit_ms)
        return why

    def end_due(self, now_ms: int) -> list[int]:
        """The locks whose pulse is over. They count as released from now on."""
        due = [n for n, end in self._end_at.items() if end <= now_ms]
        for n in due:
            del self._end_at[n]
        return due

    @property
    def next_end_ms(self) -> int | None:
        return min(self._end_at.values(), default=None)

    def _why_not(self, n: int, pulse_ms: int, now_ms: int) -> str:
        if n not in self._warmth:
            return "no such lock"
        if pulse_ms <= 0:
            return "no such pulse"
        if n in self._end_at:
            return "energised already"
        if len(self._end_at) >= self._energised_max:
            return "too many energised"
        if n in self._begun and now_ms - self._begun[n] < SPACING_MS - TRAVEL_MS:
            return "lock needs rest"
        if self._warmth_now(n, now_ms + TRAVEL_MS) + 1 > PULSES_AT_ONCE:
            return "too many pulses"
        return ""

    def _warmth_now(self, n: int, now_ms: int) -> float:
        """How many pulses the coil is still warm from."""
        since_ms = now_ms - self._begun.get(n, now_ms)
        return max(0.0, self._warmth[n] - since_ms / PULSE_COOLS_MS)
