"""Deposit tickets: with one a courier puts a parcel into a locker that hasn't heard of it yet."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import access_codes, placement
from hub_service.domain.refusals import UNKNOWN_PARCEL, Refusal
from hub_service.handlers.hub import Hub
from hub_service.store import deliveries, lockers, parcels, pickups
from hub_service.store.records import DeliveryRecord
from hub_service.store.sql import Connection


@dataclass(frozen=True, slots=True)
class DepositTicket:
    """The text of the QR code for the courier, and the locker where it is good."""

    ticket: str
    locker_id: str
    size_class: str


def issue(hub: Hub, parcel_id: str) -> DepositTicket | Refusal:
    """A deposit ticket for a parcel that room is held for."""
    with hub.store.write() as db:
        parcel = parcels.find(db, parcel_id)
        if parcel is None:
            return UNKNOWN_PARCEL
        delivery = deliveries.find_live(db, parcel_id)
        if delivery is None or delivery.state != "promised":
            return Refusal("not_depositable", "No room is held for this parcel: announce it for a locker first.")
        refusal = _ambiguous(db, delivery)
        if refusal is not None:
            return refusal
        pickup, locker = pickups.find(db, delivery.pickup_id), lockers.find(db, delivery.locker_id)
        assert pickup is not None and locker is not None, "the schema keeps both"
        # From now on this name means this parcel, whichever others its recipient gets.
        deliveries.update(db, delivery.id, alias=f"{pickup.id}.{pickup.generation}")
        tag = pickups.pin_tag(db, pickup.id, locker.id) or "0" * 32
        boxes = [record.box for record in lockers.compartments(db, locker.id)]
    size_class = placement.size_class_needed(parcel.size, boxes) or placement.SIZE_CLASSES[-1]
    named = access_codes.Named(
        pickup=pickup.id, generation=pickup.generation, home=locker.number, not_after_s=pickup.not_after_s
    )
    return DepositTicket(access_codes.deposit_ticket(named, hub.keys.ticket, size_class, tag), locker.id, size_class)


def _ambiguous(db: Connection, delivery: DeliveryRecord) -> Refusal | None:
    # A ticket names a pickup: with two parcels of one on their way, the locker could report either.
    here = [one for one in deliveries.live_of(db, delivery.pickup_id) if one.locker_id == delivery.locker_id]
    if any(one.id != delivery.id and (one.state == "promised" or one.alias) for one in here):
        return Refusal(
            "several_parcels",
            "Its recipient has another parcel at this locker, and a ticket couldn't tell them apart: scan the label.",
        )
    return None
