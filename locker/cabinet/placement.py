"""Which compartment a parcel gets. One rule, whether the hub can be reached or not.

The planned compartment if it is free and the parcel fits, else the smallest that fits, in any rotation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from locker.wire.facts import CompartmentSpec, SizeClass

SIZES: tuple[SizeClass, ...] = ("XS", "S", "M", "L", "XL")
_WITHIN_REACH = {"low": 0, "middle": 1, "high": 2}
# Low compartments are kept for those who ask for one, where there is a choice.
_AT_WILL = {"middle": 0, "high": 1, "low": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a parcel asks of a compartment: room in millimetres or, by ticket, a size class; and a wish for a low one.

    `bigger_than` is a compartment that has turned out too small.
    """

    size_mm: tuple[int, int, int] = (0, 0, 0)
    size_class: SizeClass = "XS"
    planned: int = 0
    low: bool = False
    bigger_than: CompartmentSpec | None = None


def choose(free: Iterable[CompartmentSpec], need: Need) -> CompartmentSpec | None:
    """The compartment to open among the free ones, or None if nothing fits."""
    fitting = [spec for spec in free if fits(spec, need)]
    planned = next((spec for spec in fitting if spec.n == need.planned), None)
    return planned or min(fitting, key=lambda spec: _order(spec, need), default=None)


def fits(spec: CompartmentSpec, need: Need) -> bool:
    """Whether a compartment is large enough."""
    if SIZES.index(spec.size_class) < SIZES.index(need.size_class):
        return False
    if not _covers(sides(spec), tuple(sorted(need.size_mm))):
        return False
    return need.bigger_than is None or _is_bigger(spec, need.bigger_than)


def fits_beside(spec: CompartmentSpec, sizes_mm: Iterable[tuple[int, int, int]]) -> bool:
    """Whether parcels go into a compartment together, each lying flat upon the other.

    Careful on purpose: parcels that would fit by a cleverer arrangement get compartments of their own.
    """
    flat = [sorted(size) for size in sizes_mm]
    thick, middle, long = sum(one[0] for one in flat), max(one[1] for one in flat), max(one[2] for one in flat)
    inside = sides(spec)
    return any(
        thick <= up and middle <= min(across) and long <= max(across)
        for up, across in ((inside[axis], inside[:axis] + inside[axis + 1 :]) for axis in range(3))
    )


def sides(spec: CompartmentSpec) -> tuple[int, ...]:
    """The inner sides in millimetres, shortest first: a parcel may be turned."""
    return tuple(sorted((spec.width_mm, spec.height_mm, spec.depth_mm)))


def _covers(outer: tuple[int, ...], inner: tuple[int, ...]) -> bool:
    return all(room >= side for room, side in zip(outer, inner, strict=True))


def _is_bigger(spec: CompartmentSpec, other: CompartmentSpec) -> bool:
    return _covers(sides(spec), sides(other)) and sides(spec) != sides(other)


def _order(spec: CompartmentSpec, need: Need) -> tuple[int, int, int, int]:
    volume = spec.width_mm * spec.height_mm * spec.depth_mm
    if need.low:
        return (_WITHIN_REACH[spec.reach], volume, 0, spec.n)
    return (0, volume, _AT_WILL[spec.reach], spec.n)
