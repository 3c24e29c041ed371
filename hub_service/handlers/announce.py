"""A carrier announces a parcel: for a locker, where room is held at once, or as a home delivery."""

from __future__ import annotations

import json
from typing import Any

from hub_service.domain.placement import Size
from hub_service.domain.refusals import TOO_MANY_CHANGES, UNKNOWN_LOCKER, Refusal
from hub_service.handlers import looks, room
from hub_service.handlers.hub import Hub
from hub_service.handlers.promises import Code, next_code, promise
from hub_service.handlers.request_keys import RequestKey, answered_before, remember
from hub_service.handlers.telling import Scene, sealed_recipient
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.store import contacts, lockers, parcels
from hub_service.store.errors import IntegrityError
from hub_service.store.records import LockerRecord, ParcelRecord
from hub_service.store.sql import Connection
from locker.wire.labels import spellings

TRIES = 3
"""How often a PIN is drawn before giving up; two draws meet once in a hundred million."""


def announce(hub: Hub, wish: Announcement, request: RequestKey | None = None) -> ParcelView | Refusal:
    """Takes a parcel on. The same request key with the same content again answers with the same parcel."""
    for _ in range(TRIES):
        # Most refusals are known before a code is used up; the answer counts only inside the transaction.
        with hub.store.read() as db:
            outcome = answered_before(db, request, wish) or _refusal(db, wish)
        if outcome is None:
            code = next_code(hub, wish.locker_id) if wish.locker_id else None
            try:
                with hub.store.write() as db:
                    outcome = _announced(db, hub, wish, request, code)
            except IntegrityError:
                continue
        return outcome if isinstance(outcome, Refusal) else _shown(hub, outcome)
    return TOO_MANY_CHANGES


def _announced(
    db: Connection, hub: Hub, wish: Announcement, request: RequestKey | None, code: Code | None
) -> str | Refusal:
    # Everything was true a moment ago; here it is decided.
    outcome = answered_before(db, request, wish) or _refusal(db, wish)
    if outcome is not None:
        return outcome
    parcel = _add_parcel(db, hub, wish)
    Scene(db, hub).event("announced", parcel.id, carrier=parcel.carrier, tracking_number=parcel.tracking_number)
    if wish.locker_id and code:
        delivery = promise(db, hub, parcel, _locker(db, wish.locker_id), code)
        Scene(db, hub, wish.locker_id).event("room_promised", parcel.id, planned=delivery.n)
    remember(db, request, wish, parcel.id, hub.now_s())
    return parcel.id


def _refusal(db: Connection, wish: Announcement) -> Refusal | None:
    # One SSCC on two parcels opens two compartments for the first: however it is written, it is announced once.
    known = parcels.find_labelled(db, (wish.tracking_number, *spellings(wish.tracking_number)))
    if known is not None:
        return Refusal(
            "already_announced",
            "A parcel with this tracking number is under way already: cancel it first, or use another number.",
            # Another carrier's parcel has no name here.
            {"parcel_id": known.id} if (known.carrier, known.test) == (wish.carrier, wish.test) else {},
        )
    if parcels.find_labelled(db, wish.labels) is not None:
        return Refusal(
            "label_under_way",
            "Another parcel under way has one of these labels: leave the label out, or cancel that parcel first.",
        )
    if wish.locker_id is None:
        return None
    locker = lockers.find(db, wish.locker_id)
    if locker is None or locker.test != wish.test:
        return UNKNOWN_LOCKER
    return room.refusal(db, locker, Size(wish.width_mm, wish.height_mm, wish.depth_mm, wish.low), carrier=wish.carrier)


def _add_parcel(db: Connection, hub: Hub, wish: Announcement) -> ParcelRecord:
    row = parcel_row(hub, wish)
    parcels.add(db, row)
    contacts.remember(db, hub.store, row["id"], (wish.recipient.email, wish.recipient.phone))
    parcel = parcels.find(db, row["id"])
    assert parcel is not None, "it was added just now"
    return parcel


def parcel_row(hub: Hub, wish: Announcement) -> dict[str, Any]:
    """The columns of a new parcel."""
    parcel_id = hub.draws.id("p")
    return {
        "id": parcel_id,
        "carrier": wish.carrier,
        "tracking_number": wish.tracking_number,
        "reference": wish.reference,
        "labels": json.dumps(wish.labels),
        "recipient_sealed": sealed_recipient(hub, wish.recipient, latitude=wish.latitude, longitude=wish.longitude),
        "recipient_lookup": _who(hub, wish.carrier, wish.recipient),
        **{name: getattr(wish, name) for name in ("width_mm", "height_mm", "depth_mm")},
        **{
            name: int(getattr(wish, name))
            for name in ("low", "perishable", "age_check", "test", "medicine", "cash_on_delivery")
        },
        "locker_consent": wish.locker_consent,
        "country": wish.country,
        "shares": int(wish.share_compartment),
        "return_days": wish.return_days,
        "page_lookup": looks.page_lookup(hub, hub.store.vault.page_token(parcel_id)),
        "announced_s": hub.now_s(),
    }


def _who(hub: Hub, carrier: str, recipient: Recipient) -> str:
    # Parcels of one person and carrier at one locker share a code: a carrier must not get one that opens another's
    # parcel. Without an address nobody is taken for the same person.
    address = recipient.email or recipient.phone
    if not address:
        return ""
    person = f"{recipient.name.strip().casefold()}/{address.strip().casefold()}"
    return hub.store.vault.lookup(f"{carrier}/{person}", "recipient")


def _locker(db: Connection, locker_id: str) -> LockerRecord:
    locker = lockers.find(db, locker_id)
    assert locker is not None, "it was found in this transaction"
    return locker


def _shown(hub: Hub, parcel_id: str) -> ParcelView:
    view = looks.parcel(hub, parcel_id)
    assert view is not None, "it was announced just now"
    return view
