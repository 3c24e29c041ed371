"""A recipient would rather have the parcel in another locker, while it is on its way. The code stays the same."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.custody import after
from hub_service.domain.fallback import distance_m
from hub_service.domain.refusals import Refusal
from hub_service.handlers import choosing, looks, near_by, redirects, room
from hub_service.handlers.hub import Hub
from hub_service.handlers.moving import lies_nowhere
from hub_service.handlers.near_by import Near
from hub_service.handlers.wishes import Redirection
from hub_service.store import deliveries, lockers
from hub_service.store.records import DeliveryRecord, LockerRecord, ParcelRecord
from hub_service.store.sql import Connection

SHOWN_MAX, LOOKED_AT_MAX = 4, 8
_GONE = Refusal("not_redirectable", "That isn't possible any more: the parcel is nearly there, or the locker is full.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Another locker with room. `away_m` is how far it is from the one that the parcel goes to (None: not known)."""

    locker_id: str
    name: str
    where: str
    away_m: int | None


def choices(hub: Hub, token: str) -> tuple[Choice, ...]:
    """Where a parcel may go instead, nearest first; nothing where it is too late for that."""
    with hub.store.read() as db:
        parcel = looks.of_page(db, hub, token)
        delivery = deliveries.find_live(db, parcel.id) if parcel else None
        if parcel is None or delivery is None or not _may_move(db, parcel, delivery):
            return ()
        first = lockers.find(db, delivery.locker_id)
        assert first is not None, "the schema keeps it"
        near = near_by.in_order(db, first.test, Near(locker_id=first.id), first.id)
        # Whether there is room takes a look at every compartment: not at hundreds of lockers for one page.
        some = [one for one in near if one.online][:LOOKED_AT_MAX]
        there = room.at_each(db, some, delivery.by_attempt)
        return tuple(
            Choice(locker_id=one.id, name=one.name, where=one.place, away_m=_away_m(first, one))
            for one in some
            if room.judged(db, one, there[one.id], parcel.size, carrier=parcel.carrier) is None
        )[:SHOWN_MAX]


def choose(hub: Hub, token: str, locker_id: str) -> Refusal | None:
    """Takes one of the choices."""
    if all(one.locker_id != locker_id for one in choices(hub, token)):
        return _GONE
    view = looks.recipient(hub, token)
    assert view is not None, "there was a choice just now"
    outcome = redirects.redirect(hub, Redirection(parcel_id=view.parcel_id, locker_id=locker_id, reason="wish"))
    return outcome if isinstance(outcome, Refusal) else None


def _may_move(db: Connection, parcel: ParcelRecord, delivery: DeliveryRecord) -> bool:
    if parcel.status == "needs_attention" or after(parcel.status, "redirected") is None:
        return False
    # Somebody is driving there with it already.
    return delivery.held_until_s is None and lies_nowhere(db, delivery)


def _away_m(one: LockerRecord, other: LockerRecord) -> int | None:
    here = choosing.place_of(one.latitude, one.longitude)
    there = choosing.place_of(other.latitude, other.longitude)
    return distance_m(here, there) if here and there else None
