"""Which locker a sender is sent to: the nearest that has room, one that can be reached before one that can't."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hub_service.domain.placement import Size
from hub_service.domain.refusals import Refusal
from hub_service.handlers import choosing, room
from hub_service.handlers.room import Room
from hub_service.store import lockers
from hub_service.store.near import Spot, outwards
from hub_service.store.records import LockerRecord
from hub_service.store.sql import Connection

LOOKED_AT_MAX = 20
"""Whether there is room takes a look at every compartment: not at hundreds of lockers for one parcel."""

FIRST = 4

SEEN_MAX = 500
"""Among so many of the nearest those that can be reached come first."""


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
    some = in_order(db, wanted.test, near, without)
    for locker, there in _rooms(db, some):
        no = room.judged(db, locker, there, wanted.size, carrier=wanted.carrier)
        if no is None:
            return locker
        # That all are full says more than that one of them has no such compartment.
        refusal = no if refusal is None or no.code == "no_room" else refusal
    if refusal is None:
        return Refusal("no_room", "There is no other locker: try again later.")
    if refusal.code == "too_large":
        return Refusal("too_large", "It fits into no compartment of any locker near by: send it another way.")
    return Refusal("no_room", "No locker near by has room now: try again later, or name one farther away.")


def _rooms(db: Connection, some: list[LockerRecord]) -> Iterator[tuple[LockerRecord, Room]]:
    # Mostly one of the first has room, and each further one costs a look at all its compartments.
    for piece in (some[:FIRST], some[FIRST:]):
        there = room.at_each(db, piece)
        for locker in piece:
            yield locker, there[locker.id]


def in_order(db: Connection, test: bool, near: Near, without: str = "") -> list[LockerRecord]:
    """The first `LOOKED_AT_MAX` lockers of this world, the best first."""
    centre = lockers.find(db, near.locker_id) if near.locker_id else None
    place = choosing.place_of(near.latitude, near.longitude)
    if place is None and centre is not None and centre.test == test:
        place = choosing.place_of(centre.latitude, centre.longitude)
    seen: list[Spot] = []
    for piece in outwards(db, test, place, SEEN_MAX):
        seen += [one for one in piece if one.locker_id != without]
        if sum(one.online for one in seen) >= LOOKED_AT_MAX:
            break

    def order(one: Spot) -> tuple[bool, float, bool, int]:
        return (
            not one.online,
            math.inf if one.away_m is None else one.away_m,
            one.locker_id != near.locker_id,
            one.number,
        )

    best = sorted(seen, key=order)[:LOOKED_AT_MAX]
    found = {one.id: one for one in lockers.find_all(db, [one.locker_id for one in best])} if best else {}
    return [found[one.locker_id] for one in best]
