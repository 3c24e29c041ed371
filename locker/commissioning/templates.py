"""Banks of compartments as they are sold: sizes inside by class, and which stand in a column, from top to bottom.

The sizes are those that carriers give for their A, B and C, and what makers of the rest call by the same names; a
tape measure is right where it says something else. A new bank is one more entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from locker.commissioning.plan import Box, Front, Place, Size
from locker.wire.facts import Reach, SizeClass

FRAME_MM, PLINTH_MM = 20, 150
# Within reach of somebody who sits (ISO 21542, DIN 18040: 400 to 1100 mm), and of most who stand.
LOW_MM, HIGH_MM = 1_100, 1_400


@dataclass(frozen=True, slots=True)
class Template:
    """One make of bank. `columns` are repeated for as long as there are locks."""

    title: str
    width_mm: int
    depth_mm: int
    heights_mm: dict[SizeClass, int]
    columns: tuple[tuple[SizeClass, ...], ...]


TEMPLATES: dict[str, Template] = {
    "parcel-abc": Template(
        "carriers' A, B, C (380 x 640; 80, 190, 410 high)", 380, 640, {"S": 80, "M": 190, "L": 410},
        (("S", "S", "S", "M", "M", "L", "L"), ("S", "S", "M", "M", "M", "L", "L")),
    ),
    "even-12": Template(
        "cabinet of 12 equal doors, 3 columns (300 x 400 x 450)", 300, 450, {"M": 400},
        (("M",) * 4,) * 3,
    ),
    "even-24": Template(
        "cabinet of 24 equal doors, 4 columns (300 x 250 x 450)", 300, 450, {"M": 250},
        (("M",) * 6,) * 4,
    ),
    "mixed-18": Template(
        "18 doors, S M L in 2 columns of 9 (430 x 540; 100, 200, 400 high)", 430, 540, {"S": 100, "M": 200, "L": 400},
        (("S", "S", "S", "S", "M", "M", "M", "L", "S"),) * 2,
    ),
}  # fmt: skip


def boxes_of(template: Template, locks: list[Place]) -> tuple[Box, ...]:
    """Compartments 1, 2, ... for these locks, down one column after the other; switches on the locks' channels."""
    return tuple(
        Box(n, lock, lock if lock.kind == "board" else None, size, front=front, module=module)
        for n, (lock, (size, front, module)) in enumerate(zip(locks, _places(template), strict=False), 1)
    )


def _places(template: Template) -> Iterator[tuple[Size, Front, str]]:
    number = 0
    while True:
        column = template.columns[number % len(template.columns)]
        x_mm = FRAME_MM + number * (template.width_mm + FRAME_MM)
        tall_mm = sum(template.heights_mm[size] + FRAME_MM for size in column)
        y_mm = FRAME_MM
        for size in column:
            height_mm = template.heights_mm[size]
            handle_mm = PLINTH_MM + tall_mm - y_mm - height_mm // 2
            yield (
                Size(size, template.width_mm, height_mm, template.depth_mm, _reach(handle_mm)),
                Front(x_mm, y_mm, template.width_mm, height_mm),
                chr(ord("A") + number % 26),
            )
            y_mm += height_mm + FRAME_MM
        number += 1


def _reach(handle_mm: int) -> Reach:
    return "low" if handle_mm <= LOW_MM else "high" if handle_mm > HIGH_MM else "middle"
