"""The clock says whether the wall's time can be believed."""

from __future__ import annotations

import time
from pathlib import Path

from locker.clock import AGREED_WITHIN_MS, Clock


def wall_ms() -> int:
    """The time that a hub with a right clock would tell."""
    return time.time_ns() // 1_000_000


def test_time_is_not_trusted_before_anybody_has_vouched_for_it(tmp_path: Path) -> None:
    assert not Clock(tmp_path / "synchronised").now().trusted


def test_time_is_trusted_once_the_system_has_a_servers(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "synchronised")
    (tmp_path / "synchronised").touch()
    clock.look()

    assert clock.now().trusted


def test_time_is_trusted_if_the_hubs_agrees(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "synchronised")
    clock.hub_says(wall_ms() - AGREED_WITHIN_MS // 2)

    assert clock.now().trusted


def test_a_hub_with_another_time_vouches_for_nothing(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "synchronised")
    clock.hub_says(wall_ms() + 2 * AGREED_WITHIN_MS)

    assert not clock.now().trusted


def test_a_late_message_of_the_hub_takes_no_trust_away(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "synchronised")
    clock.hub_says(wall_ms())
    clock.hub_says(wall_ms() - 10 * AGREED_WITHIN_MS)

    assert clock.now().trusted


def test_the_count_since_the_start_never_goes_back(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "synchronised")
    counts = [clock.now().run_ms for _ in range(1_000)]

    assert counts == sorted(counts)
    assert counts[0] < 1_000
