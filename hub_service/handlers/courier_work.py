"""A courier's work: what to put into lockers and take out, and what to do with a parcel that nobody took at the door.

Couriers see parcels of their own carrier, and of these the number and the size: no names, no addresses, no codes.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.custody import STATUSES, Status, after
from hub_service.domain.refusals import Refusal
from hub_service.handlers import attempts, looks, offers
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Acceptance, FailedAttempt, FailureReason
from hub_service.store import audit, courier_work, deliveries, lockers
from hub_service.store.courier_work import WorkRecord
from hub_service.store.records import LockerRecord
from hub_service.store.sets import chunks
from hub_service.store.staff import PassRecord

AT_DOORS: tuple[Status, ...] = tuple(status for status in STATUSES if after(status, "attempt_failed"))
SHOWN_MAX = 40
_UNKNOWN = Refusal("unknown_parcel", "Your carrier has no such parcel under way: look at the number again.")


@dataclass(frozen=True, slots=True)
class Stop:
    """One locker with something to do. `dropped_off` is to be taken out as well: senders have put it in."""

    locker: LockerRecord
    to_deposit: tuple[WorkRecord, ...]
    to_retrieve: tuple[WorkRecord, ...]
    dropped_off: tuple[WorkRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """All that a courier's carrier has to do: at lockers, and at doors (at most `SHOWN_MAX` of these)."""

    stops: tuple[Stop, ...]
    doors: tuple[WorkRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A locker that a parcel may be brought to. `walk_m` is how far its recipient walks, where that is known."""

    locker_id: str
    name: str
    where: str
    walk_m: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """A parcel in a courier's hand: where it may go, why nowhere, or until when room is held for it at `goes_to`."""

    parcel_id: str
    tracking_number: str
    status: Status
    size_mm: tuple[int, int, int]
    can_fail: bool
    places: tuple[Place, ...] = ()
    refusal: Refusal | None = None
    goes_to: Place | None = None
    held_until_s: int | None = None


def round_of(hub: Hub, courier: PassRecord, ends_with: str = "") -> Round:
    """The work of a courier's carrier now."""
    with hub.store.read() as db:
        work = courier_work.at_lockers(db, courier.carrier)
        doors = courier_work.to_doors(db, courier.carrier, AT_DOORS, ends_with.strip(), SHOWN_MAX)
        at: dict[str, list[WorkRecord]] = {}
        for one in work:
            at.setdefault(one.locker_id, []).append(one)
        places = [one for some in chunks(list(at)) for one in lockers.find_all(db, some)]
    places.sort(key=lambda one: one.number)
    return Round(tuple(_stop(one, at[one.id]) for one in places), tuple(doors))


def stop_at(hub: Hub, courier: PassRecord, locker_id: str) -> Stop | None:
    """The checklist for one locker, which may be empty."""
    with hub.store.read() as db:
        locker = lockers.find(db, locker_id)
        if locker is None:
            return None
        work = courier_work.at_lockers(db, courier.carrier)
    return _stop(locker, [one for one in work if one.locker_id == locker_id])


def in_hand(hub: Hub, courier: PassRecord, parcel_id: str) -> InHand | Refusal:
    """One parcel of the courier's own carrier, and what can be done with it."""
    parcel = looks.parcel(hub, parcel_id)
    if parcel is None or parcel.carrier != courier.carrier:
        return _UNKNOWN
    if parcel.status != "delivery_failed":
        return _shown(hub, parcel)
    found = offers.look(hub, Acceptance(parcel_id=parcel_id, locker_id=""))
    if isinstance(found, Refusal):
        return _shown(hub, parcel, found)
    near = tuple(_place(hub, one.locker_id, one.walk_m) for one in found.items)
    return _shown(hub, parcel, found.refusal, near)


def failed(hub: Hub, courier: PassRecord, parcel_id: str, reason: FailureReason) -> InHand | Refusal:
    """Nobody took it at the door; the courier chooses among lockers next."""
    before = in_hand(hub, courier, parcel_id)
    if isinstance(before, Refusal):
        return before
    outcome = attempts.failed(hub, FailedAttempt(parcel_id=parcel_id, reason=reason, decide="courier"))
    if isinstance(outcome, Refusal):
        return outcome
    _audit(hub, courier, "attempt_reported", parcel_id, reason)
    return in_hand(hub, courier, parcel_id)


def bring(hub: Hub, courier: PassRecord, parcel_id: str, locker_id: str) -> InHand | Refusal:
    """The courier takes an offer: room is held for the drive, and the recipient is told."""
    before = in_hand(hub, courier, parcel_id)
    if isinstance(before, Refusal):
        return before
    outcome = offers.accept(hub, Acceptance(parcel_id=parcel_id, locker_id=locker_id))
    if isinstance(outcome, Refusal):
        return outcome
    _audit(hub, courier, "offer_taken", parcel_id)
    return in_hand(hub, courier, parcel_id)


def _stop(locker: LockerRecord, here: list[WorkRecord]) -> Stop:
    return Stop(
        locker,
        tuple(one for one in here if one.state == "promised"),
        tuple(one for one in here if one.state == "inside" and not one.by_sender),
        tuple(one for one in here if one.state == "inside" and one.by_sender),
    )


def _shown(hub: Hub, parcel: ParcelView, refusal: Refusal | None = None, places: tuple[Place, ...] = ()) -> InHand:
    with hub.store.read() as db:
        # A parcel's view also names the last locker of a stay that is over.
        live = deliveries.find_live(db, parcel.id)
    return InHand(
        parcel_id=parcel.id, tracking_number=parcel.tracking_number, status=parcel.status, size_mm=parcel.size_mm,
        can_fail=live is None and parcel.status in AT_DOORS and parcel.status != "delivery_failed",
        places=places, refusal=refusal, goes_to=_place(hub, live.locker_id) if live else None,
        held_until_s=parcel.held_until_s,
    )  # fmt: skip


def _place(hub: Hub, locker_id: str, walk_m: int | None = None) -> Place:
    view = looks.locker(hub, locker_id)
    assert view is not None, "parcels and offers name lockers that there are"
    return Place(locker_id=locker_id, name=view.name, where=view.where, walk_m=walk_m)


def _audit(hub: Hub, courier: PassRecord, act: str, parcel_id: str, reason: str = "") -> None:
    entry = audit.Entry(
        at_ms=hub.now_ms(), who=f"pass {courier.id}", act=act, about=f"parcel {parcel_id}", reason=reason
    )
    with hub.store.write() as db:
        audit.write(db, entry)
