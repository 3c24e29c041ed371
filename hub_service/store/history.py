"""The events of long ago: kept out of the way of today's, and forgotten when an operator wants them to be.

When a locker was made known stays for ever: figures count from then.
"""

from __future__ import annotations

from hub_service.domain.months import Month, month_of
from hub_service.store.sql import Connection

AT_ONCE = 5_000
"""So many rows go in one transaction: nobody waits for long behind them."""

MONTHS_AHEAD = 2
_KEPT = "locker_added"


def forget(db: Connection, before_ms: int) -> bool:
    """Deletes some of what is older; whether there may be more."""
    # By the index of times: in the order of numbers SQLite would read all that is kept as well.
    old = f"SELECT seq FROM events WHERE hub_at_ms < ? AND kind <> '{_KEPT}' ORDER BY hub_at_ms LIMIT ?"
    return db.execute(f"DELETE FROM events WHERE seq IN ({old})", (before_ms, AT_ONCE)).rowcount == AT_ONCE


def make_months(db: Connection, now_ms: int) -> None:
    """Where events lie by month (PostgreSQL): this month and the next ones have their tables."""
    there = _months(db)
    for ahead in range(MONTHS_AHEAD + 1):
        month = month_of(now_ms).plus(ahead)
        if month not in there:
            _make(db, month)


def drop_months(db: Connection, before_ms: int) -> None:
    """Months that are over by then go as a whole."""
    for month in _months(db):
        if month.plus(1).start_ms <= before_ms:
            table = _table(month)
            db.execute(f"ALTER TABLE events DETACH PARTITION {table}")
            db.execute(f"INSERT INTO events SELECT * FROM {table} WHERE kind = '{_KEPT}'")
            db.execute(f"DROP TABLE {table}")


def _months(db: Connection) -> list[Month]:
    found = db.execute(
        "SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = CAST('events' AS REGCLASS) AND c.relname <> 'events_other' ORDER BY c.relname"
    )
    return [Month(*map(int, row[0].removeprefix("events_").split("_"))) for row in found]


def _make(db: Connection, month: Month) -> None:
    table, first_ms, end_ms = _table(month), month.start_ms, month.plus(1).start_ms
    db.execute(f"CREATE TABLE {table} (LIKE events INCLUDING DEFAULTS)")
    # What came before there was a table for its month moves there, or the new one would contradict it.
    span = f"hub_at_ms >= {first_ms} AND hub_at_ms < {end_ms}"
    db.execute(f"INSERT INTO {table} SELECT * FROM events_other WHERE {span}")
    db.execute(f"DELETE FROM events_other WHERE {span}")
    db.execute(f"ALTER TABLE events ATTACH PARTITION {table} FOR VALUES FROM ({first_ms}) TO ({end_ms})")


def _table(month: Month) -> str:
    return f"events_{month.name}"
