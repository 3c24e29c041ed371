"""Holding room: a parcel is promised a place at a locker, gets its access code, and the locker is told of both."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from hub_service.domain import access_codes, placement
from hub_service.handlers.hub import Hub
from hub_service.store import cards, delegates, deliveries, lockers, orders, parcels, pickups
from hub_service.store.records import DeliveryRecord, LockerRecord, ParcelRecord, PickupRecord
from hub_service.store.sql import Connection
from locker.wire.orders import Admit, Delegate, Expect, Withdraw


@dataclass(frozen=True, slots=True)
class Code:
    """A PIN and its tag at one locker, worked out before the transaction that may need them."""

    pin: str
    tag: str
    cards: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The tags of cards that are bound to the same pickup, by the card's id."""
    delegates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The tags of those who may come for it instead, by their id."""


def new_code(hub: Hub, locker_id: str, pin: str = "") -> Code:
    """A code for a locker; slow. With `pin` the one that a pickup has already."""
    digits = pin or hub.draws.pin()
    return Code(digits, hub.tag(digits, locker_id))


def next_code(hub: Hub, locker_id: str) -> Code:
    """A code for a locker that nobody had: one that was worked out in advance, else a new one, which is slow."""
    with hub.store.read() as db:
        key = lockers.sealed_code_keys(db, (locker_id,))[locker_id]
    ready = hub.stock.take(locker_id, key)
    return Code(ready.pin, ready.tag) if ready else new_code(hub, locker_id)


def code_for(hub: Hub, parcel_id: str, locker_id: str) -> Code:
    """The code of a parcel at a locker that it may go to, worked out before the transaction; slow.

    A code that was told once stays, unless its PIN was given away while nothing was waiting for it.
    """
    with hub.store.read() as db:
        parcel = parcels.find(db, parcel_id)
        known = existing_pickup(db, parcel, locker_id) if parcel else None
        pin = pickups.pin(hub.store, known) if known and not pickups.pin_is_taken(db, known) else ""
        bound = cards.bound_to(db, hub.store, known.id) if known else ()
        others = delegates.of(db, hub.store, known.id) if known else ()
    tags = {card.id: card_tags(hub, card, locker_id) for card in bound}
    theirs = {one.id: delegate_tags(hub, one, locker_id) for one in others if one.ended_s is None}
    code = new_code(hub, locker_id, pin)
    return Code(code.pin, code.tag, tags, theirs)


def card_tags(hub: Hub, card: cards.Card, locker_id: str) -> tuple[str, ...]:
    """What a locker compares with a card that is shown: the tag of its typed digits, and that of its QR code; slow."""
    return hub.tag(card.digits, locker_id), hub.tag(card.text, locker_id)


def delegate_tags(hub: Hub, one: delegates.Delegate, locker_id: str) -> tuple[str, ...]:
    """What a locker compares with the codes of somebody who was asked to collect; slow."""
    return hub.tag(one.pin, locker_id), hub.tag(one.text, locker_id)


def existing_pickup(db: Connection, parcel: ParcelRecord, locker_id: str) -> PickupRecord | None:
    """The pickup whose code this parcel shares: its own from before, else another of its recipient at this locker."""
    # The code that was told before a redirect goes on working after it.
    before = deliveries.find_latest(db, parcel.id)
    if before is not None:
        return pickups.find(db, before.pickup_id)
    return pickups.find_live_of(db, parcel.recipient_lookup, locker_id) if parcel.recipient_lookup else None


def promise(db: Connection, hub: Hub, parcel: ParcelRecord, locker: LockerRecord, code: Code) -> DeliveryRecord:
    """Holds room that `room` has found, plans a compartment and tells the locker. `code` serves where none exists.

    Raises IntegrityError where another live pickup has drawn the same PIN in the meantime.
    """
    pickup = existing_pickup(db, parcel, locker.id) or _new_pickup(db, hub, parcel, locker, code)
    if pickups.pin_is_taken(db, pickup):
        pickups.change_pin(db, hub.store, pickup.id, code.pin)
    # When a card is bound, or a delegate ends, only lockers that wait for something are told: a former one knows less.
    waits_there = any(one.locker_id == locker.id for one in deliveries.live_of(db, pickup.id))
    n = _plan(db, parcel, locker.id, pickup.id)
    delivery_id = hub.draws.id("d")
    deliveries.add(
        db,
        {
            "id": delivery_id, "parcel_id": parcel.id, "pickup_id": pickup.id, "locker_id": locker.id, "n": n,
            "created_s": hub.now_s(), "by_sender": int(parcel.drop_off != ""),
        },
    )  # fmt: skip
    pickups.set_live(db, pickup.id)
    delivery = deliveries.find(db, delivery_id)
    assert delivery is not None, "it was added just now"
    # The verifier first: a parcel that can be deposited can then always be collected.
    if not waits_there or pickups.pin_tag(db, pickup.id, locker.id) is None:
        admit(db, hub, pickup, locker.id, code)
    orders.append(db, locker.id, expectation(parcel, delivery, locker.hard_hold), hub.now_ms())
    return delivery


def admit(db: Connection, hub: Hub, pickup: PickupRecord, locker_id: str, code: Code) -> None:
    """Tells a locker what opens a pickup's deliveries, as it is now."""
    if pickups.pin_tag(db, pickup.id, locker_id) is None:
        pickups.admit(db, pickup.id, locker_id, code.tag)
    for card_id, tags in code.cards.items():
        cards.set_tags(db, card_id, locker_id, tags)
    for delegate_id, tags in code.delegates.items():
        delegates.set_tags(db, delegate_id, locker_id, tags)
    orders.append(db, locker_id, admission(db, pickup, locker_id), hub.now_ms())


