"""The newest failed home delivery of each parcel: why, when, and, sealed, where."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.fallback import Place
from hub_service.store.database import Store
from hub_service.store.sql import Connection

_PLACE = "attempt"


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One attempt. `place` is where the courier stood, if that is known."""

    reason: str
    at_s: int
    place: Place | None


def remember(db: Connection, store: Store, parcel_id: str, attempt: AttemptRecord) -> None:
    """Keeps a parcel's newest attempt."""
    place = None if attempt.place is None else [attempt.place.latitude, attempt.place.longitude]
    db.execute(
        "INSERT INTO failed_attempts (parcel_id, reason, at_s, place_sealed) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (parcel_id) DO UPDATE SET reason = excluded.reason, at_s = excluded.at_s,"
        " place_sealed = excluded.place_sealed",
        (parcel_id, attempt.reason, attempt.at_s, store.vault.seal(place, _PLACE)),
    )


def latest(db: Connection, store: Store, parcel_id: str) -> AttemptRecord | None:
    row = db.execute("SELECT * FROM failed_attempts WHERE parcel_id = ?", (parcel_id,)).fetchone()
    if row is None:
        return None
    place = store.vault.open(row["place_sealed"], _PLACE)
    return AttemptRecord(row["reason"], row["at_s"], Place(*place) if place else None)


def forget(db: Connection, parcel_id: str) -> None:
    """A door's place is personal: it goes with everything else that is."""
    db.execute("DELETE FROM failed_attempts WHERE parcel_id = ?", (parcel_id,))
