"""Helping somebody at the telephone: find the parcel, check who calls, read out a new PIN, give more time.

Whoever helps sees no name and no address: they type what the caller says, and are told whether it is right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub_service.domain.access_codes import spelled
from hub_service.domain.refusals import Refusal
from hub_service.handlers import looks, stays
from hub_service.handlers.hub import Hub
from hub_service.handlers.promises import Code, admission, new_code
from hub_service.handlers.telling import Scene, recipient_of
from hub_service.handlers.views import ParcelView
from hub_service.store import audit, cards, contacts, deliveries, orders, parcels, pickups
from hub_service.store.errors import IntegrityError
from hub_service.store.records import DeliveryRecord, ParcelRecord
from hub_service.store.sql import Connection

FOUND_MAX = 20
_UNKNOWN = Refusal("unknown_parcel", "There is no such parcel: search for it anew.")
CHECK_LASTS_S = 15 * 60
"""How long it counts that somebody has said who they are: a call."""


@dataclass(frozen=True, slots=True)
class NewPin:
    """A PIN to be read out, digits in two halves, and where it works."""

    pin: str
    locker_name: str


def find(hub: Hub, said: str) -> tuple[ParcelView, ...]:
    """Parcels that a caller may mean: by a label, the end of a number, a mail address or a phone number."""
    if len(said.strip()) < contacts.TAIL_MIN:
        return ()
    with hub.store.read() as db:
        found = [one.id for one in contacts.find(db, hub.store, said.strip(), FOUND_MAX)]
    return tuple(view for view in (looks.parcel(hub, parcel_id) for parcel_id in found) if view)


def check(hub: Hub, parcel_id: str, name: str, address: str, by: str) -> bool | Refusal:
    """Whether the caller knows the recipient's name and one of their addresses. Either way it is written down."""
    with hub.store.write() as db:
        parcel = parcels.find(db, parcel_id)
        if parcel is None:
            return _UNKNOWN
        who = recipient_of(hub, parcel)
        addresses = {contacts.plain(one) for one in (who.email, who.phone) if one}
        right = _like(name) == _like(who.name) != "" and contacts.plain(address) in addresses
        _audit(db, hub, by, "caller_checked" if right else "caller_not_known", parcel_id)
    return right


def was_checked(hub: Hub, parcel_id: str, by: str) -> bool:
    """Whether this helper has checked the caller for this parcel within the last minutes."""
    since_ms = hub.now_ms() - CHECK_LASTS_S * 1000
    with hub.store.read() as db:
        entries = audit.latest(db, 50, about=f"parcel {parcel_id}")
    # The newest check counts: a caller who couldn't say it the second time is somebody else.
    checks = [one for one in entries if one.who == by and one.act in ("caller_checked", "caller_not_known")]
    return bool(checks) and checks[0].act == "caller_checked" and checks[0].at_ms >= since_ms


def new_pin(hub: Hub, parcel_id: str, by: str) -> NewPin | Refusal:
    """Another PIN for the parcel's pickup, and another ticket; the old ones open nothing from now on.

    The recipient is told, so that one who didn't call hears of it.
    """
    if not was_checked(hub, parcel_id, by):
        return _not_checked()
    for _ in range(5):
        drawn = _codes(hub, parcel_id)
        if isinstance(drawn, Refusal):
            return drawn
        try:
            return _give(hub, parcel_id, drawn, by)
        except IntegrityError:
            # Somebody else has drawn the same eight digits.
            continue
    return Refusal("too_many_changes", "The PIN couldn't be changed just now: try again in a moment.")


def extend(hub: Hub, parcel_id: str, by: str) -> ParcelView | Refusal:
    """More time, as the recipient could ask for on their page."""
    if not was_checked(hub, parcel_id, by):
        return _not_checked()
    outcome = stays.extend(hub, parcel_id)
    if not isinstance(outcome, Refusal):
        with hub.store.write() as db:
            _audit(db, hub, by, "extended_for_caller", parcel_id)
    return outcome


def _codes(hub: Hub, parcel_id: str) -> tuple[str, dict[str, Code]] | Refusal:
    """A PIN and its tag at each locker where the pickup has something; slow, so outside the transaction."""
    with hub.store.read() as db:
        delivery = deliveries.find_live(db, parcel_id)
        if delivery is None:
            return Refusal("not_waiting", "The parcel is on its way to no locker and in none: there is no code for it.")
        places = {one.locker_id for one in deliveries.live_of(db, delivery.pickup_id)}
    first = new_code(hub, delivery.locker_id)
    tags = {place: new_code(hub, place, first.pin) for place in places if place != delivery.locker_id}
    return first.pin, {delivery.locker_id: first, **tags}


def _give(hub: Hub, parcel_id: str, drawn: tuple[str, dict[str, Code]], by: str) -> NewPin | Refusal:
    pin, codes = drawn
    with hub.store.write() as db:
        parcel, delivery = parcels.find(db, parcel_id), deliveries.find_live(db, parcel_id)
        if parcel is None or delivery is None:
            return _UNKNOWN
        pickup = pickups.find(db, delivery.pickup_id)
        assert pickup is not None, "the schema keeps it"
        if {one.locker_id for one in deliveries.live_of(db, pickup.id)} != codes.keys():
            return Refusal("too_many_changes", "The parcel has just been moved: try again.")
        pickups.change_pin(db, hub.store, pickup.id, pin)
        pickup = replace(pickup, generation=pickup.generation + 1)
        pickups.set_generation(db, pickup.id, pickup.generation)
        # Who asks for another PIN may have lost the card; whom they have asked to come may come all the same.
        cards.end_of_pickup(db, pickup.id)
        for locker_id, code in codes.items():
            pickups.admit(db, pickup.id, locker_id, code.tag)
            orders.append(db, locker_id, admission(db, pickup, locker_id), hub.now_ms())
        _tell(db, hub, parcel, delivery, pickup.generation)
        _audit(db, hub, by, "pin_changed", parcel_id)
    view = looks.parcel(hub, parcel_id)
    locker = looks.locker(hub, delivery.locker_id)
    assert view is not None and locker is not None, "both were found just now"
    return NewPin(spelled(pin), locker.name)


def _tell(db: Connection, hub: Hub, parcel: ParcelRecord, delivery: DeliveryRecord, generation: int) -> None:
    scene = Scene(db, hub, delivery.locker_id)
    scene.event("pin_changed", parcel.id)
    scene.tell("new_code", parcel, delivery, f"{delivery.pickup_id}/{generation}")


def _not_checked() -> Refusal:
    return Refusal("caller_not_checked", "Ask the caller for their name and address first, and type what they say.")


def _like(name: str) -> str:
    """A name as it is compared: case, accents' spelling and order of its words don't matter at the telephone."""
    return " ".join(sorted(name.casefold().replace(",", " ").split()))


def _audit(db: Connection, hub: Hub, who: str, act: str, parcel_id: str) -> None:
    audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=who, act=act, about=f"parcel {parcel_id}"))
