"""How many wrong codes a keypad takes: five are free, then it pauses for ever longer, and some day it closes.

Pure functions over the times of the failures (`State.witnessed_ms`, in milliseconds), newest last. Nobody's success
takes a failure back, or each customer would refresh the guesser. Codes on paper or a telephone are never throttled.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

FREE = 5
FREE_WINDOW_MS = 15 * 60_000
PAUSE_MS = 30_000
PAUSE_MS_MAX = 15 * 60_000
MEMORY_MS = 60 * 60_000
"""A pause is twice as long as the last one if that was given within this time."""

DAY_MS = 24 * 60 * 60_000
DAY_MAX = 80
GUESSED_MAX = 1e-4
"""How likely it may be that somebody who guesses for a day opens anything (P10)."""

CODES_DRAWN_FROM = 98_000_000
"""Codes have eight digits, at least four of them different, the first two not 00; that leaves a little more."""

GUESSING = 20
"""So many failures within an hour are an alarm."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code is looked at now. If not, how long it takes until one is; `left` failures stay without a pause."""

    closed: bool
    wait_ms: int
    left: int

    @property
    def listens(self) -> bool:
        """Whether a code is looked at."""
        return self.wait_ms == 0


def day_max(codes: int) -> int:
    """How many failures a day are taken where so many codes open something, those of staff among them.

    Up to 122 codes it is `DAY_MAX`. One is the least: up to 9 800 codes keep the odds, and the hub gives out fewer.
    """
    return max(1, min(DAY_MAX, int(GUESSED_MAX * CODES_DRAWN_FROM / max(1, codes))))


def with_failure(failures_ms: tuple[int, ...], now_ms: int) -> tuple[int, ...]:
    """The failures that still count once there is one more."""
    # More than a day's worth is never needed: a closed keypad takes no failures.
    return (*(ms for ms in failures_ms if now_ms - ms < DAY_MS), now_ms)[-DAY_MAX:]


def verdict(failures_ms: tuple[int, ...], now_ms: int, codes: int = 0) -> Verdict:
    """What the keypad does with a code at `now_ms`, where so many codes open something."""
    today = [ms for ms in failures_ms if now_ms - ms < DAY_MS]
    most = day_max(codes)
    left = max(0, min(FREE - within(failures_ms, now_ms, FREE_WINDOW_MS), most - len(today)))
    if len(today) >= most:
        return Verdict(True, today[-most] + DAY_MS - now_ms, 0)
    if not today:
        return Verdict(False, 0, left)
    return Verdict(False, max(0, today[-1] + _pause_after_last(failures_ms) - now_ms), left)


def is_guessing(failures_ms: tuple[int, ...], now_ms: int) -> bool:
    """Whether the newest failure is the one that somebody should be told of."""
    return within(failures_ms, now_ms, MEMORY_MS) == GUESSING or len(failures_ms) == DAY_MAX


def within(failures_ms: tuple[int, ...], now_ms: int, window_ms: int) -> int:
    """How many failures lie less than `window_ms` before `now_ms`, or at it."""
    return bisect_right(failures_ms, now_ms) - bisect_right(failures_ms, now_ms - window_ms)


def _pause_after_last(failures_ms: tuple[int, ...]) -> int:
    newest = len(failures_ms) - 1
    if not _pauses(failures_ms, newest):
        return 0
    lately = range(bisect_right(failures_ms, failures_ms[newest] - MEMORY_MS), newest)
    earlier = sum(_pauses(failures_ms, index) for index in lately)
    return min(PAUSE_MS << min(earlier, 10), PAUSE_MS_MAX)


def _pauses(failures_ms: tuple[int, ...], index: int) -> bool:
    """Whether this failure was followed by a pause: it wasn't free any more, or the last free one."""
    first_in_window = bisect_right(failures_ms, failures_ms[index] - FREE_WINDOW_MS)
    return index - first_in_window + 1 >= FREE
