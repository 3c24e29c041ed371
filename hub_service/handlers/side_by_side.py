"""Parcels of one person in one compartment wait equally long: one door opens once, for whoever comes."""

from __future__ import annotations

from hub_service.handlers.telling import Scene, parcel_of
from hub_service.store import deliveries, orders
from hub_service.store.records import DeliveryRecord
from locker.wire.orders import Recall


def wait_equally(scene: Scene, locker_id: str, n: int, until_s: int) -> None:
    """Whatever lies in a compartment stays there at least until then, and no courier takes a part of it out."""
    for other in deliveries.live_in(scene.db, locker_id, n):
        if other.state == "inside" and other.deadline_s is not None and other.deadline_s < until_s:
            _lengthen(scene, other, until_s)


def _lengthen(scene: Scene, other: DeliveryRecord, until_s: int) -> None:
    remind_at_s = scene.hub.courtesy.next_reminder_s(until_s, scene.hub.now_s())
    deliveries.update(scene.db, other.id, deadline_s=until_s, remind_at_s=remind_at_s, recalled=0)
    if other.recalled:
        recall = Recall(delivery=other.id, recalled=False)
        orders.append(scene.db, other.locker_id, recall, scene.hub.now_ms())
    parcel = parcel_of(scene.db, other)
    # One whose time was over waits again.
    if parcel.status == "expired":
        scene.move(parcel, "extended", deadline_s=until_s)
