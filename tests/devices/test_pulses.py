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


def test_a_lock_is_pulsed_every_two_seconds_at_most() -> None:
    one = rule()
    one.begin(1, 300, 0)
    assert one.begin(1, 300, 100) == "energised already"
    one.end_due(300)
    assert one.begin(1, 300, 1_600) == "lock needs rest"
    assert one.begin(2, 300, 1_600) == "", "another lock needs no rest"
    one.end_due(1_900)
    assert one.begin(1, 300, 2_000) == ""


def given(one: PulseRule, *times_ms: int) -> list[str]:
    said = []
    for at_ms in times_ms:
        one.end_due(at_ms)
        said.append(one.begin(1, 300, at_ms))
    return said


def test_three_quick_pulses_and_then_the_coil_has_to_cool() -> None:
    assert given(rule(), 0, 2_000, 4_000, 6_000, 8_000, 10_000) == ["", "", "", *["too many pulses"] * 2, ""]


def test_a_door_that_may_hold_somebody_can_be_released_every_ten_seconds_for_ever() -> None:
    assert set(given(rule(), 0, 2_000, 4_000, *range(14_000, 600_000, 10_000))) == {""}


def test_no_lock_is_energised_for_more_than_a_tenth_of_the_time_for_long() -> None:
    said = given(rule(), *range(0, 600_000, 500))
    assert said.count("") <= 3 + 60


def test_what_it_does_not_know_it_refuses() -> None:
    assert rule().begin(9, 300, 0) == "no such lock"
    assert rule().begin(1, 0, 0) == "no such pulse"
