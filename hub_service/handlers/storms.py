"""More time for everybody at a locker at once: a storm, a strike, a street that is dug up."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import deadlines
from hub_service.domain.custody import after
from hub_service.domain.refusals import UNKNOWN_LOCKER, Refusal
from hub_service.handlers.hub import Hub
from hub_service.handlers.stays import lengthen
from hub_service.handlers.telling import Scene, fresh, parcel_of
from hub_service.store import audit, deliveries, lockers


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """How much more time, why, and who says so."""

    hours: int
    reason: str
    by: str


def extend_all(hub: Hub, locker_id: str, more: More) -> int | Refusal:
    """Gives every parcel in a locker more time, besides what each recipient may ask for; returns how many.

    Each recipient is told once of each parcel.
    """
    with hub.store.write() as db:
        if lockers.find(db, locker_id) is None:
            return UNKNOWN_LOCKER
        scene, occasion, extended = Scene(db, hub, locker_id), hub.draws.id("x"), 0
        for delivery in deliveries.live_at(db, locker_id):
            parcel = parcel_of(db, delivery)
            # Nobody knows whether what is in doubt lies there: its deadline isn't what its recipient waits for.
            if delivery.deadline_s is None or delivery.state != "inside" or after(parcel.status, "extended") is None:
                continue
            by_s = more.hours * deadlines.HOUR_S
            lengthen(scene, parcel, delivery, deadlines.lengthened_s(delivery.deadline_s, hub.now_s(), by_s))
            scene.tell("more_time", parcel, fresh(db, delivery), f"{delivery.id}/{occasion}")
            extended += 1
        scene.event("all_extended", hours=more.hours, parcels=extended, reason=more.reason)
        data: dict[str, object] = {"hours": more.hours, "parcels": extended}
        act = audit.Entry(
            at_ms=hub.now_ms(), who=more.by, act="all_extended", about=f"locker {locker_id}", reason=more.reason,
            data=data,
        )  # fmt: skip
        audit.write(db, act)
    return extended
