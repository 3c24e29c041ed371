"""What a recipient's page says, in one language: the shape that every language fills, and what names stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Tone = Literal["way", "ready", "late", "help", "done"]


@dataclass(frozen=True, slots=True)
class StatusWords:
    """How a status looks and reads; the code is shown where there is a note about it."""

    tone: Tone
    title: str
    sentence: str
    code_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """One language. `status` and `events` have the same keys in every language; `home` is a delivery to the door.

    What stands in braces is filled in by hand: names come from outside and may hold anything, also braces.
    """

    language: str
    language_name: str
    status: Mapping[str, StatusWords]
    events: Mapping[str, str]
    answers: tuple[tuple[str, str], ...]
    problems: Mapping[str, str]
    in_box: str
    in_locker: str
    the_locker: str
    a_locker: str
    collect_by: str
    time_over: str
    go_soon: str
    left: str
    more_hours: str
    more_days: str
    collect_here: str
    goes_here: str
    place: str
    place_in_column: str
    picture: str
    map: str
    code: str
    qr: str
    or_pin: str
    time: str
    where: str
    what_if: str
    call: str
    call_locker: str
    how_was_it: str
    thanks: str
    of_five: str
    so_far: str
    your_data: str
    erased: str
    erasing: str
    kept: str
    erase: str
    push: str
    push_note: str
    push_on: str
    push_off: str
    push_denied: str
    push_told: str
    push_none: str
    foot: str
    foot_carrier: str
    like_a_key: str
    elsewhere: str
    elsewhere_note: str
    bring_there: str
    away: str
    languages: str
    skip: str


def filled(said: str, **names: object) -> str:
    """The sentence with its names; braces within a name mean nothing."""
    parts = said.split("{")
    told = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        told.append(f"{names[name]}{rest}")
    return "".join(told)
