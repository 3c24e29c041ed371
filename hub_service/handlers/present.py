"""How everything stands now, for those who watch over the network: one look, whatever the number of lockers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from hub_service.domain import runbook
from hub_service.handlers import figures
from hub_service.handlers.hub import Hub
from hub_service.store import gauges

Counted = Sequence[tuple[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True)
class LockerNow:
    """A locker; `silent_s` is None where it was never heard of."""

    id: str
    online: bool
    silent_s: float | None
    orders_behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Everything at one moment; counts come with the values of their labels."""

    read_s: float
    write_s: float
    lockers: list[LockerNow]
    compartments: Counted
    faults: Counted
    alarms: Counted
    live: Counted
    waiting: dict[str, int]
    overdue_s: dict[str, float]
    backup_age_s: float | None


def look(hub: Hub, *, test: bool) -> Present:
    """Looks at the lockers of this world, and at what waits in the whole hub."""
    now_ms, began = hub.now_ms(), time.perf_counter()
    with hub.store.read() as db:
        lockers = [_locker(row, now_ms) for row in gauges.lockers(db, test)]
        read_s = time.perf_counter() - began
        alarms = [
            ((row[0], row[1], runbook.entry(row[1]).urgency), float(row[2])) for row in gauges.alarms(db, test)
        ]  # fmt: skip
        compartments, faults = _by_locker(gauges.compartments(db, test)), _by_locker(gauges.faults(db, test))
        live = [((row[0],), float(row[1])) for row in gauges.live_deliveries(db)]
        overdue_s, backup_ms = gauges.overdue(db, now_ms), gauges.newest_backup_ms(db)
    waiting = figures.waiting(hub)
    return Present(
        read_s=read_s, write_s=_write_s(hub), lockers=lockers, compartments=compartments, faults=faults, alarms=alarms,
        live=live, overdue_s=overdue_s, backup_age_s=(now_ms - backup_ms) / 1000 if backup_ms else None,
        waiting={"notices": waiting.notices, "webhooks": waiting.webhooks, "parked_reports": waiting.parked_reports},
    )  # fmt: skip


def _write_s(hub: Hub) -> float:
    began = time.perf_counter()
    with hub.store.write() as db:
        db.execute("SELECT 1")
    return time.perf_counter() - began


def _locker(row: tuple[str, int, int, int], now_ms: int) -> LockerNow:
    name, online, seen_ms, behind = row
    silent_s = max(0, now_ms - seen_ms) / 1000 if seen_ms else None
    return LockerNow(id=name, online=bool(online), silent_s=silent_s, orders_behind=max(0, behind))


def _by_locker(rows: list[tuple[str, str, int]]) -> Counted:
    return [((locker, what), float(count)) for locker, what, count in rows]
