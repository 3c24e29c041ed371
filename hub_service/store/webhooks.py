"""Where programs want to be told of events: addresses, the kinds that they want, secrets, and how they are doing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hub_service.domain.limits import Caller
from hub_service.store.database import Store
from hub_service.store.sql import Connection, Row

OLD_SECRET_MS = 24 * 3_600_000
"""How long the secret before a rotation signs as well: receivers are changed one after the other."""

_PURPOSE = "webhook secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRecord:
    """One address. `kinds` are types of messages, or a part of them with a star behind; empty: all."""

    id: str
    carrier: str
    test: bool
    url: str
    kinds: tuple[str, ...]
    created_ms: int
    failing_since_ms: int | None = None
    disabled_ms: int | None = None
    disabled_why: str = ""

    def wants(self, kind: str) -> bool:
        return not self.kinds or any(
            kind.startswith(one[:-1]) if one.endswith("*") else kind == one for one in self.kinds
        )


def add(db: Connection, store: Store, webhook: WebhookRecord, secret: str) -> None:
    db.execute(
        "INSERT INTO webhooks (id, carrier, test, url, kinds, secret_sealed, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            webhook.id, webhook.carrier, int(webhook.test), webhook.url, json.dumps(webhook.kinds),
            store.vault.seal(secret, _PURPOSE), webhook.created_ms,
        ),
    )  # fmt: skip


def find(db: Connection, webhook_id: str) -> WebhookRecord | None:
    row = db.execute("SELECT * FROM webhooks WHERE id = ? AND ended_ms IS NULL", (webhook_id,)).fetchone()
    return None if row is None else _record(row)


def every(db: Connection, caller: Caller) -> list[WebhookRecord]:
    """The caller's own, oldest first."""
    rows = db.execute(
        "SELECT * FROM webhooks WHERE ended_ms IS NULL AND test = ? AND carrier = ? ORDER BY created_ms, id",
        (int(caller.test), caller.carrier),
    )
    return [_record(row) for row in rows]


def listening(db: Connection) -> list[WebhookRecord]:
    """Those that are told of anything at all."""
    rows = db.execute("SELECT * FROM webhooks WHERE ended_ms IS NULL AND disabled_ms IS NULL")
    return [_record(row) for row in rows]


def secrets(db: Connection, store: Store, webhook_id: str, now_ms: int) -> tuple[str, ...]:
    """What messages to this address are signed with, newest first."""
    row = db.execute("SELECT * FROM webhooks WHERE id = ?", (webhook_id,)).fetchone()
    sealed = [row["secret_sealed"]]
    if row["old_until_ms"] is not None and now_ms < row["old_until_ms"]:
        sealed.append(row["old_secret_sealed"])
    return tuple(store.vault.open(one, _PURPOSE) for one in sealed)


def rotate(db: Connection, store: Store, webhook_id: str, secret: str, now_ms: int) -> None:
    """The old secret signs beside the new one for a day."""
    db.execute(
        "UPDATE webhooks SET old_secret_sealed = secret_sealed, old_until_ms = ?, secret_sealed = ? WHERE id = ?",
        (now_ms + OLD_SECRET_MS, store.vault.seal(secret, _PURPOSE), webhook_id),
    )


def end(db: Connection, webhook_id: str, now_ms: int) -> None:
    """Nothing more is sent there; what was sent stays in the log."""
    db.execute("UPDATE webhooks SET ended_ms = ? WHERE id = ?", (now_ms, webhook_id))


def enable(db: Connection, webhook_id: str) -> None:
    db.execute(
        "UPDATE webhooks SET disabled_ms = NULL, disabled_why = '', failing_since_ms = NULL WHERE id = ?", (webhook_id,)
    )


def disable(db: Connection, webhook_id: str, why: str, now_ms: int) -> bool:
    """Nothing is sent there until somebody enables it; False if it was disabled or ended already."""
    done = db.execute(
        "UPDATE webhooks SET disabled_ms = ?, disabled_why = ?"
        " WHERE id = ? AND disabled_ms IS NULL AND ended_ms IS NULL",
        (now_ms, why, webhook_id),
    )
    return done.rowcount == 1


def mark_reached(db: Connection, webhook_id: str) -> None:
    db.execute("UPDATE webhooks SET failing_since_ms = NULL WHERE id = ?", (webhook_id,))


def mark_failing(db: Connection, webhook_id: str, now_ms: int) -> int:
    """Since when it has been failing, this failure included."""
    row = db.execute(
        "UPDATE webhooks SET failing_since_ms = COALESCE(failing_since_ms, ?) WHERE id = ? RETURNING failing_since_ms",
        (now_ms, webhook_id),
    ).fetchone()
    since_ms: int = row[0]
    return since_ms


def _record(row: Row) -> WebhookRecord:
    same = ("id", "carrier", "url", "created_ms", "failing_since_ms", "disabled_ms", "disabled_why")
    kinds = tuple(json.loads(row["kinds"]))
    return WebhookRecord(**{name: row[name] for name in same}, test=bool(row["test"]), kinds=kinds)
