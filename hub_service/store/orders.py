"""The log of orders for each locker: numbered within an epoch, each carrying the hash of the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub_service.store.records import LockerRecord
from hub_service.store.sets import chunks, rows
from hub_service.store.sql import Connection
from locker.wire.chain import GENESIS, digest
from locker.wire.codec import order_to_json
from locker.wire.orders import Order


def append(db: Connection, locker_id: str, order: Order, now_ms: int) -> None:
    """Writes an order behind all earlier ones for this locker; it is sent when this transaction is committed."""
    row = db.execute("SELECT epoch, last_order, last_digest FROM lockers WHERE id = ?", (locker_id,)).fetchone()
    _write(db, [_entry(locker_id, row["epoch"], (row["last_order"], row["last_digest"]), order)], now_ms)


def append_all(db: Connection, told: Iterable[tuple[LockerRecord, Sequence[Order]]], now_ms: int) -> None:
    """The same for several lockers, each of which is as it was looked up in this transaction."""
    entries = []
    for locker, row in told:
        before = (locker.last_order, locker.last_digest)
        for order in row:
            entries.append(_entry(locker.id, locker.epoch, before, order))
            before = (entries[-1].number, entries[-1].digest)
    _write(db, entries, now_ms)


@dataclass(frozen=True, slots=True)
class _Entry:
    locker_id: str
    epoch: str
    number: int
    parent: str
    digest: str
    body: str


def _entry(locker_id: str, epoch: str, before: tuple[int, str], order: Order) -> _Entry:
    number, parent = before
    body = order_to_json(order)
    # Hashed as it is spelled on the wire: the locker computes the same from what it receives.
    return _Entry(locker_id, epoch, number + 1, parent, digest(parent, body), json.dumps(body))


def _write(db: Connection, entries: Sequence[_Entry], now_ms: int) -> None:
    for some in chunks(entries):
        db.execute(
            "INSERT INTO orders (locker_id, epoch, number, parent, digest, body, created_ms)"
            f" VALUES {rows(7, len(some))}",
            tuple(
                value
                for one in some
                for value in (one.locker_id, one.epoch, one.number, one.parent, one.digest, one.body, now_ms)
            ),
        )
    # The last one of each locker is what its next order stands behind.
    newest = list({one.locker_id: one for one in entries}.values())
    for few in chunks(newest):
        # The columns of bare values have these names on both databases.
        db.execute(
            "UPDATE lockers SET last_order = v.column2, last_digest = v.column3"
            f" FROM (VALUES {rows(3, len(few))}) AS v WHERE lockers.id = v.column1",
            tuple(value for one in few for value in (one.locker_id, one.number, one.digest)),
        )


def after(db: Connection, locker_id: str, epoch: str, number: int, limit: int) -> list[dict[str, object]]:
    """The bodies of the next orders behind this number, in order."""
    found = db.execute(
        "SELECT body FROM orders WHERE locker_id = ? AND epoch = ? AND number > ? ORDER BY number LIMIT ?",
        (locker_id, epoch, number, limit),
    )
    return [json.loads(row["body"]) for row in found]


def digest_at(db: Connection, locker_id: str, epoch: str, number: int) -> str | None:
    """The hash of the order with this number; None for one that was never given or is forgotten."""
    if number == 0:
        return GENESIS
    row = db.execute(
        "SELECT digest FROM orders WHERE locker_id = ? AND epoch = ? AND number = ?", (locker_id, epoch, number)
    ).fetchone()
    return None if row is None else row["digest"]


_NEXT = "(SELECT COALESCE(MAX(k.begun), 0) + 1 FROM epochs AS k WHERE k.locker_id = l.id)"


def begin_epoch(db: Connection, locker_id: str, epoch: str) -> None:
    """Starts the numbers anew: the locker's position doesn't fit, and it will get everything at once."""
    # Where it stands now is no contradiction any more, just another epoch than the newest.
    db.execute(
        f"INSERT INTO epochs (locker_id, epoch, begun) SELECT id, stands_epoch, {_NEXT} FROM lockers AS l WHERE id = ?"
        " ON CONFLICT (locker_id, epoch) DO NOTHING",
        (locker_id,),
    )
    db.execute(
        f"INSERT INTO epochs (locker_id, epoch, begun) SELECT id, epoch, {_NEXT} FROM lockers AS l WHERE id = ?"
        " ON CONFLICT (locker_id, epoch) DO NOTHING",
        (locker_id,),
    )
    db.execute(
        "UPDATE lockers SET epoch = ?, last_order = 0, last_digest = ? WHERE id = ?", (epoch, GENESIS, locker_id)
    )


def knows_epoch(db: Connection, locker_id: str, epoch: str) -> bool:
    """Whether this is an earlier epoch of this hub for the locker."""
    found = db.execute("SELECT 1 FROM epochs WHERE locker_id = ? AND epoch = ?", (locker_id, epoch)).fetchone()
    return found is not None


def past_epochs(db: Connection, locker_id: str, limit: int = 50) -> tuple[str, ...]:
    """The last epochs of a locker that are over, the newest first."""
    rows = db.execute(
        "SELECT k.epoch FROM epochs AS k JOIN lockers AS l ON l.id = k.locker_id"
        " WHERE k.locker_id = ? AND k.epoch NOT IN ('', l.epoch) ORDER BY k.begun DESC, k.epoch LIMIT ?",
        (locker_id, limit),
    )
    return tuple(row["epoch"] for row in rows)


def forget_before(db: Connection, locker_id: str, number: int) -> None:
    """Drops orders that the locker has long applied, and those of epochs that are over."""
    db.execute(
        "DELETE FROM orders WHERE locker_id = ? AND (number < ? OR epoch <> (SELECT epoch FROM lockers WHERE id = ?))",
        (locker_id, number, locker_id),
    )
