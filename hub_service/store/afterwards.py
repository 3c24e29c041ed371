"""Ratings, and the end of personal data. What is erased leaves the parcel's history behind, without anybody in it."""

from __future__ import annotations

from hub_service.store import attempts, contacts, delegates, push_devices
from hub_service.store.database import Store
from hub_service.store.parcels import RECIPIENT
from hub_service.store.sql import Connection

NOBODY = {"name": "", "email": "", "phone": "", "language": "en", "latitude": None, "longitude": None}


def rate(db: Connection, parcel_id: str, stars: int, now_ms: int) -> None:
    """Keeps what a recipient thought; the newest counts."""
    db.execute(
        "INSERT INTO ratings (parcel_id, stars, at_ms) VALUES (?, ?, ?)"
        " ON CONFLICT (parcel_id) DO UPDATE SET stars = excluded.stars, at_ms = excluded.at_ms",
        (parcel_id, stars, now_ms),
    )


def stars_of(db: Connection, parcel_id: str) -> int | None:
    row = db.execute("SELECT stars FROM ratings WHERE parcel_id = ?", (parcel_id,)).fetchone()
    return None if row is None else row["stars"]


def ask_to_erase(db: Connection, parcel_id: str, now_s: int) -> None:
    """Keeps when it was first asked for."""
    db.execute(
        "UPDATE parcels SET erase_asked_s = COALESCE(erase_asked_s, ?) WHERE id = ? AND erased = 0", (now_s, parcel_id)
    )


def to_erase(db: Connection, old_s: int, asked_s: int, limit: int) -> list[str]:
    """Parcels that are over whose data is due: nothing has happened since `old_s`, or it was asked for by `asked_s`."""
    # Two looks, as each has an index of its own: "or" between them would have neither.
    asked = db.execute(
        "SELECT id FROM parcels WHERE erase_asked_s <= ? AND live = 0 AND erased = 0 LIMIT ?", (asked_s, limit)
    ).fetchall()
    # A parcel's announcement has happened as well: of the younger ones nobody has to know more.
    quiet = db.execute(
        "SELECT id FROM parcels AS p WHERE live = 0 AND erased = 0 AND announced_s <= ? AND NOT EXISTS"
        " (SELECT 1 FROM events AS e WHERE e.parcel_id = p.id AND e.hub_at_ms > ?) ORDER BY announced_s LIMIT ?",
        (old_s, old_s * 1000, limit),
    ).fetchall()
    return list(dict.fromkeys(row["id"] for row in (*asked, *quiet)))


def erase(db: Connection, store: Store, parcel_id: str) -> None:
    """Forgets who a parcel was for, everywhere; its statuses, places and times stay."""
    db.execute(
        "UPDATE parcels SET recipient_sealed = ?, recipient_lookup = '', reference = '', erased = 1 WHERE id = ?",
        (store.vault.seal(NOBODY, RECIPIENT), parcel_id),
    )
    contacts.forget(db, parcel_id)
    attempts.forget(db, parcel_id)
    delegates.forget_of_parcel(db, store, parcel_id)
    push_devices.forget(db, parcel_id)
    # Sent or not: a notice about a parcel that is over tells nobody anything new.
    db.execute(
        "UPDATE notices_outbox SET content_sealed = ?, overtaken_ms = COALESCE(overtaken_ms, created_ms)"
        " WHERE parcel_id = ?",
        (b"", parcel_id),
    )
    db.execute("DELETE FROM mailbox WHERE parcel_id = ?", (parcel_id,))
