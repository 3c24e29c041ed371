"""A courier stood at a door in vain: the attempt is recorded, and the parcel goes to a locker if one can take it.

Either the hub chooses the best locker at once, or the courier is offered the best ones and takes one (`offers`).
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.custody import after
from hub_service.domain.offers import Offer
from hub_service.domain.refusals import TOO_MANY_CHANGES, UNKNOWN_PARCEL, Refusal
from hub_service.handlers import choosing, looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.moving import Move, to_locker
from hub_service.handlers.promises import Code, code_for
from hub_service.handlers.telling import Scene
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import FailedAttempt
from hub_service.store import attempts, deliveries, parcels
from hub_service.store.errors import IntegrityError
from hub_service.store.records import ParcelRecord
from hub_service.store.sql import Connection

TRIES = 5
UNDECIDED = Refusal("undecided", "Choose one of the offers: POST /v1/offers holds room there for the drive.")


@dataclass(frozen=True, slots=True)
class Attempted:
    """The attempt is recorded. `fallback` says why no locker was found; None: the parcel goes to `parcel.locker_id`."""

    parcel: ParcelView
    fallback: Refusal | None = None
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was best a moment ago: a locker and the code for it, or offers, or why there is nothing."""

    locker_id: str = ""
    code: Code | None = None
    refusal: Refusal | None = None
    offers: tuple[Offer, ...] = ()


def failed(hub: Hub, attempt: FailedAttempt) -> Attempted | Refusal:
    """Records a failed home delivery and, where the hub decides, redirects the parcel to the best locker, if any."""
    for _ in range(TRIES):
        chosen = _choose(hub, attempt)
        if isinstance(chosen, Refusal):
            return chosen
        try:
            with hub.store.write() as db:
                done = _record(db, hub, attempt, chosen)
        except IntegrityError:
            # Another pickup has drawn the same PIN: draw again.
            continue
        if isinstance(done, Refusal):
            return done
        if done:
            view = looks.parcel(hub, attempt.parcel_id)
            assert view is not None, "it was changed just now"
            return Attempted(view, chosen.refusal, chosen.offers)
    return TOO_MANY_CHANGES


def _choose(hub: Hub, attempt: FailedAttempt) -> _Choice | Refusal:
    with hub.store.read() as db:
        parcel = _home_delivery(db, attempt.parcel_id)
        if isinstance(parcel, Refusal):
            return parcel
        found = _offered(db, hub, attempt, parcel)
    if isinstance(found, Refusal):
        return _Choice(refusal=found)
    if attempt.decide == "courier":
        return _Choice(refusal=UNDECIDED, offers=tuple(found))
    best = found[0].locker_id
    return _Choice(best, code_for(hub, attempt.parcel_id, best), offers=tuple(found))


def _record(db: Connection, hub: Hub, attempt: FailedAttempt, chosen: _Choice) -> bool | Refusal:
    parcel = _home_delivery(db, attempt.parcel_id)
    if isinstance(parcel, Refusal):
        return parcel
    found = _offered(db, hub, attempt, parcel)
    best = "" if isinstance(found, Refusal) or attempt.decide == "courier" else found[0].locker_id
    # The code was made for the locker that was best before; another one couldn't check its PIN.
    if best != chosen.locker_id:
        return False
    _remember(db, hub, attempt)
    scene = Scene(db, hub)
    # The attempt happened whether or not a locker has room: it is recorded in any case.
    scene.move(parcel, "attempt_failed", reason=attempt.reason)
    if isinstance(found, Refusal):
        scene.event("fallback_impossible", parcel.id, code=found.code)
        scene.tell("missed", parcel, None, f"{parcel.id}/{hub.now_ms()}")
    elif best:
        assert chosen.code is not None, "a chosen locker comes with a code"
        there = parcels.find(db, parcel.id)
        assert there is not None, "it was found in this transaction"
        to_locker(Scene(db, hub, best), there, chosen.code, Move(notice="redirected", by_attempt=True))
    return True


def _remember(db: Connection, hub: Hub, attempt: FailedAttempt) -> None:
    at_s = hub.now_s() if attempt.at_s is None else min(attempt.at_s, hub.now_s())
    place = choosing.place_of(attempt.latitude, attempt.longitude)
    attempts.remember(db, hub.store, attempt.parcel_id, attempts.AttemptRecord(attempt.reason, at_s, place))


def _home_delivery(db: Connection, parcel_id: str) -> ParcelRecord | Refusal:
    parcel = parcels.find(db, parcel_id)
    if parcel is None:
        return UNKNOWN_PARCEL
    if deliveries.find_live(db, parcel_id) is not None or after(parcel.status, "attempt_failed") is None:
        return Refusal(
            "not_a_home_delivery", f"The parcel is {parcel.status.replace('_', ' ')}, not on its way to a door."
        )
    return parcel


def _offered(db: Connection, hub: Hub, attempt: FailedAttempt, parcel: ParcelRecord) -> list[Offer] | Refusal:
    refusal = choosing.ineligible(parcel, attempt.reason)
    if refusal is not None:
        return refusal
    near = choosing.place_of(attempt.latitude, attempt.longitude) or choosing.door_of(hub, db, parcel)
    return choosing.offered(db, parcel, near, attempt.stops)
