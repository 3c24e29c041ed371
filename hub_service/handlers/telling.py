"""What follows from a change of a parcel, in the same transaction: new status, event, notice to its recipient."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from hub_service import telemetry
from hub_service.domain import access_codes, courtesy
from hub_service.domain.custody import Happening, Status, after, attention
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import Recipient
from hub_service.store import deliveries, events, lockers, outbox, parcels, pickups, push_devices
from hub_service.store.records import DeliveryRecord, ParcelRecord, PickupRecord
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
        events.add(
            self.db,
            events.EventRecord(
                kind=kind, parcel_id=parcel_id, locker_id=self.locker_id, locker_at_ms=self.locker_at_ms,
                hub_at_ms=self.hub.now_ms(), data=data,
            ),
        )  # fmt: skip
        telemetry.tell("happened", kind=kind, parcel=parcel_id, locker=self.locker_id, n=data.get("n"))

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
        recipient, now_ms = recipient_of(self.hub, parcel), self.hub.now_ms()
        if kind in courtesy.OVERTAKING:
            outbox.overtake(self.db, parcel.id, courtesy.STALE, now_ms)
        # Mail has room for everything; a text message for the PIN and a link.
        ways = tuple(way for way in (("email", recipient.email), ("sms", recipient.phone)) if way[1])
        browsers = push_devices.ids(self.db, parcel.id)
        if not ways and not browsers:
            self.event("notice_impossible", parcel.id, notice=kind)
            return
        notice = outbox.Notice(
            id=0, once=f"{kind}/{occasion}", kind=kind, parcel_id=parcel.id, channel="", to="",
            language=recipient.language, params=self._params(parcel, delivery, recipient.name) | (more or {}),
            cause=telemetry.cause(),
        )  # fmt: skip
        if ways:
            (channel, to), *others = ways
            self._put(replace(notice, channel=channel, to=to, others=tuple(others)), now_ms)
        for one in browsers:
            # Beside the others, not instead: whoever has switched it on still looks for the mail.
            once = f"{notice.once}/{push_devices.CHANNEL}/{one}"
            self._put(replace(notice, once=once, channel=push_devices.CHANNEL, to=one), now_ms)

    def _put(self, notice: outbox.Notice, now_ms: int) -> None:
        # To the millisecond where nothing is in the way: notices keep the order in which things happened.
        may_leave_s = self.hub.courtesy.may_leave_s(notice.kind, notice.channel, now_ms // 1000)
        outbox.put(self.db, self.hub.store, notice, now_ms, max(now_ms, may_leave_s * 1000))

    def _params(self, parcel: ParcelRecord, delivery: DeliveryRecord | None, name: str) -> dict[str, Any]:
        params: dict[str, Any] = {
            "name": name,
            "tracking": parcel.tracking_number,
            "carrier": parcel.carrier,
            "page_url": self.hub.public_url + self.hub.page_path(parcel.id),
            **dict.fromkeys(("pin", "ticket", "locker_name", "locker_where", "help_phone"), ""),
            "compartment": None,
            "deadline_s": None,
        }
        return params if delivery is None else params | self._of_delivery(delivery)

    def _of_delivery(self, delivery: DeliveryRecord) -> dict[str, Any]:
        locker, pickup = lockers.find(self.db, delivery.locker_id), pickups.find(self.db, delivery.pickup_id)
        assert locker is not None and pickup is not None, "the schema keeps both"
        return {
            "pin": access_codes.spelled(pickups.pin(self.hub.store, pickup)),
            "ticket": ticket_of(self.hub, pickup),
            "locker_name": locker.name,
            "locker_where": locker.place,
            "help_phone": locker.help_phone,
            "compartment": delivery.n if delivery.state == "inside" else None,
            "deadline_s": delivery.deadline_s,
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
