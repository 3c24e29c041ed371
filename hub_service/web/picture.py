"""Draws a locker as it stands there, with one door marked, from the millimetres that its config tells.

Says the same in words, for people who don't see the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup, escape

_FRAME_MM = 45
_FOOT_MM = 120
_COUNTING = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


class Front(Protocol):
    """The front of one compartment: its number and its place in the picture, in millimetres from the top left."""

    @property
    def n(self) -> int: ...
    @property
    def x_mm(self) -> int: ...
    @property
    def y_mm(self) -> int: ...
    @property
    def front_width_mm(self) -> int: ...
    @property
    def front_height_mm(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Look:
    """How a door is drawn for operators: its state as a style, as a sign (never colour alone) and in words."""

    style: str
    sign: str
    words: str
    address: str


def locker_svg(
    fronts: Sequence[Front], marked: int | None = None, looks: Mapping[int, Look] | None = None, label: str = ""
) -> Markup:
    """The picture, or nothing for a locker that hasn't said how it looks. `marked` is a compartment's number.

    With `looks` each door shows its state and leads somewhere; `label` is what is read out instead of the picture.
    """
    drawn = [front for front in fronts if front.front_width_mm and front.front_height_mm]
    if not drawn:
        return Markup()
    left, top = min(front.x_mm for front in drawn) - _FRAME_MM, min(front.y_mm for front in drawn) - _FRAME_MM
    width = max(front.x_mm + front.front_width_mm for front in drawn) + _FRAME_MM - left
    height = max(front.y_mm + front.front_height_mm for front in drawn) + _FRAME_MM - top
    known = looks or {}
    doors = Markup().join(_door(front, front.n == marked, known.get(front.n)) for front in drawn)
    return Markup(
        # What is one picture for a recipient is a group of links for an operator.
        '<svg class="cabinet" role="{}" aria-label="{}" viewBox="{} {} {} {}">'
        '<rect class="foot" x="{}" y="{}" width="{}" height="{}"/>'
        '<rect class="body" x="{}" y="{}" width="{}" height="{}" rx="24"/>{}</svg>'
    ).format(
        "group" if looks else "img",
        label or position(fronts, marked) or "Picture of the locker",
        *(left, top, width, height + _FOOT_MM),
        *(left + _FRAME_MM, top + height, width - 2 * _FRAME_MM, _FOOT_MM),
        *(left, top, width, height),
        doors,
    )


def place_of(fronts: Sequence[Front], marked: int | None) -> tuple[int, int, int] | None:
    """Where a door is: its column from the left, its row from the top, both from 1, and how many columns there are."""
    door = next((front for front in fronts if front.n == marked), None)
    if door is None or not door.front_width_mm:
        return None
    columns = sorted({front.x_mm for front in fronts})
    rows = sorted(front.y_mm for front in fronts if front.x_mm == door.x_mm)
    return columns.index(door.x_mm) + 1, rows.index(door.y_mm) + 1, len(columns)


def position(fronts: Sequence[Front], marked: int | None) -> str:
    """Where a door is, in words: `Door 7 is in the second column from the left, third from the top.`"""
    found = place_of(fronts, marked)
    if found is None:
        return ""
    column, row, columns = found
    down = _counted(row - 1, "from the top")
    if columns == 1:
        return f"Door {marked} is the {down}."
    return f"Door {marked} is in the {_counted(column - 1, 'column from the left')}, {down}."


def _door(front: Front, marked: bool, look: Look | None) -> Markup:
    middle = (front.x_mm + front.front_width_mm / 2, front.y_mm + front.front_height_mm / 2)
    text_mm = min(front.front_height_mm * 0.62, 190 if marked and look is None else 130)
    drawn = Markup(
        '<g class="door{}{}"><rect x="{}" y="{}" width="{}" height="{}" rx="10"/>'
        '<text x="{:.0f}" y="{:.0f}" font-size="{:.0f}">{}{}</text></g>'
    ).format(
        " marked" if marked else "",
        f" is-{look.style}" if look else "",
        *(front.x_mm, front.y_mm, front.front_width_mm, front.front_height_mm),
        *(middle[0], middle[1] + text_mm * 0.36, text_mm),
        escape(str(front.n)),
        f" {look.sign}" if look and look.sign else "",
    )
    if look is None:
        return drawn
    return Markup('<a href="{}" aria-label="{}"><title>{}</title>{}</a>').format(
        look.address, f"Door {front.n}: {look.words}", f"{front.n}: {look.words}", drawn
    )


def _counted(index: int, what: str) -> str:
    return f"{_COUNTING[index]} {what}" if index < len(_COUNTING) else f"number {index + 1} {what}"
