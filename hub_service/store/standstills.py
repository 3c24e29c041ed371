"""Stays whose clock stands still, or should: nobody can get at the parcel, because of its locker or its door."""

from __future__ import annotations

from hub_service.domain.deadlines import STOPPING_FAULTS
from hub_service.store.records import DeliveryRecord, read, read_all
from hub_service.store.sql import Connection
from hub_service.store.statements import each

# Named by the alias of the delivery's row: `d`.
_STANDS = (
    "(EXISTS (SELECT 1 FROM lockers AS l WHERE l.id = d.locker_id AND l.online = 0) OR EXISTS (SELECT 1 FROM faults"
    f" AS f WHERE f.locker_id = d.locker_id AND f.n = d.n AND f.fault IN ({each(STOPPING_FAULTS)})))"
)


def to_stop(db: Connection, limit: int) -> list[tuple[DeliveryRecord, int | None]]:
    """Deliveries whose clock runs though nobody can get at them; with each since when its locker is offline (s)."""
    runs = (
        # The index of what is live holds it; said in its words, it is found by it.
        "d.state <> 'ended' AND d.state = 'inside' AND d.stopped_s IS NULL AND d.recalled = 0"
        " AND d.deadline_s + 0 IS NOT NULL"
    )
    rows = db.execute(
        "SELECT d.*, (SELECT e.hub_at_ms / 1000 FROM events AS e JOIN lockers AS l ON l.id = e.locker_id"
        " WHERE e.locker_id = d.locker_id AND e.kind = 'offline' AND l.online = 0 ORDER BY e.seq DESC LIMIT 1)"
        " AS offline_s FROM deliveries AS d WHERE d.id IN ("
        # From what is in the way, which is little, to the parcels behind it: not from all that lies in lockers. SQLite
        # takes the tables of a cross join in their order.
        f"SELECT d.id FROM lockers AS l CROSS JOIN deliveries AS d WHERE d.locker_id = l.id AND l.online = 0 AND {runs}"
        f" UNION SELECT d.id FROM faults AS f CROSS JOIN deliveries AS d WHERE d.locker_id = f.locker_id"
        f" AND d.n = f.n AND f.fault IN ({each(STOPPING_FAULTS)}) AND {runs}) LIMIT ?",
        (*STOPPING_FAULTS, limit),
    )
    return [(read(DeliveryRecord, row), row["offline_s"]) for row in rows.fetchall()]


def to_go_on(db: Connection, limit: int) -> list[DeliveryRecord]:
    """Deliveries whose clock stands still though somebody can get at them again."""
    rows = db.execute(
        f"SELECT d.* FROM deliveries AS d WHERE d.state = 'inside' AND d.stopped_s IS NOT NULL AND NOT {_STANDS}"
        " LIMIT ?",
        (*STOPPING_FAULTS, limit),
    )
    return read_all(DeliveryRecord, rows)
