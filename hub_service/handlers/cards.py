"""Cards that are left at a door: printed ahead, worthless until a courier's one scan binds one to a parcel's pickup.

For people without phone or e-mail: the card opens the compartment by its QR code or its ten digits, like any code.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.handlers.promises import admission, card_tags
from hub_service.handlers.telling import Scene
from hub_service.store import cards, deliveries, orders, pickups
from hub_service.store.cards import Card
from hub_service.store.errors import IntegrityError
from hub_service.store.sql import Connection
from locker.wire.access_tag import CARD_NUMBER_START

PREFIX = "CARD-"
TEXT_BYTES = 16
PRINTED_AT_ONCE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed on a card: the text of its QR code, and ten digits for those who type."""

    text: str
    digits: str


def make(hub: Hub, count: int) -> list[Printed]:
    """New cards for the printer; what they say is shown here and never again."""
    assert 0 < count <= PRINTED_AT_ONCE_MAX, "checked where it came in"
    made: list[Printed] = []
    while len(made) < count:
        printed = Printed(f"{PREFIX}{hub.draws.printed(TEXT_BYTES)}", CARD_NUMBER_START + hub.draws.pin())
        try:
            with hub.store.write() as db:
                card = Card(id=hub.draws.id("c"), text=printed.text, digits=printed.digits)
                cards.add(db, hub.store, card, hub.now_s())
        except IntegrityError:
            # Ten digits meet now and then.
            continue
        made.append(printed)
    return made


def bind(hub: Hub, parcel_id: str, text: str) -> Refusal | None:
    """The card with this QR code opens the parcel's pickup from now on; binding it once more changes nothing."""
    with hub.store.read() as db:
        card = cards.find(db, hub.store, text)
        delivery = deliveries.find_live(db, parcel_id)
        if card is None:
            return Refusal("unknown_card", "This is none of the hub's cards: take one that the operator has printed.")
        if delivery is None:
            return Refusal("not_for_a_card", "The parcel goes to no locker yet: take an offer first, then the card.")
        places = {one.locker_id for one in deliveries.live_of(db, delivery.pickup_id)}
    tags = {place: card_tags(hub, card, place) for place in sorted(places)}
    with hub.store.write() as db:
        return _bind(db, hub, parcel_id, text, tags)


def _bind(db: Connection, hub: Hub, parcel_id: str, text: str, tags: dict[str, tuple[str, ...]]) -> Refusal | None:
    card, delivery = cards.find(db, hub.store, text), deliveries.find_live(db, parcel_id)
    pickup = pickups.find(db, delivery.pickup_id) if delivery else None
    if card is None or delivery is None or pickup is None:
        return Refusal("not_for_a_card", "The parcel goes to no locker any more: take an offer first, then the card.")
    if card.pickup_id is not None:
        bound_here = card.pickup_id == pickup.id and not card.ended
        return None if bound_here else Refusal("card_used", "This card opens another parcel: take a new one.")
    if {one.locker_id for one in deliveries.live_of(db, pickup.id)} != tags.keys():
        return Refusal("too_many_changes", "The parcel has just been moved: scan the card again.")
    cards.bind(db, card.id, pickup.id, hub.now_s())
    for locker_id, some in tags.items():
        cards.set_tags(db, card.id, locker_id, some)
        orders.append(db, locker_id, admission(db, pickup, locker_id), hub.now_ms())
    Scene(db, hub, delivery.locker_id).event("card_left", parcel_id)
    return None
