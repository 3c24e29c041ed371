"""How long a locker waits before it connects again: alone soon, in a large fleet spread, and never long."""

from __future__ import annotations

from collections import Counter

from hub_service.domain.crowd import spread_s
from locker.uplink import SPREAD_S_MAX, pause_s

CHANCES = [number / 9_999 for number in range(10_000)]


def test_a_single_locker_is_back_within_a_second() -> None:
    assert [pause_s(1, chance) for chance in (0.0, 1.0)] == [0.5, 1.0]


def test_whoever_fails_again_and_again_waits_longer_and_at_most_half_a_minute() -> None:
    waits = [pause_s(failures, 1.0) for failures in range(1, 12)]
    assert waits == sorted(waits) and waits[-1] == 30.0


def test_ten_thousand_lockers_come_back_within_ninety_seconds_and_never_more_than_200_in_one() -> None:
    spread = spread_s(10_000)
    seconds = Counter(int(pause_s(1, chance, spread)) for chance in CHANCES)
    assert max(seconds.values()) <= 200
    assert max(seconds) < 90
    # Those that came too early fail, and wait once more.
    assert max(pause_s(2, chance, spread) for chance in CHANCES) <= 60


def test_a_thousand_come_at_most_fifty_in_a_second() -> None:
    spread = spread_s(1_000)
    seconds = Counter(int(pause_s(1, chance, spread)) for chance in CHANCES[::10])
    assert max(seconds.values()) <= 50


def test_a_few_lockers_neednt_wait_for_each_other_and_a_country_waits_a_minute() -> None:
    assert spread_s(19) == 0
    assert spread_s(60_000) == SPREAD_S_MAX
