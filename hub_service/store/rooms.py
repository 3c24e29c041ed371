"""What is free and promised at many lockers at once, in as many statements as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub_service.domain.placement import Box, Size
from hub_service.store.sets import filled, marks
from hub_service.store.sql import Connection

_TURNS = (
    ("width_mm", "height_mm", "depth_mm"), ("width_mm", "depth_mm", "height_mm"), ("height_mm", "width_mm", "depth_mm"),
    ("height_mm", "depth_mm", "width_mm"), ("depth_mm", "width_mm", "height_mm"), ("depth_mm", "height_mm", "width_mm"),
)  # fmt: skip
# What `placement.fits` says, for the database to count by: an edge beside each edge, in all six turns.
_FITS = " OR ".join("(" + " AND ".join(f"c.{edge} >= ?" for edge in turn) + ")" for turn in _TURNS)
_BOX = "c.locker_id, c.n, c.size_class, c.width_mm, c.height_mm, c.depth_mm, c.reach"
_FREE, _PROMISED = 0, 1


@dataclass(frozen=True, slots=True)
class Survey:
    """How many of a locker's compartments work, how many of these are free, and how many of those a parcel fits.

    `limited`: some rule says how much of it this parcel's carrier may use.
    """

    working: int
    free: int
    fitting: int
    limited: bool


@dataclass(frozen=True, slots=True)
class Stock:
    """What could be given to somebody new, by number; and the parcels that room is held for, oldest first, each with
    the compartment that it is planned for."""

    free: list[Box] = field(default_factory=list)
    promised: list[tuple[int | None, Size]] = field(default_factory=list)


def surveyed(db: Connection, locker_ids: Sequence[str], size: Size, carrier: str) -> dict[str, Survey]:
    """What these lockers have for a carrier's parcel; what is free may still be promised to others."""
    low = " AND c.reach = 'low'" if size.low else ""
    found = db.execute(
        "SELECT c.locker_id, COUNT(*) AS working, SUM(CASE WHEN c.content = 'empty' THEN 1 ELSE 0 END) AS free,"
        f" SUM(CASE WHEN c.content = 'empty' AND ({_FITS}){low} THEN 1 ELSE 0"
        " END) AS fitting, (SELECT COUNT(*) FROM carrier_quotas AS q WHERE q.locker_id = c.locker_id"
        f" AND q.carrier IN (?, '')) AS rules FROM compartments AS c WHERE {_working(locker_ids)} GROUP BY c.locker_id",
        (*size.edges_mm * len(_TURNS), carrier, *filled(locker_ids) * 2),
    )
    return {
        name: Survey(int(working), int(free), int(fitting), rules > 0) for name, working, free, fitting, rules in found
    }


def stock(db: Connection, locker_ids: Sequence[str]) -> dict[str, Stock]:
    """What is free and what is promised, asked for at once: a way to the server costs as much as what it finds."""
    these = marks(locker_ids)
    rows = db.execute(
        f"SELECT {_FREE} AS kind, {_BOX}, c.n AS first, '' AS second FROM compartments AS c"
        f" WHERE {_working(locker_ids)} AND c.content = 'empty'"
        f" UNION ALL SELECT {_PROMISED}, d.locker_id, d.n, '', p.width_mm, p.height_mm, p.depth_mm,"
        " CASE WHEN p.low = 1 THEN 'low' ELSE '' END, d.created_s, d.id"
        " FROM deliveries AS d JOIN parcels AS p ON p.id = d.parcel_id"
        # `promised` is a part of what the index holds; said once more in its words, it is found by it.
        f" WHERE d.locker_id IN ({these}) AND d.state <> 'ended' AND d.state = 'promised'"
        " ORDER BY locker_id, kind, first, second",
        filled(locker_ids) * 3,
    )
    found: dict[str, Stock] = defaultdict(Stock)
    for kind, locker_id, n, size_class, width_mm, height_mm, depth_mm, reach, _, _ in rows:
        there = found[locker_id]
        if kind == _FREE:
            there.free.append(_box(n, size_class, (width_mm, height_mm, depth_mm), reach))
        else:
            there.promised.append((n, Size(width_mm, height_mm, depth_mm, reach == "low")))
    return found


def built(db: Connection, locker_ids: Sequence[str]) -> dict[str, list[Box]]:
    """All compartments, whatever is in them."""
    rows = db.execute(
        f"SELECT {_BOX} FROM compartments AS c WHERE c.locker_id IN ({marks(locker_ids)}) AND c.present = 1"
        " ORDER BY c.locker_id, c.n",
        filled(locker_ids),
    )
    found: dict[str, list[Box]] = defaultdict(list)
    for locker_id, n, size_class, width_mm, height_mm, depth_mm, reach in rows:
        found[locker_id].append(_box(n, size_class, (width_mm, height_mm, depth_mm), reach))
    return found


def by_attempt(db: Connection, locker_ids: Sequence[str]) -> dict[str, int]:
    """How many failed home deliveries lie there or are promised room: they use what is kept for them."""
    found = db.execute(
        f"SELECT locker_id, COUNT(*) AS many FROM deliveries WHERE locker_id IN ({marks(locker_ids)})"
        " AND state <> 'ended' AND by_attempt = 1 GROUP BY locker_id",
        filled(locker_ids),
    )
    return {row["locker_id"]: int(row["many"]) for row in found}


def _working(locker_ids: Sequence[str]) -> str:
    """Names the lockers twice: PostgreSQL reads all faults of the country where a compartment's are asked for alone."""
    these = marks(locker_ids)
    return (
        f"c.locker_id IN ({these}) AND c.present = 1 AND c.in_service = 1"
        " AND NOT EXISTS (SELECT 1 FROM faults AS f WHERE f.locker_id = c.locker_id AND f.n = c.n"
        f" AND f.locker_id IN ({these}))"
    )


def _box(n: int, size_class: str, edges_mm: tuple[int, int, int], reach: str) -> Box:
    width_mm, height_mm, depth_mm = edges_mm
    return Box(
        n=n, size_class=size_class, width_mm=width_mm, height_mm=height_mm, depth_mm=depth_mm, reach=reach
    )  # fmt: skip
