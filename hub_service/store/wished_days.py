"""On which day recipients would rather have what is still on its way."""

from __future__ import annotations

from hub_service.store.sql import Connection


def of(db: Connection, parcel_id: str) -> str:
    """The day (ISO date); empty where nobody has wished for one."""
    row = db.execute("SELECT day FROM wished_days WHERE parcel_id = ?", (parcel_id,)).fetchone()
    return "" if row is None else row["day"]


def put(db: Connection, parcel_id: str, day: str) -> None:
    """Keeps the newest wish; an empty one takes it back."""
    if not day:
        db.execute("DELETE FROM wished_days WHERE parcel_id = ?", (parcel_id,))
        return
    db.execute(
        "INSERT INTO wished_days (parcel_id, day) VALUES (?, ?)"
        " ON CONFLICT (parcel_id) DO UPDATE SET day = excluded.day",
        (parcel_id, day),
    )
