"""What follows from a change of a parcel, in the same transaction: new status, event, notice to its recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hub_service import telemetry
from hub_service.domain import access_codes, courtesy
from hub_service.domain.custody import Happening, Status, after, attention
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import Recipient
from hub_service.store import deliveries, events, lockers, outbox, parcels, pickups, push_devices
from hub_service.store.records import DeliveryRecord, LockerRecord, ParcelRecord, PickupRecord
from hub_service.store.sql import Connection


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when something happens to parcels: a transaction, and the locker's clock where a locker tells it."""

    db: Connection
    hub: Hub
    locker_id: str | None = None
    locker_at_ms: int | None = None

    def event(self, kind: str, parcel_id: str | None = None, **data: Any) -> None:
        """Adds to the timeline."""
        events.add(self.db, self.happened(kind, parcel_id, **data))

    def happened(self, kind: str, parcel_id: str | None = None, **data: Any) -> events.EventRecord:
        """What `event` adds, for those who add several at once."""
        telemetry.tell("happened", kind=kind, parcel=parcel_id, locker=self.locker_id, n=data.get("n"))
        return events.EventRecord(
            kind=kind, parcel_id=parcel_id, locker_id=self.locker_id, locker_at_ms=self.locker_at_ms,
            hub_at_ms=self.hub.now_ms(), data=data,
        )  # fmt: skip

    def move(self, parcel: ParcelRecord, happening: Happening, **data: Any) -> Status:
        """Moves a parcel on and says so in the timeline. The table must allow it: ask `after` before."""
        status = after(parcel.status, happening)
        assert status is not None, f"{happening} was checked against {parcel.status}"
        why = attention(happening)
        parcels.set_status(self.db, parcel.id, status, why, was=parcel.status)
        # Who is called wants to know what for, at once.
        data |= {"attention": why} if why else {}
        self.event(happening, parcel.id, **data)
        return status

    def tell(
        self,
        kind: str,
        parcel: ParcelRecord,
        delivery: DeliveryRecord | None,
        occasion: str,
        more: dict[str, Any] | None = None,
    ) -> None:
        """Writes a notice to the recipient, once for this occasion; nothing where there is no address.

        `more` is what only this kind of notice tells.
        """
        now_ms = self.hub.now_ms()
        if kind in courtesy.OVERTAKING:
            outbox.overtake(self.db, [parcel.id], courtesy.STALE, now_ms)
        place = None
        if delivery is not None:
            locker, pickup = lockers.find(self.db, delivery.locker_id), pickups.find(self.db, delivery.pickup_id)
            assert locker is not None and pickup is not None, "the schema keeps both"
            place = Place(delivery, locker, pickup)
        news = News(kind, parcel, occasion, place, push_devices.ids(self.db, parcel.id))
        notices = notices_of(self.hub, news, more or {})
        if not notices:
            self.event("notice_impossible", parcel.id, notice=kind)
        outbox.put_all(self.db, self.hub.store, notices, now_ms)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a delivery is planned or lies, and what opens it."""

    delivery: DeliveryRecord
    locker: LockerRecord
    pickup: PickupRecord


@dataclass(frozen=True, slots=True)
class News:
    """What a recipient is to be told, once for its occasion; `browsers` have asked for it."""

    kind: str
    parcel: ParcelRecord
    occasion: str
    place: Place | None
    browsers: Sequence[str]


def notices_of(hub: Hub, news: News, more: dict[str, Any]) -> list[tuple[outbox.Notice, int]]:
    """The notices that tell it, each with the millisecond at which it may leave; none where there is no address."""
    parcel, recipient = news.parcel, recipient_of(hub, news.parcel)
    # Mail has room for everything; a text message for the PIN and a link.
    ways = tuple(way for way in (("email", recipient.email), ("sms", recipient.phone)) if way[1])
    if not ways and not news.browsers:
        return []
    plain = outbox.Notice(
        id=0, once=f"{news.kind}/{news.occasion}", kind=news.kind, parcel_id=parcel.id, channel="", to="",
        language=recipient.language, params=_params(hub, parcel, news.place, recipient.name) | more,
        cause=telemetry.cause(),
    )  # fmt: skip
    notices = []
    if ways:
        (channel, to), *others = ways
        notices.append(replace(plain, channel=channel, to=to, others=tuple(others)))
    for one in news.browsers:
        # Beside the others, not instead: whoever has switched it on still looks for the mail.
        once = f"{plain.once}/{push_devices.CHANNEL}/{one}"
        notices.append(replace(plain, once=once, channel=push_devices.CHANNEL, to=one))
    return [(notice, _may_leave_ms(hub, notice)) for notice in notices]


def _may_leave_ms(hub: Hub, notice: outbox.Notice) -> int:
    # To the millisecond where nothing is in the way: notices keep the order in which things happened.
    now_ms = hub.now_ms()
    return max(now_ms, hub.courtesy.may_leave_s(notice.kind, notice.channel, now_ms // 1000) * 1000)


def _params(hub: Hub, parcel: ParcelRecord, place: Place | None, name: str) -> dict[str, Any]:
    params: dict[str, Any] = {
        "name": name,
        "tracking": parcel.tracking_number,
        "carrier": parcel.carrier,
        "page_url": hub.public_url + hub.page_path(parcel.id),
        **dict.fromkeys(("pin", "ticket", "locker_name", "locker_where", "help_phone"), ""),
        "compartment": None,
        "deadline_s": None,
    }
    if place is None:
        return params
    return params | {
        "pin": access_codes.spelled(pickups.pin(hub.store, place.pickup)),
        "ticket": ticket_of(hub, place.pickup),
        "locker_name": place.locker.name,
        "locker_where": place.locker.place,
        "help_phone": place.locker.help_phone,
        "compartment": place.delivery.n if place.delivery.state == "inside" else None,
        "deadline_s": place.delivery.deadline_s,
    }


def recipient_of(hub: Hub, parcel: ParcelRecord) -> Recipient:
    sealed = hub.store.vault.open(parcel.recipient_sealed, parcels.RECIPIENT)
    return Recipient(**{name: sealed[name] for name in ("name", "email", "phone", "language")})


def sealed_recipient(hub: Hub, recipient: Recipient, **more: float | None) -> bytes:
    """Who a parcel is for, and what else is personal, as it is stored."""
    return hub.store.vault.seal(asdict(recipient) | more, parcels.RECIPIENT)


def ticket_of(hub: Hub, pickup: PickupRecord) -> str:
    """The text of the QR code that collects a pickup's deliveries; always the same for the same generation."""
    named = access_codes.Named(
        pickup=pickup.id, generation=pickup.generation, home=pickup.home_number, not_after_s=pickup.not_after_s
    )
    return access_codes.pickup_ticket(named, hub.keys.ticket)


def fresh(db: Connection, delivery: DeliveryRecord) -> DeliveryRecord:
    """The delivery as it is after changes of this transaction."""
    found = deliveries.find(db, delivery.id)
    assert found is not None, "deliveries are never deleted"
    return found


def parcel_of(db: Connection, delivery: DeliveryRecord) -> ParcelRecord:
    found = parcels.find(db, delivery.parcel_id)
    assert found is not None, "the schema keeps it"
    return found
