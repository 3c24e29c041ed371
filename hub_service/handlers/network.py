"""The network as operators see it: which locker needs somebody first, and everything about one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass

from hub_service.domain import runbook
from hub_service.handlers.hub import Hub
from hub_service.handlers.parked import ParkedView
from hub_service.handlers.parked import waiting as parked_waiting
from hub_service.handlers.showing import locker_view
from hub_service.handlers.views import CompartmentView, EventView, LockerView
from hub_service.store import events, lockers, reports
from hub_service.store.records import CompartmentRecord, LockerRecord
from hub_service.store.sql import Connection

EVENTS_SHOWN = 25
_URGENT, _SILENT, _WORK, _WELL = 3, 2, 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One locker in the list of all. `urgent`: somebody has to go now; `broken` counts compartments with a fault."""

    locker: LockerView
    urgent: bool
    broken: int
    out_of_service: int
    parked: int

    @property
    def rank(self) -> int:
        """How much this locker needs somebody; 0: not at all."""
        if self.urgent:
            return _URGENT
        if not self.locker.online:
            return _SILENT
        return _WORK if self.locker.alarms or self.broken or self.parked else _WELL


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorView:
    """One compartment, as the hub knows it, and why it is out of service ("": it isn't, or nobody has said why)."""

    seen: CompartmentView
    door_open: bool
    out_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockerDesk:
    """All that an operator sees of one locker. `older` is where older events begin (None: there are none)."""

    locker: LockerView
    doors: tuple[DoorView, ...]
    events: tuple[EventView, ...]
    older: int | None
    parked: tuple[ParkedView, ...]


def glances(hub: Hub) -> list[Glance]:
    """All lockers: first those that need somebody most."""
    with hub.store.read() as db:
        waiting = Counter(one.locker_id for one in reports.parked(db))
        found = [_glance(db, record, waiting[record.id]) for record in lockers.every(db)]
    return sorted(found, key=lambda one: (-one.rank, one.locker.number))


def desk(hub: Hub, locker_id: str, before: int | None = None) -> LockerDesk | None:
    """One locker; `before` is the event that the page before ended with."""
    with hub.store.read() as db:
        record = lockers.find(db, locker_id)
        if record is None:
            return None
        view = locker_view(db, record)
        built = {one.n: one for one in lockers.compartments(db, locker_id)}
        told = events.latest(db, locker_id, EVENTS_SHOWN + 1, before)
        parked = parked_waiting(hub, locker_id)
    assert isinstance(parked, tuple), "the locker was found in this moment"
    return LockerDesk(
        locker=view, doors=tuple(_door(seen, built[seen.n]) for seen in view.compartments), parked=parked,
        events=tuple(EventView(**asdict(one)) for one in told[:EVENTS_SHOWN]),
        older=told[EVENTS_SHOWN - 1].seq if len(told) > EVENTS_SHOWN else None,
    )  # fmt: skip


def named(hub: Hub, said: str) -> tuple[LockerView, ...]:
    """Lockers that somebody may mean who says so: a part of the name, the place or the id, or the number."""
    wanted = said.strip().casefold()
    if not wanted:
        return ()
    with hub.store.read() as db:
        found = [one for one in lockers.every(db) if _is_meant(one, wanted)]
        return tuple(locker_view(db, one) for one in found)


def _is_meant(one: LockerRecord, wanted: str) -> bool:
    texts = (one.name.casefold(), one.place.casefold(), one.id.casefold())
    return wanted == str(one.number) or any(wanted in text for text in texts)


def _glance(db: Connection, record: LockerRecord, parked: int) -> Glance:
    view = locker_view(db, record)
    return Glance(
        locker=view,
        urgent=any(runbook.entry(alarm.kind).urgency == "now" for alarm in view.alarms),
        broken=sum(bool(one.faults) for one in view.compartments),
        out_of_service=sum(not one.in_service for one in view.compartments),
        parked=parked,
    )


def _door(seen: CompartmentView, built: CompartmentRecord) -> DoorView:
    return DoorView(seen=seen, door_open=built.door_open, out_reason=built.out_reason)
