"""What pages and the HTTP interface are shown of drop-offs."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.returns import HandOver, Purpose
from hub_service.handlers import drop_offs, looks, near_by, room
from hub_service.handlers.hub import Hub
from hub_service.handlers.moving import lies_nowhere
from hub_service.handlers.near_by import Near
from hub_service.handlers.showing import parcel_view
from hub_service.handlers.views import ParcelView
from hub_service.store import deliveries, lockers, parcels
from hub_service.store import drop_offs as stored
from hub_service.store.records import ParcelRecord
from hub_service.store.sql import Connection

CHOICES_MAX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverView:
    """A proof: what changed hands where and when. `receipt` is the hash of the locker's fact."""

    kind: HandOver
    at_s: int
    locker_id: str
    locker_name: str
    n: int
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropOffView:
    """One drop-off: its parcel, what it returns, until when its code puts it in, and what has changed hands."""

    parcel: ParcelView
    purpose: Purpose
    of_parcel_id: str | None
    locker_where: str
    good_until_s: int | None
    can_move: bool
    can_call_off: bool
    hand_overs: tuple[HandOverView, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Another locker with room for it."""

    locker_id: str
    name: str
    where: str


def one(hub: Hub, drop_off_id: str) -> DropOffView | None:
    with hub.store.read() as db:
        found = parcels.find(db, drop_off_id)
        return _view(db, hub, found) if found and found.drop_off else None


def of_page(hub: Hub, token: str) -> DropOffView | None:
    """The drop-off whose page this is; None where it is another parcel's, or nobody's."""
    with hub.store.read() as db:
        found = looks.of_page(db, hub, token)
        return _view(db, hub, found) if found and found.drop_off else None


def newest(
    hub: Hub, *, limit: int, behind: tuple[int, str] | None = None, test: bool | None = None, **equal: str | None
) -> tuple[DropOffView, ...]:
    """The newest drop-offs that are like this, newest first; `behind` is (announced_s, id) of the last one seen."""
    with hub.store.read() as db:
        found = parcels.select(db, limit=limit, behind=behind, only_drop_offs=True, test=test, **equal)
        return tuple(_view(db, hub, one) for one in found)


def choices(hub: Hub, token: str) -> tuple[Choice, ...]:
    """Where else its sender may take it, nearest first; nothing once it is too late for that."""
    with hub.store.read() as db:
        found = looks.of_page(db, hub, token)
        delivery = deliveries.find_live(db, found.id) if found and found.drop_off else None
        if found is None or delivery is None or not _can_move(db, found):
            return ()
        near = near_by.in_order(db, found.test, Near(locker_id=delivery.locker_id), delivery.locker_id)
        with_room = (
            Choice(place.id, place.name, place.place)
            for place in near[: 2 * CHOICES_MAX]
            if place.online and room.refusal(db, place, found.size, carrier=found.carrier) is None
        )
        return tuple(with_room)[:CHOICES_MAX]


def return_offered(hub: Hub, token: str) -> tuple[bool, str]:
    """Whether a collected parcel's recipient may return it from its page, and the page of a return under way."""
    with hub.store.read() as db:
        found = looks.of_page(db, hub, token)
        if found is None:
            return False, ""
        under_way = next((one for one in stored.returns_of(db, found.id) if one.status != "cancelled"), None)
        path = hub.page_path(under_way.id) if under_way else ""
        return not path and drop_offs.may_ask_alone(db, hub, found), path


def _view(db: Connection, hub: Hub, found: ParcelRecord) -> DropOffView:
    assert found.drop_off, "looked up as a drop-off"
    shown, live = parcel_view(db, hub, found), deliveries.find_live(db, found.id)
    place = lockers.find(db, shown.locker_id) if shown.locker_id else None
    waits = live is not None and live.state == "promised" and live.by_sender
    return DropOffView(
        parcel=shown,
        purpose=found.drop_off,
        of_parcel_id=found.of_parcel_id,
        locker_where=place.place if place else "",
        good_until_s=live.deadline_s if live and waits else None,
        can_move=_can_move(db, found),
        can_call_off=live is not None and live.by_sender and found.status in ("return_announced", "return_deposited"),
        hand_overs=_hand_overs(db, found.id),
    )


def _can_move(db: Connection, found: ParcelRecord) -> bool:
    return found.status == "return_announced" and lies_nowhere(db, deliveries.find_live(db, found.id))


def _hand_overs(db: Connection, parcel_id: str) -> tuple[HandOverView, ...]:
    proofs = stored.hand_overs(db, parcel_id)
    # A parcel has been in a locker or two, out of any number of them.
    places = {locker_id: lockers.find(db, locker_id) for locker_id in {one.locker_id for one in proofs}}
    names = {locker_id: place.name if place else "" for locker_id, place in places.items()}
    return tuple(
        HandOverView(
            kind=one.kind, at_s=one.at_ms // 1000, locker_id=one.locker_id, locker_name=names[one.locker_id], n=one.n,
            receipt=one.receipt,
        )
        for one in proofs
    )  # fmt: skip
