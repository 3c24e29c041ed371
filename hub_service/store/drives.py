"""Room that is held for a courier's drive after a failed home delivery."""

from __future__ import annotations

from hub_service.store.records import DeliveryRecord, read_all
from hub_service.store.sql import Connection


def over(db: Connection, now_s: int, limit: int) -> list[DeliveryRecord]:
    """Deliveries whose drive should have ended by now, and that can't have arrived.

    What an offline locker has taken in isn't known yet; what is in doubt may lie there.
    """
    rows = db.execute(
        "SELECT d.* FROM deliveries AS d JOIN lockers AS l ON l.id = d.locker_id"
        " WHERE d.state = 'promised' AND d.held_until_s <= ? AND l.online = 1"
        " AND NOT EXISTS (SELECT 1 FROM doubts AS q WHERE q.delivery_id = d.id) ORDER BY d.held_until_s LIMIT ?",
        (now_s, limit),
    )
    return read_all(DeliveryRecord, rows)
