"""Offers to a courier with a parcel that nobody took: look at them, take one, and bring it while room is held.

Home and locker race here: an offer can be taken only while the parcel waits for a decision (`delivery_failed`), and
another attempt starts from there as well. Both are one transaction, so exactly one of them wins.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import offers
from hub_service.domain.custody import after
from hub_service.domain.offers import Offer
from hub_service.domain.refusals import TOO_MANY_CHANGES, UNKNOWN_PARCEL, Refusal
from hub_service.handlers import choosing, looks, promises
from hub_service.handlers.hub import Hub
from hub_service.handlers.moving import Move, to_locker
from hub_service.handlers.promises import Code, code_for
from hub_service.handlers.showing import parcel_view
from hub_service.handlers.telling import Scene, parcel_of
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Acceptance
from hub_service.store import attempts, deliveries, drives, parcels
from hub_service.store.attempts import AttemptRecord
from hub_service.store.errors import IntegrityError
from hub_service.store.records import DeliveryRecord, ParcelRecord
from hub_service.store.sql import Connection

TRIES = 3
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Offers:
    """What a courier may choose from, best first; or where room is held already, and why there is nothing."""

    parcel: ParcelView
    items: tuple[Offer, ...] = ()
    refusal: Refusal | None = None


def look(hub: Hub, wish: Acceptance) -> Offers | Refusal:
    """The best lockers for a parcel now; nothing is held by looking."""
    with hub.store.read() as db:
        parcel = parcels.find(db, wish.parcel_id)
        if parcel is None:
            return UNKNOWN_PARCEL
        found = _over(parcel) or _offered(db, hub, parcel, wish)
        view = parcel_view(db, hub, parcel)
    return Offers(view, refusal=found) if isinstance(found, Refusal) else Offers(view, tuple(found))


def accept(hub: Hub, wish: Acceptance) -> ParcelView | Refusal:
    """Takes an offer: room is held there for the drive, and the recipient is told. Twice is once."""
    for _ in range(TRIES):
        with hub.store.read() as db:
            early = _refused(db, hub, wish)
        code = None if early else code_for(hub, wish.parcel_id, wish.locker_id)
        try:
            with hub.store.write() as db:
                refusal = _accept(db, hub, wish, code)
        except IntegrityError:
            # Another pickup has drawn the same PIN: draw again.
            continue
        view = looks.parcel(hub, wish.parcel_id)
        return refusal or view or UNKNOWN_PARCEL
    return TOO_MANY_CHANGES


def end_due(hub: Hub) -> int:
    """Gives room back that was held for drives which took too long; returns for how many parcels."""
    with hub.store.read() as db:
        if not drives.over(db, hub.now_s(), 1):
            return 0
    with hub.store.write() as db:
        found = drives.over(db, hub.now_s(), AT_ONCE)
        for delivery in found:
            _end(Scene(db, hub, delivery.locker_id), delivery)
    return len(found)


def _accept(db: Connection, hub: Hub, wish: Acceptance, code: Code | None) -> Refusal | None:
    live = deliveries.find_live(db, wish.parcel_id)
    if live and live.held_until_s is not None and live.locker_id == wish.locker_id:
        return None
    refusal = _refused(db, hub, wish)
    if refusal is not None:
        return refusal
    parcel = parcels.find(db, wish.parcel_id)
    assert parcel is not None, "it was found in this transaction"
    offer = _offer_at(db, hub, parcel, wish)
    assert isinstance(offer, Offer), "the offer was found in this transaction"
    if code is None:
        return Refusal("too_many_changes", "The offer has changed just now: ask again.")
    hold_s = offers.hold_s(offer) if wish.hold_minutes is None else wish.hold_minutes * 60
    move = Move(notice="redirected", by_attempt=True, held_until_s=hub.now_s() + hold_s)
    to_locker(Scene(db, hub, wish.locker_id), parcel, code, move)
    return None


def _refused(db: Connection, hub: Hub, wish: Acceptance) -> Refusal | None:
    parcel = parcels.find(db, wish.parcel_id)
    if parcel is None:
        return UNKNOWN_PARCEL
    found = _over(parcel) or _offer_at(db, hub, parcel, wish)
    if isinstance(found, Offer):
        return None
    if found is None:
        # Where nothing is left anywhere, that is what to say.
        others = _offered(db, hub, parcel, wish)
        if isinstance(others, Refusal):
            return others
        return Refusal("not_offered", "This locker has no room for it any more: GET /v1/offers names the others.")
    return found


def _over(parcel: ParcelRecord) -> Refusal | None:
    if parcel.status == "delivery_failed":
        return None
    return Refusal(
        "attempt_is_over",
        f"The parcel is {parcel.status.replace('_', ' ')}: a locker is chosen only after a failed attempt.",
    )


def _offered(db: Connection, hub: Hub, parcel: ParcelRecord, wish: Acceptance) -> list[Offer] | Refusal:
    attempt = attempts.latest(db, hub.store, parcel.id)
    refusal = _ineligible(parcel, attempt)
    return refusal or choosing.offered(db, parcel, choosing.door_by(hub, parcel, attempt), wish.stops)


def _offer_at(db: Connection, hub: Hub, parcel: ParcelRecord, wish: Acceptance) -> Offer | Refusal | None:
    # Not only the best that were shown: any that has room for it, near enough.
    attempt = attempts.latest(db, hub.store, parcel.id)
    refusal = _ineligible(parcel, attempt)
    return refusal or choosing.offer_at(db, parcel, wish.locker_id, choosing.door_by(hub, parcel, attempt), wish.stops)


def _ineligible(parcel: ParcelRecord, attempt: AttemptRecord | None) -> Refusal | None:
    return choosing.ineligible(parcel, attempt.reason if attempt else "")


def _end(scene: Scene, delivery: DeliveryRecord) -> None:
    parcel = parcel_of(scene.db, delivery)
    promises.withdraw(scene.db, scene.hub, delivery, "")
    # The courier has it still, and reads of this where the carrier's events go.
    if after(parcel.status, "hold_ended") is not None:
        scene.move(parcel, "hold_ended")
        scene.tell("hold_over", parcel, None, delivery.id)
