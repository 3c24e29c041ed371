"""Messages on their way: claimed when due, sent at least once, tried again over days, given up in the end.

A worker claims what is due (`claim`), sends it, and says how it went (`mark`). One that dies in between has claimed for
`LEASE_MS` only.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.store import events, webhooks
from hub_service.store.database import Store
from hub_service.store.sets import filled, marks
from hub_service.store.sql import Connection, Row

LEASE_MS = 60_000
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
PAUSES_MS = (
    5_000, 5 * _MINUTE_MS, 30 * _MINUTE_MS, 2 * _HOUR_MS, 5 * _HOUR_MS, 10 * _HOUR_MS, 14 * _HOUR_MS, 20 * _HOUR_MS,
    24 * _HOUR_MS,
)  # fmt: skip
"""How long to wait after each failed attempt: three days in all, as Standard Webhooks recommends."""

DISABLED_AFTER_MS = 5 * 24 * _HOUR_MS
"""An address that nobody has answered at for this long isn't told any more."""

_WAITING = "o.sent_ms IS NULL AND o.given_up_ms IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A message that was claimed: what goes where, and the secrets that sign it."""

    id: int
    webhook_id: str
    message: str
    url: str
    body: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went: the status that was answered, else what was in the way. `gone`: never come back."""

    took_ms: int
    status: int | None = None
    problem: str = ""

    @property
    def reached(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == 410


def claim(store: Store, now_ms: int, limit: int) -> list[Sending]:
    """What is due, at most one message for each address: one that hangs holds up nobody else."""
    # A look first: an idle worker asks all the time and shouldn't take the writer's turn for it.
    with store.read() as db:
        if not _due(db, now_ms, 1):
            return []
    with store.write() as db:
        if not (due := _due(db, now_ms, limit)):
            return []
        rows = db.execute(
            f"UPDATE webhook_outbox SET leased_until_ms = ?, attempts = attempts + 1 WHERE id IN ({marks(due)})"
            " RETURNING *",
            (now_ms + LEASE_MS, *filled(due)),
        ).fetchall()
        return [_sending(db, store, row, now_ms) for row in rows]


def _due(db: Connection, now_ms: int, limit: int) -> list[int]:
    """The message that is due first at each address that is being told of nothing just now."""
    # For each address one step into the index of what waits there, and one into that of what is under way, which is in
    # the words of the first half of its condition. Whatever was sent, or is to come, is not looked at.
    rows = db.execute(
        "SELECT first FROM (SELECT (SELECT o.id FROM webhook_outbox AS o WHERE o.webhook_id = w.id"
        f" AND {_WAITING} AND o.due_ms <= ? ORDER BY o.due_ms, o.id LIMIT 1) AS first FROM webhooks AS w"
        " WHERE w.ended_ms IS NULL AND w.disabled_ms IS NULL AND NOT EXISTS (SELECT 1 FROM webhook_outbox AS u"
        " WHERE u.webhook_id = w.id AND u.leased_until_ms > 0 AND u.leased_until_ms > ?)) AS found"
        " WHERE first IS NOT NULL LIMIT ?",
        (now_ms, now_ms, limit),
    )
    return [row["first"] for row in rows]


def mark(store: Store, sending: Sending, outcome: Outcome, now_ms: int) -> str:
    """How an attempt went; returns why the address is disabled now, or nothing."""
    with store.write() as db:
        db.execute(
            "INSERT INTO webhook_attempts (outbox_id, at_ms, took_ms, status, problem) VALUES (?, ?, ?, ?, ?)",
            (sending.id, now_ms, outcome.took_ms, outcome.status, outcome.problem),
        )
        if outcome.reached:
            db.execute("UPDATE webhook_outbox SET sent_ms = ?, leased_until_ms = 0 WHERE id = ?", (now_ms, sending.id))
            webhooks.mark_reached(db, sending.webhook_id)
            return ""
        _postpone(db, sending.id, now_ms)
        since_ms = webhooks.mark_failing(db, sending.webhook_id, now_ms)
        why = "it answered that it is gone" if outcome.gone else "every attempt failed for five days"
        if not outcome.gone and now_ms - since_ms < DISABLED_AFTER_MS:
            return ""
        if not webhooks.disable(db, sending.webhook_id, why, now_ms):
            return ""
        data = {"webhook_id": sending.webhook_id, "why": why}
        events.add(db, events.EventRecord(kind="webhook_disabled", hub_at_ms=now_ms, data=data))
        return why


def _postpone(db: Connection, number: int, now_ms: int) -> None:
    attempts = db.execute("SELECT attempts FROM webhook_outbox WHERE id = ?", (number,)).fetchone()[0]
    if attempts > len(PAUSES_MS):
        db.execute("UPDATE webhook_outbox SET given_up_ms = ?, leased_until_ms = 0 WHERE id = ?", (now_ms, number))
        return
    db.execute(
        "UPDATE webhook_outbox SET due_ms = ?, leased_until_ms = 0 WHERE id = ?",
        (now_ms + PAUSES_MS[attempts - 1], number),
    )


def _sending(db: Connection, store: Store, row: Row, now_ms: int) -> Sending:
    webhook = webhooks.find(db, row["webhook_id"])
    assert webhook is not None, "it was claimed for one that isn't ended"
    return Sending(
        id=row["id"], webhook_id=webhook.id, message=row["message"], url=webhook.url, body=row["body"],
        secrets=webhooks.secrets(db, store, webhook.id, now_ms),
    )  # fmt: skip
