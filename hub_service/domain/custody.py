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
