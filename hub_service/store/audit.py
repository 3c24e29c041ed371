"""What operators have done, for ever: each entry's hash covers the one before it. Holds ids, never personal data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub_service.store.sql import Connection, Row

_START = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act. `who` is a login, or the name of a key or program; `about` what it was done to (`locker elm`)."""

    seq: int = 0
    at_ms: int
    who: str
    act: str
    about: str = ""
    reason: str = ""
    data: dict[str, object] = field(default_factory=dict)


def write(db: Connection, entry: Entry) -> None:
    """Adds an entry in the transaction of what it tells of; its `seq` is drawn here."""
    seq, digest = _last(db)
    db.execute(
        "INSERT INTO audit (seq, at_ms, who, act, about, reason, data, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (seq + 1, *_values(entry), _digest(digest, seq + 1, _values(entry))),
    )


def latest(db: Connection, limit: int, before: int | None = None, about: str | None = None) -> list[Entry]:
    """Entries, newest first: those before a `seq`, and about one thing, where these are given."""
    rows = db.execute(
        "SELECT * FROM audit WHERE seq < ? AND (CAST(? AS TEXT) IS NULL OR about = ?) ORDER BY seq DESC LIMIT ?",
        (before if before is not None else 2**62, about, about, limit),
    )
    return [_entry(row) for row in rows]


def first_broken(db: Connection) -> int | None:
    """The `seq` of the first entry that isn't as it was written or doesn't follow the one before; None: all is well."""
    digest, expected = _START, 1
    for row in _rows(db):
        if row["seq"] != expected or row["digest"] != _digest(digest, expected, _values(_entry(row))):
            return expected
        digest, expected = row["digest"], expected + 1
    return None


def _rows(db: Connection) -> Iterator[Row]:
    return iter(db.execute("SELECT * FROM audit ORDER BY seq"))


def _last(db: Connection) -> tuple[int, str]:
    row = db.execute("SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return (row["seq"], row["digest"]) if row else (0, _START)


def _values(entry: Entry) -> tuple[int, str, str, str, str, str]:
    return entry.at_ms, entry.who, entry.act, entry.about, entry.reason, json.dumps(entry.data, sort_keys=True)


def _digest(parent: str, seq: int, values: tuple[int, str, str, str, str, str]) -> str:
    return hashlib.sha256(json.dumps([parent, seq, *values]).encode()).hexdigest()


def _entry(row: Row) -> Entry:
    return Entry(
        seq=row["seq"], at_ms=row["at_ms"], who=row["who"], act=row["act"], about=row["about"], reason=row["reason"],
        data=json.loads(row["data"]),
    )  # fmt: skip
