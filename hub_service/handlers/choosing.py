"""Which lockers may take a parcel that can't be delivered where it should: the facts for `domain/offers`."""

from __future__ import annotations

from hub_service.domain import eligibility, offers
from hub_service.domain.eligibility import Nature
from hub_service.domain.fallback import Candidate, Place, no_locker
from hub_service.domain.offers import Offer
from hub_service.domain.refusals import Refusal
from hub_service.handlers import room
from hub_service.handlers.hub import Hub
from hub_service.store import attempts, lockers, parcels
from hub_service.store.records import LockerRecord, ParcelRecord
from hub_service.store.sql import Connection


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
    """The lockers that have room for it, best first, leaving out the one named `without`; or why there is none."""
    reached = [one for one in lockers.every(db) if one.test == parcel.test and one.id != without]
    open_to_it = [one for one in reached if room.over_quota(db, one, parcel.size, parcel.carrier) is None]
    candidates = [_candidate(db, one) for one in open_to_it]
    found = offers.offered(parcel.size, candidates, near, stops)
    if found or len(open_to_it) == len(reached):
        return found or no_locker(parcel.size, candidates)
    return Refusal(
        "quota_full",
        f"{parcel.carrier} uses all that it may use of the lockers near by: agree on another attempt.",
    )


def door_of(hub: Hub, db: Connection, parcel: ParcelRecord) -> Place | None:
    """Where the recipient lives, as far as anybody has said: where a courier stood, else the address."""
    attempt = attempts.latest(db, hub.store, parcel.id)
    if attempt is not None and attempt.place is not None:
        return attempt.place
    sealed = hub.store.vault.open(parcel.recipient_sealed, parcels.RECIPIENT)
    return place_of(sealed.get("latitude"), sealed.get("longitude"))


def place_of(latitude: float | None, longitude: float | None) -> Place | None:
    return None if latitude is None or longitude is None else Place(latitude, longitude)


def _candidate(db: Connection, locker: LockerRecord) -> Candidate:
    there = room.at(db, locker, by_attempt=True)
    broken = lockers.faults(db, locker.id)
    working = [one for one in lockers.compartments(db, locker.id) if one.in_service and one.n not in broken]
    return Candidate(
        locker_id=locker.id, place=place_of(locker.latitude, locker.longitude),
        free=there.free, promised=there.promised, in_service=len(working), online=locker.online,
    )  # fmt: skip
