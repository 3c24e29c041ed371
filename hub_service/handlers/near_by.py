"""Which locker a sender is sent to: the nearest that has room, one that can be reached before one that can't."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hub_service.domain.fallback import distance_m
from hub_service.domain.placement import Size
from hub_service.domain.refusals import Refusal
from hub_service.handlers import choosing, room
from hub_service.store import lockers
from hub_service.store.records import LockerRecord
from hub_service.store.sql import Connection

LOOKED_AT_MAX = 20
"""Whether there is room takes a look at every compartment: not at hundreds of lockers for one parcel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What room is looked for: how large, for which carrier, among test lockers or real ones."""

    size: Size
    carrier: str
    test: bool


@dataclass(frozen=True, slots=True)
class Near:
    """Where to look: a place in degrees, else around a locker (""; None: nobody has said)."""

    latitude: float | None = None
    longitude: float | None = None
    locker_id: str = ""


def with_room(db: Connection, wanted: Wanted, near: Near, without: str = "") -> LockerRecord | Refusal:
    """The first of the nearest that can take this, or why none can."""
    refusal: Refusal | None = None
    for locker in in_order(db, wanted.test, near, without)[:LOOKED_AT_MAX]:
        no = room.refusal(db, locker, wanted.size, carrier=wanted.carrier)
        if no is None:
            return locker
        # That all are full says more than that one of them has no such compartment.
        refusal = no if refusal is None or no.code == "no_room" else refusal
    if refusal is None:
        return Refusal("no_room", "There is no other locker: try again later.")
    if refusal.code == "too_large":
        return Refusal("too_large", "It fits into no compartment of any locker near by: send it another way.")
    return Refusal("no_room", "No locker near by has room now: try again later, or name one farther away.")


def in_order(db: Connection, test: bool, near: Near, without: str = "") -> list[LockerRecord]:
    """All lockers of this world, the best first."""
    there = [one for one in lockers.every(db) if one.test == test]
    centre = next((one for one in there if one.id == near.locker_id), None)
    place = choosing.place_of(near.latitude, near.longitude)
    if place is None and centre is not None:
        place = choosing.place_of(centre.latitude, centre.longitude)

    def order(one: LockerRecord) -> tuple[bool, float, bool, int]:
        here = choosing.place_of(one.latitude, one.longitude)
        away_m = float(distance_m(place, here)) if place and here else math.inf
        return not one.online, away_m, one.id != near.locker_id, one.number

    return sorted((one for one in there if one.id != without), key=order)
