"""What the store knows of the present, counted in sets: one statement for all lockers, whatever their number."""

from __future__ import annotations

from importlib import resources
from typing import Any

from hub_service.store.sql import Connection

_NOTICES = "notices_outbox WHERE sent_ms IS NULL AND refused_ms IS NULL AND overtaken_ms IS NULL"
_WEBHOOKS = "webhook_outbox WHERE sent_ms IS NULL AND given_up_ms IS NULL"


def missing_migrations(db: Connection) -> list[str]:
    """The scripts of this version that the database hasn't seen."""
    folder = resources.files("hub_service.store").joinpath("migrations")
    done = {row[0] for row in db.execute("SELECT name FROM migrations")}
    return sorted({file.name for file in folder.iterdir() if file.name.endswith(".sql")} - done)


def lockers(db: Connection, test: bool) -> list[Any]:
    """Each locker: id, online (0 or 1), when it was heard of (ms), and by how many orders it is behind."""
    return db.execute(
        "SELECT id, online, seen_ms, CASE WHEN stands_epoch = epoch THEN last_order - stands_order ELSE last_order END"
        " AS behind FROM lockers WHERE test = ? ORDER BY number",
        (int(test),),
    ).fetchall()


def compartments(db: Connection, test: bool) -> list[Any]:
    """How many compartments of each locker hold what."""
    return db.execute(
        "SELECT c.locker_id, c.content, COUNT(*) FROM compartments AS c JOIN lockers AS l ON l.id = c.locker_id"
        " WHERE c.present = 1 AND l.test = ? GROUP BY c.locker_id, c.content",
        (int(test),),
    ).fetchall()


def faults(db: Connection, test: bool) -> list[Any]:
    """How many faults of which kind each locker has."""
    return db.execute(
        "SELECT f.locker_id, f.fault, COUNT(*) FROM faults AS f JOIN lockers AS l ON l.id = f.locker_id"
        " WHERE l.test = ? GROUP BY f.locker_id, f.fault",
        (int(test),),
    ).fetchall()


def alarms(db: Connection, test: bool) -> list[Any]:
    """How many alarms of which kind are open at each locker."""
    return db.execute(
        "SELECT a.locker_id, a.kind, COUNT(*) FROM alarms AS a JOIN lockers AS l ON l.id = a.locker_id"
        " WHERE a.closed_ms IS NULL AND l.test = ? GROUP BY a.locker_id, a.kind",
        (int(test),),
    ).fetchall()


def live_deliveries(db: Connection) -> list[Any]:
    """How many parcels are promised room or lie in a locker."""
    return db.execute("SELECT state, COUNT(*) FROM deliveries WHERE state <> 'ended' GROUP BY state").fetchall()


def overdue(db: Connection, now_ms: int) -> dict[str, float]:
    """For how long what should have been sent by now has waited, in seconds, by outbox."""
    found = {}
    for name, table in (("notices", _NOTICES), ("webhooks", _WEBHOOKS)):
        oldest = db.execute(f"SELECT MIN(due_ms) FROM {table} AND due_ms <= ?", (now_ms,)).fetchone()[0]
        found[name] = max(0.0, (now_ms - oldest) / 1000) if oldest is not None else 0.0
    return found


def newest_backup_ms(db: Connection) -> int:
    """When the newest backup was complete (0: there is none)."""
    return db.execute("SELECT MAX(at_ms) FROM backups").fetchone()[0] or 0
