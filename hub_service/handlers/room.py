"""What room a locker has for one more parcel, under its operator's rules: compartments kept, compartments held."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import placement
from hub_service.domain import quotas as rule
from hub_service.domain.placement import Box, Size
from hub_service.domain.refusals import Refusal
from hub_service.store import lockers, quotas
from hub_service.store.records import LockerRecord
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
    built = tuple(record.box for record in lockers.compartments(db, locker.id))
    free, promised = lockers.free_boxes(db, locker.id), lockers.promised(db, locker.id)
    if locker.hard_hold:
        # Each planned compartment is its parcel's alone: neither of them can be moved to make room for another.
        held = {n for n, _ in promised if n is not None}
        free = [box for box in free if box.n not in held]
        promised = [(n, size) for n, size in promised if n is None]
    kept = () if by_attempt else placement.kept_sizes(built, _kept(db, locker, len(built)))
    return Room(built=built, free=tuple(free), promised=tuple(size for _, size in promised), kept=kept)


def refusal(
    db: Connection, locker: LockerRecord, size: Size, by_attempt: bool = False, *, carrier: str = ""
) -> Refusal | None:
    """Why this locker can't take one more parcel of this size, from this carrier ("": whoever's); None if it can."""
    room = at(db, locker, by_attempt)
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


def _kept(db: Connection, locker: LockerRecord, built: int) -> int:
    said = locker.kept_for_attempts
    wanted = placement.kept_by_default(built) if said is None else said
    return max(0, wanted - lockers.count_by_attempt(db, locker.id))
