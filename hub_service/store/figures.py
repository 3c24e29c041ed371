"""What figures are made of: the timeline, doors and visits of couriers in a time."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hub_service.domain.figures import Door, Happening
from hub_service.domain.limits import Caller
from hub_service.store.sql import Connection, Row
from hub_service.store.statements import each

LOOK_BACK_MS = 60 * 86_400_000
"""Nothing lies in a locker for longer; what lay inside at the beginning of a time was put there after this."""

LATE_MS = 35 * 86_400_000
"""For this long lockers keep what they couldn't tell."""

_OF_PARCELS = (
    "deposited", "collected", "retrieved", "displaced", "expired", "attempt_failed", "redirected",
    "dropped_off", "picked_up", "taken_back",
)  # fmt: skip
_OF_DOORS = ("out_of_service", "in_service", "fault_found", "fault_cleared")


def happenings(
    db: Connection, caller: Caller, span_ms: tuple[int, int], locker_id: str | None
) -> tuple[Happening, ...]:
    """What happened until the end of a time to what the caller sees, in order of when it happened at the locker."""
    start_ms, end_ms = span_ms
    where, given = "COALESCE(p.test, l.test, 0) = ?", [int(caller.test)]
    more: list[str] = []
    if caller.carrier:
        where, more = where + " AND p.carrier = ?", [caller.carrier]
    if locker_id is not None:
        where, more = where + " AND e.locker_id = ?", [*more, locker_id]
    rows = db.execute(
        "SELECT e.* FROM events AS e LEFT JOIN parcels AS p ON p.id = e.parcel_id"
        " LEFT JOIN lockers AS l ON l.id = e.locker_id"
        f" WHERE {where} AND e.hub_at_ms < ? AND (e.kind IN ({each(_OF_DOORS)})"
        f" OR (e.kind IN ({each(_OF_PARCELS)}) AND e.hub_at_ms >= ?))",
        (*given, *more, end_ms + LATE_MS, *_OF_DOORS, *_OF_PARCELS, start_ms - LOOK_BACK_MS),
    )
    found = (_happening(row) for row in rows)
    return tuple(sorted((one for one in found if one.at_s < end_ms / 1000), key=lambda one: one.at_s))


def doors(db: Connection, caller: Caller, locker_id: str | None) -> tuple[tuple[Door, ...], dict[str, float]]:
    """All doors that the caller's key reaches, and when each locker was made known (seconds)."""
    rows = db.execute(
        "SELECT c.locker_id, c.n FROM compartments AS c JOIN lockers AS l ON l.id = c.locker_id"
        " WHERE c.present = 1 AND l.test = ? AND (CAST(? AS TEXT) IS NULL OR l.id = ?) ORDER BY c.locker_id, c.n",
        (int(caller.test), locker_id, locker_id),
    )
    known = db.execute(
        "SELECT locker_id, MIN(hub_at_ms) FROM events WHERE kind = 'locker_added' GROUP BY locker_id"
    ).fetchall()
    return tuple((row[0], row[1]) for row in rows), {row[0]: row[1] / 1000 for row in known}


def stars(db: Connection, caller: Caller, span_ms: tuple[int, int], locker_id: str | None) -> tuple[int, ...]:
    """What recipients said of collections in a time; of a locker: of the parcels collected there."""
    of_carrier = " AND p.carrier = ?" if caller.carrier else ""
    at_locker = (
        " AND EXISTS (SELECT 1 FROM events AS e WHERE e.parcel_id = p.id AND e.kind = 'collected' AND e.locker_id = ?)"
        if locker_id is not None
        else ""
    )
    given = [value for value, wanted in ((caller.carrier, of_carrier), (locker_id, at_locker)) if wanted]
    rows = db.execute(
        "SELECT r.stars FROM ratings AS r JOIN parcels AS p ON p.id = r.parcel_id"
        f" WHERE p.test = ? AND r.at_ms >= ? AND r.at_ms < ?{of_carrier}{at_locker}",
        (int(caller.test), *span_ms, *given),
    )
    return tuple(row["stars"] for row in rows)


def openings(db: Connection, lockers: set[str], span_ms: tuple[int, int]) -> int:
    """How often doors of these lockers opened."""
    return sum(openings_of_each(db, lockers, span_ms).values())


def openings_of_each(db: Connection, lockers: set[str], span_ms: tuple[int, int]) -> dict[str, int]:
    """The same by locker."""
    rows = db.execute(
        "SELECT locker_id, COUNT(*) FROM reports WHERE kind = 'opened' AND received_ms >= ? AND received_ms < ?"
        " GROUP BY locker_id",
        span_ms,
    )
    return {row[0]: row[1] for row in rows if row[0] in lockers}


def courier_visits(db: Connection, lockers: set[str], span_ms: tuple[int, int]) -> tuple[tuple[float, int], ...]:
    """Visits in which something was deposited: seconds from the beginning to the last deposit, and how many."""
    return tuple(visit for some in courier_visits_of_each(db, lockers, span_ms).values() for visit in some)


def courier_visits_of_each(
    db: Connection, lockers: set[str], span_ms: tuple[int, int]
) -> dict[str, tuple[tuple[float, int], ...]]:
    """The same by locker."""
    begun: dict[tuple[str, str], int] = {}
    deposits: dict[tuple[str, str], list[int]] = {}
    for locker_id, kind, fact in _facts(db, lockers, span_ms, ("visit_started", "deposited")):
        visit, at_ms = (locker_id, str(fact.get("visit"))), _run_ms(fact)
        if kind == "visit_started":
            # A sender puts in one parcel for the first time in their life: no courier's figure.
            if fact.get("party") != "sender":
                begun[visit] = at_ms
        else:
            deposits.setdefault(visit, []).append(at_ms)
    # The clock of one run: it doesn't jump, whatever the time of day is.
    found: dict[str, tuple[tuple[float, int], ...]] = {}
    for visit, ended_ms in deposits.items():
        took_ms = max(ended_ms) - begun[visit] if visit in begun else 0
        if took_ms > 0:
            found[visit[0]] = (*found.get(visit[0], ()), (took_ms / 1000, len(ended_ms)))
    return found


def _facts(
    db: Connection, lockers: set[str], span_ms: tuple[int, int], kinds: tuple[str, ...]
) -> Iterator[tuple[str, str, dict[str, object]]]:
    rows = db.execute(
        f"SELECT locker_id, kind, fact FROM reports WHERE kind IN ({each(kinds)})"
        " AND received_ms >= ? AND received_ms < ? ORDER BY locker_id, position",
        (*kinds, *span_ms),
    )
    return ((row[0], row[1], json.loads(row[2])) for row in rows if row[0] in lockers)


def _run_ms(fact: dict[str, object]) -> int:
    at = fact.get("at")
    moment = at.get("run_ms") if isinstance(at, dict) else 0
    return moment if isinstance(moment, int) else 0


def _happening(row: Row) -> Happening:
    data = json.loads(row["data"])
    return Happening(
        at_s=_at_ms(row["locker_at_ms"], row["hub_at_ms"]) / 1000, kind=row["kind"], parcel_id=row["parcel_id"] or "",
        locker_id=row["locker_id"] or "", n=data.get("n") or 0, fault=data.get("fault") or "",
    )  # fmt: skip


def _at_ms(locker_at_ms: int | None, hub_at_ms: int) -> int:
    # A locker without a network tells days later; one with a wrong clock is not believed.
    believed = locker_at_ms is not None and 0 <= hub_at_ms - locker_at_ms <= LATE_MS
    return locker_at_ms if believed and locker_at_ms is not None else hub_at_ms
