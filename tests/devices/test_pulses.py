"""The guardian's rule: short pulses, few at once, with rests between them."""

from __future__ import annotations

from locker.devices.pulses import PulseRule


def rule(energised_max: int = 1, limit_ms: int = 500) -> PulseRule:
    return PulseRule([1, 2, 3], limit_ms, energised_max)


def test_a_pulse_ends_by_the_clock() -> None:
    one = rule()
    assert one.begin(2, 300, 1_000) == ""
    assert one.next_end_ms == 1_300
    assert one.end_due(1_299) == []
    assert one.end_due(1_300) == [2]
    assert one.next_end_ms is None


def test_no_pulse_is_longer_than_its_locks_allow() -> None:
    one = rule(limit_ms=400)
    one.begin(1, 60_000, 0)
    assert one.next_end_ms == 400


def test_no_settings_allow_more_than_a_second() -> None:
    one = rule(limit_ms=60_000)
    one.begin(1, 60_000, 0)
    assert one.next_end_ms == 1_000


def test_only_so_many_are_energised_at_once() -> None:
    one, two = rule(1), rule(2)
    assert [one.begin(n, 300, 0) for n in (1, 2)] == ["", "too many energised"]
    assert [two.begin(n, 300, 0) for n in (1, 2, 3)] == ["", "", "too many energised"]


def test_a_lock_rests_for_two_seconds_after_a_pulse() -> None:
    one = rule()
    one.begin(1, 300, 0)
    assert one.begin(1, 300, 100) == "energised already"
    one.end_due(300)
    assert one.begin(1, 300, 2_150) == "lock needs rest"
    assert one.begin(2, 300, 2_150) == "", "another lock needs no rest"
    one.end_due(2_450)
    assert one.begin(1, 300, 2_450) == ""


def test_a_lock_gets_three_pulses_in_two_minutes() -> None:
    one = rule()
    for at_ms in (0, 10_000, 20_000):
        assert one.begin(1, 300, at_ms) == ""
        one.end_due(at_ms + 300)
    assert one.begin(1, 300, 119_000) == "too many pulses"
    assert one.begin(1, 300, 120_000) == ""


def test_what_it_does_not_know_it_refuses() -> None:
    assert rule().begin(9, 300, 0) == "no such lock"
    assert rule().begin(1, 0, 0) == "no such pulse"
