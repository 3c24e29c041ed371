"""API keys: who holds them, what they may do, when they were used; of the key itself only a hash is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from hub_service.domain.limits import Caller, Scope
from hub_service.store.sets import filled, marks
from hub_service.store.sql import Connection, Row

SEEN_EVERY_S = 3_600
"""How exactly it is known when a key was used last: asking must not cost a write each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A key as it is listed."""

    caller: Caller
    created_s: int
    seen_s: int | None
    ended_s: int | None


def digest_of(key: str) -> str:
    """Keys are 256 random bits, so a plain hash can't be guessed backwards."""
    # Not Argon2: there is nothing to guess, and every request pays for it.
    return hashlib.sha256(key.encode()).hexdigest()


def add(db: Connection, key: str, caller: Caller, now_s: int) -> None:
    """Lets a program in; the key itself isn't kept."""
    db.execute(
        "INSERT INTO api_keys (digest, id, name, carrier, scopes, test, created_s, made)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(made), 0) + 1 FROM api_keys))",
        (
            digest_of(key), caller.id, caller.name, caller.carrier, " ".join(sorted(caller.scopes)), int(caller.test),
            now_s,
        ),
    )  # fmt: skip


def find_all(db: Connection, keys: Sequence[str]) -> dict[str, KeyRecord]:
    """Who has which of these keys; those of nobody, or of nobody any more, are left out."""
    digests = {digest_of(key): key for key in keys}
    found = db.execute(
        f"SELECT * FROM api_keys WHERE digest IN ({marks(list(digests))}) AND ended_s IS NULL", filled(list(digests))
    )
    return {digests[row["digest"]]: _record(row) for row in found}


def find_by_id(db: Connection, key_id: str) -> KeyRecord | None:
    row = db.execute("SELECT * FROM api_keys WHERE id = ?", (key_id,)).fetchone()
    return None if row is None else _record(row)


def every(db: Connection) -> list[KeyRecord]:
    return [_record(row) for row in db.execute("SELECT * FROM api_keys ORDER BY created_s, made")]


def end(db: Connection, key_id: str, now_s: int) -> None:
    """It lets nobody in any more; one that was ended before keeps its time."""
    db.execute("UPDATE api_keys SET ended_s = ? WHERE id = ? AND ended_s IS NULL", (now_s, key_id))


def mark_seen(db: Connection, key_id: str, now_s: int) -> None:
    db.execute("UPDATE api_keys SET seen_s = ? WHERE id = ?", (now_s, key_id))


def _record(row: Row) -> KeyRecord:
    # A scope that this version doesn't know gives nothing.
    scopes: frozenset[Scope] = frozenset(scope for scope in get_args(Scope) if scope in row["scopes"].split())
    caller = Caller(
        id=row["id"], name=row["name"], carrier=row["carrier"], scopes=scopes, test=bool(row["test"])
    )  # fmt: skip
    return KeyRecord(caller=caller, created_s=row["created_s"], seen_s=row["seen_s"], ended_s=row["ended_s"])
