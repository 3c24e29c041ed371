"""The figures of a time, for whoever asks; and what dashboards are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter
from typing import TypeVar

from hub_service.domain.figures import Observed, Value, all_figures
from hub_service.domain.limits import Caller
from hub_service.handlers.hub import Hub
from hub_service.store import figures

SHORTEST_S, LONGEST_S = 60, 400 * 86_400
T = TypeVar("T")


def of_time(hub: Hub, caller: Caller, from_s: int, to_s: int, locker_id: str | None = None) -> list[Value]:
    """Every figure of a time, of one locker where one is given."""
    span_ms = (from_s * 1000, to_s * 1000)
    with hub.store.read() as db:
        doors, since_s = figures.doors(db, caller, locker_id)
        lockers = {locker for locker, _ in doors}
        observed = Observed(
            # The future is neither free nor in service.
            span=(from_s, min(to_s, hub.now_s())),
            doors=doors,
            since_s=since_s,
            happenings=figures.happenings(db, caller, span_ms, locker_id),
            openings=figures.openings(db, lockers, span_ms),
            visits=figures.courier_visits(db, lockers, span_ms),
            stars=figures.stars(db, caller, span_ms, locker_id),
        )
    return all_figures(observed, operator=not caller.carrier, one_locker=locker_id is not None)


def of_each(hub: Hub, caller: Caller, from_s: int, to_s: int) -> dict[str | None, list[Value]]:
    """Every figure of a time for each locker, and under None for all of them together; loaded once for all."""
    span_ms, until_s = (from_s * 1000, to_s * 1000), min(to_s, hub.now_s())
    with hub.store.read() as db:
        doors, since_s = figures.doors(db, caller, None)
        lockers = {locker for locker, _ in doors}
        happenings = figures.happenings(db, caller, span_ms, None)
        openings = figures.openings_of_each(db, lockers, span_ms)
        visits = figures.courier_visits_of_each(db, lockers, span_ms)
    whole = Observed(
        span=(from_s, until_s), doors=doors, since_s=since_s, happenings=happenings, openings=sum(openings.values()),
        visits=tuple(visit for some in visits.values() for visit in some),
    )  # fmt: skip
    values: dict[str | None, list[Value]] = {None: all_figures(whole, operator=not caller.carrier, one_locker=False)}
    doors_of, happened_at = _by_locker(doors, itemgetter(0)), _by_locker(happenings, attrgetter("locker_id"))
    for name in lockers:
        one = replace(
            whole, doors=doors_of.get(name, ()), happenings=happened_at.get(name, ()), openings=openings.get(name, 0),
            visits=visits.get(name, ()),
        )  # fmt: skip
        values[name] = all_figures(one, operator=not caller.carrier, one_locker=True)
    return values


def _by_locker(items: Iterable[T], locker_of: Callable[[T], str]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(locker_of(item), []).append(item)
    return {name: tuple(some) for name, some in found.items()}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be sent."""

    notices: int
    webhooks: int
    parked_reports: int


def waiting(hub: Hub) -> Waiting:
    with hub.store.read() as db:
        counts = [
            db.execute(f"SELECT COUNT(*) FROM {what}").fetchone()[0]
            for what in (
                "notices_outbox WHERE sent_ms IS NULL AND refused_ms IS NULL AND overtaken_ms IS NULL",
                "webhook_outbox WHERE sent_ms IS NULL AND given_up_ms IS NULL",
                "reports WHERE state = 'parked'",
            )
        ]
    return Waiting(*counts)
