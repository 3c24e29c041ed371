"""Times as people say them."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest

from hub_service.localtime import long_time, short_time, time_left

FRIDAY_NOON_S = 1_795_780_800
HOUR_S = 3_600


def test_a_time_is_said_in_the_language_and_zone_of_its_reader() -> None:
    east = timezone(timedelta(hours=13))
    assert long_time(FRIDAY_NOON_S, UTC) == "Friday 27 November, 12:00"
    assert long_time(FRIDAY_NOON_S, east, "de") == "Samstag, 28. November, 01:00 Uhr"
    assert short_time(FRIDAY_NOON_S, UTC) == "Fri 27 Nov 12:00"
    assert short_time(FRIDAY_NOON_S, UTC, "de") == "Fr 27.11. 12:00"


@pytest.mark.parametrize(
    ("hours", "said"),
    [(71.9, "3 days"), (70.9, "2 days"), (47, "47 hours"), (2, "2 hours"), (1.9, "less than 2 hours"), (-1, "no time")],
)
def test_time_left_never_promises_too_much(hours: float, said: str) -> None:
    assert time_left(FRIDAY_NOON_S, FRIDAY_NOON_S + hours * HOUR_S) == said
