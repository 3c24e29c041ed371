"""Notices that have to reach somebody: written in the transaction of what caused them, sent at least once by a worker.

A worker claims what is due for a while (`claim_due`), renders and hands it over, and says `mark_sent`, `mark_failed` or
`mark_refused`; what it won't come to, it gives back. One that dies in between has claimed for `LEASE_MS` only; then it
is due again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from hub_service.store import events
from hub_service.store.database import Store
from hub_service.store.push_devices import CHANNEL
from hub_service.store.sets import chunks, filled, marks, rows
from hub_service.store.sql import Connection, Row

LEASE_MS = 30_000
RETRY_FIRST_MS = 5_000
RETRY_MAX_MS = 3_600_000
NoticeState = Literal["waiting", "sent", "refused", "overtaken"]
_PURPOSE = "notice"
_WAITING = "sent_ms IS NULL AND refused_ms IS NULL AND overtaken_ms IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell one person. `once` names the occasion, and serves as key towards a provider.

    `kind`: one that `notices/texts.py` has words for. `channel`: `email`, `sms` or another that the operator has set
    up; `others`: where else the person can be reached, if that one refuses, as (channel, address). `params`: name,
    tracking, carrier, pin ("1234 5678"), ticket, page_url, locker_name, locker_where, help_phone, compartment (int or
    None), deadline_s (int or None). `cause` is what has begun it, for the log.
    """

    id: int
    once: str
    kind: str
    parcel_id: str
    channel: str
    to: str
    language: str
    params: dict[str, Any]
    others: tuple[tuple[str, str], ...] = ()
    attempts: int = 0
    cause: str = ""
    written_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a notice stands. `at_ms` is when it ended, or when it is due."""

    id: int
    kind: str
    channel: str
    state: NoticeState
    at_ms: int
    attempts: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message as the demo's mailbox keeps it."""

    id: int
    parcel_id: str
    channel: str
    to: str
    subject: str
    body: str
    sent_ms: int


def put(db: Connection, store: Store, notice: Notice, now_ms: int, due_ms: int | None = None) -> None:
    """Writes a notice (its `id` is drawn here) into this transaction; an occasion that was told already stays told.

    `due_ms` is when it may leave, at once by default.
    """
    put_all(db, store, [(notice, now_ms if due_ms is None else due_ms)], now_ms)


def put_all(db: Connection, store: Store, notices: Sequence[tuple[Notice, int]], now_ms: int) -> None:
    """The same for several, each with when it may leave."""
    for some in chunks(notices):
        db.execute(
            "INSERT INTO notices_outbox"
            " (once, kind, parcel_id, channel, language, content_sealed, created_ms, due_ms, cause)"
            f" VALUES {rows(9, len(some))} ON CONFLICT (once) DO NOTHING",
            tuple(value for notice, due_ms in some for value in _columns(store, notice, now_ms, due_ms)),
        )


def _columns(store: Store, notice: Notice, now_ms: int, due_ms: int) -> tuple[object, ...]:
    content = store.vault.seal({"to": notice.to, "others": notice.others, "params": notice.params}, _PURPOSE)
    return (
        notice.once, notice.kind, notice.parcel_id, notice.channel, notice.language, content, now_ms, due_ms,
        notice.cause,
    )  # fmt: skip


def overtake(db: Connection, parcel_ids: Sequence[str], kinds: frozenset[str], now_ms: int) -> None:
    """Notices of these kinds that were never tried are not worth telling any more: something newer has happened."""
    db.execute(
        f"UPDATE notices_outbox SET overtaken_ms = ? WHERE attempts = 0 AND {_WAITING}"
        f" AND parcel_id IN ({marks(parcel_ids)}) AND kind IN ({marks(sorted(kinds))})",
        (now_ms, *filled(parcel_ids), *filled(sorted(kinds))),
    )


def claim_due(store: Store, now_ms: int, limit: int = 20, *, push: bool = False) -> list[Notice]:
    """Notices that are due, what waits for longest first; from `now_ms` on they are the caller's for `LEASE_MS`.

    Those for browsers (`push`) have a worker of their own: strangers have chosen where they go.
    """
    due = f"{_WAITING} AND due_ms <= ? AND channel {'=' if push else '<>'} '{CHANNEL}'"
    # A look first: an idle worker asks all the time and shouldn't take the writer's turn for it.
    with store.read() as db:
        if db.execute(f"SELECT 1 FROM notices_outbox WHERE {due} LIMIT 1", (now_ms,)).fetchone() is None:
            return []
    with store.write() as db:
        # In the order of the index of what waits: by their ids all that was ever sent would be read.
        rows = db.execute(
            "UPDATE notices_outbox SET due_ms = ?, attempts = attempts + 1 WHERE id IN"
            f" (SELECT id FROM notices_outbox WHERE {due} ORDER BY due_ms LIMIT ?) RETURNING *",
            (now_ms + LEASE_MS, now_ms, limit),
        ).fetchall()
    return sorted((_notice(store, row) for row in rows), key=lambda notice: notice.id)


def give_back(store: Store, notices: Sequence[Notice], claimed_ms: int) -> None:
    """What was claimed then and never tried is due as it was, for whoever comes first."""
    with store.write() as db:
        db.execute(
            f"UPDATE notices_outbox SET due_ms = ?, attempts = attempts - 1 WHERE due_ms = ? AND {_WAITING}"
            f" AND id IN ({marks(notices)})",
            (claimed_ms, claimed_ms + LEASE_MS, *filled([one.id for one in notices])),
        )