def admission(db: Connection, pickup: PickupRecord, locker_id: str) -> Admit:
    """What a locker is told of a pickup: everything that opens its deliveries there."""
    tag = pickups.pin_tag(db, pickup.id, locker_id) or ""
    others = delegates.tags(db, pickup.id, locker_id).items()
    return Admit(
        pickup=pickup.id, generation=pickup.generation, pin_tag=tag, card_tags=cards.tags(db, pickup.id, locker_id),
        delegates=tuple(Delegate(id=delegate_id, tags=tags) for delegate_id, tags in others),
    )  # fmt: skip


def expectation(parcel: ParcelRecord, delivery: DeliveryRecord, held: bool = False) -> Expect:
    """What a locker is told about a parcel: nothing personal. `held`: the planned compartment is for nobody else."""
    return Expect(
        delivery=delivery.id,
        pickup=delivery.pickup_id,
        # What a sender brings has no label, and no courier is to put it in.
        labels=() if parcel.drop_off else (parcel.tracking_number, *json.loads(parcel.labels)),
        width_mm=parcel.width_mm,
        height_mm=parcel.height_mm,
        depth_mm=parcel.depth_mm,
        # Advice: the locker takes it if it is really free when the parcel is there.
        planned=delivery.n or 0,
        carrier=parcel.carrier,
        low=parcel.low,
        held=held and delivery.n is not None,
        # Who pays for one parcel must not get at another that is paid for already, nor the other way round.
        shares=parcel.shares and not parcel.cash_on_delivery,
        by_sender=delivery.by_sender,
    )


def withdraw(db: Connection, hub: Hub, delivery: DeliveryRecord, moved_to: str) -> None:
    """Ends a delivery that isn't to come any more, gives its room back and tells the locker."""
    end(db, delivery)
    orders.append(db, delivery.locker_id, Withdraw(delivery=delivery.id, moved_to=moved_to), hub.now_ms())


def end(db: Connection, delivery: DeliveryRecord) -> None:
    """A delivery is over: its compartment and, with the last one, its pickup's PIN are free again."""
    # What was in doubt about it can't bring its parcel back to life.
    deliveries.end_doubt(db, delivery.id)
    deliveries.update(db, delivery.id, state="ended", n=None)
    deliveries.release_unused(db, delivery.locker_id)
    pickups.set_live(db, delivery.pickup_id)


def _new_pickup(db: Connection, hub: Hub, parcel: ParcelRecord, locker: LockerRecord, code: Code) -> PickupRecord:
    pickup_id = hub.draws.pickup_id()
    values = {
        "id": pickup_id, "recipient_lookup": parcel.recipient_lookup, "generation": 1, "home_number": locker.number,
        "not_after_s": access_codes.not_after_s(hub.now_s()), "created_s": hub.now_s(),
    }  # fmt: skip
    pickups.add(db, hub.store, values, code.pin)
    pickup = pickups.find(db, pickup_id)
    assert pickup is not None, "it was added just now"
    return pickup


def _plan(db: Connection, parcel: ParcelRecord, locker_id: str, pickup_id: str) -> int | None:
    # A compartment that is planned for somebody else stays theirs; room by count has already been granted.
    taken = deliveries.held_by_others(db, locker_id, pickup_id)
    own = {one.n for one in deliveries.live_of(db, pickup_id) if one.locker_id == locker_id and one.n is not None}
    unclaimed = [box for box in lockers.free_boxes(db, locker_id) if box.n not in taken and box.n not in own]
    n = placement.plan(parcel.size, unclaimed, own)
    if n is not None:
        deliveries.claim(db, locker_id, n, pickup_id)
    return n
