"""A sender is to put a parcel into a locker: asked for, moved to another locker, called off, wanted back, forgotten.

A drop-off is a parcel with a delivery and a pickup like any other; what differs stands in `domain/returns.py`. Its code
is the pickup's: it survives every move, and works at a locker that has no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hub_service.domain import alarms, deadlines, returns
from hub_service.domain.custody import after, is_live
from hub_service.domain.placement import Size
from hub_service.domain.refusals import TOO_MANY_CHANGES, UNKNOWN_LOCKER, UNKNOWN_PAGE, UNKNOWN_PARCEL, Refusal
from hub_service.domain.returns import GOOD_DAYS, Purpose
from hub_service.handlers import looks, near_by, promises, room
from hub_service.handlers.hand_overs import NOT_FETCHED
from hub_service.handlers.hub import Hub
from hub_service.handlers.moving import lies_nowhere
from hub_service.handlers.near_by import Near, Wanted
from hub_service.handlers.promises import Code, code_for, new_code
from hub_service.handlers.request_keys import RequestKey, answered_before, remember
from hub_service.handlers.telling import Scene, fresh, recipient_of, sealed_recipient
from hub_service.handlers.wishes import Recipient
from hub_service.store import contacts, deliveries, drop_offs, events, lockers, orders, parcels
from hub_service.store.errors import IntegrityError
from hub_service.store.records import DeliveryRecord, LockerRecord, ParcelRecord
from hub_service.store.sql import Connection
from locker.wire.labels import spellings
from locker.wire.orders import Recall

TRIES, AT_ONCE = 3, 100
_UNKNOWN = Refusal("unknown_drop_off", "There is no drop-off with this id.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DropOff:
    """What is to be dropped off. `parcel_id` is what is returned: then sender and size need not be said.

    Sizes in millimetres. `tracking_number` is drawn where there is none; without `locker_id` the nearest with room to
    `place` is taken. `days`: so long the code is good.
    """

    carrier: str
    purpose: Purpose = "return"
    sender: Recipient | None = None
    size_mm: tuple[int, int, int] | None = None
    parcel_id: str | None = None
    locker_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    tracking_number: str = ""
    reference: str = ""
    low: bool = False
    days: int = GOOD_DAYS
    test: bool = False


@dataclass(frozen=True, slots=True)
class _Settled:
    """What a wish comes to: who sends what from where."""

    sender: Recipient
    size: Size
    locker: LockerRecord


def ask(hub: Hub, wish: DropOff, request: RequestKey | None = None) -> str | Refusal:
    """Holds room at a locker and gives the sender a code; returns the drop-off's id.

    The same request key with the same content again answers with the same drop-off.
    """
    for _ in range(TRIES):
        with hub.store.read() as db:
            outcome = answered_before(db, request, wish) or _settled(db, hub, wish)
        if not isinstance(outcome, _Settled):
            return outcome
        code = new_code(hub, outcome.locker.id)
        try:
            with hub.store.write() as db:
                done = _asked(db, hub, wish, (outcome.locker.id, code), request)
        except IntegrityError:
            # Another pickup has drawn the same PIN, or another parcel the same number: draw again.
            continue
        if done is not None:
            return done
    return TOO_MANY_CHANGES


def ask_by_page(hub: Hub, token: str, locker_id: str | None = None) -> str | Refusal:
    """A recipient sends a parcel back that they have collected, where its announcement allows that."""
    with hub.store.read() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None:
            return UNKNOWN_PAGE
        if not may_ask_alone(db, hub, parcel):
            return Refusal("not_returnable", "This parcel can't be returned here any more: ask its shop or carrier.")
    return ask(hub, DropOff(carrier=parcel.carrier, parcel_id=parcel.id, locker_id=locker_id, test=parcel.test))


def may_ask_alone(db: Connection, hub: Hub, parcel: ParcelRecord) -> bool:
    """Whether its recipient may return a parcel from its page now."""
    if parcel.drop_off or parcel.erased or parcel.status != "collected":
        return False
    return returns.may_ask_alone(parcel.return_days, drop_offs.collected_s(db, parcel.id), hub.now_s())


def call_off(hub: Hub, drop_off_id: str) -> Refusal | None:
    """It isn't to be dropped off any more; what lies inside already is its sender's to take out again."""
    with hub.store.write() as db:
        parcel = parcels.find(db, drop_off_id)
        if parcel is None or not parcel.drop_off:
            return _UNKNOWN
        delivery = deliveries.find_live(db, parcel.id)
        if delivery and lies_nowhere(db, delivery) and after(parcel.status, "called_off") is not None:
            _end(Scene(db, hub, delivery.locker_id), parcel, delivery, "called_off")
            return None
        if delivery and delivery.by_sender and after(parcel.status, "wanted_back") is not None:
            _give_back(Scene(db, hub, delivery.locker_id), parcel, delivery)
            return None
        return _too_late(parcel)


def move(hub: Hub, drop_off_id: str, locker_id: str | None) -> Refusal | None:
    """Its sender puts it into another locker, this one or the nearest with room; the code stays the same."""
    for _ in range(TRIES):
        with hub.store.read() as db:
            target = _target(db, drop_off_id, locker_id)
        if isinstance(target, Refusal):
            return target
        code = code_for(hub, drop_off_id, target.id)
        try:
            with hub.store.write() as db:
                now = _target(db, drop_off_id, locker_id)
                if isinstance(now, Refusal):
                    return now
                if now.id == target.id:
                    _move(Scene(db, hub, target.id), drop_off_id, target, code)
                    return None
        except IntegrityError:
            continue
    return TOO_MANY_CHANGES


def lapse_due(hub: Hub) -> int:
    """Gives room back that was held for senders who never came; returns for how many."""
    with hub.store.read() as db:
        if not drop_offs.lapsed(db, hub.now_s(), 1):
            return 0
    with hub.store.write() as db:
        found = drop_offs.lapsed(db, hub.now_s(), AT_ONCE)
        for delivery in found:
            parcel = parcels.find(db, delivery.parcel_id)
            assert parcel is not None, "the schema keeps it"
            _end(Scene(db, hub, delivery.locker_id), parcel, delivery, "lapsed")
    return len(found)


def call_for_couriers(hub: Hub) -> int:
    """Calls a person once for each drop-off that no courier has fetched for days; returns for how many."""
    before_s = hub.now_s() - returns.FETCHED_WITHIN_S
    with hub.store.read() as db:
        if not drop_offs.not_fetched(db, before_s, 1):
            return 0
    with hub.store.write() as db:
        found = drop_offs.not_fetched(db, before_s, AT_ONCE)
        for delivery in found:
            deliveries.update(db, delivery.id, reminded=1)
            place, n = delivery.locker_id, delivery.n or 0
            events.raise_alarm(db, place, n, NOT_FETCHED, alarms.sentence(NOT_FETCHED), hub.now_ms())
            Scene(db, hub, place).event(NOT_FETCHED, delivery.parcel_id, n=n)
    return len(found)


def _asked(
    db: Connection, hub: Hub, wish: DropOff, made: tuple[str, Code], request: RequestKey | None
) -> str | Refusal | None:
    # Everything was true a moment ago; here it is decided. None: the code was made for another locker.
    outcome = answered_before(db, request, wish) or _settled(db, hub, wish)
    if not isinstance(outcome, _Settled):
        return outcome
    locker_id, code = made
    if outcome.locker.id != locker_id:
        return None
    parcel = _add(db, hub, wish, outcome)
    delivery = promises.promise(db, hub, parcel, outcome.locker, code)
    deliveries.update(db, delivery.id, deadline_s=returns.good_until_s(hub.now_s(), wish.days))
    scene = Scene(db, hub, locker_id)
    scene.event(
        "drop_off_asked", parcel.id, purpose=wish.purpose, carrier=parcel.carrier, planned=delivery.n,
        tracking_number=parcel.tracking_number,
    )  # fmt: skip
    if wish.parcel_id is not None:
        scene.event("return_asked", wish.parcel_id, drop_off_id=parcel.id)
    scene.tell("drop_off", parcel, fresh(db, delivery), parcel.id)
    remember(db, request, wish, parcel.id, hub.now_s())
    return parcel.id


def _settled(db: Connection, hub: Hub, wish: DropOff) -> _Settled | Refusal:
    returned = parcels.find(db, wish.parcel_id) if wish.parcel_id is not None else None
    if wish.parcel_id is not None:
        refusal = _not_returnable(db, wish, returned)
        if refusal is not None:
            return refusal
    number = wish.tracking_number
    if number and parcels.find_labelled(db, (number, *spellings(number))) is not None:
        return Refusal(
            "already_announced", "A parcel with this number is under way already: leave the number out, or use another."
        )
    sender = wish.sender or (recipient_of(hub, returned) if returned else None)
    size_mm = wish.size_mm or ((returned.width_mm, returned.height_mm, returned.depth_mm) if returned else None)
    assert sender is not None and size_mm is not None, "checked where it came in"
    size = Size(*size_mm, wish.low or (returned is not None and returned.low))
    before = deliveries.find_latest(db, returned.id) if returned else None
    near = Near(wish.latitude, wish.longitude, before.locker_id if before else "")
    wanted = Wanted(size=size, carrier=wish.carrier, test=wish.test)
    locker = _with_room(db, wanted, wish.locker_id, near)
    return locker if isinstance(locker, Refusal) else _Settled(sender, size, locker)


def _not_returnable(db: Connection, wish: DropOff, returned: ParcelRecord | None) -> Refusal | None:
    if returned is None or (returned.carrier, returned.test) != (wish.carrier, wish.test) or returned.drop_off:
        return UNKNOWN_PARCEL
    if returned.erased and (wish.sender is None or wish.size_mm is None):
        return Refusal("not_returnable", "Who it was for is erased: name the sender and the size.")
    under_way = any(is_live(one.status) for one in drop_offs.returns_of(db, returned.id))
    return returns.not_returnable(returned.status, under_way)


def _with_room(
    db: Connection, wanted: Wanted, locker_id: str | None, near: Near, without: str = ""
) -> LockerRecord | Refusal:
    if locker_id is None:
        return near_by.with_room(db, wanted, near, without)
    locker = lockers.find(db, locker_id)
    if locker is None or locker.test != wanted.test:
        return UNKNOWN_LOCKER
    if locker.id == without:
        return Refusal("not_a_drop_off", f"It is to be dropped off at {locker.name} already: choose another locker.")
    return room.refusal(db, locker, wanted.size, carrier=wanted.carrier) or locker


def _add(db: Connection, hub: Hub, wish: DropOff, settled: _Settled) -> ParcelRecord:
    parcel_id, size, sender = hub.draws.id("p"), settled.size, settled.sender
    parcels.add(
        db,
        {
            "id": parcel_id, "labels": "[]", "carrier": wish.carrier, "reference": wish.reference,
            "tracking_number": wish.tracking_number or returns.number(hub.draws.number()),
            "drop_off": wish.purpose, "of_parcel_id": wish.parcel_id, "test": int(wish.test),
            "recipient_sealed": sealed_recipient(hub, sender, latitude=None, longitude=None),
            # Never one code with what comes for the same person: it would take out what it is to put in.
            "recipient_lookup": "",
            "width_mm": size.width_mm, "height_mm": size.height_mm, "depth_mm": size.depth_mm, "low": int(size.low),
            "perishable": 0, "age_check": 0, "announced_s": hub.now_s(),
            "page_lookup": looks.page_lookup(hub, hub.store.vault.page_token(parcel_id)),
        },
    )  # fmt: skip
    parcels.set_status(db, parcel_id, "return_announced")
    contacts.remember(db, hub.store, parcel_id, (sender.email, sender.phone))
    parcel = parcels.find(db, parcel_id)
    assert parcel is not None, "it was added just now"
    return parcel


def _end(scene: Scene, parcel: ParcelRecord, delivery: DeliveryRecord, why: Literal["called_off", "lapsed"]) -> None:
    promises.withdraw(scene.db, scene.hub, delivery, "")
    scene.move(parcel, why)
    scene.tell(f"drop_off_{why}", parcel, None, delivery.id)


def _give_back(scene: Scene, parcel: ParcelRecord, delivery: DeliveryRecord) -> None:
    """From now on it is a parcel that waits for its sender, who may take it out with the same code."""
    db, hub, now_s = scene.db, scene.hub, scene.hub.now_s()
    until_s = deadlines.deadline_s(now_s)
    remind_at_s = hub.courtesy.next_reminder_s(until_s, now_s)
    deliveries.update(db, delivery.id, by_sender=0, recalled=0, deadline_s=until_s, remind_at_s=remind_at_s)
    now = fresh(db, delivery)
    orders.append(db, delivery.locker_id, promises.expectation(parcel, now), hub.now_ms())
    # A snapshot may have told the locker that couriers may take it.
    orders.append(db, delivery.locker_id, Recall(delivery=delivery.id, recalled=False), hub.now_ms())
    scene.move(parcel, "wanted_back", n=delivery.n)
    scene.tell("wanted_back", parcel, now, delivery.id)


def _target(db: Connection, drop_off_id: str, locker_id: str | None) -> LockerRecord | Refusal:
    parcel = parcels.find(db, drop_off_id)
    if parcel is None or not parcel.drop_off:
        return _UNKNOWN
    delivery = deliveries.find_live(db, parcel.id)
    if delivery is None or not lies_nowhere(db, delivery) or after(parcel.status, "rerouted") is None:
        return _too_late(parcel)
    near = Near(None, None, delivery.locker_id)
    wanted = Wanted(size=parcel.size, carrier=parcel.carrier, test=parcel.test)
    return _with_room(db, wanted, locker_id, near, without=delivery.locker_id)


def _move(scene: Scene, drop_off_id: str, locker: LockerRecord, code: Code) -> None:
    db, parcel, before = scene.db, parcels.find(scene.db, drop_off_id), deliveries.find_live(scene.db, drop_off_id)
    assert parcel is not None and before is not None, "both were found in this transaction"
    promises.withdraw(db, scene.hub, before, locker.name_and_place)
    delivery = promises.promise(db, scene.hub, parcel, locker, code)
    deliveries.update(db, delivery.id, deadline_s=before.deadline_s)
    scene.move(parcel, "rerouted", planned=delivery.n)
    scene.tell("drop_off_moved", parcel, fresh(db, delivery), delivery.id)


def _too_late(parcel: ParcelRecord) -> Refusal:
    return Refusal("not_a_drop_off", f"The parcel is {parcel.status.replace('_', ' ')}: it is too late for that.")
