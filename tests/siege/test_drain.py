"""A locker that was cut off for long tells everything once and in order, and its next start is quick."""

from __future__ import annotations

from pathlib import Path

from bench import drain


def test_a_locker_that_was_cut_off_is_heard_to_the_end(tmp_path: Path) -> None:
    figures = drain.measure(tmp_path / "drain", 2_500, starts=1)

    assert figures["drain_facts"] == 2_500
    assert isinstance(figures["drain_100k_s"], float)
