"""Pickups: the codes that open them, and what each locker must know to recognise the PIN."""

from __future__ import annotations

from typing import Any

from hub_service.store.database import Store
from hub_service.store.records import PickupRecord, read_one
from hub_service.store.sql import Connection
from hub_service.store.statements import insert
from hub_service.store.typed_codes import is_one_of_several, refuse_if_several_have

_PIN = "pin"


def add(db: Connection, store: Store, values: dict[str, Any], pin: str) -> None:
    """Adds a live pickup; raises IntegrityError if the PIN opens something else."""
    refuse_if_several_have(db, store.vault.lookup(pin, _PIN))
    row = values | sealed_pin(store, pin) | {"live": 1}
    insert(db, "pickups", row)


def sealed_pin(store: Store, pin: str) -> dict[str, Any]:
    """A PIN as a pickup's columns hold it."""
    return {"pin_sealed": store.vault.seal(pin, _PIN), "pin_lookup": store.vault.lookup(pin, _PIN)}


def find(db: Connection, pickup_id: str) -> PickupRecord | None:
    return read_one(PickupRecord, db.execute("SELECT * FROM pickups WHERE id = ?", (pickup_id,)).fetchone())


def find_live_of(db: Connection, recipient_lookup: str, locker_id: str) -> PickupRecord | None:
    """The live pickup that this recipient has at this locker, unless a deposit ticket is out for a parcel of it."""
    row = db.execute(
        "SELECT * FROM pickups AS k WHERE recipient_lookup = ? AND live = 1 AND EXISTS (SELECT 1 FROM deliveries AS d"
        " WHERE d.pickup_id = k.id AND d.locker_id = ? AND d.state <> 'ended')"
        # The ticket names the pickup: another parcel of it on its way could be taken for the ticket's.
        " AND NOT EXISTS (SELECT 1 FROM deliveries AS d WHERE d.pickup_id = k.id AND d.alias IS NOT NULL"
        " AND d.state <> 'ended') ORDER BY created_s LIMIT 1",
        (recipient_lookup, locker_id),
    ).fetchone()
    return read_one(PickupRecord, row)


def pin(store: Store, pickup: PickupRecord) -> str:
    digits: str = store.vault.open(pickup.pin_sealed, _PIN)
    return digits


def pin_is_taken(db: Connection, pickup: PickupRecord) -> bool:
    """Whether another live pickup, or a member of staff, has this one's PIN by now."""
    row = db.execute(
        "SELECT 1 FROM typed_codes WHERE lookup = ? AND pickup_id IS NOT ?", (pickup.pin_lookup, pickup.id)
    ).fetchone()
    return row is not None or is_one_of_several(db, pickup.pin_lookup)


def change_pin(db: Connection, store: Store, pickup_id: str, new_pin: str) -> None:
    """Gives a pickup another PIN; what lockers knew of the old one is forgotten."""
    refuse_if_several_have(db, store.vault.lookup(new_pin, _PIN))
    db.execute(
        "UPDATE pickups SET pin_sealed = ?, pin_lookup = ? WHERE id = ?",
        (store.vault.seal(new_pin, _PIN), store.vault.lookup(new_pin, _PIN), pickup_id),
    )
    db.execute("DELETE FROM admissions WHERE pickup_id = ?", (pickup_id,))


def set_generation(db: Connection, pickup_id: str, generation: int) -> None:
    """Tickets of an older generation open nothing any more."""
    db.execute("UPDATE pickups SET generation = ? WHERE id = ?", (generation, pickup_id))


def set_live(db: Connection, pickup_id: str) -> None:
    """A pickup is live while one of its deliveries isn't over; then its PIN is free for others."""
    db.execute(
        "UPDATE pickups SET live = CASE WHEN EXISTS (SELECT 1 FROM deliveries AS d"
        " WHERE d.pickup_id = pickups.id AND d.state <> 'ended') THEN 1 ELSE 0 END WHERE id = ?",
        (pickup_id,),
    )


def admit(db: Connection, pickup_id: str, locker_id: str, pin_tag: str) -> None:
    """Keeps what a locker is told about a pickup's PIN."""
    db.execute(
        "INSERT INTO admissions (pickup_id, locker_id, pin_tag) VALUES (?, ?, ?)"
        " ON CONFLICT (pickup_id, locker_id) DO UPDATE SET pin_tag = excluded.pin_tag",
        (pickup_id, locker_id, pin_tag),
    )


def forget_tags(db: Connection, locker_id: str) -> None:
    """The locker has another key for typed codes."""
    db.execute("DELETE FROM admissions WHERE locker_id = ?", (locker_id,))


def pin_tag(db: Connection, pickup_id: str, locker_id: str) -> str | None:
    """The PIN's tag at a locker, if that was told of it."""
    row = db.execute(
        "SELECT pin_tag FROM admissions WHERE pickup_id = ? AND locker_id = ?", (pickup_id, locker_id)
    ).fetchone()
    return None if row is None else row["pin_tag"]
