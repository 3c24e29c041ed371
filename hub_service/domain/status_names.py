"""What integrators call a parcel's status elsewhere: one table, shown by the interface and written into the docs.

Where a service has no word for a status, the word is taken that makes its users do the right thing: a parcel whose
time is over still waits for its recipient, so it isn't "returned" before a courier has taken it.
"""

from __future__ import annotations

from typing import Literal, get_args

from hub_service.domain.custody import Status
from hub_service.domain.returns import Purpose

Service = Literal["easypost", "shippo", "aftership", "shipx", "gls"]
SERVICES: dict[Service, str] = {
    "easypost": "EasyPost (tracker status)",
    "shippo": "Shippo (tracking status)",
    "aftership": "AfterShip (delivery status)",
    "shipx": "InPost ShipX (shipment status)",
    "gls": "GLS / NXT (shipmentStatus)",
}

NAMES: dict[Status, tuple[str, str, str, str, str]] = {
    "announced": ("pre_transit", "PRE_TRANSIT", "InfoReceived", "confirmed", "BOOKING_CREATED"),
    "in_transit": ("in_transit", "TRANSIT", "InTransit", "taken_by_courier", "BOOKING_CREATED"),
    "out_for_delivery": ("out_for_delivery", "TRANSIT", "OutForDelivery", "out_for_delivery", "BOOKING_CREATED"),
    "delivery_failed": ("failure", "FAILURE", "AttemptFail", "avizo", "DELIVERY_NOT_POSSIBLE"),
    "redirected": ("in_transit", "TRANSIT", "InTransit", "redirect_to_box", "BOOKING_CREATED"),
    "ready_for_pickup": (
        "available_for_pickup", "TRANSIT", "AvailableForPickup", "ready_to_pickup", "COURIER_DELIVERED",
    ),
    "collected": ("delivered", "DELIVERED", "Delivered", "delivered", "CONSIGNEE_COLLECTED"),
    # AfterShip's "Expired" says that nothing was heard for a month, which is something else.
    "expired": ("available_for_pickup", "TRANSIT", "Exception", "pickup_time_expired", "CONSIGNEE_COLLECTION_EXPIRED"),
    "retrieved": ("return_to_sender", "RETURNED", "Exception", "returned_to_sender", "COURIER_COLLECTED_EXPIRED"),
    "return_announced": ("pre_transit", "PRE_TRANSIT", "InfoReceived", "confirmed", "BOOKING_CREATED"),
    "return_deposited": ("in_transit", "TRANSIT", "InTransit", "dispatched_by_sender", "CONSIGNEE_DELIVERED"),
    "returned": ("return_to_sender", "RETURNED", "InTransit", "collected_from_sender", "COURIER_COLLECTED"),
    "cancelled": ("cancelled", "FAILURE", "Exception", "canceled", "BOOKING_CANCELLED"),
    "needs_attention": ("error", "UNKNOWN", "Exception", "claimed", "COLLECTION_NOT_POSSIBLE"),
}  # fmt: skip


# What somebody sends isn't on its way back to anybody once its carrier has it.
_SENT: dict[Status, tuple[str, str, str, str, str]] = {
    "returned": ("in_transit", "TRANSIT", "InTransit", "collected_from_sender", "COURIER_COLLECTED"),
}


def names_of_drop_off(status: Status, purpose: Purpose) -> dict[Service, str]:
    """What the status of a drop-off is called elsewhere, by service."""
    if purpose == "send" and status in _SENT:
        return dict(zip(get_args(Service), _SENT[status], strict=True))
    return names_of(status)


def names_of(status: Status) -> dict[Service, str]:
    """What this status is called elsewhere, by service."""
    return dict(zip(get_args(Service), NAMES[status], strict=True))
