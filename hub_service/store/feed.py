"""The timeline as one caller may see it: of parcels those that are theirs, of lockers only what operators see."""

from __future__ import annotations

import json

from hub_service.domain.limits import Caller
from hub_service.store.events import EventRecord
from hub_service.store.sql import Connection

_NAMES = ("seq", "kind", "parcel_id", "locker_id", "locker_at_ms", "hub_at_ms", "data")


def after(
    db: Connection, caller: Caller, span: tuple[int, int], limit: int, parcel_id: str | None, locker_id: str | None
) -> list[EventRecord]:
    """Events behind the first number up to the second that the caller may see, oldest first, about what is given."""
    wanted = {"e.parcel_id": parcel_id, "e.locker_id": locker_id}
    given = {name: value for name, value in wanted.items() if value is not None}
    if caller.carrier:
        # Not by the index of a carrier's parcels: it would lead over all that were ever theirs to what is new of a few.
        given["p.carrier || ''"] = caller.carrier
    where = "".join(f" AND {name} = ?" for name in given)
    rows = db.execute(
        "SELECT e.* FROM events AS e LEFT JOIN parcels AS p ON p.id = e.parcel_id"
        " LEFT JOIN lockers AS l ON l.id = e.locker_id"
        f" WHERE e.seq > ? AND e.seq <= ? AND COALESCE(p.test, l.test, 0) = ?{where} ORDER BY e.seq LIMIT ?",
        (*span, int(caller.test), *given.values(), limit),
    )
    return [EventRecord(**({name: row[name] for name in _NAMES} | {"data": json.loads(row["data"])})) for row in rows]
