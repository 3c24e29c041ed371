"""What couriers of one carrier have to do, and the browsers they have signed in with. Nothing of recipients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub_service.domain.custody import Status
from hub_service.store.sql import Connection
from hub_service.store.staff import PassRecord
from hub_service.store.statements import each

_PARCEL = "p.id AS parcel_id, p.tracking_number, p.status, p.width_mm, p.height_mm, p.depth_mm"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRecord:
    """One parcel of a carrier. At a locker: to be put in (`promised`), or to be taken out of compartment `n`.

    `by_sender`: its sender has dropped it off.
    """

    parcel_id: str
    tracking_number: str
    status: Status
    width_mm: int
    height_mm: int
    depth_mm: int
    locker_id: str = ""
    state: str = ""
    n: int | None = None
    held_until_s: int | None = None
    by_sender: bool = False


def at_lockers(db: Connection, carrier: str) -> list[WorkRecord]:
    """What is to be put in or taken out, what room is held for first."""
    rows = db.execute(
        f"SELECT {_PARCEL}, d.locker_id, d.state, d.n, d.held_until_s, d.by_sender FROM deliveries AS d"
        " JOIN parcels AS p ON p.id = d.parcel_id WHERE p.carrier = ? AND p.live = 1 AND d.state <> 'ended'"
        " AND ((d.state = 'promised' AND d.by_sender = 0) OR (d.state = 'inside' AND d.recalled = 1))"
        " ORDER BY d.held_until_s IS NULL, d.held_until_s, COALESCE(d.n, 0), p.tracking_number",
        (carrier,),
    )
    return [WorkRecord(**(dict(row) | {"by_sender": bool(row["by_sender"])})) for row in rows]


def to_doors(db: Connection, carrier: str, statuses: Sequence[Status], ends_with: str, limit: int) -> list[WorkRecord]:
    """Home deliveries in these statuses whose number ends so, newest first."""
    pattern = "%" + "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in ends_with)
    rows = db.execute(
        f"SELECT {_PARCEL} FROM parcels AS p WHERE p.carrier = ? AND p.live = 1"
        f" AND p.status IN ({each(statuses)}) AND p.tracking_number LIKE ? ESCAPE '\\'"
        " AND NOT EXISTS (SELECT 1 FROM deliveries AS d WHERE d.parcel_id = p.id AND d.state <> 'ended')"
        " ORDER BY p.announced_s DESC, p.id DESC LIMIT ?",
        (carrier, *statuses, pattern, limit),
    )
    return [WorkRecord(**dict(row)) for row in rows]


def begin_session(db: Connection, token_digest: str, pass_id: str, now_s: int) -> None:
    db.execute(
        "INSERT INTO courier_sessions (token_digest, pass_id, began_s) VALUES (?, ?, ?)", (token_digest, pass_id, now_s)
    )


def session(db: Connection, token_digest: str, began_after_s: int) -> PassRecord | None:
    """Whose session this is, if it began after then and the pass hasn't ended."""
    row = db.execute(
        "SELECT p.id, p.party, p.who, p.carrier FROM courier_sessions AS s JOIN passes AS p ON p.id = s.pass_id"
        " WHERE s.token_digest = ? AND s.began_s > ? AND p.ended_s IS NULL",
        (token_digest, began_after_s),
    ).fetchone()
    return None if row is None else PassRecord(**dict(row))


def end_session(db: Connection, token_digest: str, began_before_s: int) -> None:
    """Ends a session, and forgets those that are over anyway."""
    db.execute("DELETE FROM courier_sessions WHERE token_digest = ? OR began_s <= ?", (token_digest, began_before_s))
