"""What lockers have told, entry by entry, each known by its hash; and those that couldn't be applied."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from hub_service.store.sets import chunks, filled, marks, rows
from hub_service.store.sql import Connection
from locker.wire.chain import GENESIS
from locker.wire.facts import Fact

Stored = dict[str, Any]
"""A fact as it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact as the locker has written it, with its place in the chain."""

    digest: str
    parent: str
    fact: dict[str, Any]
    spelled: str = ""
    """The fact as JSON, where somebody has spelled it already."""

    read: Fact | None = None
    """The fact as this version understands it; None also where nobody has tried."""

    @property
    def stored(self) -> str:
        return self.spelled or json.dumps(self.fact)


def is_known(db: Connection, locker_id: str, digest: str) -> bool:
    found = db.execute("SELECT 1 FROM reports WHERE locker_id = ? AND digest = ?", (locker_id, digest)).fetchone()
    return found is not None


def add(db: Connection, locker_id: str, entry: Entry, position: int, now_ms: int) -> None:
    """Stores an entry; it counts as applied until it is parked."""
    # Anything may stand here: it is stored as it came, even where this version can't read it.
    kind = entry.fact.get("kind")
    db.execute(
        "INSERT INTO reports (locker_id, digest, parent, position, kind, fact, state, received_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, 'applied', ?)",
        (
            locker_id,
            entry.digest,
            entry.parent,
            position,
            str(kind)[:60],
            entry.stored,
            now_ms,
        ),
    )


def add_all(db: Connection, added: Sequence[tuple[str, Entry, int]], now_ms: int) -> None:
    """Stores new entries of lockers, which were read, each with its position there, as applied."""
    for some in chunks(added):
        values = (
            (name, entry.digest, entry.parent, place, entry.fact["kind"], entry.stored, "applied", now_ms)
            for name, entry, place in some
        )
        db.execute(
            "INSERT INTO reports (locker_id, digest, parent, position, kind, fact, state, received_ms)"
            f" VALUES {rows(8, len(some))}",
            tuple(chain.from_iterable(values)),
        )


def troubled(db: Connection, locker_ids: Sequence[str]) -> set[str]:
    """Those of these lockers where something is set aside that others wait behind, or where an alarm is open."""
    found = db.execute(
        f"SELECT locker_id FROM parked WHERE locker_id IN ({marks(locker_ids)}) UNION"
        f" SELECT locker_id FROM alarms WHERE closed_ms IS NULL AND locker_id IN ({marks(locker_ids)})",
        (*filled(locker_ids), *filled(locker_ids)),
    )
    return {row["locker_id"] for row in found}


def parted(db: Connection, locker_id: str, left: str, gone_on_with: str) -> tuple[list[Stored], list[Stored]]:
    """The facts of two histories since they have parted, newest first: of the one that was left, and of the other.

    Each is named by its newest entry.
    """
    tips, facts = [left, gone_on_with], (list[Stored](), list[Stored]())
    while tips[0] != tips[1]:
        found = [_entry(db, locker_id, tip) for tip in tips]
        # An entry has a higher position than what it follows: whichever has come later isn't shared.
        which = 0 if found[0][0] > found[1][0] else 1
        _, tips[which], fact = found[which]
        facts[which].append(fact)
    return facts


def _entry(db: Connection, locker_id: str, digest: str) -> tuple[int, str, Stored]:
    if digest == GENESIS:
        return -1, GENESIS, {}
    row = db.execute(
        "SELECT position, parent, fact FROM reports WHERE locker_id = ? AND digest = ?", (locker_id, digest)
    ).fetchone()
    assert row is not None, "a chain begins at its first entry"
    return int(row["position"]), str(row["parent"]), json.loads(row["fact"])


def park(db: Connection, locker_id: str, digest: str, subjects: Iterable[str], why: str) -> None:
    """Sets an entry aside, with everything later about the same subjects."""
    db.execute(
        "UPDATE reports SET state = 'parked', why = ? WHERE locker_id = ? AND digest = ?", (why, locker_id, digest)
    )
    db.executemany(
        "INSERT INTO parked (locker_id, digest, subject) VALUES (?, ?, ?)",
        [(locker_id, digest, subject) for subject in subjects],
    )


def waits_behind(db: Connection, locker_id: str, subjects: Iterable[str]) -> bool:
    """Whether something about one of these subjects is parked."""
    return any(
        db.execute("SELECT 1 FROM parked WHERE locker_id = ? AND subject = ?", (locker_id, subject)).fetchone()
        for subject in subjects
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An entry that is set aside, and why. Later ones wait behind what it still `holds`."""

    locker_id: str
    entry: Entry
    holds: frozenset[str]
    why: str
    received_ms: int


def parked(db: Connection, locker_id: str | None = None) -> list[Parked]:
    """What is set aside, oldest first, at one locker or at all."""
    found = db.execute(
        "SELECT * FROM reports WHERE state = 'parked' AND (CAST(? AS TEXT) IS NULL OR locker_id = ?)"
        " ORDER BY locker_id, position",
        (locker_id, locker_id),
    ).fetchall()
    if not found:
        return []
    holds: dict[str, set[str]] = {}
    for row in db.execute(
        "SELECT digest, subject FROM parked WHERE CAST(? AS TEXT) IS NULL OR locker_id = ?", (locker_id, locker_id)
    ):
        holds.setdefault(row["digest"], set()).add(row["subject"])
    return [
        Parked(
            locker_id=row["locker_id"], holds=frozenset(holds.get(row["digest"], ())), why=row["why"],
            received_ms=row["received_ms"],
            entry=Entry(digest=row["digest"], parent=row["parent"], fact=json.loads(row["fact"])),
        )
        for row in found
    ]  # fmt: skip


def unpark(db: Connection, locker_id: str, digest: str) -> None:
    db.execute("DELETE FROM parked WHERE locker_id = ? AND digest = ?", (locker_id, digest))
    db.execute("UPDATE reports SET state = 'applied', why = '' WHERE locker_id = ? AND digest = ?", (locker_id, digest))


def add_run(db: Connection, locker_id: str, run: str) -> None:
    db.execute("INSERT INTO runs (locker_id, run) VALUES (?, ?) ON CONFLICT DO NOTHING", (locker_id, run))


def knows_run(db: Connection, locker_id: str, run: str) -> bool:
    return db.execute("SELECT 1 FROM runs WHERE locker_id = ? AND run = ?", (locker_id, run)).fetchone() is not None
