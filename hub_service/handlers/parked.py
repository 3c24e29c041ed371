"""What is set aside, for operators: to look at, and to try again once the reason is gone."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.refusals import UNKNOWN_LOCKER, Refusal
from hub_service.handlers.hub import Hub
from hub_service.handlers.quarantine import WAITS, Quarantine, compartment_of, deliveries_of, kind_of
from hub_service.store import audit, events, lockers, reports
from hub_service.store.reports import Parked

ALARM = "parked_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedView:
    """One report that couldn't be applied; nothing of it is personal or secret. `n` 0: about no compartment.

    `waits`: nothing is wrong with it but that an earlier one about the same delivery or compartment is parked.
    """

    locker_id: str
    digest: str
    kind: str
    n: int
    deliveries: tuple[str, ...]
    why: str
    waits: bool
    received_s: int


@dataclass(frozen=True, slots=True)
class Retried:
    """How many reports have taken effect now, and which haven't."""

    applied: int
    still_parked: tuple[ParkedView, ...]


def waiting(hub: Hub, locker_id: str | None = None) -> tuple[ParkedView, ...] | Refusal:
    """What is parked at one locker or at all, oldest first of each."""
    with hub.store.read() as db:
        if locker_id is not None and lockers.find(db, locker_id) is None:
            return _unknown()
        return tuple(_view(one) for one in reports.parked(db, locker_id))


def retry(hub: Hub, locker_id: str | None = None, by: str = "shell") -> Retried | Refusal:
    """Tries again what is parked, oldest first; alarms end where nothing is parked any more."""
    with hub.store.write() as db:
        if locker_id is not None and lockers.find(db, locker_id) is None:
            return _unknown()
        before = reports.parked(db, locker_id)
        for one in dict.fromkeys(parked.locker_id for parked in before):
            Quarantine(db, hub, one).retry([parked for parked in before if parked.locker_id == one])
        after = reports.parked(db, locker_id)
        still = {(one.locker_id, compartment_of(one.entry.fact)) for one in after}
        for place in {(one.locker_id, compartment_of(one.entry.fact)) for one in before} - still:
            events.close_alarms(db, *place, (ALARM,), hub.now_ms())
        about = f"locker {locker_id}" if locker_id else ""
        counts: dict[str, object] = {"applied": len(before) - len(after), "still_parked": len(after)}
        audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=by, act="reports_retried", about=about, data=counts))
    return Retried(len(before) - len(after), tuple(_view(one) for one in after))


def _view(one: Parked) -> ParkedView:
    fact = one.entry.fact
    return ParkedView(
        locker_id=one.locker_id, digest=one.entry.digest, kind=kind_of(fact), n=compartment_of(fact),
        deliveries=deliveries_of(fact), why=one.why, waits=one.why == WAITS, received_s=one.received_ms // 1000,
    )  # fmt: skip


def _unknown() -> Refusal:
    return UNKNOWN_LOCKER
