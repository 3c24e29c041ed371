"""Messages that programs have to be told: written in the transaction of what happened, kept with their attempts.

Each message keeps its webhook-id through all attempts and replays, by which a receiver knows repeats.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from hub_service.domain.status_names import names_of
from hub_service.store import parcels, webhooks
from hub_service.store.sets import filled, marks
from hub_service.store.sql import Connection, Row

State = Literal["waiting", "sent", "given_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """A message as its log shows it, with its attempts as (at_ms, took_ms, status, problem)."""

    id: int
    message: str
    kind: str
    state: State
    created_ms: int
    due_ms: int
    body: str
    attempts: tuple[tuple[int, int, int | None, str], ...] = ()


def tell(db: Connection, listening: Sequence[webhooks.WebhookRecord], happened: dict[str, Any]) -> None:
    """Writes an event for those of the listening who want to hear of it, in the transaction in which it happens.

    `happened`: seq, kind, parcel_id, locker_id, hub_at_ms, data, as in the timeline.
    """
    about = "parcel" if happened["parcel_id"] else "locker" if happened["locker_id"] else "hub"
    kind = f"{about}.{happened['kind']}"
    wanting = [one for one in listening if one.wants(kind)]
    if not wanting:
        return
    parcel = parcels.find(db, happened["parcel_id"]) if happened["parcel_id"] else None
    test = parcel.test if parcel else _is_test(db, happened["locker_id"])
    # Without a carrier it is the operator's: of what is no parcel's nobody else is told.
    carriers = ("", parcel.carrier if parcel else "")
    data = {name: happened[name] for name in ("seq", "parcel_id", "locker_id", "data")}
    if parcel:
        data |= {"tracking_number": parcel.tracking_number, "carrier": parcel.carrier, "reference": parcel.reference}
        data |= {"status": parcel.status, "status_names": names_of(parcel.status)}
    for webhook in wanting:
        if webhook.test != test or webhook.carrier not in carriers:
            continue
        put(db, webhook.id, kind, data, happened["hub_at_ms"])


def put(db: Connection, webhook_id: str, kind: str, data: dict[str, Any], now_ms: int) -> int:
    """A message that is due at once; returns its number."""
    at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = json.dumps({"type": kind, "timestamp": at, "data": data})
    row = db.execute(
        "INSERT INTO webhook_outbox (webhook_id, message, kind, body, created_ms, due_ms) VALUES (?, ?, ?, ?, ?, ?)"
        " RETURNING id",
        (webhook_id, f"msg_{secrets.token_hex(12)}", kind, body, now_ms, now_ms),
    ).fetchone()
    number: int = row[0]
    return number


def again(db: Connection, webhook_id: str, now_ms: int, *, number: int | None, since_ms: int | None) -> int:
    """Sends one message anew, or all since then, under the webhook-ids that they had; returns how many."""
    where, value = ("id = ?", number) if number is not None else ("created_ms >= ?", since_ms)
    done = db.execute(
        "UPDATE webhook_outbox SET sent_ms = NULL, given_up_ms = NULL, attempts = 0, due_ms = ?"
        f" WHERE webhook_id = ? AND leased_until_ms <= ? AND {where}",
        (now_ms, webhook_id, now_ms, value),
    )
    return done.rowcount


def log(db: Connection, webhook_id: str, before: int | None, limit: int) -> list[MessageRecord]:
    """The newest messages to an address, newest first, each with its attempts."""
    rows = db.execute(
        "SELECT * FROM webhook_outbox WHERE webhook_id = ? AND id < COALESCE(?, id + 1) ORDER BY id DESC LIMIT ?",
        (webhook_id, before, limit),
    ).fetchall()
    return [_message(db, row) for row in rows]


def find(db: Connection, webhook_id: str, number: int) -> MessageRecord | None:
    row = db.execute("SELECT * FROM webhook_outbox WHERE webhook_id = ? AND id = ?", (webhook_id, number)).fetchone()
    return None if row is None else _message(db, row)


def forget_before(db: Connection, before_ms: int, limit: int) -> bool:
    """Drops some of what is so old that nobody will replay it; whether there may be more.

    What still waits then has an address that has ended or was disabled for weeks.
    """
    # Messages are numbered as they come: the oldest are found without an index of times, which each one would pay for.
    oldest = db.execute(
        "SELECT id, created_ms, leased_until_ms FROM webhook_outbox ORDER BY id LIMIT ?", (limit,)
    ).fetchall()
    # Of one that is replayed just now the attempt is still to be written.
    old = [row["id"] for row in oldest if max(row["created_ms"], row["leased_until_ms"]) < before_ms]
    if not old:
        return False
    for table, name in (("webhook_attempts", "outbox_id"), ("webhook_outbox", "id")):
        db.execute(f"DELETE FROM {table} WHERE {name} IN ({marks(old)})", filled(old))
    return len(oldest) == limit and oldest[-1]["created_ms"] < before_ms


def _is_test(db: Connection, locker_id: str | None) -> bool:
    row = db.execute("SELECT test FROM lockers WHERE id = ?", (locker_id,)).fetchone() if locker_id else None
    return bool(row and row["test"])


def _message(db: Connection, row: Row) -> MessageRecord:
    attempts = db.execute(
        "SELECT at_ms, took_ms, status, problem FROM webhook_attempts WHERE outbox_id = ? ORDER BY id", (row["id"],)
    )
    state: State = "sent" if row["sent_ms"] else "given_up" if row["given_up_ms"] else "waiting"
    return MessageRecord(
        id=row["id"], message=row["message"], kind=row["kind"], state=state, created_ms=row["created_ms"],
        due_ms=row["due_ms"], body=row["body"], attempts=tuple(tuple(one) for one in attempts),
    )  # fmt: skip
