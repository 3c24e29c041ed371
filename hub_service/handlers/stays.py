"""What people ask for while a parcel is on its way or waits: more time, or that it doesn't come."""

from __future__ import annotations

from hub_service.domain import deadlines
from hub_service.domain.custody import Happening, Status, after
from hub_service.domain.refusals import UNKNOWN_PAGE, UNKNOWN_PARCEL, Refusal
from hub_service.handlers import looks, side_by_side
from hub_service.handlers.hub import Hub
from hub_service.handlers.promises import withdraw
from hub_service.handlers.telling import Scene, fresh
from hub_service.handlers.views import ParcelView, RecipientView
from hub_service.store import deliveries, orders, parcels
from hub_service.store.records import DeliveryRecord, ParcelRecord
from hub_service.store.sql import Connection
from locker.wire.orders import Recall

PROGRESS: dict[Status, Happening] = {"in_transit": "taken_over", "out_for_delivery": "set_out"}
"""What a carrier may say of a parcel on its way, and what that is called."""


def extend(hub: Hub, parcel_id: str) -> ParcelView | Refusal:
    """Gives a parcel in a locker more time, once."""
    with hub.store.write() as db:
        parcel = parcels.find(db, parcel_id)
        refusal = UNKNOWN_PARCEL if parcel is None else _extend(db, hub, parcel)
    return refusal or _shown(hub, parcel_id)


def extend_by_page(hub: Hub, token: str) -> RecipientView | Refusal:
    """The same, asked for by whoever has the parcel's page."""
    with hub.store.write() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None:
            return UNKNOWN_PAGE
        refusal = _extend(db, hub, parcel)
    view = looks.recipient(hub, token)
    assert view is not None, "the page was found just now"
    return refusal or view


def cancel(hub: Hub, parcel_id: str) -> ParcelView | Refusal:
    """A parcel that lies in no locker is not to come any more."""
    with hub.store.write() as db:
        parcel = parcels.find(db, parcel_id)
        refusal = UNKNOWN_PARCEL if parcel is None else _cancel(db, hub, parcel)
    return refusal or _shown(hub, parcel_id)


def progress(hub: Hub, parcel_id: str, status: Status) -> ParcelView | Refusal:
    """The carrier says how far a parcel has come; saying the same again changes nothing."""
    with hub.store.write() as db:
        parcel = parcels.find(db, parcel_id)
        if parcel is None:
            return UNKNOWN_PARCEL
        if after(parcel.status, PROGRESS[status]) is None and parcel.status != status:
            return Refusal(
                "not_on_its_way", f"The parcel is {_said(parcel.status)}; it can't be {_said(status)} any more."
            )
        if parcel.status != status:
            Scene(db, hub).move(parcel, PROGRESS[status])
    return _shown(hub, parcel_id)


def _extend(db: Connection, hub: Hub, parcel: ParcelRecord) -> Refusal | None:
    delivery = deliveries.find_live(db, parcel.id)
    if delivery is None or delivery.deadline_s is None or after(parcel.status, "extended") is None:
        return Refusal(
            "not_waiting", f"The parcel is {_said(parcel.status)}; only one that waits in a locker gets more time."
        )
    if delivery.extended:
        return Refusal(
            "already_extended", "It was extended before: collect it until the deadline, or call the carrier."
        )
    # By the page as well as by the carrier: one extension in all, whoever asks first.
    deadline_s = deadlines.extended_s(delivery.deadline_s, hub.now_s())
    deliveries.update(db, delivery.id, extended=1)
    scene = Scene(db, hub, delivery.locker_id)
    lengthen(scene, parcel, delivery, deadline_s)
    scene.tell("extended", parcel, fresh(db, delivery), delivery.id)
    return None


def lengthen(scene: Scene, parcel: ParcelRecord, delivery: DeliveryRecord, deadline_s: int) -> None:
    """Lets a parcel lie until then; reminders are planned anew, and no courier is to take it out any more."""
    now_s = scene.hub.now_s()
    remind_at_s = scene.hub.courtesy.next_reminder_s(deadline_s, now_s)
    deliveries.update(scene.db, delivery.id, recalled=0, deadline_s=deadline_s, remind_at_s=remind_at_s)
    if delivery.recalled:
        recall = Recall(delivery=delivery.id, recalled=False)
        orders.append(scene.db, delivery.locker_id, recall, scene.hub.now_ms())
    if delivery.n is not None:
        side_by_side.wait_equally(scene, delivery.locker_id, delivery.n, deadline_s)
    scene.move(parcel, "extended", deadline_s=deadline_s)


def _cancel(db: Connection, hub: Hub, parcel: ParcelRecord) -> Refusal | None:
    delivery = deliveries.find_live(db, parcel.id)
    if after(parcel.status, "cancelled") is None or (delivery and delivery.state == "inside"):
        return Refusal(
            "not_cancellable", f"The parcel is {_said(parcel.status)}; only one on its way can be cancelled."
        )
    if delivery is not None:
        withdraw(db, hub, delivery, "")
    scene = Scene(db, hub, delivery.locker_id if delivery else None)
    scene.move(parcel, "cancelled")
    scene.tell("cancelled", parcel, None, parcel.id)
    return None


def _said(status: Status) -> str:
    return status.replace("_", " ")


def _shown(hub: Hub, parcel_id: str) -> ParcelView:
    view = looks.parcel(hub, parcel_id)
    assert view is not None, "it was changed just now"
    return view
