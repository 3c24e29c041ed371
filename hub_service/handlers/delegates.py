"""Somebody else collects: whom a recipient asks gets a PIN and a QR code of their own, which end alone.

The hub needs no address of theirs: the recipient passes the code on, by their own telephone or mail. So of a third
person nothing is kept but a name, if one was said, and that is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import access_codes
from hub_service.domain.custody import is_live
from hub_service.domain.refusals import TOO_MANY_CHANGES, UNKNOWN_PAGE, Refusal
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.promises import admission, delegate_tags
from hub_service.handlers.telling import Scene, recipient_of
from hub_service.store import delegates, deliveries, lockers, orders, parcels, pickups
from hub_service.store.delegates import Delegate
from hub_service.store.errors import IntegrityError
from hub_service.store.records import DeliveryRecord, ParcelRecord
from hub_service.store.sql import Connection

AT_ONCE_MAX = 3
"""So many may come for one pickup: each has a PIN, and the more PINs, the fewer wrong ones a keypad takes."""

EVER_MAX = 12
NAME_MAX = 80
TRIES = 3
TEXT_PREFIX = "L3"
_TOO_LATE = Refusal("no_code_yet", "There is no code to share: the parcel goes to no locker, or has left it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateView:
    """Somebody who may come, may not come any more (`ended`), or has come. `pin` is spelled 4+4."""

    id: str
    name: str
    pin: str
    text: str
    page_path: str
    ended: bool
    collected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegatePage:
    """What a delegate sees: their code and where to go, nothing of the recipient but that there is a parcel."""

    delegate: DelegateView
    tracking: str
    locker_name: str
    locker_where: str
    inside: bool
    works: bool
    language: str


def ask(hub: Hub, token: str, name: str) -> Refusal | None:
    """Somebody else may come for the parcel whose page has this token."""
    for _ in range(TRIES):
        with hub.store.read() as db:
            found = _open_to_others(db, hub, token)
            places = () if isinstance(found, Refusal) else _places(db, found[1].pickup_id)
        if isinstance(found, Refusal):
            return found
        one = Delegate(
            id=hub.draws.id("g"), pickup_id=found[1].pickup_id, name=" ".join(name.split())[:NAME_MAX],
            pin=hub.draws.pin(), text=f"{TEXT_PREFIX}{hub.draws.printed(16)}", asked_s=hub.now_s(),
        )  # fmt: skip
        tags = {place: delegate_tags(hub, one, place) for place in places}
        try:
            with hub.store.write() as db:
                return _ask(db, hub, token, one, tags)
        except IntegrityError:
            # Those eight digits open something else: draw again.
            continue
    return TOO_MANY_CHANGES


def end(hub: Hub, token: str, delegate_id: str) -> Refusal | None:
    """That one may not come any more, while everybody else's code goes on working."""
    with hub.store.write() as db:
        parcel = looks.of_page(db, hub, token)
        delivery = deliveries.find_latest(db, parcel.id) if parcel else None
        if parcel is None or delivery is None:
            return UNKNOWN_PAGE
        known = {one.id: one for one in delegates.of(db, hub.store, delivery.pickup_id)}
        if delegate_id not in known:
            return Refusal("unknown_delegate", "Nobody of that name was asked: look at the list once more.")
        if known[delegate_id].ended_s is None:
            delegates.end(db, delegate_id, hub.now_s())
            _tell_lockers(db, hub, delivery.pickup_id)
            Scene(db, hub).event("delegate_ended", parcel.id, delegate=delegate_id)
    return None


def of_page(hub: Hub, token: str) -> tuple[bool, tuple[DelegateView, ...]]:
    """Whether somebody more may be asked from this page, and who was."""
    with hub.store.read() as db:
        parcel = looks.of_page(db, hub, token)
        delivery = deliveries.find_latest(db, parcel.id) if parcel else None
        if parcel is None or delivery is None or parcel.erased:
            return False, ()
        asked = delegates.of(db, hub.store, delivery.pickup_id)
        may_ask = not isinstance(_open_to_others(db, hub, token), Refusal) and _full(asked) is None
        return may_ask, tuple(_shown(hub, one) for one in asked)


def page(hub: Hub, token: str) -> DelegatePage | None:
    """What somebody sees who was asked."""
    with hub.store.read() as db:
        one = delegates.by_page(db, hub.store, looks.page_lookup(hub, token))
        live = deliveries.live_of(db, one.pickup_id) if one else []
        if one is None:
            return None
        delivery = live[0] if live else None
        parcel = parcels.find(db, delivery.parcel_id) if delivery else None
        place = lockers.find(db, delivery.locker_id) if delivery else None
        return DelegatePage(
            delegate=_shown(hub, one), tracking=parcel.tracking_number if parcel else "",
            locker_name=place.name if place else "", locker_where=place.place if place else "",
            inside=any(each.state == "inside" for each in live), works=delivery is not None and one.ended_s is None,
            language=recipient_of(hub, parcel).language if parcel else "en",
        )  # fmt: skip


def _ask(db: Connection, hub: Hub, token: str, one: Delegate, tags: dict[str, tuple[str, ...]]) -> Refusal | None:
    found = _open_to_others(db, hub, token)
    if isinstance(found, Refusal):
        return found
    parcel, delivery = found
    if refusal := _full(delegates.of(db, hub.store, delivery.pickup_id)):
        return refusal
    if delivery.pickup_id != one.pickup_id or set(_places(db, one.pickup_id)) != tags.keys():
        return Refusal("too_many_changes", "The parcel has just been moved: ask again.")
    delegates.add(db, hub.store, one, looks.page_lookup(hub, hub.store.vault.page_token(one.id)))
    for locker_id, some in tags.items():
        delegates.set_tags(db, one.id, locker_id, some)
    _tell_lockers(db, hub, one.pickup_id)
    Scene(db, hub).event("delegate_asked", parcel.id, delegate=one.id)
    return None


def _open_to_others(db: Connection, hub: Hub, token: str) -> tuple[ParcelRecord, DeliveryRecord] | Refusal:
    parcel = looks.of_page(db, hub, token)
    if parcel is None:
        return UNKNOWN_PAGE
    delivery = deliveries.find_live(db, parcel.id)
    # What its sender puts in is collected by nobody but a courier.
    collectable = is_live(parcel.status) and not parcel.status.startswith("return")
    return _TOO_LATE if delivery is None or not collectable else (parcel, delivery)


def _full(asked: tuple[Delegate, ...]) -> Refusal | None:
    if sum(one.ended_s is None for one in asked) < AT_ONCE_MAX and len(asked) < EVER_MAX:
        return None
    return Refusal("too_many_delegates", f"{AT_ONCE_MAX} people may come at most: take one code back first.")


def _places(db: Connection, pickup_id: str) -> tuple[str, ...]:
    return tuple(sorted({one.locker_id for one in deliveries.live_of(db, pickup_id)}))


def _tell_lockers(db: Connection, hub: Hub, pickup_id: str) -> None:
    pickup = pickups.find(db, pickup_id)
    assert pickup is not None, "the schema keeps it"
    for locker_id in _places(db, pickup_id):
        orders.append(db, locker_id, admission(db, pickup, locker_id), hub.now_ms())


def _shown(hub: Hub, one: Delegate) -> DelegateView:
    return DelegateView(
        id=one.id, name=one.name, pin=access_codes.spelled(one.pin), text=one.text,
        page_path=f"/d/{hub.store.vault.page_token(one.id)}", ended=one.ended_s is not None,
        collected=one.collected_s is not None,
    )  # fmt: skip
