"""Drop-offs: what is awaited from senders, and the proofs of what has changed hands."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.returns import HandOver
from hub_service.store.records import DeliveryRecord, ParcelRecord, read_all
from hub_service.store.sql import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverRecord:
    """Something has changed hands at compartment `n`; `receipt` is the hash of the locker's fact that says so."""

    parcel_id: str
    kind: HandOver
    at_ms: int
    locker_id: str
    n: int
    receipt: str


def hand_over(db: Connection, record: HandOverRecord) -> None:
    """Keeps a proof, once for each fact."""
    db.execute(
        "INSERT INTO hand_overs (parcel_id, kind, at_ms, locker_id, n, receipt) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (parcel_id, kind, receipt) DO NOTHING",
        (record.parcel_id, record.kind, record.at_ms, record.locker_id, record.n, record.receipt),
    )


def hand_overs(db: Connection, parcel_id: str) -> list[HandOverRecord]:
    """What has changed hands with a parcel, oldest first."""
    rows = db.execute(
        "SELECT parcel_id, kind, at_ms, locker_id, n, receipt FROM hand_overs WHERE parcel_id = ? ORDER BY id",
        (parcel_id,),
    )
    return [HandOverRecord(**dict(row)) for row in rows]


def returns_of(db: Connection, parcel_id: str) -> list[ParcelRecord]:
    """Every return of a delivered parcel, newest first."""
    rows = db.execute(
        "SELECT * FROM parcels WHERE of_parcel_id = ? ORDER BY announced_s DESC, live DESC, id", (parcel_id,)
    )
    return read_all(ParcelRecord, rows)


def collected_s(db: Connection, parcel_id: str) -> int | None:
    """When a parcel was collected, as the hub has heard of it; None: it wasn't."""
    row = db.execute(
        "SELECT MAX(hub_at_ms) AS at_ms FROM events WHERE parcel_id = ? AND kind IN ('collected', 'handed_over')",
        (parcel_id,),
    ).fetchone()
    return None if row["at_ms"] is None else row["at_ms"] // 1000


def not_fetched(db: Connection, before_s: int, limit: int) -> list[DeliveryRecord]:
    """Drop-offs that lie inside since before then, and about which nobody was called yet."""
    rows = db.execute(
        "SELECT * FROM deliveries WHERE state = 'inside' AND by_sender = 1 AND ready_s <= ? AND reminded = 0"
        " ORDER BY ready_s, id LIMIT ?",
        (before_s, limit),
    )
    return read_all(DeliveryRecord, rows)


def lapsed(db: Connection, now_s: int, limit: int) -> list[DeliveryRecord]:
    """Drop-offs whose code isn't good any more, and that can't have been used.

    What an offline locker has taken in isn't known yet; what is in doubt may lie there.
    """
    rows = db.execute(
        "SELECT d.* FROM deliveries AS d JOIN lockers AS l ON l.id = d.locker_id"
        " WHERE d.state = 'promised' AND d.by_sender = 1 AND d.deadline_s <= ? AND l.online = 1"
        " AND NOT EXISTS (SELECT 1 FROM doubts AS q WHERE q.delivery_id = d.id) ORDER BY d.deadline_s, d.id LIMIT ?",
        (now_s, limit),
    )
    return read_all(DeliveryRecord, rows)
