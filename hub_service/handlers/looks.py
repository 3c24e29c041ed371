"""What pages and the HTTP interface are shown: one consistent moment each, without connections or secrets of others."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from hub_service.domain import deadlines
from hub_service.domain.custody import Status, after
from hub_service.domain.limits import Caller
from hub_service.handlers.hub import Hub, MovedClock
from hub_service.handlers.showing import locker_view, parcel_view, recipient_view
from hub_service.handlers.views import (
    DemoLink,
    EventView,
    LockerView,
    MailboxEntry,
    ParcelView,
    RecipientView,
    StartView,
)
from hub_service.store import events as events_stored
from hub_service.store import feed as feed_stored
from hub_service.store import lockers as lockers_stored
from hub_service.store import outbox
from hub_service.store import parcels as parcels_stored
from hub_service.store.records import ParcelRecord
from hub_service.store.sql import Connection

RECENT = 12


def page_lookup(hub: Hub, token: str) -> str:
    """How the page with this token is found."""
    return hub.store.vault.lookup(token, "page")


def of_page(db: Connection, hub: Hub, token: str) -> ParcelRecord | None:
    """The parcel whose page this is; None for a token that nobody was given."""
    return parcels_stored.find_by_page(db, page_lookup(hub, token))


def recipient(hub: Hub, token: str) -> RecipientView | None:
    """The page of one parcel for its recipient; None for a token that nobody was given."""
    with hub.store.read() as db:
        found = of_page(db, hub, token)
        return None if found is None else recipient_view(db, hub, found)


def parcel(hub: Hub, parcel_id: str) -> ParcelView | None:
    with hub.store.read() as db:
        found = parcels_stored.find(db, parcel_id)
        return None if found is None else parcel_view(db, hub, found)


def parcels(
    hub: Hub,
    *,
    limit: int = 50,
    behind: tuple[int, str] | None = None,
    tracking_number: str | None = None,
    carrier: str | None = None,
    reference: str | None = None,
    status: Status | None = None,
    test: bool | None = None,
) -> tuple[ParcelView, ...]:
    """The newest parcels, newest first, that are like this; `behind` is (announced_s, id) of the last one seen."""
    with hub.store.read() as db:
        found = parcels_stored.select(
            db, limit=limit, behind=behind, tracking_number=tracking_number, carrier=carrier, reference=reference,
            status=status, test=test,
        )  # fmt: skip
        return tuple(parcel_view(db, hub, one) for one in found)


def locker(hub: Hub, locker_id: str) -> LockerView | None:
    with hub.store.read() as db:
        found = lockers_stored.find(db, locker_id)
        return None if found is None else locker_view(db, found)


def lockers(hub: Hub) -> tuple[LockerView, ...]:
    with hub.store.read() as db:
        return tuple(locker_view(db, one) for one in lockers_stored.every(db))


def feed(
    hub: Hub, caller: Caller, after_seq: int, limit: int, parcel_id: str | None = None, locker_id: str | None = None
) -> tuple[tuple[EventView, ...], int]:
    """What this caller may see of everything that has happened, oldest first, behind the event `after_seq`.

    With it comes the number to ask behind the next time.
    """
    # Whoever follows asks for what comes next and never looks back, so nothing may come late.
    horizon = hub.store.horizon()
    with hub.store.read() as db:
        found = feed_stored.after(db, caller, (after_seq, horizon), limit, parcel_id, locker_id)
    # Where that is all, nobody has to read through what others have seen of it again.
    following = found[-1].seq if len(found) == limit else max(after_seq, horizon)
    return tuple(EventView(**asdict(one)) for one in found), following


def events(
    hub: Hub, after_seq: int = 0, limit: int = 100, parcel_id: str | None = None, locker_id: str | None = None
) -> tuple[EventView, ...]:
    """Everything that has happened, oldest first, behind the event numbered `after_seq`."""
    with hub.store.read() as db:
        found = events_stored.after(db, after_seq, limit, parcel_id, locker_id)
    return tuple(
        EventView(
            seq=one.seq, kind=one.kind, parcel_id=one.parcel_id, locker_id=one.locker_id,
            locker_at_ms=one.locker_at_ms, hub_at_ms=one.hub_at_ms, data=one.data,
        )
        for one in found
    )  # fmt: skip


def mailbox(hub: Hub, limit: int = 60) -> tuple[MailboxEntry, ...]:
    """What the demo's channel has delivered, newest first."""
    return tuple(
        MailboxEntry(
            id=mail.id, to=mail.to, channel=mail.channel, subject=mail.subject, body=mail.body,
            sent_at_s=mail.sent_ms // 1000, parcel_id=mail.parcel_id,
        )
        for mail in outbox.mailbox(hub.store, limit)
    )  # fmt: skip


def start(hub: Hub) -> StartView:
    """The demo's start page."""
    recent = parcels(hub, limit=RECENT)
    moved_s = hub.clock.moved_s if isinstance(hub.clock, MovedClock) else 0
    return StartView(
        now_s=hub.now_s(),
        moved_hours=moved_s // deadlines.HOUR_S,
        lockers=lockers(hub),
        links=_links(hub.demo_links),
        home_deliveries=tuple(one for one in recent if one.locker_id is None and after_door(one.status)),
        recent=recent,
        messages=outbox.mailbox_size(hub.store),
    )


def after_door(status: str) -> bool:
    """Whether a parcel of this status may still fail at a door."""
    return any(status == known and after(known, "attempt_failed") for known in get_args(Status))


def _links(file: Path | None) -> tuple[DemoLink, ...]:
    # The demo writes this file when its lockers are up, after the hub has started.
    if file is None or not file.exists():
        return ()
    listed = json.loads(file.read_text(encoding="utf-8"))["lockers"]
    return tuple(DemoLink(locker_id=one["id"], kiosk_url=one["kiosk_url"], twin_url=one["twin_url"]) for one in listed)
