"""Parcels that their senders put into a locker: who may send one back, how long a code is good, what a receipt says.

Two purposes, one way: a *return* goes back to where it came from, and what is *sent* begins its way here (first mile).
For both the hub's part ends when the carrier has the parcel in hand.
"""

from __future__ import annotations

from typing import Literal

from hub_service.domain.custody import Happening, Status
from hub_service.domain.deadlines import HOUR_S
from hub_service.domain.refusals import Refusal

Purpose = Literal["return", "send"]
HandOver = Literal["dropped_off", "picked_up", "taken_back"]
DAY_S = 24 * HOUR_S
FETCHED_WITHIN_S = 3 * DAY_S
"""A weekend; what lies there longer nobody comes for by themselves."""

GOOD_DAYS, GOOD_DAYS_MAX = 14, 60
"""How long a drop-off code is good if nobody says otherwise: as long as most shops let people think it over."""

RETURN_DAYS_MAX = 100
_RECEIPT_DIGITS = 16
# Crockford's letters: nobody reads an O for a zero on a piece of cardboard.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 8

_TOLD: dict[Happening, HandOver] = {"deposited": "dropped_off", "retrieved": "picked_up", "collected": "taken_back"}


def told(happening: Happening) -> HandOver:
    """What a locker's word about a deposit, collection or retrieval means where a sender has put the parcel in."""
    return _TOLD[happening]


def good_until_s(now_s: int, days: int) -> int:
    """When a drop-off code that is given out now ends."""
    assert 0 < days <= GOOD_DAYS_MAX, "checked where it came in"
    return now_s + days * DAY_S


def number(drawn: int) -> str:
    """The number of a parcel that has no label: short enough to be written on it by hand."""
    letters = []
    for _ in range(NUMBER_LENGTH):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "R" + "".join(letters)


def receipt(digest: str) -> str:
    """A hand-over's number as people read it: the beginning of the hash of the locker's fact, in groups of four."""
    short = digest[:_RECEIPT_DIGITS]
    return "-".join(short[start : start + 4] for start in range(0, len(short), 4))


def not_returnable(status: Status, under_way: bool) -> Refusal | None:
    """Why a parcel can't be sent back now; None: it can."""
    if under_way:
        return Refusal("return_under_way", "It is being returned already: use the code that you have, or cancel that.")
    if status != "collected":
        return Refusal("not_returnable", "Only a parcel that somebody has collected can be returned.")
    return None


def may_ask_alone(return_days: int, collected_s: int | None, now_s: int) -> bool:
    """Whether a recipient may return a parcel without asking its shop or carrier."""
    return collected_s is not None and now_s < collected_s + return_days * DAY_S
