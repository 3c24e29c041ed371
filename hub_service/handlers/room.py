"""What room a locker has for one more parcel, under its operator's rules: compartments kept, compartments held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub_service.domain import placement
from hub_service.domain import quotas as rule
from hub_service.domain.placement import Box, Size
from hub_service.domain.refusals import Refusal
from hub_service.store import lockers, quotas, rooms
from hub_service.store.records import LockerRecord
from hub_service.store.rooms import Stock
from hub_service.store.sql import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """`free` compartments, the sizes that are `promised` one of them, and what is `kept` for failed deliveries."""

    built: tuple[Box, ...]
    free: tuple[Box, ...]
    promised: tuple[Size, ...]
    kept: tuple[Size, ...] = ()


def at(db: Connection, locker: LockerRecord, by_attempt: bool = False) -> Room:
    """The room at a locker, for a failed home delivery or for any other parcel."""
    return at_each(db, (locker,), by_attempt)[locker.id]


def at_each(db: Connection, some: Sequence[LockerRecord], by_attempt: bool = False) -> dict[str, Room]:
    """The room at each of these lockers, asked for at once."""
    if not some:
        return {}
    ids = [one.id for one in some]
    stock, built = rooms.stock(db, ids), rooms.built(db, ids)
    used = {} if by_attempt else rooms.by_attempt(db, ids)
    found = {}
    for one in some:
        boxes = tuple(built.get(one.id, ()))
        kept = () if by_attempt else placement.kept_sizes(boxes, _kept(one, len(boxes), used.get(one.id, 0)))
        left, sizes = unbound(one.hard_hold, stock[one.id])
        found[one.id] = Room(built=boxes, free=left, promised=sizes, kept=kept)
    return found


def unbound(hard_hold: bool, stock: Stock) -> tuple[tuple[Box, ...], tuple[Size, ...]]:
    """What of it can be given to anybody, and the sizes of those whose compartments aren't settled."""
    if not hard_hold:
        return tuple(stock.free), tuple(size for _, size in stock.promised)
    # Each planned compartment is its parcel's alone: neither of them can be moved to make room for another.
    held = {n for n, _ in stock.promised if n is not None}
    return tuple(box for box in stock.free if box.n not in held), tuple(size for n, size in stock.promised if n is None)


def refusal(
    db: Connection, locker: LockerRecord, size: Size, by_attempt: bool = False, *, carrier: str = ""
) -> Refusal | None:
    """Why this locker can't take one more parcel of this size, from this carrier ("": whoever's); None if it can."""
    return judged(db, locker, at(db, locker, by_attempt), size, carrier=carrier)


def judged(db: Connection, locker: LockerRecord, room: Room, size: Size, *, carrier: str = "") -> Refusal | None:
    """The same, where the room there is known."""
    if not room.built:
        return Refusal(
            "no_room", f"{locker.name} hasn't told yet what compartments it has: try again once it is online."
        )
    if placement.has_room(room.promised, room.free, size, room.kept):
        return over_quota(db, locker, size, carrier) if carrier else None
    # All boxes count here, free or not: what none of them fits will not fit tomorrow either.
    if placement.size_class_needed(size, room.built) is None:
        low = " that can be reached from a wheelchair" if size.low else ""
        return Refusal(
            "too_large", f"{locker.name} has no compartment{low} that the parcel fits: choose another locker."
        )
    return Refusal("no_room", f"All room for this size at {locker.name} is taken or promised: choose another locker.")


def over_quota(db: Connection, locker: LockerRecord, size: Size, carrier: str) -> Refusal | None:
    """Whether a carrier uses all of a locker that it may use; what others use isn't said."""
    rules = quotas.of(db, locker.id, carrier)
    if not rules:
        return None
    built = [one.box for one in lockers.compartments(db, locker.id)]
    exceeded = rule.exceeded(rules, quotas.held(db, locker.id, carrier), size, built)
    if exceeded is None:
        return None
    places = exceeded.limit(built)
    of_size = f" of size {exceeded.size_class}" if exceeded.size_class else ""
    said = f"{carrier} may use {places} place{'' if places == 1 else 's'}{of_size} at {locker.name}, and does:"
    return Refusal("quota_full", f"{said} choose another locker, or ask its operator for more.")


def _kept(locker: LockerRecord, built: int, used: int) -> int:
    said = locker.kept_for_attempts
    wanted = placement.kept_by_default(built) if said is None else said
    return max(0, wanted - used)
