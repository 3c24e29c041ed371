"""Which day a staff code is for, and from when until when it counts. Pure; times are Unix seconds.

A day's code works until three o'clock of the night behind it: whoever began a round before midnight ends it with the
same code. Lockers are told of a week ahead, so they know each day's code without a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

DAYS_AHEAD = 7
OVER_AT = time(3)


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day of a zone, as a running number; its code is shown from `from_s` on and works until `until_s`."""

    number: int
    from_s: int
    until_s: int


def day(number: int, zone: tzinfo) -> Day:
    """The day with this number, by its own wall clock, whatever was done to that in the night."""
    today = date.fromordinal(number)
    begins = datetime.combine(today, time(0), zone)
    over = datetime.combine(today + timedelta(days=1), OVER_AT, zone)
    return Day(number, int(begins.timestamp()), int(over.timestamp()))


def number_at(now_s: int, zone: tzinfo) -> int:
    """The number of the day that it is then."""
    return datetime.fromtimestamp(now_s, zone).toordinal()


def awaited(now_s: int, zone: tzinfo, ahead: int = DAYS_AHEAD) -> tuple[Day, ...]:
    """The days whose codes a locker should know: today and those ahead."""
    first = number_at(now_s, zone)
    return tuple(day(number, zone) for number in range(first, first + ahead + 1))
