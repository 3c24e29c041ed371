"""The two state machines are tables, and the pages about them are drawn from those."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from locker.cabinet import diagram, door, talk

PAGES = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(("name", "page"), [("doors.md", diagram.doors_page), ("visits.md", diagram.visits_page)])
def test_the_pages_say_what_the_tables_say(name: str, page: object) -> None:
    assert callable(page)
    assert (PAGES / name).read_text(encoding="utf-8") == page(), "run scripts/write_diagrams.py"


@pytest.mark.parametrize("machine", [door, talk])
def test_every_state_can_be_reached_and_left(machine: object) -> None:
    table = machine.TABLE  # type: ignore[attr-defined]
    states = set(machine.MEANING)  # type: ignore[attr-defined]
    assert {after for _, after in table.items()} == states
    assert {before for before, _ in table} == states


def test_every_word_of_the_tables_is_explained() -> None:
    assert set(get_args(door.Phase)) == set(door.MEANING)
    assert set(get_args(talk.Stage)) == set(talk.MEANING)
    pages = diagram.doors_page() + diagram.visits_page()
    for happening in (*get_args(door.Happening), *get_args(talk.Happening)):
        assert f"| {happening} | " in pages


def test_a_stage_does_not_put_up_with_what_it_does_not_know() -> None:
    visit = talk.Talk(visit="v", party="recipient")
    with pytest.raises(AssertionError):
        visit.goes("closed")


def test_a_door_puts_up_with_anything() -> None:
    one = door.Door()
    one.happens("closed")
    assert one.phase == "shut"
