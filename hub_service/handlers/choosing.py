"""Which lockers may take a parcel that can't be delivered where it should: the facts for `domain/offers`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hub_service.domain import eligibility, offers
from hub_service.domain.eligibility import Nature
from hub_service.domain.fallback import FAR_M, Candidate, Place, no_locker
from hub_service.domain.offers import OFFERS_MAX, Offer
from hub_service.domain.refusals import Refusal
from hub_service.handlers import room
from hub_service.handlers.hub import Hub
from hub_service.store import attempts, lockers, parcels, rooms
from hub_service.store.attempts import AttemptRecord
from hub_service.store.near import Spot, outwards
from hub_service.store.records import ParcelRecord
from hub_service.store.rooms import Stock, Survey
from hub_service.store.sql import Connection

PRICED_AT_ONCE = 8
LOOKED_AT_MAX = 500
"""So many lockers near by are looked at before there is no room: full ones cost little, and one choice nobody's day."""


def ineligible(parcel: ParcelRecord, reason: str) -> Refusal | None:
    """Why this parcel may go into no locker after an attempt that failed for this reason; None: it may."""
    return eligibility.refusal(
        Nature(
            reason=reason, perishable=parcel.perishable, medicine=parcel.medicine, age_check=parcel.age_check,
            cash_on_delivery=parcel.cash_on_delivery, consent=parcel.locker_consent, country=parcel.country,
        )
    )  # fmt: skip


def offered(
    db: Connection, parcel: ParcelRecord, near: Place | None, stops: tuple[Place, ...] = (), without: str = ""
) -> list[Offer] | Refusal:
    """The lockers that have room for it, best first, leaving out the one named `without`; or why there is none.

    Looked for from the recipient outwards, until nothing farther away can be among the best `OFFERS_MAX`.
    """
    # Where nobody knows the door, the courier's way begins somewhere.
    centre = near or (stops[0] if stops else None)
    looked, priced, at_quota = 0, list[Offer](), False
    for piece in outwards(db, parcel.test, centre, LOOKED_AT_MAX, FAR_M if near else math.inf):
        most_eur = offers.most_eur(priced, OFFERS_MAX)
        if offers.least_eur(piece[0].away_m if near else None) > most_eur:
            break
        spots = [one for one in piece if one.locker_id != without]
        looked += len(spots)
        candidates, refused = _candidates(db, parcel, spots, _Bound(most_eur, near is not None))
        for some in _groups(candidates):
            most_eur = offers.most_eur(priced, OFFERS_MAX)
            made = (offers.price(parcel.size, one, near, stops, most_eur) for one in some)
            priced += [offer for offer in made if offer is not None]
        at_quota = at_quota or refused
    if priced:
        return offers.ranked(priced)[:OFFERS_MAX]
    if at_quota:
        return Refusal(
            "quota_full",
            f"{parcel.carrier} uses all that it may use of the lockers near by: agree on another attempt.",
        )
    return no_locker(parcel.size, looked > 0 or any(outwards(db, parcel.test, None, 1)))


def offer_at(
    db: Connection, parcel: ParcelRecord, locker_id: str, near: Place | None, stops: tuple[Place, ...] = ()
) -> Offer | None:
    """What one locker would be as an offer; None: it is none."""
    locker = lockers.find(db, locker_id)
    if locker is None or locker.test != parcel.test:
        return None
    here = place_of(locker.latitude, locker.longitude)
    spot = Spot(locker.id, locker.number, locker.online, locker.hard_hold, here, None)
    candidates, _ = _candidates(db, parcel, [spot], _Bound(math.inf, False))
    made = (offers.price(parcel.size, one, near, stops) for one in candidates)
    return next((offer for offer in made if offer is not None), None)


def door_of(hub: Hub, db: Connection, parcel: ParcelRecord) -> Place | None:
    """Where the recipient lives, as far as anybody has said: where a courier stood, else the address."""
    return door_by(hub, parcel, attempts.latest(db, hub.store, parcel.id))


def door_by(hub: Hub, parcel: ParcelRecord, attempt: AttemptRecord | None) -> Place | None:
    """The same, where the latest attempt is known."""
    if attempt is not None and attempt.place is not None:
        return attempt.place
    sealed = hub.store.vault.open(parcel.recipient_sealed, parcels.RECIPIENT)
    return place_of(sealed.get("latitude"), sealed.get("longitude"))


def place_of(latitude: float | None, longitude: float | None) -> Place | None:
    return None if latitude is None or longitude is None else Place(latitude, longitude)


@dataclass(frozen=True, slots=True)
class _Bound:
    """What an offer may cost at most, where cheaper ones are known; `from_door`: distances are the recipient's."""

    most_eur: float
    from_door: bool

    def allows(self, one: Spot, seen: Survey | None = None) -> bool:
        walk_m = one.away_m if self.from_door else None
        working, free = (seen.working, seen.free) if seen else (0, 0)
        return offers.least_eur(walk_m, one.online, working, free) <= self.most_eur


def _candidates(
    db: Connection, parcel: ParcelRecord, near_by: list[Spot], bound: _Bound
) -> tuple[list[Candidate], bool]:
    """Those of these lockers that may take it, as far as one can see; and whether quotas keep it out of some."""
    spots = [one for one in near_by if bound.allows(one)]
    seen = rooms.surveyed(db, [one.locker_id for one in spots], parcel.size, parcel.carrier) if spots else {}
    # Where all boxes of its size are taken there is nothing to weigh: in a full town these are most.
    fitting = [
        one
        for one in spots
        if (there := seen.get(one.locker_id)) is not None and there.fitting and bound.allows(one, there)
    ]
    if not fitting:
        return [], False
    refused = _over_quota(db, parcel, sorted(one.locker_id for one in fitting if seen[one.locker_id].limited))
    stock = rooms.stock(db, [one.locker_id for one in fitting])
    return [
        _candidate(one, seen[one.locker_id].working, stock[one.locker_id])
        for one in fitting
        if one.locker_id not in refused
    ], bool(refused)


def _groups(candidates: list[Candidate]) -> Iterator[list[Candidate]]:
    for start in range(0, len(candidates), PRICED_AT_ONCE):
        yield candidates[start : start + PRICED_AT_ONCE]


def _over_quota(db: Connection, parcel: ParcelRecord, limited: list[str]) -> set[str]:
    there = lockers.find_all(db, limited) if limited else []
    return {one.id for one in there if room.over_quota(db, one, parcel.size, parcel.carrier)}


def _candidate(spot: Spot, working: int, stock: Stock) -> Candidate:
    left, sizes = room.unbound(spot.hard_hold, stock)
    return Candidate(
        locker_id=spot.locker_id, place=spot.place, free=left, promised=sizes, in_service=working, online=spot.online
    )
