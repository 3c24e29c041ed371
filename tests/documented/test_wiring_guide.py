"""The wiring guide: drawn from its own tables, complete, and of one mind with the code about boards and findings."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from locker.commissioning import findings
from locker.wiring import MAKES

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "wiring"
WRITE = "run: .venv/bin/python scripts/wiring.py"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def wiring() -> dict[str, Any]:
    """What `scripts/wiring.py` defines."""
    return runpy.run_path(str(ROOT / "scripts" / "wiring.py"))


def test_tables_and_drawings_are_of_today(wiring: dict[str, Any]) -> None:
    for name, text in wiring["files"]().items():
        assert (GUIDE / name).read_text(encoding="utf-8") == text, WRITE


def test_every_board_that_the_code_knows_has_its_drawing(wiring: dict[str, Any]) -> None:
    drawn = {guide.key for guide in wiring["GUIDES"]}
    assert drawn == {*MAKES, "gpio", "mcp23017"}


def test_a_drawing_shows_what_its_table_says(wiring: dict[str, Any]) -> None:
    for guide in wiring["GUIDES"]:
        tree = ElementTree.parse(GUIDE / f"{guide.key}.svg")
        words = [text.text for text in tree.iter(f"{SVG}text")]
        for wire in (*guide.left, *guide.right):
            assert {wire.part, wire.end, wire.terminal} <= set(words), guide.key


def test_no_word_of_a_drawing_lies_on_another(wiring: dict[str, Any]) -> None:
    for guide in wiring["GUIDES"]:
        tree = ElementTree.parse(GUIDE / f"{guide.key}.svg")
        spans = [span(text) for text in tree.iter(f"{SVG}text")]
        for number, (y, left, right) in enumerate(spans):
            for other_y, other_left, other_right in spans[number + 1 :]:
                assert abs(y - other_y) > 8 or right <= other_left or other_right <= left, (guide.key, y, left, right)


def span(text: ElementTree.Element) -> tuple[float, float, float]:
    """Height, left and right end of a text; a letter is about half as wide as it is high."""
    x, width = float(text.attrib["x"]), len(text.text or "") * float(text.attrib["font-size"]) * 0.49
    start = {"start": x, "middle": x - width / 2, "end": x - width}[text.attrib["text-anchor"]]
    return float(text.attrib["y"]), start, start + width


def test_each_makes_speed_and_addresses_are_told(wiring: dict[str, Any]) -> None:
    for guide in wiring["GUIDES"]:
        if make := MAKES.get(guide.key):
            told = " ".join(guide.notes)
            assert f"{make.baud} baud" in told, guide.key
            assert str(make.addresses[-1]) in told or guide.key == "waveshare", guide.key


def test_the_findings_of_the_table_are_those_of_a_check() -> None:
    page = (GUIDE / "README.md").read_text(encoding="utf-8")
    source = Path(findings.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'^\s+"([a-z]+_[a-z]+)",', source, re.MULTILINE))
    table = page[page.index("## When a door stays shut") :]
    named = set(re.findall(r"`([a-z]+_[a-z]+)`", table))
    assert named and named <= codes
    assert {"board_silent", "double_address", "wrong_baud", "hook_only", "dead_switch", "inverted_switch"} <= named


def test_the_power_figures_are_those_of_one_lock_at_a_time(wiring: dict[str, Any]) -> None:
    assert wiring["supply_a"](1) == pytest.approx(4.87)
    assert wiring["drop_v"](5, 0.34) == pytest.approx(1.235, abs=0.01)
