"""How far the demo's clock was moved forward; kept, so that time doesn't go back with a restart."""

from __future__ import annotations

from hub_service.store.database import Store


def read(store: Store) -> int:
    """Seconds."""
    with store.read() as db:
        offset_s: int = db.execute("SELECT clock_offset_s FROM hub").fetchone()[0]
    return offset_s


def add(store: Store, forward_s: int) -> int:
    """Moves it further; returns the sum in seconds."""
    with store.write() as db:
        # Nobody was silent meanwhile.
        db.execute("UPDATE lockers SET seen_ms = seen_ms + ?", (forward_s * 1000,))
        row = db.execute("UPDATE hub SET clock_offset_s = clock_offset_s + ? RETURNING clock_offset_s", (forward_s,))
        offset_s: int = row.fetchone()[0]
    return offset_s
