"""A home delivery has failed: may the parcel go into a locker, and into which?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub_service.domain.placement import Box, Size, has_room
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
    """A locker that might take the parcel: its free compartments, and what it has been promised already."""

    locker_id: str
    place: Place | None
    free: tuple[Box, ...]
    promised: tuple[Size, ...]


def may_fall_back(reason: str, perishable: bool, age_check: bool) -> Refusal | None:
    """None if this parcel may go into a locker, else why not."""
    # The recipient doesn't want it: a locker would only delay its way back.
    if reason == "refused":
        return Refusal("not_eligible", "The recipient has refused the parcel: take it back to the sender.")
    if perishable:
        return Refusal(
            "not_eligible", "Perishable goods can't wait in a locker: agree on another time with the recipient."
        )
    if age_check:
        return Refusal("not_eligible", "This parcel is handed over after an age check only: try again at the door.")
    return None


def ranked(size: Size, candidates: Iterable[Candidate], near: Place | None) -> list[str]:
    """The lockers with room for the parcel, best first: nearest, then those with the most compartments to spare."""
    rated = []
    for one in candidates:
        away_m = _distance_m(near, one.place)
        if away_m <= FAR_M and has_room(one.promised, one.free, size):
            # A tie goes to the locker with most to spare: tomorrow's parcels want room too.
            rated.append((away_m, len(one.promised) - len(one.free), one.locker_id))
    return [locker_id for _, _, locker_id in sorted(rated)]


def no_locker(size: Size, candidates: Sequence[Candidate]) -> Refusal:
    """Why `ranked` found none."""
    if not candidates:
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


def _distance_m(near: Place | None, place: Place | None) -> int:
    # Without both places nobody knows: such a locker stands behind all that are known to be near.
    return FAR_M if near is None or place is None else distance_m(near, place)
