"""Wherever a transaction is cut off, its story goes on to its end: here at some moments, by `-m` at every one."""

from __future__ import annotations

import pytest

from tests.crash_points.__main__ import KINDS, TABLE
from tests.crash_points.kind import Kind, crash_everywhere

STEP, FIRST, TEARS = 53, 7, 1
"""Every so manyth moment is tried, behind the first few: a prime, so that no rhythm of writes hides a kind."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_story_goes_on_wherever_it_was_cut_off(kind: Kind) -> None:
    assert crash_everywhere(kind, TEARS, STEP, FIRST) > 0


def test_the_table_names_every_kind() -> None:
    told = [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in TABLE.read_text().splitlines()[11:]]

    assert [(kind.side, kind.name) for kind in KINDS] == told
