"""Parcels, and who they are for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from hub_service.domain.custody import Attention, Status, is_live
from hub_service.store.records import ParcelRecord, read_all, read_one
from hub_service.store.sql import Connection
from hub_service.store.statements import each, insert
from locker.wire.labels import canonical

RECIPIENT = "recipient"
"""The purpose under which recipients are sealed in the vault."""


def add(db: Connection, values: dict[str, Any]) -> None:
    """Adds a parcel as announced; raises IntegrityError if one of its labels is under way already."""
    row = values | {"status": "announced", "live": 1}
    insert(db, "parcels", row)
    for name in labels_of(row):
        db.execute("INSERT INTO live_labels (label, parcel_id) VALUES (?, ?)", (name, row["id"]))


def labels_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a scan of the parcel in this row may mean."""
    return names_of((row["tracking_number"], *json.loads(row["labels"])))


def names_of(labels: Iterable[str]) -> tuple[str, ...]:
    """What a scan of a parcel with these labels may mean: each as it is written, and as all its spellings are read."""
    labels = tuple(labels)
    return tuple(dict.fromkeys((*labels, *filter(None, map(canonical, labels)))))


def find_labelled(db: Connection, labels: Iterable[str]) -> ParcelRecord | None:
    """The parcel that is under way with one of these labels, however it is spelled."""
    names = names_of(labels)
    row = db.execute(
        "SELECT p.* FROM live_labels AS l JOIN parcels AS p ON p.id = l.parcel_id"
        f" WHERE l.label IN ({each(names)}) LIMIT 1",
        names,
    ).fetchone()
    return read_one(ParcelRecord, row)


def find(db: Connection, parcel_id: str) -> ParcelRecord | None:
    return read_one(ParcelRecord, db.execute("SELECT * FROM parcels WHERE id = ?", (parcel_id,)).fetchone())


def find_by_page(db: Connection, page_lookup: str) -> ParcelRecord | None:
    row = db.execute("SELECT * FROM parcels WHERE page_lookup = ?", (page_lookup,)).fetchone()
    return read_one(ParcelRecord, row)


def select(
    db: Connection,
    *,
    limit: int,
    behind: tuple[int, str] | None = None,
    only_drop_offs: bool = False,
    test: bool | None = None,
    **equal: str | None,
) -> list[ParcelRecord]:
    """The newest parcels, newest first, whose columns equal what is given (None: any).

    `behind` is when the last one of the page before was announced, and its id: new parcels move no page.
    """
    wanted = {name: value for name, value in equal.items() if value is not None}
    conditions = ["drop_off <> ''"] if only_drop_offs else []
    # What is said in words rather than values is what indexes of a part of all parcels are found by.
    if test is not None:
        conditions.append(f"test = {int(test)}")
    if "status" in wanted and is_live(cast(Status, wanted["status"])):
        conditions.append("live = 1")
    if wanted.get("reference"):
        conditions.append("reference <> ''")
    if behind is not None:
        conditions.append("(announced_s, id) < (?, ?)")
    named = bool(wanted.get("tracking_number") or wanted.get("reference"))
    carrier = wanted.pop("carrier", None)
    values = (*(behind or ()), *wanted.values())
    conditions += [f"{name} = ?" for name in wanted]
    if named:
        # A name leads to a few, which the index of a carrier's parcels mustn't be preferred to.
        if carrier is not None:
            conditions.append("carrier || '' = ?")
        return _newest(db, conditions, (*values, *([] if carrier is None else [carrier])), limit)
    # There are few carriers, whose parcels each are in order: an index of all would cost every announcement.
    each_of = _carriers(db) if carrier is None else [carrier]
    found = [one for name in each_of for one in _newest(db, [*conditions, "carrier = ?"], (*values, name), limit)]
    return sorted(found, key=lambda one: (one.announced_s, one.id), reverse=True)[:limit]


def _newest(db: Connection, conditions: Sequence[str], values: Sequence[object], limit: int) -> list[ParcelRecord]:
    rows = db.execute(
        f"SELECT * FROM parcels WHERE {' AND '.join(conditions)} ORDER BY announced_s DESC, id DESC LIMIT ?",
        (*values, limit),
    )
    return read_all(ParcelRecord, rows)


def _carriers(db: Connection) -> list[str]:
    """Whoever parcels were ever announced for, by one step into the index for each."""
    rows = db.execute(
        "WITH RECURSIVE c (carrier) AS (SELECT MIN(carrier) FROM parcels UNION ALL"
        " SELECT (SELECT MIN(p.carrier) FROM parcels AS p WHERE p.carrier > c.carrier) FROM c"
        " WHERE c.carrier IS NOT NULL) SELECT carrier FROM c WHERE carrier IS NOT NULL"
    )
    return [row["carrier"] for row in rows]


def set_status(
    db: Connection, parcel_id: str, status: Status, attention: Attention = "", was: Status | None = None
) -> None:
    """Moves a parcel on. What is over gives its labels back; what comes alive again takes those that are free.

    With `was`, its status before, nobody has to look after labels that it keeps.
    """
    row = db.execute(
        "UPDATE parcels SET status = ?, live = ?, attention = ? WHERE id = ? RETURNING tracking_number, labels",
        (status, int(is_live(status)), attention, parcel_id),
    ).fetchone()
    if was is not None and is_live(was) == is_live(status):
        return
    if not is_live(status):
        db.execute("DELETE FROM live_labels WHERE parcel_id = ?", (parcel_id,))
        return
    # Announced anew in the meantime: its scan means the newer one, and what has happened to the older still counts.
    for name in names_of((row["tracking_number"], *json.loads(row["labels"]))):
        db.execute(
            "INSERT INTO live_labels (label, parcel_id) VALUES (?, ?) ON CONFLICT (label) DO NOTHING", (name, parcel_id)
        )
