"""Turns what the store holds into the values that pages and the HTTP interface show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from hub_service.domain import access_codes, deadlines, placement, wording
from hub_service.domain.custody import after, is_live
from hub_service.handlers import room
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import recipient_of, ticket_of
from hub_service.handlers.views import (
    AlarmView,
    CompartmentView,
    Content,
    LockerView,
    ParcelView,
    RecipientView,
    TimelineEntry,
)
from hub_service.store import afterwards, deliveries, events, lockers, parcels, pickups, wished_days
from hub_service.store.records import CompartmentRecord, DeliveryRecord, LockerRecord, ParcelRecord
from hub_service.store.sql import Connection

TIMELINE_MAX = 200


def recipient_view(db: Connection, hub: Hub, found: ParcelRecord) -> RecipientView:
    delivery = deliveries.find_latest(db, found.id)
    place = lockers.find(db, delivery.locker_id) if delivery else None
    pin, ticket = _codes(db, hub, found, delivery)
    path, who = hub.page_path(found.id), recipient_of(hub, found)
    return RecipientView(
        parcel_id=found.id,
        status=found.status,
        status_sentence=wording.STATUS_SENTENCES[found.status],
        tracking=found.tracking_number,
        carrier=found.carrier,
        recipient_name=who.name,
        language=who.language,
        pin=access_codes.spelled(pin) if pin else "",
        ticket=ticket,
        page_url=hub.public_url + path,
        locker_id=place.id if place else "",
        locker_name=place.name if place else "",
        locker_where=place.place if place else "",
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        help_phone=place.help_phone if place else "",
        compartment=_lies_in(delivery),
        deadline_s=delivery.deadline_s if delivery else None,
        can_extend=_can_extend(found, delivery),
        extend_hours=deadlines.EXTENSION_S // deadlines.HOUR_S,
        moved_to=_moved_to(db, found, place),
        timeline=_words(db, found.id),
        now_s=hub.now_s(),
        stars=afterwards.stars_of(db, found.id),
        erasing=found.erase_asked_s is not None,
        erased=bool(found.erased),
    )


def parcel_view(db: Connection, hub: Hub, found: ParcelRecord) -> ParcelView:
    delivery = deliveries.find_latest(db, found.id)
    place = lockers.find(db, delivery.locker_id) if delivery else None
    stay = Stay(delivery, place, *_codes(db, hub, found, delivery))
    return parcel_at(hub, found, stay, wished_days.of(db, found.id))


@dataclass(frozen=True, slots=True)
class Stay:
    """A parcel's latest delivery, where that is, and what opens it ("": nothing)."""

    delivery: DeliveryRecord | None
    place: LockerRecord | None
    pin: str
    ticket: str


def parcel_at(hub: Hub, found: ParcelRecord, stay: Stay, wished_day: str) -> ParcelView:
    """One parcel, of which everything is known."""
    delivery, place = stay.delivery, stay.place
    live = delivery if delivery and delivery.state != "ended" else None
    path = hub.page_path(found.id)
    return ParcelView(
        id=found.id,
        status=found.status,
        tracking_number=found.tracking_number,
        carrier=found.carrier,
        reference=found.reference,
        recipient_name=recipient_of(hub, found).name,
        locker_id=place.id if place else None,
        locker_name=place.name if place else "",
        compartment=_lies_in(delivery),
        planned=live.n if live and live.state == "promised" else None,
        pin=stay.pin,
        ticket=stay.ticket,
        page_url=hub.public_url + path,
        page_path=path,
        announced_s=found.announced_s,
        ready_s=delivery.ready_s if delivery else None,
        deadline_s=delivery.deadline_s if delivery else None,
        can_extend=_can_extend(found, delivery),
        size_mm=(found.width_mm, found.height_mm, found.depth_mm),
        low=found.low,
        test=found.test,
        attention=found.attention,
        clock_stopped=live is not None and live.stopped_s is not None,
        held_until_s=live.held_until_s if live else None,
        wished_day=wished_day,
    )


def _codes(db: Connection, hub: Hub, found: ParcelRecord, delivery: DeliveryRecord | None) -> tuple[str, str]:
    # A code that opens nothing any more isn't shown: it could be somebody else's PIN by now.
    if delivery is None or not is_live(found.status):
        return "", ""
    pickup = pickups.find(db, delivery.pickup_id)
    if pickup is None or not pickup.live:
        return "", ""
    return pickups.pin(hub.store, pickup), ticket_of(hub, pickup)


