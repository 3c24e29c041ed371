"""What figures are made of: the timeline, doors and visits of couriers in a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

from hub_service.domain.figures import Door, Happening
from hub_service.domain.limits import Caller
from hub_service.store.sets import chunks, rows
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
# In the words of the index `events_of_doors`, by which these are found among all events.
_FEW = "e.kind IN ('locker_added', 'out_of_service', 'in_service', 'fault_found', 'fault_cleared')"


def happenings(
    db: Connection, caller: Caller, span_ms: tuple[int, int], locker_id: str | None
) -> tuple[Happening, ...]:
    """What happened until the end of a time to what the caller sees, in order of when it happened at the locker."""
    start_ms, end_ms = span_ms
    seen, given = "COALESCE(p.test, l.test, 0) = ?", [int(caller.test)]
    more: list[str] = []
    if caller.carrier:
        # Not by the index of a carrier's parcels: it would lead over all that were ever theirs.
        seen, more = f"{seen} AND p.carrier || '' = ?", [caller.carrier]
    if locker_id is not None:
        seen, more = f"{seen} AND e.locker_id || '' = ?", [*more, locker_id]
    told = (
        "SELECT e.* FROM events AS e LEFT JOIN parcels AS p ON p.id = e.parcel_id"
        f" LEFT JOIN lockers AS l ON l.id = e.locker_id WHERE {seen} AND e.hub_at_ms < ?"
    )
    # Of doors since ever, by an index of those few; of parcels since the earliest that may still lie in a locker.
    rows = db.execute(
        f"{told} AND {_FEW} AND e.kind IN ({each(_OF_DOORS)}) UNION ALL"
        f" {told} AND e.hub_at_ms >= ? AND e.kind IN ({each(_OF_PARCELS)})",
        (
            *given, *more, end_ms + LATE_MS, *_OF_DOORS,
            *given, *more, end_ms + LATE_MS, start_ms - LOOK_BACK_MS, *_OF_PARCELS,
        ),
    )  # fmt: skip
    found = (_happening(row) for row in rows)
    return tuple(sorted((one for one in found if one.at_s < end_ms / 1000), key=lambda one: one.at_s))


def doors(db: Connection, caller: Caller, locker_id: str | None) -> tuple[tuple[Door, ...], dict[str, float]]:
    """All doors that the caller's key reaches, and when each locker was made known (seconds)."""
    rows = db.execute(
        "SELECT c.locker_id, c.n FROM compartments AS c JOIN lockers AS l ON l.id = c.locker_id"
        " WHERE c.present = 1 AND l.test = ? AND (CAST(? AS TEXT) IS NULL OR l.id = ?) ORDER BY c.locker_id, c.n",
        (int(caller.test), locker_id, locker_id),
    )
    # Newest first: of one that was made known twice the first time stays. In the index's order it is read by that.
    known = db.execute(
        f"SELECT e.locker_id, e.hub_at_ms FROM events AS e WHERE {_FEW} AND e.kind = 'locker_added'"
        " ORDER BY e.hub_at_ms DESC"
    ).fetchall()
    return tuple((row[0], row[1]) for row in rows), {row[0]: row[1] / 1000 for row in known}


def stars(db: Connection, caller: Caller, span_ms: tuple[int, int], locker_id: str | None) -> tuple[int, ...]:
    """What recipients said of collections in a time; of a locker: of the parcels collected there."""
    # By when it was said, then by the parcel: not by all that a carrier or a locker ever had.
    of_carrier = " AND p.carrier || '' = ?" if caller.carrier else ""
    at_locker = (
        " AND EXISTS (SELECT 1 FROM events AS e WHERE e.parcel_id = p.id AND e.kind = 'collected'"
        " AND e.locker_id || '' = ?)"
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
    counted = _told(db, lockers, span_ms, "SELECT r.locker_id, COUNT(*)", ("opened",), "GROUP BY r.locker_id")
    return {row[0]: row[1] for row in counted}


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
    told = _told(
        db, lockers, span_ms, "SELECT r.locker_id, r.kind, r.fact", kinds, "ORDER BY r.locker_id, r.position"
    )  # fmt: skip
    return ((row[0], row[1], json.loads(row[2])) for row in told)


def _told(
    db: Connection, lockers: set[str], span_ms: tuple[int, int], select: str, kinds: tuple[str, ...], end: str
) -> Iterator[Row]:
    """What is selected of the reports of these kinds that these lockers have told in a time."""
    first, last = (_told_before(db, lockers, at_ms) for at_ms in span_ms)
    spans = [(name, first[name], last[name]) for name in sorted(lockers) if first[name] < last[name]]
    for some in chunks(spans):
        yield from db.execute(
            f"{select} FROM (VALUES {rows(3, len(some))}) AS v JOIN reports AS r ON r.locker_id = v.column1"
            " AND r.position > v.column2 AND r.position <= v.column3"
            f" WHERE r.kind IN ({each(kinds)}) {end}",
            (*chain.from_iterable(some), *kinds),
        ).fetchall()


def _told_before(db: Connection, lockers: set[str], at_ms: int) -> dict[str, int]:
    """How many reports of each locker were received before then.

    They are numbered as they are received, so it is found by halving: an index of times would cost every report.
    """
    at_least = dict.fromkeys(lockers, 0)
    at_most = {row["id"]: row["reports"] for row in db.execute("SELECT id, reports FROM lockers")}
    while middles := [
        (name, (at_least[name] + at_most[name] + 1) // 2) for name in lockers if at_least[name] < at_most[name]
    ]:
        received_ms: dict[str, int] = {}
        for some in chunks(middles):
            found = db.execute(
                f"SELECT r.locker_id, r.received_ms FROM (VALUES {rows(2, len(some))}) AS v"
                " JOIN reports AS r ON r.locker_id = v.column1 AND r.position = v.column2",
                tuple(chain.from_iterable(some)),
            )
            received_ms |= {row[0]: row[1] for row in found}
        for name, middle in middles:
            if received_ms.get(name, at_ms) < at_ms:
                at_least[name] = middle
            else:
                at_most[name] = middle - 1
    return at_least


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
