"""What announcements that are taken together look up and write: as many statements for all of them as for one.

What belongs to their lockers stays true until it is written, as their turns are held; all else is a constraint too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub_service.store.records import ParcelRecord, read_all
from hub_service.store.sets import ROWS_MAX, filled, marks, pairs, rows
from hub_service.store.sql import Connection

Pair = tuple[str, str]
Columns = dict[str, Any]


def known_requests(db: Connection, names: Sequence[Pair]) -> set[Pair]:
    """Those of these callers' keys with which a request has come before, whatever has become of it."""
    if not names:
        return set()
    asked, values = pairs(names), tuple(value for pair in filled(names) for value in pair)
    found = db.execute(
        f"SELECT caller, key FROM answers WHERE (caller, key) IN ({asked})"
        f" UNION SELECT caller, key FROM idempotency_keys WHERE (caller, key) IN ({asked})",
        (*values, *values),
    )
    return {(row["caller"], row["key"]) for row in found}


def taken_labels(db: Connection, names: Sequence[str]) -> set[str]:
    """Those of these labels that some parcel under way has."""
    found = db.execute(f"SELECT label FROM live_labels WHERE label IN ({marks(names)})", filled(names))
    return {row["label"] for row in found}


def awaited_people(db: Connection, lookups: Sequence[str]) -> set[str]:
    """Those of these recipients for whom something is under way or waits already."""
    if not lookups:
        return set()
    found = db.execute(
        f"SELECT DISTINCT recipient_lookup FROM pickups WHERE live = 1 AND recipient_lookup IN ({marks(lookups)})",
        filled(lookups),
    )
    return {row["recipient_lookup"] for row in found}


def taken_codes(db: Connection, lookups: Sequence[str]) -> set[str]:
    """Those of these codes that open something already, whoever has them."""
    if not lookups:
        return set()
    some, values = marks(lookups), filled(lookups)
    found = db.execute(
        f"SELECT lookup FROM typed_codes WHERE lookup IN ({some})"
        f" UNION SELECT pin_lookup FROM delegates WHERE pin_lookup IN ({some}) AND ended_s IS NULL"
        f" UNION SELECT lookup FROM day_codes WHERE lookup IN ({some})",
        (*values, *values, *values),
    )
    return {row[0] for row in found}


def claimed_compartments(db: Connection, locker_ids: Sequence[str]) -> dict[str, set[int]]:
    """Which compartments of these lockers somebody has, or is to get."""
    found: dict[str, set[int]] = {}
    for row in db.execute(
        f"SELECT locker_id, n FROM holdings WHERE locker_id IN ({marks(locker_ids)})", filled(locker_ids)
    ):
        found.setdefault(row["locker_id"], set()).add(row["n"])
    return found


def limited_lockers(db: Connection, locker_ids: Sequence[str]) -> set[str]:
    """Those of these lockers where some carrier may not use all."""
    found = db.execute(
        f"SELECT DISTINCT locker_id FROM carrier_quotas WHERE locker_id IN ({marks(locker_ids)})", filled(locker_ids)
    )
    return {row["locker_id"] for row in found}


def add_parcels(db: Connection, values: Sequence[Columns]) -> dict[str, ParcelRecord]:
    """New parcels, by their ids."""
    live = [row | {"status": "announced", "live": 1} for row in values]
    added = db.execute(f"{_insert('parcels', live)} RETURNING *", _values(live))
    return {one.id: one for one in read_all(ParcelRecord, added.fetchall())}


def add(db: Connection, table: str, values: Sequence[Columns], conflict: str = "") -> None:
    """New rows of one table, which have the same columns."""
    # A group is small, so its lengths are few: each statement is planned once, and there is one for each table.
    for start in range(0, len(values), ROWS_MAX):
        some = values[start : start + ROWS_MAX]
        db.execute(f"{_insert(table, some)} {conflict}", _values(some))


def _insert(table: str, some: Sequence[Columns]) -> str:
    columns = tuple(some[0])
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows(len(columns), len(some))}"


def _values(some: Sequence[Columns]) -> tuple[Any, ...]:
    columns = tuple(some[0])
    return tuple(row[name] for row in some for name in columns)
