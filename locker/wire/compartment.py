"""One compartment as the machine was built.

Apart from the facts that tell of it: the config file has it too, and whoever only reads that - the guardian, while the
daemon waits for it - needn't load every fact and order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from locker.wire.bounds import Millimetres, Name, Number

SizeClass = Literal["XS", "S", "M", "L", "XL"]
Reach = Literal["low", "middle", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentSpec:
    """One compartment as the machine was built: sizes inside, and where its front is in the picture, in millimetres."""

    n: Number
    size_class: SizeClass
    width_mm: Millimetres
    height_mm: Millimetres
    depth_mm: Millimetres
    reach: Reach = "middle"
    module: Name = "A"
    x_mm: Millimetres = 0
    y_mm: Millimetres = 0
    front_width_mm: Millimetres = 0
    front_height_mm: Millimetres = 0
    holds_child: bool = False
