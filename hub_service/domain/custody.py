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
    "called_off",  # nobody is to put it in any more
    "lapsed",  # nobody has put it in while the drop-off code was good
    "rerouted",  # its sender puts it into another locker
    "wanted_back",  # its sender would like to take it out again
    "hold_ended",  # nobody brought it to the locker in the time that room was held for
    "handed_over",  # the recipient took it at the door after all
    "sent_back",  # it goes back, or has come back, to its sender
    "recovered",  # somebody has it in hand again and knows what it is
    "given_up",  # nobody looks for it any more
    "deposited",  # from here on: told by a locker
    "collected",
    "retrieved",
    "dropped_off",  # its sender has put it in
    "picked_up",  # a courier has taken out what its sender had put in
    "taken_back",  # its sender has taken it out again
    "doubted",  # nobody knows whether it lies where it should
    "displaced",  # another parcel lies where it should
    "not_found",  # somebody has looked, and it doesn't lie where it should
]
Attention = Literal["", "in_doubt", "displaced", "not_found"]
"""Why a parcel needs somebody's attention; empty where it doesn't."""

STATUSES: tuple[Status, ...] = get_args(Status)
OVER: frozenset[Status] = frozenset({"collected", "retrieved", "returned", "cancelled"})
"""Nothing more is to be done for these; their label may be used again."""

MEANINGS: dict[Status, str] = {
    "announced": "its carrier has told of it; room is held where it goes to a locker",
    "in_transit": "the carrier has it",
    "out_for_delivery": "a courier is on the way with it",
    "delivery_failed": "nobody took it at the door, and no locker was chosen yet",
    "redirected": "room is held for it at a locker that wasn't its first destination",
    "ready_for_pickup": "it lies in a locker, and its recipient was told",
    "collected": "its recipient, or somebody with the code, has it",
    "expired": "it still lies in the locker; a courier may take it out, its recipient as well",
    "retrieved": "a courier has taken it out of the locker",
    "return_announced": "somebody will put it into a locker to send it, or to send it back",
    "return_deposited": "dropped off: its sender has put it into a locker, where a courier takes it out",
    "returned": "its carrier has taken over what was dropped off, or it goes back to its sender",
    "cancelled": "it isn't to come any more, was given up, or was taken back by the sender who had dropped it off",
    "needs_attention": "nobody knows where it is: a person has to find out",
}
HAPPENINGS: dict[Happening, str] = {
    "taken_over": "the carrier says that it has the parcel",
    "set_out": "the carrier says that a courier has set out, also for another attempt",
    "attempt_failed": "a courier stood at the door in vain",
    "redirected": "room is held somewhere else",
    "expired": "its time in the locker is over, by the hub's clock",
    "extended": "recipient, carrier or operator gave it more time",
    "cancelled": "the carrier doesn't send it",
    "called_off": "sender or carrier: it isn't to be dropped off any more",
    "lapsed": "the drop-off code was good for so long, and nobody has used it",
    "rerouted": "sender or carrier have chosen another locker to drop it off at, with the same code",
    "wanted_back": "sender or carrier: the sender's code is to open the compartment again",
    "hold_ended": "the time is over in which a courier wanted to bring it",
    "handed_over": "the carrier says that the recipient has it",
    "sent_back": "the carrier says that the sender has it, or will have",
    "recovered": "somebody has found it and has it in hand",
    "given_up": "an operator or the carrier says that nobody looks any more",
    "deposited": "a locker reports: a courier has put it in",
    "collected": "a locker reports: its compartment was opened with the code and emptied",
    "retrieved": "a locker reports: a courier has taken it out",
    "dropped_off": "a locker reports: its sender has put it in",
    "picked_up": "a locker reports: a courier has taken out what its sender had put in",
    "taken_back": "a locker reports: its sender has taken it out again",
    "doubted": "a locker reports that nobody knows what lies in the compartment",
    "displaced": "a locker reports another parcel where it should lie",
    "not_found": "somebody has looked into the compartment, and it wasn't there",
}
TOLD_BY_LOCKERS: frozenset[Happening] = frozenset(
    {
        "deposited",
        "collected",
        "retrieved",
        "dropped_off",
        "picked_up",
        "taken_back",
        "doubted",
        "displaced",
        "not_found",
    }
)

_ATTENTION: dict[Happening, Attention] = {"doubted": "in_doubt", "displaced": "displaced", "not_found": "not_found"}
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
    "called_off": {"return_announced": "cancelled"},
    "lapsed": {"return_announced": "cancelled"},
    "rerouted": {"return_announced": "return_announced"},
    # It is an ordinary parcel for its sender from then on: with a deadline, and a courier who comes after that.
    "wanted_back": {"return_deposited": "ready_for_pickup"},
    # The courier has it still; the room was for this one drive.
    "hold_ended": {"redirected": "delivery_failed"},
    # Also while room is held: home delivery and locker race, and whoever is first ends the other.
    "handed_over": dict.fromkeys((*_ON_THE_WAY, "needs_attention"), "collected"),
    "sent_back": dict.fromkeys((*_ON_THE_WAY, "retrieved", "needs_attention"), "returned"),
    "recovered": {"needs_attention": "in_transit"},
    # Never what may still lie in a locker: somebody has to look there first.
    "given_up": {"needs_attention": "cancelled"},
    # From here on it has happened: a table with holes would only park the report.
    "deposited": _from_all("ready_for_pickup"),
    "collected": _from_all("collected"),
    "retrieved": _from_all("retrieved"),
    "dropped_off": _from_all("return_deposited"),
    "picked_up": _from_all("returned"),
    "taken_back": _from_all("cancelled"),
    "doubted": _from_all("needs_attention"),
    "displaced": _from_all("needs_attention"),
    "not_found": _from_all("needs_attention"),
}


def after(status: Status, happening: Happening) -> Status | None:
    """The next status, or None where this can't be asked for now."""
    return NEXT[happening].get(status)


def attention(happening: Happening) -> Attention:
    """Why a parcel needs somebody after this; empty: it doesn't, or no more."""
    return _ATTENTION.get(happening, "")


def is_live(status: Status) -> bool:
    """Whether somebody still has to do something about the parcel."""
    return status not in OVER