def _lies_in(delivery: DeliveryRecord | None) -> int | None:
    return delivery.n if delivery and delivery.state == "inside" else None


def _can_extend(found: ParcelRecord, delivery: DeliveryRecord | None) -> bool:
    return (
        delivery is not None
        and delivery.state == "inside"
        and not delivery.extended
        and after(found.status, "extended") is not None
    )


def _moved_to(db: Connection, found: ParcelRecord, place: LockerRecord | None) -> str:
    moved = any(event.kind == "redirected" for event in events.after(db, 0, TIMELINE_MAX, found.id))
    return place.name if place and moved else ""


def _words(db: Connection, parcel_id: str) -> tuple[TimelineEntry, ...]:
    told = [one for one in events.after(db, 0, TIMELINE_MAX, parcel_id) if one.kind in wording.EVENT_SENTENCES]
    places = sorted({one.locker_id for one in told if one.locker_id})
    names = {one.id: one.name for one in lockers.find_all(db, places)} if places else {}
    return tuple(
        TimelineEntry(
            at_s=event.hub_at_ms // 1000,
            sentence=wording.EVENT_SENTENCES[event.kind].format(
                locker=names.get(event.locker_id or "", "a locker"), n=event.data.get("n", "")
            ),
            kind=event.kind,
            locker_at_ms=event.locker_at_ms,
            locker_name=names.get(event.locker_id or "", ""),
            n=str(event.data.get("n", "")),
        )
        for event in told
    )


def locker_view(db: Connection, found: LockerRecord) -> LockerView:
    free, there = lockers.free_boxes(db, found.id), room.at(db, found)
    free_by_size = {name: sum(box.size_class == name for box in free) for name in placement.SIZE_CLASSES}
    # Another epoch: everything is still to be told, which counts as one more than there are orders.
    behind = found.last_order - found.stands_order if found.stands_epoch == found.epoch else found.last_order + 1
    return LockerView(
        id=found.id,
        number=found.number,
        name=found.name,
        where=found.place,
        latitude=found.latitude,
        longitude=found.longitude,
        help_phone=found.help_phone,
        online=found.online,
        seen_s=None if found.seen_ms is None else found.seen_ms // 1000,
        orders_behind=max(0, behind),
        compartments=_compartments(db, found.id),
        free_by_size={name: count for name, count in free_by_size.items() if count},
        room_by_size=placement.room_by_class((*there.promised, *there.kept), there.free),
        test=found.test,
        alarms=tuple(
            AlarmView(
                id=one.id, at_s=one.raised_ms // 1000, locker_id=one.locker_id, n=one.n, kind=one.kind,
                sentence=one.sentence,
            )
            for one in events.open_alarms(db, found.id)
        ),
    )  # fmt: skip


def _compartments(db: Connection, locker_id: str) -> tuple[CompartmentView, ...]:
    broken = lockers.faults(db, locker_id)
    inside: dict[int, list[str]] = {}
    planned: set[int] = set()
    for delivery in deliveries.live_at(db, locker_id):
        if delivery.n is None:
            continue
        if delivery.state == "promised":
            planned.add(delivery.n)
            continue
        lying = parcels.find(db, delivery.parcel_id)
        inside.setdefault(delivery.n, []).append(lying.tracking_number if lying else "")
    return tuple(
        _compartment(record, broken.get(record.n, ()), tuple(inside.get(record.n, ())), record.n in planned)
        for record in lockers.compartments(db, locker_id)
    )


def _compartment(
    record: CompartmentRecord, broken: tuple[str, ...], inside: tuple[str, ...], planned: bool
) -> CompartmentView:
    content: Content = next((known for known in get_args(Content) if known == record.content), "uncertain")
    return CompartmentView(
        n=record.n, size_class=record.size_class, width_mm=record.width_mm, height_mm=record.height_mm,
        depth_mm=record.depth_mm, reach=record.reach, module=record.module, x_mm=record.x_mm, y_mm=record.y_mm,
        front_width_mm=record.front_width_mm, front_height_mm=record.front_height_mm, content=content,
        in_service=record.in_service, faults=broken, parcels=inside, planned=planned, doubt=record.doubt,
    )  # fmt: skip
