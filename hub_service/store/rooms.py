"""What is free and promised at many lockers at once, in as many statements as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from hub_service.domain.placement import Box, Size
from hub_service.store.sets import filled, marks
from hub_service.store.sql import Connection, Row

_WORKS = (
    "c.present = 1 AND c.in_service = 1"
    " AND NOT EXISTS (SELECT 1 FROM faults AS f WHERE f.locker_id = c.locker_id AND f.n = c.n)"
)
_TURNS = (
    ("width_mm", "height_mm", "depth_mm"), ("width_mm", "depth_mm", "height_mm"), ("height_mm", "width_mm", "depth_mm"),
    ("height_mm", "depth_mm", "width_mm"), ("depth_mm", "width_mm", "height_mm"), ("depth_mm", "height_mm", "width_mm"),
)  # fmt: skip
_FITS = " OR ".join("(" + " AND ".join(f"c.{edge} >= ?" for edge in turn) + ")" for turn in _TURNS)
_BOX = "c.locker_id, c.n, c.size_class, c.width_mm, c.height_mm, c.depth_mm, c.reach"


@dataclass(frozen=True, slots=True)
class Survey:
    """How many of a locker's compartments work, and how many of these are free and large enough for a parcel."""

    working: int
    fitting: int


def surveyed(db: Connection, locker_ids: Sequence[str], size: Size) -> dict[str, Survey]:
    """What these lockers have for a parcel; what is free may still be promised to others."""
    low = " AND c.reach = 'low'" if size.low else ""
    found = db.execute(
        f"SELECT c.locker_id, COUNT(*) AS working, SUM(CASE WHEN c.content = 'empty' AND ({_FITS}){low} THEN 1 ELSE 0"
        f" END) AS fitting FROM compartments AS c WHERE c.locker_id IN ({marks(locker_ids)}) AND {_WORKS}"
        " GROUP BY c.locker_id",
        (*size.edges_mm * len(_TURNS), *filled(locker_ids)),
    )
    return {row["locker_id"]: Survey(int(row["working"]), int(row["fitting"])) for row in found}


def free(db: Connection, locker_ids: Sequence[str]) -> dict[str, list[Box]]:
    """Compartments that could be given to somebody new, in the order of their numbers."""
    found = db.execute(
        f"SELECT {_BOX} FROM compartments AS c WHERE c.locker_id IN ({marks(locker_ids)})"
        f" AND c.content = 'empty' AND {_WORKS} ORDER BY c.locker_id, c.n",
        filled(locker_ids),
    )
    return _boxes(found.fetchall())


def built(db: Connection, locker_ids: Sequence[str]) -> dict[str, list[Box]]:
    """All compartments, whatever is in them."""
    found = db.execute(
        f"SELECT {_BOX} FROM compartments AS c WHERE c.locker_id IN ({marks(locker_ids)}) AND c.present = 1"
        " ORDER BY c.locker_id, c.n",
        filled(locker_ids),
    )
    return _boxes(found.fetchall())


def promised(db: Connection, locker_ids: Sequence[str]) -> dict[str, list[tuple[int | None, Size]]]:
    """The parcels that room is held for, oldest first: the compartment that each is planned for, and its size."""
    rows = db.execute(
        "SELECT d.locker_id, d.n, p.width_mm, p.height_mm, p.depth_mm, p.low FROM deliveries AS d"
        " JOIN parcels AS p ON p.id = d.parcel_id"
        # `promised` is a part of what the index holds; said once more in its words, it is found by it.
        f" WHERE d.locker_id IN ({marks(locker_ids)}) AND d.state <> 'ended' AND d.state = 'promised'"
        " ORDER BY d.locker_id, d.created_s, d.id",
        filled(locker_ids),
    ).fetchall()
    found: dict[str, list[tuple[int | None, Size]]] = defaultdict(list)
    for row in rows:
        size = Size(row["width_mm"], row["height_mm"], row["depth_mm"], bool(row["low"]))
        found[row["locker_id"]].append((row["n"], size))
    return found


def by_attempt(db: Connection, locker_ids: Sequence[str]) -> dict[str, int]:
    """How many failed home deliveries lie there or are promised room: they use what is kept for them."""
    found = db.execute(
        f"SELECT locker_id, COUNT(*) AS many FROM deliveries WHERE locker_id IN ({marks(locker_ids)})"
        " AND state <> 'ended' AND by_attempt = 1 GROUP BY locker_id",
        filled(locker_ids),
    )
    return {row["locker_id"]: int(row["many"]) for row in found}


def _boxes(rows: list[Row]) -> dict[str, list[Box]]:
    found: dict[str, list[Box]] = defaultdict(list)
    for row in rows:
        found[row["locker_id"]].append(
            Box(
                n=row["n"], size_class=row["size_class"], width_mm=row["width_mm"], height_mm=row["height_mm"],
                depth_mm=row["depth_mm"], reach=row["reach"],
            )
        )  # fmt: skip
    return found
