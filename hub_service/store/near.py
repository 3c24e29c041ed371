"""Lockers from a place outwards, nearest first, read square by square: a choice looks at a few, however many there are.

Whoever reads on until enough was found reads no more than that; nothing is kept from one question to the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hub_service.domain.fallback import Place, distance_m
from hub_service.store.sql import Connection, Row

FIRST_M, LAST_M = 1_000, 300_000
"""Half the side of the first square, and of the last one before the whole world."""

AHEAD = 64
"""Each square is meant to hold so many more than the one before, if lockers stand as thickly farther out."""

GROWTH_LEAST, GROWTH_MOST = 1.25, 2.0
"""Never much larger than the one before: outside of a city the next one may hold all of it."""

PIECE_FIRST, PIECE_MAX = 16, 64
"""So many at a time. Mostly the first few are enough; where they are full, a question for many costs hardly more."""

_M_A_DEGREE = 111_000
"""A little less than it is, so that a square holds the whole circle that it is drawn around."""

_COLUMNS = "SELECT id, number, online, hard_hold, latitude, longitude FROM lockers WHERE test = ?"


@dataclass(frozen=True, slots=True)
class Spot:
    """A locker and where it is; `away_m` is None where it, or the place that is asked about, isn't known.

    `hard_hold`: what is planned there for a parcel is for no other.
    """

    locker_id: str
    number: int
    online: bool
    hard_hold: bool
    place: Place | None
    away_m: int | None


def outwards(
    db: Connection, test: bool, place: Place | None, limit: int, farthest_m: float = math.inf
) -> Iterator[list[Spot]]:
    """Lockers in pieces: nearest first, then those whose place nobody has said; without a place by their numbers.

    At most `limit`, none of them farther away than `farthest_m`.
    """
    left, size = limit, PIECE_FIRST
    waiting: list[Spot] = []
    for ring in _rings(db, test, place, limit, farthest_m):
        waiting += ring
        while waiting and left:
            piece = waiting[: min(size, left)]
            # A ring's rest goes out before the next is read: mostly that isn't needed.
            waiting = waiting[len(piece) :]
            left, size = left - len(piece), min(PIECE_MAX, size + size // 2)
            yield piece
        if not left:
            return


def _rings(db: Connection, test: bool, place: Place | None, limit: int, farthest_m: float) -> Iterator[list[Spot]]:
    if place is None:
        yield _spots(db.execute(f"{_COLUMNS} ORDER BY number LIMIT ?", (int(test), limit)).fetchall(), None)
        return
    inner_m, half_m = -1.0, min(FIRST_M, farthest_m)
    while inner_m < farthest_m:
        found = _spots(_in_square(db, test, place, half_m), place)
        # What lies in a square's corners is farther away than its sides: it belongs to the next ring.
        ring = [one for one in found if one.away_m is not None and inner_m < one.away_m <= half_m]
        yield sorted(ring, key=lambda one: (one.away_m, one.number))
        inner_m, half_m = half_m, min(_wider_m(half_m, len(found)), farthest_m)
    # In the words of the index `lockers_nowhere`, which is all that is looked at.
    nowhere = f"{_COLUMNS} AND (latitude IS NULL OR longitude IS NULL) ORDER BY number LIMIT ?"
    yield _spots(db.execute(nowhere, (int(test), limit)).fetchall(), place)


def _wider_m(half_m: float, seen: int) -> float:
    if half_m >= LAST_M:
        return math.inf
    return half_m * min(GROWTH_MOST, max(GROWTH_LEAST, math.sqrt((seen + AHEAD) / max(1, seen))))


def _in_square(db: Connection, test: bool, place: Place, half_m: float) -> list[Row]:
    north = half_m / _M_A_DEGREE
    highest = abs(place.latitude) + north
    east = north / math.cos(math.radians(highest)) if highest < 89 else math.inf
    if abs(place.longitude) + east > 180:
        # Around a pole, and where the degrees begin anew, east and west are no bounds.
        where, bounds = (
            "latitude BETWEEN ? AND ?",
            (max(-90.0, place.latitude - north), min(90.0, place.latitude + north)),
        )
        return db.execute(f"{_COLUMNS} AND {where} AND longitude IS NOT NULL", (int(test), *bounds)).fetchall()
    return db.execute(
        f"{_COLUMNS} AND latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ?",
        (
            int(test), place.latitude - north, place.latitude + north, place.longitude - east, place.longitude + east,
        ),
    ).fetchall()  # fmt: skip


def _spots(rows: list[Row], place: Place | None) -> list[Spot]:
    found = []
    for locker_id, number, online, hard_hold, latitude, longitude in rows:
        here = None if latitude is None or longitude is None else Place(latitude, longitude)
        away_m = distance_m(place, here) if place and here else None
        found.append(Spot(locker_id, number, bool(online), bool(hard_hold), here, away_m))
    return found
