"""Which lockers are nearest to one: what its screen can send people to by name.

Looked for in growing squares, so that ten thousand lockers that say hello at once don't each read all the others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from hub_service.store.records import LockerRecord
from hub_service.store.sql import Connection, Row

SQUARES_DEGREES = (0.03, 0.1, 0.5, 2.0, 10.0)
"""Half the side of each square: 3 km first, then as wide as needed; behind the last comes the whole world."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """A locker as another one names it."""

    number: int
    name: str
    place: str


def nearest(db: Connection, locker: LockerRecord, limit: int) -> list[Nearby]:
    """The nearest others, by number. One whose place nobody has said is behind all that have one."""
    if locker.latitude is None or locker.longitude is None:
        rows = db.execute(
            "SELECT number, name, place FROM lockers WHERE id <> ? ORDER BY number LIMIT ?", (locker.id, limit)
        )
        return [_nearby(row) for row in rows]
    stretch = math.cos(math.radians(locker.latitude))
    for half in SQUARES_DEGREES:
        around = _in_square(db, locker, half, half / max(stretch, 0.01))
        # Corners of a square are further away than a neighbour right behind its side.
        within = [(far, row) for far, row in _by_distance(around, locker, stretch) if far <= half]
        if len(within) >= limit:
            return _chosen(within, limit)
    everybody = db.execute(
        "SELECT number, name, place, latitude, longitude FROM lockers WHERE id <> ?", (locker.id,)
    ).fetchall()
    return _chosen(_by_distance(everybody, locker, stretch), limit)


def within_sight(db: Connection, locker: LockerRecord, limit: int) -> list[str]:
    """All that have this locker among their `limit` nearest, and hardly any others; by their numbers.

    Who has `limit` others before it in the same eighth of the horizon has it behind all of these.
    """
    rows = db.execute(
        "SELECT id, number, latitude, longitude FROM lockers WHERE id <> ? ORDER BY number", (locker.id,)
    ).fetchall()
    if len(rows) <= limit or locker.latitude is None or locker.longitude is None:
        return [row["id"] for row in rows]
    stretch = math.cos(math.radians(locker.latitude))
    eighths: dict[int, int] = defaultdict(int)
    # Who stands nowhere names those that have the lowest numbers.
    lowest = locker.number <= rows[limit - 1]["number"]
    found = []
    for far, row in _by_distance(rows, locker, stretch):
        eighth = _eighth(row, locker, stretch) if far < math.inf else None
        if (lowest and eighth is None) or (eighth is not None and eighths[eighth] < limit):
            found.append(row)
        if eighth is not None:
            eighths[eighth] += 1
    return [row["id"] for row in sorted(found, key=lambda row: row["number"])]


def _eighth(row: Row, locker: LockerRecord, stretch: float) -> int:
    north, east = row["latitude"] - locker.latitude, (row["longitude"] - locker.longitude) * stretch
    return math.floor((math.atan2(north, east) + math.pi) / (math.pi / 4)) % 8


def _in_square(db: Connection, locker: LockerRecord, north: float, east: float) -> list[Row]:
    assert locker.latitude is not None and locker.longitude is not None, "checked by whoever asks"
    return db.execute(
        "SELECT number, name, place, latitude, longitude FROM lockers"
        " WHERE latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ? AND id <> ?",
        (
            locker.latitude - north, locker.latitude + north, locker.longitude - east, locker.longitude + east,
            locker.id,
        ),
    ).fetchall()  # fmt: skip


def _by_distance(rows: list[Row], locker: LockerRecord, stretch: float) -> list[tuple[float, Row]]:
    far = [(_far(row, locker, stretch), row) for row in rows]
    return sorted(far, key=lambda found: (found[0], found[1]["number"]))


def _far(row: Row, locker: LockerRecord, stretch: float) -> float:
    if row["latitude"] is None or row["longitude"] is None:
        return math.inf
    assert locker.latitude is not None and locker.longitude is not None, "checked by whoever asks"
    return math.hypot(row["latitude"] - locker.latitude, (row["longitude"] - locker.longitude) * stretch)


def _chosen(found: list[tuple[float, Row]], limit: int) -> list[Nearby]:
    return sorted((_nearby(row) for _, row in found[:limit]), key=lambda one: one.number)


def _nearby(row: Row) -> Nearby:
    return Nearby(row["number"], row["name"], row["place"])
