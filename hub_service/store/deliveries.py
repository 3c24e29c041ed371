"""Deliveries, the pickups they belong to, and the compartments that are planned for these or hold them."""

from __future__ import annotations

from typing import Any

from hub_service.store.records import DeliveryRecord, read, read_all, read_one
from hub_service.store.sql import Connection
from hub_service.store.statements import insert


def add(db: Connection, values: dict[str, Any]) -> None:
    """Adds a promised delivery; its compartment must be claimed for its pickup before."""
    row = values | {"state": "promised"}
    insert(db, "deliveries", row)


def find(db: Connection, delivery_id: str) -> DeliveryRecord | None:
    return read_one(DeliveryRecord, db.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)).fetchone())


def find_named(db: Connection, locker_id: str, name: str) -> DeliveryRecord | None:
    """The delivery that a locker calls so: by its id, or by a deposit ticket's name."""
    row = db.execute(
        "SELECT * FROM deliveries WHERE locker_id = ? AND (id = ? OR alias = ?)"
        # The live one where a parcel came back to the same locker by another deposit ticket.
        " ORDER BY state = 'ended', created_s DESC LIMIT 1",
        (locker_id, name, name),
    ).fetchone()
    return read_one(DeliveryRecord, row)


def find_live(db: Connection, parcel_id: str) -> DeliveryRecord | None:
    """The one delivery of a parcel that isn't over."""
    row = db.execute("SELECT * FROM deliveries WHERE parcel_id = ? AND state <> 'ended'", (parcel_id,)).fetchone()
    return read_one(DeliveryRecord, row)


def find_latest(db: Connection, parcel_id: str) -> DeliveryRecord | None:
    """The live delivery of a parcel, else its last one."""
    row = db.execute(
        "SELECT * FROM deliveries WHERE parcel_id = ? ORDER BY state = 'ended', created_s DESC, id DESC LIMIT 1",
        (parcel_id,),
    ).fetchone()
    return read_one(DeliveryRecord, row)


def live_at(db: Connection, locker_id: str) -> list[DeliveryRecord]:
    rows = db.execute(
        "SELECT * FROM deliveries WHERE locker_id = ? AND state <> 'ended' ORDER BY created_s, id", (locker_id,)
    )
    return read_all(DeliveryRecord, rows)


def live_in(db: Connection, locker_id: str, n: int) -> list[DeliveryRecord]:
    rows = db.execute(
        "SELECT * FROM deliveries WHERE locker_id = ? AND n = ? AND state <> 'ended' ORDER BY id", (locker_id, n)
    )
    return read_all(DeliveryRecord, rows)


def live_of(db: Connection, pickup_id: str) -> list[DeliveryRecord]:
    rows = db.execute(
        "SELECT * FROM deliveries WHERE pickup_id = ? AND state <> 'ended' ORDER BY created_s, id", (pickup_id,)
    )
    return read_all(DeliveryRecord, rows)


def update(db: Connection, delivery_id: str, **values: object) -> DeliveryRecord:
    """Changes some columns; the delivery as it is now."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    row = db.execute(
        f"UPDATE deliveries SET {assignments} WHERE id = ? RETURNING *", (*values.values(), delivery_id)
    ).fetchone()
    return read(DeliveryRecord, row)


def to_expire(db: Connection, now_s: int, limit: int) -> list[DeliveryRecord]:
    """Deliveries that lie in a locker beyond their deadline while their clock runs, and weren't recalled yet."""
    rows = db.execute(
        "SELECT * FROM deliveries WHERE state = 'inside' AND deadline_s <= ? AND recalled = 0 AND stopped_s IS NULL"
        " ORDER BY deadline_s LIMIT ?",
        (now_s, limit),
    )
    return read_all(DeliveryRecord, rows)


def to_remind(db: Connection, now_s: int, limit: int) -> list[DeliveryRecord]:
    """Deliveries whose recipients are to be reminded by now, where they could come."""
    rows = db.execute(
        "SELECT * FROM deliveries WHERE state = 'inside' AND remind_at_s <= ? AND stopped_s IS NULL"
        " ORDER BY remind_at_s LIMIT ?",
        (now_s, limit),
    )
    return read_all(DeliveryRecord, rows)


def held_by_others(db: Connection, locker_id: str, pickup_id: str) -> set[int]:
    """Compartments that are planned for other pickups, or hold them."""
    rows = db.execute("SELECT n FROM holdings WHERE locker_id = ? AND pickup_id <> ?", (locker_id, pickup_id))
    return {row["n"] for row in rows}


def claim(db: Connection, locker_id: str, n: int, pickup_id: str) -> None:
    """A compartment is this pickup's alone; raises IntegrityError while it is another's."""
    db.execute(
        "INSERT INTO holdings (locker_id, n, pickup_id) VALUES (?, ?, ?)"
        " ON CONFLICT (locker_id, n, pickup_id) DO NOTHING",
        (locker_id, n, pickup_id),
    )


def release_unused(db: Connection, locker_id: str) -> None:
    """Compartments that no live delivery is planned for or lies in are nobody's."""
    db.execute(
        "DELETE FROM holdings WHERE locker_id = ? AND NOT EXISTS (SELECT 1 FROM deliveries AS d"
        " WHERE d.locker_id = holdings.locker_id AND d.n = holdings.n AND d.pickup_id = holdings.pickup_id)",
        (locker_id,),
    )


def doubt(db: Connection, locker_id: str, n: int, delivery_id: str, status_before: str) -> None:
    """Nobody knows whether this delivery lies in this compartment; what was believed first is kept."""
    db.execute(
        "INSERT INTO doubts (locker_id, n, delivery_id, status_before) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (locker_id, n, delivery_id, status_before),
    )


def doubts(db: Connection, locker_id: str, n: int) -> dict[str, str]:
    """The deliveries that may lie in a compartment, each with its parcel's status before that was in doubt."""
    rows = db.execute("SELECT delivery_id, status_before FROM doubts WHERE locker_id = ? AND n = ?", (locker_id, n))
    return {row["delivery_id"]: row["status_before"] for row in rows}


def is_doubted(db: Connection, delivery_id: str) -> bool:
    """Whether it may lie somewhere although nobody knows."""
    return db.execute("SELECT 1 FROM doubts WHERE delivery_id = ?", (delivery_id,)).fetchone() is not None


def end_doubts(db: Connection, locker_id: str, n: int, delivery_id: str = "") -> None:
    """Somebody has looked into the compartment, or something else was put in: that delivery, which lies here now."""
    db.execute("DELETE FROM doubts WHERE locker_id = ? AND n = ? OR delivery_id = ?", (locker_id, n, delivery_id))


def end_doubt(db: Connection, delivery_id: str) -> None:
    db.execute("DELETE FROM doubts WHERE delivery_id = ?", (delivery_id,))
