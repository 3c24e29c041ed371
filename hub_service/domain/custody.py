"""Where a parcel is in its life: the table of statuses, and what moves it from one to the next.

What a locker reports has happened, so it moves a parcel from *every* status (a deposit always wins over what the hub
believed). What people ask for moves it only where the table says so.
"""

from __future__ import annotations

from typing import Literal, get_args

Status = Literal[
    "announced",
    "in_transit",
    "out_for_delivery",
    "delivery_failed",
    "redirected",
    "ready_for_pickup",
    "collected",
    "expired",
    "retrieved",
    "return_announced",
    "return_deposited",
    "returned",
    "cancelled",
    "needs_attention",
]
Happening = Literal[
    "taken_over",  # the carrier has the parcel
    "set_out",  # a courier is on the way with it
    "attempt_failed",  # nobody took it at the door
    "redirected",  # room is promised for it somewhere else
    "expired",  # its time in the locker is over
    "extended",
    "cancelled",
    "deposited",  # from here on: told by a locker
    "collected",
    "retrieved",
    "doubted",  # nobody knows whether it lies where it should
    "displaced",  # another parcel lies where it should
]

STATUSES: tuple[Status, ...] = get_args(Status)
OVER: frozenset[Status] = frozenset({"collected", "retrieved", "returned", "cancelled"})
"""Nothing more is to be done for these; their label may be used again."""

_ON_THE_WAY: tuple[Status, ...] = ("announced", "in_transit", "out_for_delivery", "delivery_failed", "redirected")


def _from_all(to: Status, **others: Status) -> dict[Status, Status]:
    return {status: others.get(status, to) for status in STATUSES}


NEXT: dict[Happening, dict[Status, Status]] = {
    "taken_over": {"announced": "in_transit"},
    "set_out": {
        "announced": "out_for_delivery",
        "in_transit": "out_for_delivery",
        "delivery_failed": "out_for_delivery",
    },
    "attempt_failed": dict.fromkeys(_ON_THE_WAY[:4], "delivery_failed"),
    # Also from needs_attention: a parcel that was found again may go to another locker.
    "redirected": dict.fromkeys((*_ON_THE_WAY, "needs_attention"), "redirected"),
    # Only the clock says so, and only of what waits; the recipient may still collect afterwards.
    "expired": {"ready_for_pickup": "expired"},
    "extended": {"ready_for_pickup": "ready_for_pickup", "expired": "ready_for_pickup"},
    # Never from inside a locker: somebody would have to take the parcel out first.
    "cancelled": dict.fromkeys((*_ON_THE_WAY, "needs_attention"), "cancelled"),
    # From here on it has happened: a table with holes would only park the report.
    "deposited": _from_all("ready_for_pickup", return_announced="return_deposited"),
    "collected": _from_all("collected"),
    "retrieved": _from_all("retrieved", return_deposited="returned"),
    "doubted": _from_all("needs_attention"),
    "displaced": _from_all("needs_attention"),
}


def after(status: Status, happening: Happening) -> Status | None:
    """The next status, or None where this can't be asked for now."""
    return NEXT[happening].get(status)


def is_live(status: Status) -> bool:
    """Whether somebody still has to do something about the parcel."""
    return status not in OVER


Elsewhere = Literal["easypost", "shippo", "aftership", "shipx", "gls"]
_NAMES: dict[Status, tuple[str, str, str, str, str]] = {
    "announced": ("pre_transit", "PRE_TRANSIT", "InfoReceived", "confirmed", "BOOKING_CREATED"),
    "in_transit": ("in_transit", "TRANSIT", "InTransit", "taken_by_courier", "BOOKING_CREATED"),
    "out_for_delivery": ("out_for_delivery", "TRANSIT", "OutForDelivery", "out_for_delivery", "BOOKING_CREATED"),
    "delivery_failed": ("failure", "FAILURE", "AttemptFail", "avizo", "DELIVERY_NOT_POSSIBLE"),
    "redirected": ("in_transit", "TRANSIT", "InTransit", "redirect_to_box", "BOOKING_CREATED"),
    "ready_for_pickup": (
        "available_for_pickup", "TRANSIT", "AvailableForPickup", "ready_to_pickup", "COURIER_DELIVERED",
    ),
    "collected": ("delivered", "DELIVERED", "Delivered", "delivered", "CONSIGNEE_COLLECTED"),
    "expired": ("available_for_pickup", "TRANSIT", "Expired", "pickup_time_expired", "CONSIGNEE_COLLECTION_EXPIRED"),
    "retrieved": ("return_to_sender", "RETURNED", "Exception", "returned_to_sender", "COURIER_COLLECTED_EXPIRED"),
    "return_announced": ("pre_transit", "PRE_TRANSIT", "InfoReceived", "confirmed", "BOOKING_CREATED"),
    "return_deposited": ("in_transit", "TRANSIT", "InTransit", "dispatched_by_sender", "CONSIGNEE_DELIVERED"),
    "returned": ("return_to_sender", "RETURNED", "InTransit", "collected_from_sender", "COURIER_COLLECTED"),
    "cancelled": ("cancelled", "FAILURE", "Exception", "canceled", "BOOKING_CANCELLED"),
    "needs_attention": ("error", "UNKNOWN", "Exception", "claimed", "DELIVERY_NOT_POSSIBLE"),
}  # fmt: skip


def names_elsewhere(status: Status) -> dict[Elsewhere, str]:
    """What integrators call this status elsewhere."""
    return dict(zip(get_args(Elsewhere), _NAMES[status], strict=True))
