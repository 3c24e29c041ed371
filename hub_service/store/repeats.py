"""The first answers to requests with an idempotency key, sealed: they may hold access codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from hub_service.store.database import Store
from hub_service.store.sql import Connection

LEASE_MS = 60_000
"""A request that was begun this long ago and has no answer died with its worker."""

_PURPOSE = "answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a status, the media type and the body's text."""

    status: int
    media_type: str
    body: str


def known(
    db: Connection, store: Store, names: tuple[str, str], digest: str, now_ms: int
) -> Answer | Literal["under_way", "other_request"] | None:
    """The answer to this caller's key, or that somebody else works it out just now; None: nobody does."""
    row = db.execute("SELECT * FROM answers WHERE caller = ? AND key = ?", names).fetchone()
    if row is not None and row["request_digest"] != digest:
        return "other_request"
    if row is not None and row["status"] is not None:
        first: dict[str, Any] = store.vault.open(row["answer_sealed"], _PURPOSE)
        return Answer(row["status"], first["media_type"], first["body"])
    if row is not None and row["claimed_ms"] > now_ms - LEASE_MS:
        return "under_way"
    return None


def claim(
    db: Connection, store: Store, names: tuple[str, str], digest: str, now_ms: int
) -> Answer | Literal["yours", "under_way", "other_request"]:
    """The same, but where nobody does it is the caller's from now on: `yours`."""
    found = known(db, store, names, digest, now_ms)
    if found is not None:
        return found
    db.execute(
        "INSERT INTO answers (caller, key, request_digest, claimed_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (caller, key) DO UPDATE SET claimed_ms = excluded.claimed_ms",
        (*names, digest, now_ms),
    )
    return "yours"


def keep(db: Connection, store: Store, names: tuple[str, str], answer: Answer) -> None:
    """This is the answer from now on."""
    row = kept(store, answer)
    db.execute(
        "UPDATE answers SET status = ?, answer_sealed = ? WHERE caller = ? AND key = ?",
        (row["status"], row["answer_sealed"], *names),
    )


def kept(store: Store, answer: Answer) -> dict[str, Any]:
    """An answer as its columns hold it."""
    sealed = store.vault.seal({"media_type": answer.media_type, "body": answer.body}, _PURPOSE)
    return {"status": answer.status, "answer_sealed": sealed}


def release(db: Connection, names: tuple[str, str]) -> None:
    """The request had no effect: the next one with this key is the first."""
    db.execute("DELETE FROM answers WHERE caller = ? AND key = ? AND status IS NULL", names)


def forget_before(db: Connection, before_ms: int, limit: int) -> bool:
    """Drops some of the older ones, and whatever came in the same millisecond; whether there may be more."""
    last = db.execute(
        "SELECT claimed_ms FROM answers WHERE claimed_ms < ? ORDER BY claimed_ms LIMIT 1 OFFSET ?",
        (before_ms, limit - 1),
    ).fetchone()
    db.execute("DELETE FROM answers WHERE claimed_ms < ?", (before_ms if last is None else last[0] + 1,))
    return last is not None
