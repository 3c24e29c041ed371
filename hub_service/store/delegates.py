"""Whom a recipient has asked to collect: name and codes, sealed, and what lockers recognise the codes by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub_service.store.database import Store
from hub_service.store.errors import IntegrityError
from hub_service.store.sql import Connection, Row
from hub_service.store.staff import TYPED
from hub_service.store.typed_codes import is_in_use

_SEALED = "delegate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """One of them. `name` may be empty; `pin` is what they type, `text` what their QR code says."""

    id: str
    pickup_id: str
    name: str
    pin: str
    text: str
    asked_s: int
    collected_s: int | None = None
    ended_s: int | None = None


def add(db: Connection, store: Store, one: Delegate, page_lookup: str) -> None:
    """Somebody more who may come; raises IntegrityError where the PIN opens something else."""
    lookup = store.vault.lookup(one.pin, TYPED)
    if is_in_use(db, lookup):
        raise IntegrityError("this PIN opens something else")
    db.execute(
        "INSERT INTO delegates (id, pickup_id, name_sealed, pin_sealed, pin_lookup, text_sealed, page_lookup, asked_s)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.id, one.pickup_id, store.vault.seal(one.name, _SEALED), store.vault.seal(one.pin, _SEALED), lookup,
            store.vault.seal(one.text, _SEALED), page_lookup, one.asked_s,
        ),
    )  # fmt: skip


def of(db: Connection, store: Store, pickup_id: str) -> tuple[Delegate, ...]:
    """All that were ever asked for this pickup, oldest first."""
    rows = db.execute("SELECT * FROM delegates WHERE pickup_id = ? ORDER BY asked_s, id", (pickup_id,)).fetchall()
    return tuple(_delegate(store, row) for row in rows)


def by_page(db: Connection, store: Store, page_lookup: str) -> Delegate | None:
    """Whose page this is."""
    row = db.execute("SELECT * FROM delegates WHERE page_lookup = ?", (page_lookup,)).fetchone()
    return None if row is None else _delegate(store, row)


def end(db: Connection, delegate_id: str, now_s: int) -> None:
    """This one may not come any more; lockers have to be told."""
    db.execute("UPDATE delegates SET ended_s = ? WHERE id = ? AND ended_s IS NULL", (now_s, delegate_id))


def collected(db: Connection, delegate_id: str, now_s: int) -> None:
    """This one has been at the locker; the first time counts."""
    db.execute("UPDATE delegates SET collected_s = COALESCE(collected_s, ?) WHERE id = ?", (now_s, delegate_id))


def forget_of_parcel(db: Connection, store: Store, parcel_id: str) -> None:
    """Erases the names of those who were asked for a parcel; none of their codes opens anything from then on.

    While another parcel of the same pickup waits, they are still asked for that one, and erased with it.
    """
    db.execute(
        "UPDATE delegates SET name_sealed = ?, ended_s = COALESCE(ended_s, asked_s)"
        " WHERE pickup_id IN (SELECT d.pickup_id FROM deliveries AS d JOIN pickups AS k ON k.id = d.pickup_id"
        " WHERE d.parcel_id = ? AND k.live = 0)",
        (store.vault.seal("", _SEALED), parcel_id),
    )


def set_tags(db: Connection, delegate_id: str, locker_id: str, tags: Iterable[str]) -> None:
    """Keeps what a locker is told about somebody's codes."""
    db.executemany(
        "INSERT INTO delegate_tags (delegate_id, locker_id, tag) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(delegate_id, locker_id, tag) for tag in tags],
    )


def forget_tags(db: Connection, locker_id: str) -> None:
    """The locker has another key for codes."""
    db.execute("DELETE FROM delegate_tags WHERE locker_id = ?", (locker_id,))


def tags(db: Connection, pickup_id: str, locker_id: str) -> dict[str, tuple[str, ...]]:
    """What a locker recognises those by who may come for a pickup: each one's id, and the tags of their codes."""
    rows = db.execute(
        "SELECT t.delegate_id, t.tag FROM delegate_tags AS t JOIN delegates AS d ON d.id = t.delegate_id"
        " WHERE d.pickup_id = ? AND d.ended_s IS NULL AND t.locker_id = ? ORDER BY d.asked_s, d.id, t.tag",
        (pickup_id, locker_id),
    ).fetchall()
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row["delegate_id"]] = (*found.get(row["delegate_id"], ()), row["tag"])
    return found


def _delegate(store: Store, row: Row) -> Delegate:
    return Delegate(
        id=row["id"], pickup_id=row["pickup_id"], name=store.vault.open(row["name_sealed"], _SEALED),
        pin=store.vault.open(row["pin_sealed"], _SEALED), text=store.vault.open(row["text_sealed"], _SEALED),
        asked_s=row["asked_s"], collected_s=row["collected_s"], ended_s=row["ended_s"],
    )  # fmt: skip
