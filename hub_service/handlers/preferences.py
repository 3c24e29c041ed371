"""What a recipient may still say of a parcel on its way: a compartment within reach, and another day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from hub_service.domain.custody import after
from hub_service.domain.refusals import UNKNOWN_PAGE, Refusal
from hub_service.handlers import looks, promises, room
from hub_service.handlers.hub import Hub
from hub_service.handlers.moving import lies_nowhere
from hub_service.handlers.promises import Code, code_for
from hub_service.handlers.telling import Scene
from hub_service.store import deliveries, lockers, parcels, wished_days
from hub_service.store.records import DeliveryRecord, ParcelRecord
from hub_service.store.sql import Connection

DAYS_MAX = 14
_TOO_LATE = Refusal("not_redirectable", "That isn't possible any more: the parcel is nearly there, or has arrived.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What may be said now, and what was. Days are ISO dates; `day` is empty where none was wished for."""

    low: bool
    day: str
    first_day: str
    last_day: str


class _NoRoom(Exception):
    """There is no compartment within reach: what was begun is undone."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def of(hub: Hub, token: str) -> Preferences | None:
    """What the page of a parcel offers; None where it is too late for wishes."""
    with hub.store.read() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None or not _is_open(db, parcel, deliveries.find_live(db, parcel.id)):
            return None
        days = _days(hub)
        return Preferences(
            low=parcel.low, day=wished_days.of(db, parcel.id), first_day=days[0].isoformat(),
            last_day=days[1].isoformat(),
        )  # fmt: skip


def want_low(hub: Hub, token: str) -> Refusal | None:
    """The recipient can't reach every door: another compartment is planned, or (at a door's attempt) will be."""
    view = looks.recipient(hub, token)
    if view is None:
        return UNKNOWN_PAGE
    code = code_for(hub, view.parcel_id, view.locker_id) if view.locker_id else None
    try:
        with hub.store.write() as db:
            return _want_low(db, hub, view.parcel_id, code)
    except _NoRoom as full:
        return full.refusal


def want_day(hub: Hub, token: str, day: str) -> Refusal | None:
    """The recipient would rather have it on that day (ISO date); its carrier is told. Empty: whenever it comes."""
    with hub.store.write() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None:
            return UNKNOWN_PAGE
        if not _is_open(db, parcel, deliveries.find_live(db, parcel.id)):
            return _TOO_LATE
        first, last = _days(hub)
        if day and not _between(day, first, last):
            return Refusal("too_far", f"Choose a day from {first.isoformat()} to {last.isoformat()}.")
        if day != wished_days.of(db, parcel.id):
            wished_days.put(db, parcel.id, day)
            Scene(db, hub).event("day_wished", parcel.id, day=day)
    return None


def _want_low(db: Connection, hub: Hub, parcel_id: str, code: Code | None) -> Refusal | None:
    parcel, delivery = parcels.find(db, parcel_id), deliveries.find_live(db, parcel_id)
    assert parcel is not None, "its page was found just now"
    if not _is_open(db, parcel, delivery):
        return _TOO_LATE
    if parcel.low:
        return None
    db.execute("UPDATE parcels SET low = 1 WHERE id = ?", (parcel.id,))
    scene = Scene(db, hub, delivery.locker_id if delivery else None)
    if delivery is not None:
        # A redirect in between has made another code necessary: asking again helps.
        if code is None:
            return _TOO_LATE
        _plan_anew(scene, replace(parcel, low=True), delivery, code)
    scene.event("low_wished", parcel.id)
    return None


def _plan_anew(scene: Scene, parcel: ParcelRecord, before: DeliveryRecord, code: Code) -> None:
    db, hub = scene.db, scene.hub
    locker = lockers.find(db, before.locker_id)
    assert locker is not None, "the schema keeps it"
    promises.withdraw(db, hub, before, "")
    # Its own room counts as free by now; what is left for others must still be enough.
    refusal = room.refusal(db, locker, parcel.size, bool(before.by_attempt), carrier=parcel.carrier)
    if refusal is not None:
        raise _NoRoom(refusal)
    again = promises.promise(db, hub, parcel, locker, code)
    deliveries.update(db, again.id, by_attempt=int(before.by_attempt), held_until_s=before.held_until_s)


def _is_open(db: Connection, parcel: ParcelRecord, delivery: DeliveryRecord | None) -> bool:
    on_the_way = parcel.status != "needs_attention" and after(parcel.status, "redirected") is not None
    # Somebody who drives there with it already looks for the compartment that was planned.
    driving = delivery is not None and delivery.held_until_s is not None
    return on_the_way and not driving and lies_nowhere(db, delivery)


def _days(hub: Hub) -> tuple[date, date]:
    today = datetime.fromtimestamp(hub.now_s(), hub.courtesy.zone or UTC).date()
    return today + timedelta(days=1), today + timedelta(days=DAYS_MAX)


def _between(day: str, first: date, last: date) -> bool:
    try:
        return first <= date.fromisoformat(day) <= last
    except ValueError:
        return False
