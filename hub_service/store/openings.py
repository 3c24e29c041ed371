"""Requests to open a door from afar, as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from hub_service.domain.opening import GRACE_MS, State, Way
from hub_service.store.sql import Connection, Row
from hub_service.store.statements import insert

UNDER_WAY = "state IN ('asked', 'sent')"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRecord:
    """One request. `by_who` is a login or `key NAME` (empty: the recipient), `second` who said yes.

    `parcel_id` and `pickup_id` are those of a recipient who opens, or is asked; behind `until_ms` nobody waits.
    """

    id: str
    locker_id: str
    n: int
    way: Way
    state: State
    outcome: str = ""
    parcel_id: str | None = None
    pickup_id: str | None = None
    by_who: str = ""
    second: str = ""
    reason: str = ""
    number: str = ""
    nonce: str = ""
    asked_ms: int
    until_ms: int


def add(db: Connection, opening: OpeningRecord) -> None:
    """Raises IntegrityError where the compartment has one under way."""
    # What nobody answered is over, and mustn't stand in the way.
    db.execute(
        "UPDATE openings SET state = 'refused', outcome = 'no_answer' WHERE locker_id = ? AND n = ?"
        f" AND {UNDER_WAY} AND until_ms + ? < ?",
        (opening.locker_id, opening.n, GRACE_MS, opening.asked_ms),
    )
    row = asdict(opening)
    insert(db, "openings", row)


def find(db: Connection, opening_id: str) -> OpeningRecord | None:
    row = db.execute("SELECT * FROM openings WHERE id = ?", (opening_id,)).fetchone()
    return None if row is None else _read(row)


def supersede(db: Connection, locker_id: str, n: int) -> None:
    """Whoever asks anew for a compartment waits for no earlier yes any more."""
    db.execute(
        "UPDATE openings SET state = 'declined', outcome = 'superseded'"
        " WHERE locker_id = ? AND n = ? AND state = 'waiting'",
        (locker_id, n),
    )


def to_ask(db: Connection, now_ms: int) -> list[OpeningRecord]:
    """Requests whose lockers are to be asked now."""
    rows = db.execute(
        f"SELECT o.* FROM openings AS o JOIN lockers AS l ON l.id = o.locker_id WHERE o.{UNDER_WAY}"
        " AND o.until_ms >= ? AND l.online = 1 ORDER BY o.asked_ms, o.id",
        (now_ms,),
    )
    return [_read(row) for row in rows]


def waiting(db: Connection, now_ms: int) -> list[OpeningRecord]:
    """Requests that wait for somebody's yes, the oldest first."""
    rows = db.execute(
        "SELECT * FROM openings WHERE state = 'waiting' AND until_ms >= ? ORDER BY asked_ms, id", (now_ms,)
    )
    return [_read(row) for row in rows]


def asked_of(db: Connection, pickup_id: str, now_ms: int) -> OpeningRecord | None:
    """The request that waits for this recipient's yes."""
    row = db.execute(
        "SELECT * FROM openings WHERE pickup_id = ? AND way = 'recipient' AND state = 'waiting' AND until_ms >= ?"
        " ORDER BY asked_ms LIMIT 1",
        (pickup_id, now_ms),
    ).fetchone()
    return None if row is None else _read(row)


def latest(db: Connection, limit: int) -> list[OpeningRecord]:
    """The newest requests of operators, newest first."""
    rows = db.execute("SELECT * FROM openings WHERE by_who <> '' ORDER BY asked_ms DESC, id DESC LIMIT ?", (limit,))
    return [_read(row) for row in rows]


def wrong_numbers(db: Connection, parcel_id: str, after_ms: int) -> list[int]:
    """When (Unix seconds) the recipient of a parcel gave a wrong number lately."""
    rows = db.execute(
        "SELECT asked_ms FROM openings WHERE parcel_id = ? AND asked_ms > ? AND outcome = 'wrong_number'",
        (parcel_id, after_ms),
    )
    return [row["asked_ms"] // 1000 for row in rows]


def emergencies(db: Connection, by_who: str, after_ms: int) -> list[OpeningRecord]:
    """What somebody wanted to open alone lately."""
    rows = db.execute(
        "SELECT * FROM openings WHERE by_who = ? AND asked_ms > ? AND way = 'emergency'", (by_who, after_ms)
    )
    return [_read(row) for row in rows]


def update(db: Connection, opening_id: str, **values: str | int) -> None:
    assignments = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE openings SET {assignments} WHERE id = ?", (*values.values(), opening_id))


def _read(row: Row) -> OpeningRecord:
    return OpeningRecord(**{name: row[name] for name in row.keys()})  # noqa: SIM118 - a row has no other way
