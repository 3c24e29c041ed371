"""Parcels, and who they are for."""

from __future__ import annotations

import sqlite3
from typing import Any

from hub_service.domain.custody import Status, is_live
from hub_service.store.records import ParcelRecord, read_all, read_one

RECIPIENT = "recipient"
"""The purpose under which recipients are sealed in the vault."""


def add(db: sqlite3.Connection, values: dict[str, Any]) -> None:
    """Adds a parcel as announced; raises sqlite3.IntegrityError if its label is under way already."""
    row = values | {"status": "announced", "live": 1}
    db.execute(
        f"INSERT INTO parcels ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
        tuple(row.values()),
    )


def find(db: sqlite3.Connection, parcel_id: str) -> ParcelRecord | None:
    return read_one(ParcelRecord, db.execute("SELECT * FROM parcels WHERE id = ?", (parcel_id,)).fetchone())


def find_by_page(db: sqlite3.Connection, page_lookup: str) -> ParcelRecord | None:
    row = db.execute("SELECT * FROM parcels WHERE page_lookup = ?", (page_lookup,)).fetchone()
    return read_one(ParcelRecord, row)


def find_under_way(db: sqlite3.Connection, *tracking_numbers: str) -> ParcelRecord | None:
    """The parcel that has this label, in one of these spellings, at the moment."""
    one_of = ", ".join("?" * len(tracking_numbers))
    query = f"SELECT * FROM parcels WHERE tracking_number IN ({one_of}) AND live = 1"
    row = db.execute(query, tracking_numbers).fetchone()
    return read_one(ParcelRecord, row)


def select(
    db: sqlite3.Connection, *, limit: int, behind: tuple[int, str] | None = None, **equal: str | int | None
) -> list[ParcelRecord]:
    """The newest parcels, newest first, whose columns equal what is given (None: any).

    `behind` is when the last one of the page before was announced, and its id: new parcels move no page.
    """
    wanted = {name: value for name, value in equal.items() if value is not None}
    where = " AND ".join(f"{name} = ?" for name in wanted) or "1 = 1"
    if behind is not None:
        where += " AND (announced_s, id) < (?, ?)"
    rows = db.execute(
        f"SELECT * FROM parcels WHERE {where} ORDER BY announced_s DESC, id DESC LIMIT ?",
        (*wanted.values(), *(behind or ()), limit),
    )
    return read_all(ParcelRecord, rows)


def set_status(db: sqlite3.Connection, parcel_id: str, status: Status) -> None:
    """Moves a parcel on; raises sqlite3.IntegrityError if it comes alive again while its label is used by another."""
    db.execute("UPDATE parcels SET status = ?, live = ? WHERE id = ?", (status, int(is_live(status)), parcel_id))
