"""The kiosk never stands there without words: each screen, refusal and button, in every language."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from locker.cabinet.actions import Refusal, ScreenName
from locker.cabinet.events import Choice
from locker.kiosk.texts import LANGUAGES
from locker.wire.facts import Doubt, Fault

EVERY = pytest.mark.parametrize("code", sorted(LANGUAGES))
FILLED_IN = {"n", "where", "wait", "ago", "left", "count", "more", "time", "seconds"}


def _sentences(code: str) -> dict[str, tuple[str, str]]:
    words = LANGUAGES[code]
    return {**words["screens"], **{f"refused: {name}": texts for name, texts in words["refusals"].items()}}


@EVERY
def test_each_screen_has_words(code: str) -> None:
    assert {name for name in get_args(ScreenName) if name != "refused"} <= LANGUAGES[code]["screens"].keys()


@EVERY
def test_each_refusal_has_words(code: str) -> None:
    assert set(get_args(Refusal)) <= LANGUAGES[code]["refusals"].keys()


@EVERY
def test_each_button_has_a_label(code: str) -> None:
    assert set(get_args(Choice)) <= LANGUAGES[code]["choices"].keys()


@EVERY
def test_each_trouble_of_a_compartment_has_a_name(code: str) -> None:
    named = {*get_args(Fault), *get_args(Doubt), "out_of_service", ""}
    assert named <= LANGUAGES[code]["troubles"].keys()


@EVERY
def test_no_language_lacks_what_another_says(code: str) -> None:
    for part, texts in LANGUAGES["en"].items():
        assert LANGUAGES[code][part].keys() == texts.keys(), part  # type: ignore[literal-required, attr-defined]


@EVERY
def test_a_large_word_is_short_and_a_sentence_is_one(code: str) -> None:
    for name, (title, sentence) in _sentences(code).items():
        assert 0 < len(title) <= 30, name
        assert 10 < len(sentence) <= 110 and sentence[-1] in ".!", name


@EVERY
def test_only_known_values_are_filled_in(code: str) -> None:
    for name, texts in _sentences(code).items():
        assert set(re.findall(r"{(\w+)}", " ".join(texts))) <= FILLED_IN, name
