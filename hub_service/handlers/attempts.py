"""A courier stood at a door in vain: the attempt is recorded, and the parcel goes to a locker if one can take it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from hub_service.domain import fallback
from hub_service.domain.custody import after
from hub_service.domain.fallback import Candidate, Place
from hub_service.domain.refusals import Refusal
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.promises import Code, existing_pickup, new_code, promise
from hub_service.handlers.telling import Scene
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import FailedAttempt
from hub_service.store import deliveries, lockers, parcels, pickups
from hub_service.store.records import ParcelRecord

TRIES = 5


@dataclass(frozen=True, slots=True)
class Attempted:
    """The attempt is recorded. `fallback` says why no locker was found; None: the parcel goes to `parcel.locker_id`."""

    parcel: ParcelView
    fallback: Refusal | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """The locker that was best a moment ago, and the code for it; or why there is none."""

    locker_id: str
    code: Code | None
    refusal: Refusal | None = None


def failed(hub: Hub, attempt: FailedAttempt) -> Attempted | Refusal:
    """Records a failed home delivery and redirects the parcel to the best locker, if any."""
    for _ in range(TRIES):
        chosen = _choose(hub, attempt)
        if isinstance(chosen, Refusal):
            return chosen
        try:
            with hub.store.write() as db:
                done = _record(db, hub, attempt, chosen)
        except sqlite3.IntegrityError:
            # Another pickup has drawn the same PIN: draw again.
            continue
        if isinstance(done, Refusal):
            return done
        if done:
            view = looks.parcel(hub, attempt.parcel_id)
            assert view is not None, "it was changed just now"
            return Attempted(view, chosen.refusal)
    return Refusal("too_many_changes", "Others were quicker each time: ask again.")


def _choose(hub: Hub, attempt: FailedAttempt) -> _Choice | Refusal:
    with hub.store.read() as db:
        parcel = _home_delivery(db, attempt.parcel_id)
        if isinstance(parcel, Refusal):
            return parcel
        best = _best(db, hub, attempt, parcel)
        if isinstance(best, Refusal):
            return _Choice("", None, best)
        known = existing_pickup(db, parcel, best)
        # A code that was told once stays, unless its PIN was given away while nothing was waiting for it.
        pin = pickups.pin(hub.store, known) if known and not pickups.pin_is_taken(db, known) else ""
    return _Choice(best, new_code(hub, best, pin))


def _record(db: sqlite3.Connection, hub: Hub, attempt: FailedAttempt, chosen: _Choice) -> bool | Refusal:
    parcel = _home_delivery(db, attempt.parcel_id)
    if isinstance(parcel, Refusal):
        return parcel
    best = _best(db, hub, attempt, parcel)
    # The code was made for the locker that was best before; another one couldn't check its PIN.
    if (best if isinstance(best, str) else "") != chosen.locker_id:
        return False
    scene = Scene(db, hub)
    # The attempt happened whether or not a locker has room: it is recorded in any case.
    scene.move(parcel, "attempt_failed", reason=attempt.reason)
    if isinstance(best, Refusal):
        scene.event("fallback_impossible", parcel.id, code=best.code)
        scene.tell("missed", parcel, None, f"{parcel.id}/{hub.now_ms()}")
        return True
    assert chosen.code is not None, "a chosen locker comes with a code"
    _redirect(Scene(db, hub, best), parcel, chosen.code)
    return True


def _redirect(scene: Scene, before: ParcelRecord, code: Code) -> None:
    parcel, locker = parcels.find(scene.db, before.id), lockers.find(scene.db, scene.locker_id or "")
    assert parcel is not None and locker is not None, "both were found in this transaction"
    delivery = promise(scene.db, scene.hub, parcel, locker, code)
    scene.move(parcel, "redirected", planned=delivery.n)
    scene.tell("redirected", parcel, delivery, delivery.id)


def _home_delivery(db: sqlite3.Connection, parcel_id: str) -> ParcelRecord | Refusal:
    parcel = parcels.find(db, parcel_id)
    if parcel is None:
        return Refusal("unknown_parcel", "There is no parcel with this id.")
    if deliveries.find_live(db, parcel_id) is not None or after(parcel.status, "attempt_failed") is None:
        return Refusal(
            "not_a_home_delivery", f"The parcel is {parcel.status.replace('_', ' ')}, not on its way to a door."
        )
    return parcel


def _best(db: sqlite3.Connection, hub: Hub, attempt: FailedAttempt, parcel: ParcelRecord) -> str | Refusal:
    refusal = fallback.may_fall_back(attempt.reason, parcel.perishable, parcel.age_check)
    if refusal is not None:
        return refusal
    candidates = _candidates(db, parcel.test)
    ranked = fallback.ranked(parcel.size, candidates, _address(hub, attempt, parcel))
    return ranked[0] if ranked else fallback.no_locker(parcel.size, candidates)


def _candidates(db: sqlite3.Connection, test: bool) -> Sequence[Candidate]:
    return [
        Candidate(
            locker_id=locker.id,
            place=_place(locker.latitude, locker.longitude),
            free=tuple(lockers.free_boxes(db, locker.id)),
            promised=tuple(lockers.promised_sizes(db, locker.id)),
        )
        for locker in lockers.every(db)
        if locker.test == test
    ]


def _address(hub: Hub, attempt: FailedAttempt, parcel: ParcelRecord) -> Place | None:
    sealed = hub.store.vault.open(parcel.recipient_sealed, parcels.RECIPIENT)
    return _place(attempt.latitude, attempt.longitude) or _place(sealed.get("latitude"), sealed.get("longitude"))


def _place(latitude: float | None, longitude: float | None) -> Place | None:
    return None if latitude is None or longitude is None else Place(latitude, longitude)
