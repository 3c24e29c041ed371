"""The timeline of everything, and the alarms that wait for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hub_service.store import webhook_outbox, webhooks
from hub_service.store.sets import chunks, rows
from hub_service.store.sql import Connection
from hub_service.store.statements import each


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One thing that has happened. `locker_at_ms` is the locker's own clock (None: it happened at the hub)."""

    seq: int = 0
    kind: str
    parcel_id: str | None = None
    locker_id: str | None = None
    locker_at_ms: int | None = None
    hub_at_ms: int
    data: dict[str, Any]


def add(db: Connection, event: EventRecord) -> None:
    """Writes an event, also for the programs that want to be told of it; its `seq` is drawn here."""
    add_all(db, [event])


def add_all(db: Connection, events: Sequence[EventRecord]) -> None:
    """The same for several, in their order."""
    listening = webhooks.listening(db)
    for some in chunks(events):
        found = db.execute(
            "INSERT INTO events (kind, parcel_id, locker_id, locker_at_ms, hub_at_ms, data)"
            f" VALUES {rows(6, len(some))} RETURNING seq",
            tuple(value for event in some for value in _columns(event)),
        ).fetchall()
        # Numbers are drawn in the order of the rows; in which order they are told isn't promised.
        numbers = sorted(row["seq"] for row in found)
        for event, seq in zip(some, numbers, strict=True) if listening else ():
            webhook_outbox.tell(db, listening, asdict(event) | {"seq": seq})


def _columns(event: EventRecord) -> tuple[object, ...]:
    return (
        event.kind, event.parcel_id, event.locker_id, event.locker_at_ms, event.hub_at_ms, json.dumps(event.data),
    )  # fmt: skip


def after(
    db: Connection, seq: int, limit: int, parcel_id: str | None = None, locker_id: str | None = None
) -> list[EventRecord]:
    """Events behind `seq`, oldest first, of one parcel or locker where these are given."""
    wanted = {name: value for name, value in (("parcel_id", parcel_id), ("locker_id", locker_id)) if value is not None}
    where = "".join(f" AND {name} = ?" for name in wanted)
    rows = db.execute(f"SELECT * FROM events WHERE seq > ?{where} ORDER BY seq LIMIT ?", (seq, *wanted.values(), limit))
    return [EventRecord(**(dict(row) | {"data": json.loads(row["data"])})) for row in rows]


def latest(db: Connection, locker_id: str, limit: int, before: int | None = None) -> list[EventRecord]:
    """What has happened at a locker, newest first, before the event numbered so where one is given."""
    rows = db.execute(
        "SELECT * FROM events WHERE locker_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
        (locker_id, before if before is not None else 2**62, limit),
    )
    return [EventRecord(**(dict(row) | {"data": json.loads(row["data"])})) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRecord:
    """An alarm that is open; `times` counts how often it was raised."""

    id: int
    locker_id: str
    n: int
    kind: str
    sentence: str
    raised_ms: int
    times: int


def raise_alarm(db: Connection, locker_id: str, n: int, kind: str, sentence: str, now_ms: int) -> None:
    """Opens an alarm, or counts once more on the one that is open already."""
    # One that is open already isn't opened twice, or a flickering sensor would bury all others.
    db.execute(
        "INSERT INTO alarms (locker_id, n, kind, sentence, raised_ms) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (locker_id, n, kind) WHERE closed_ms IS NULL DO UPDATE SET times = alarms.times + 1",
        (locker_id, n, kind, sentence, now_ms),
    )


def close_alarms(db: Connection, locker_id: str, n: int, kinds: tuple[str, ...], now_ms: int) -> None:
    """Somebody has looked, or it has gone by itself."""
    db.execute(
        "UPDATE alarms SET closed_ms = ? WHERE locker_id = ? AND n = ? AND closed_ms IS NULL"
        f" AND kind IN ({each(kinds)})",
        (now_ms, locker_id, n, *kinds),
    )


def close_alarm(db: Connection, locker_id: str, alarm_id: int, now_ms: int) -> bool:
    """A person has dealt with one alarm; False if it isn't open here."""
    done = db.execute(
        "UPDATE alarms SET closed_ms = ? WHERE id = ? AND locker_id = ? AND closed_ms IS NULL",
        (now_ms, alarm_id, locker_id),
    )
    return done.rowcount == 1


def open_alarms(db: Connection, locker_id: str) -> list[AlarmRecord]:
    """What waits for a person at a locker, newest first."""
    rows = db.execute(
        "SELECT id, locker_id, n, kind, sentence, raised_ms, times FROM alarms"
        " WHERE locker_id = ? AND closed_ms IS NULL ORDER BY id DESC",
        (locker_id,),
    )
    return [AlarmRecord(**dict(row)) for row in rows]
