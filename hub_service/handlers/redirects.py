"""A parcel on its way goes to another locker: the first is full, broken or closed, or somebody wishes it so.

The access code stays the same, whatever happens and however often: it belongs to the pickup, which moves along.
"""

from __future__ import annotations

from hub_service.domain.custody import after
from hub_service.domain.fallback import Place
from hub_service.domain.offers import HOLD_WITHOUT_ROUND_S
from hub_service.domain.refusals import TOO_MANY_CHANGES, UNKNOWN_LOCKER, UNKNOWN_PARCEL, Refusal
from hub_service.handlers import choosing, looks, room
from hub_service.handlers.hub import Hub
from hub_service.handlers.moving import Move, lies_nowhere, to_locker
from hub_service.handlers.promises import Code, code_for
from hub_service.handlers.telling import Scene
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Redirection
from hub_service.store import attempts, deliveries, lockers, parcels
from hub_service.store.errors import IntegrityError
from hub_service.store.records import DeliveryRecord, ParcelRecord
from hub_service.store.sql import Connection

TRIES = 3


def redirect(hub: Hub, wish: Redirection) -> ParcelView | Refusal:
    """Sends a parcel to another locker, the one that is wished for or else the best near the first."""
    for _ in range(TRIES):
        with hub.store.read() as db:
            target = _target(db, hub, wish)
        if isinstance(target, Refusal):
            return target
        code = code_for(hub, wish.parcel_id, target)
        try:
            with hub.store.write() as db:
                done = _redirect(db, hub, wish, target, code)
        except IntegrityError:
            # Another pickup has drawn the same PIN: draw again.
            continue
        if isinstance(done, Refusal):
            return done
        if done:
            view = looks.parcel(hub, wish.parcel_id)
            assert view is not None, "it was changed just now"
            return view
    return TOO_MANY_CHANGES


def _redirect(db: Connection, hub: Hub, wish: Redirection, target: str, code: Code) -> bool | Refusal:
    best = _target(db, hub, wish)
    if isinstance(best, Refusal) or best != target:
        # The code was made for the locker that was best before.
        return best if isinstance(best, Refusal) else False
    parcel, before = parcels.find(db, wish.parcel_id), deliveries.find_live(db, wish.parcel_id)
    assert parcel is not None, "it was found in this transaction"
    held = before is not None and before.held_until_s is not None
    move = Move(
        notice="substitute" if before else "announced",
        by_attempt=_by_attempt(db, hub, parcel, before),
        # Whoever drives on gets as much time again.
        held_until_s=hub.now_s() + HOLD_WITHOUT_ROUND_S if held else None,
        reason=wish.reason,
    )
    to_locker(Scene(db, hub, target), parcel, code, move)
    return True


def _target(db: Connection, hub: Hub, wish: Redirection) -> str | Refusal:
    parcel = parcels.find(db, wish.parcel_id)
    if parcel is None:
        return UNKNOWN_PARCEL
    before = deliveries.find_live(db, parcel.id)
    if after(parcel.status, "redirected") is None or not lies_nowhere(db, before):
        return Refusal(
            "not_redirectable", f"The parcel is {parcel.status.replace('_', ' ')}: only one on its way goes elsewhere."
        )
    # Whoever announced it for a locker has decided that it may lie in one.
    refusal = None if before else choosing.ineligible(parcel, "")
    if refusal is not None:
        return refusal
    if wish.locker_id is not None:
        return _wished(db, hub, parcel, before, wish.locker_id)
    found = choosing.offered(db, parcel, _near(db, hub, parcel, before), without=before.locker_id if before else "")
    return found if isinstance(found, Refusal) else found[0].locker_id


def _wished(
    db: Connection, hub: Hub, parcel: ParcelRecord, before: DeliveryRecord | None, locker_id: str
) -> str | Refusal:
    locker = lockers.find(db, locker_id)
    if locker is None or locker.test != parcel.test:
        return UNKNOWN_LOCKER
    if before is not None and before.locker_id == locker_id:
        return Refusal("not_redirectable", f"The parcel is on its way to {locker.name} already: choose another one.")
    by_attempt = _by_attempt(db, hub, parcel, before)
    return room.refusal(db, locker, parcel.size, by_attempt, carrier=parcel.carrier) or locker_id


def _by_attempt(db: Connection, hub: Hub, parcel: ParcelRecord, before: DeliveryRecord | None) -> bool:
    return before.by_attempt if before else attempts.latest(db, hub.store, parcel.id) is not None


def _near(db: Connection, hub: Hub, parcel: ParcelRecord, before: DeliveryRecord | None) -> Place | None:
    first = lockers.find(db, before.locker_id) if before else None
    return choosing.door_of(hub, db, parcel) or (choosing.place_of(first.latitude, first.longitude) if first else None)
