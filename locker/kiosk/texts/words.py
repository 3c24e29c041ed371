"""What a language has to have words for."""

from __future__ import annotations

from typing import TypedDict


class Words(TypedDict):
    """One language. Keys of screens and refusals are the cabinet's names, `name.purpose` where the purpose matters.

    Each screen and refusal has two texts: a few large words, and one sentence with the next step. What stands in
    braces is filled in by the page: {n} a compartment, {where} a place, {wait}, {ago} and {count} from the params.
    """

    screens: dict[str, tuple[str, str]]
    refusals: dict[str, tuple[str, str]]
    choices: dict[str, str]
    troubles: dict[str, str]
    page: dict[str, str]
