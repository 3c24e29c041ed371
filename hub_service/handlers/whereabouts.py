"""Lost and found: somebody says where a parcel is that lies in no locker, and with that what happens to it next."""

from __future__ import annotations

from typing import Literal

from hub_service.domain.custody import Status, after
from hub_service.domain.refusals import UNKNOWN_PARCEL, Refusal
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.promises import withdraw
from hub_service.handlers.telling import Scene
from hub_service.handlers.views import ParcelView
from hub_service.store import deliveries, lockers, parcels
from hub_service.store.records import DeliveryRecord, ParcelRecord
from hub_service.store.sql import Connection

Place = Literal["handed_over", "sent_back", "recovered", "given_up"]
"""With its recipient, with its sender, in somebody's hands who brings it on, or nobody knows and nobody looks."""

_NOTICES: dict[Place, str] = {"handed_over": "handed_over", "sent_back": "sent_back", "given_up": "cancelled"}
_RESULTS: dict[Place, Status] = {
    "handed_over": "collected",
    "sent_back": "returned",
    "recovered": "in_transit",
    "given_up": "cancelled",
}


def say(hub: Hub, parcel_id: str, place: Place) -> ParcelView | Refusal:
    """A parcel is there. Room that is held for it elsewhere is free again; saying the same twice changes nothing."""
    with hub.store.write() as db:
        parcel = parcels.find(db, parcel_id)
        if parcel is None:
            return UNKNOWN_PARCEL
        refusal = None if parcel.status == _RESULTS[place] else _say(db, hub, parcel, place)
    if refusal is not None:
        return refusal
    view = looks.parcel(hub, parcel_id)
    assert view is not None, "it was found just now"
    return view


def _say(db: Connection, hub: Hub, parcel: ParcelRecord, place: Place) -> Refusal | None:
    delivery = deliveries.find_live(db, parcel.id)
    refusal = _impossible(db, parcel, delivery, place)
    if refusal is not None:
        return refusal
    # Whoever recovers it may still bring it where it was expected; for all others that room is of no use.
    if delivery is not None and place != "recovered":
        withdraw(db, hub, delivery, "")
    scene = Scene(db, hub, delivery.locker_id if delivery else None)
    scene.move(parcel, place)
    if place in _NOTICES:
        scene.tell(_NOTICES[place], parcel, None, f"{parcel.id}/{hub.now_ms()}")
    return None


def _impossible(db: Connection, parcel: ParcelRecord, delivery: DeliveryRecord | None, place: Place) -> Refusal | None:
    if delivery is not None and (delivery.state == "inside" or deliveries.is_doubted(db, delivery.id)):
        locker = lockers.find(db, delivery.locker_id)
        name = locker.name if locker else delivery.locker_id
        return Refusal(
            "in_a_locker", f"The parcel lies, or may lie, in {name}: somebody has to look there, and say so there."
        )
    if after(parcel.status, place) is not None:
        return None
    said = parcel.status.replace("_", " ")
    if place in ("recovered", "given_up"):
        return Refusal("not_missing", f"The parcel is {said}: only one that needs attention is found or given up.")
    return Refusal("not_on_its_way", f"The parcel is {said}: it can't be with its recipient or sender by your hand.")
