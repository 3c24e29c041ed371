"""The fault matrix: every fault once, each in another state of the door; `python -m tests.hardware` plays all of it."""

from __future__ import annotations

import pytest

from tests.hardware.matrix import PAGE, STATES, cell, written
from tests.hardware.rows import ROWS, Row

PICKED = [(row, list(STATES)[at % len(STATES)]) for at, row in enumerate(ROWS)]


@pytest.mark.parametrize(("row", "state"), PICKED, ids=[f"{row.name}, {state}" for row, state in PICKED])
def test_a_fault_is_noticed_told_and_recovered_from_as_the_page_says(row: Row, state: str) -> None:
    played = cell(row, state)
    assert played.wrong == ()
    assert played.report == written(PAGE.read_text(encoding="utf-8"))[row.name, state].partition(";")[0]


def test_the_page_has_a_cell_for_every_fault_in_every_state_and_none_is_bad() -> None:
    page = written(PAGE.read_text(encoding="utf-8"))
    assert list(page) == [(row.name, state) for row in ROWS for state in STATES]
    assert [key for key, text in page.items() if "**" in text] == []
