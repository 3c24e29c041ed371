"""Places, distances, and the lockers that might take a parcel which nobody took at the door."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hub_service.domain.placement import Box, Size
from hub_service.domain.refusals import Refusal

FAR_M = 10_000
"""Beyond this nobody goes on foot or by bicycle; half of all Germans have a locker within 1 000 m."""

_EARTH_RADIUS_M = 6_371_000


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees north and east."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A locker that might take the parcel: its free compartments, and what it has been promised already.

    `in_service` is how many compartments it has that work, free or not. One that isn't `online` hears of nothing: only
    a deposit ticket opens it, and what is free there may not be so any more.
    """

    locker_id: str
    place: Place | None
    free: tuple[Box, ...]
    promised: tuple[Size, ...]
    in_service: int = 0
    online: bool = True


def no_locker(size: Size, are_any: bool) -> Refusal:
    """Why nothing could be offered, and whether there are any lockers at all."""
    if not are_any:
        return Refusal("no_locker", "There is no locker yet: add one, or agree on another attempt with the recipient.")
    return Refusal(
        "no_locker",
        f"No locker near by has room for {size.width_mm} x {size.height_mm} x {size.depth_mm} mm: "
        "agree on another attempt with the recipient.",
    )


def distance_m(one: Place, other: Place) -> int:
    """Along a great circle, in metres."""
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude)
    across = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude)) * math.sin(east / 2) ** 2
    )
    return round(2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(across))))