def mark_sent(store: Store, notice_id: int, now_ms: int) -> None:
    """The provider has it: never again."""
    with store.write() as db:
        db.execute("UPDATE notices_outbox SET sent_ms = ? WHERE id = ? AND sent_ms IS NULL", (now_ms, notice_id))


def mark_failed(store: Store, notice_id: int, now_ms: int, why: str) -> None:
    """It didn't get through: due again later, each time twice as late, for ever. `why` must not hold content."""
    with store.write() as db:
        row = db.execute("SELECT attempts FROM notices_outbox WHERE id = ?", (notice_id,)).fetchone()
        # A provider that is down for a day is asked about once an hour.
        pause_ms = min(RETRY_FIRST_MS * 2 ** min(row["attempts"], 20), RETRY_MAX_MS)
        db.execute(
            "UPDATE notices_outbox SET due_ms = ?, last_error = ? WHERE id = ? AND sent_ms IS NULL",
            (now_ms + pause_ms, why, notice_id),
        )


def mark_refused(store: Store, notice: Notice, now_ms: int, why: str) -> None:
    """The provider won't ever take it: said in the timeline, and tried where else the person can be reached.

    `why` must not hold content.
    """
    with store.write() as db:
        done = db.execute(
            f"UPDATE notices_outbox SET refused_ms = ?, last_error = ? WHERE id = ? AND {_WAITING}",
            (now_ms, why, notice.id),
        )
        if not done.rowcount:
            return
        data = {"notice": notice.kind, "channel": notice.channel, "other_way": bool(notice.others)}
        events.add(
            db,
            events.EventRecord(
                kind="notice_refused", parcel_id=notice.parcel_id, locker_id=None, locker_at_ms=None,
                hub_at_ms=now_ms, data=data,
            ),
        )  # fmt: skip
        if notice.others:
            (channel, to), *others = notice.others
            once = f"{notice.once}/{channel}"
            put(db, store, replace(notice, once=once, channel=channel, to=to, others=tuple(others)), now_ms)


def mark_closed(store: Store, notice: Notice, now_ms: int, why: str) -> None:
    """A way that its owner had opened beside the others isn't there any more: nobody has to look after that."""
    with store.write() as db:
        db.execute(
            f"UPDATE notices_outbox SET refused_ms = ?, last_error = ? WHERE id = ? AND {_WAITING}",
            (now_ms, why, notice.id),
        )


def told(db: Connection, parcel_id: str) -> list[Told]:
    """How all notices about a parcel stand, oldest first."""
    rows = db.execute("SELECT * FROM notices_outbox WHERE parcel_id = ? ORDER BY id", (parcel_id,)).fetchall()
    return [_told(row) for row in rows]


def deliver_to_mailbox(store: Store, notice: Notice, subject: str, body: str, now_ms: int) -> None:
    """The demo's channel: keeps the message for the mailbox page; the same notice twice is kept once."""
    content = store.vault.seal({"to": notice.to, "subject": subject, "body": body}, _PURPOSE)
    with store.write() as db:
        db.execute(
            "INSERT INTO mailbox (notice_id, parcel_id, channel, content_sealed, sent_ms) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (notice_id) DO NOTHING",
            (notice.id, notice.parcel_id, notice.channel, content, now_ms),
        )


def mailbox(store: Store, limit: int = 100) -> list[Mail]:
    """The newest messages of the demo's mailbox, newest first."""
    with store.read() as db:
        rows = db.execute("SELECT * FROM mailbox ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
    return [
        Mail(
            id=row["id"], parcel_id=row["parcel_id"], channel=row["channel"], sent_ms=row["sent_ms"],
            **store.vault.open(row["content_sealed"], _PURPOSE),
        )
        for row in rows
    ]  # fmt: skip


def mailbox_size(store: Store) -> int:
    with store.read() as db:
        count: int = db.execute("SELECT COUNT(*) FROM mailbox").fetchone()[0]
    return count


def _notice(store: Store, row: Row) -> Notice:
    content = store.vault.open(row["content_sealed"], _PURPOSE)
    # Notices of the first version knew one way only.
    others = tuple((channel, to) for channel, to in content.get("others", ()))
    return Notice(
        id=row["id"], once=row["once"], kind=row["kind"], parcel_id=row["parcel_id"], channel=row["channel"],
        language=row["language"], attempts=row["attempts"], to=content["to"], params=content["params"], others=others,
        cause=row["cause"], written_ms=row["created_ms"],
    )  # fmt: skip


def _told(row: Row) -> Told:
    state, at_ms = _end(row)
    return Told(
        id=row["id"], kind=row["kind"], channel=row["channel"], state=state, at_ms=at_ms, attempts=row["attempts"],
        why=row["last_error"],
    )  # fmt: skip


def _end(row: Row) -> tuple[NoticeState, int]:
    if row["sent_ms"] is not None:
        return "sent", row["sent_ms"]
    if row["refused_ms"] is not None:
        return "refused", row["refused_ms"]
    if row["overtaken_ms"] is not None:
        return "overtaken", row["overtaken_ms"]
    return "waiting", row["due_ms"]
