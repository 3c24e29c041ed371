"""An operator opens a compartment from afar: with a reason, with somebody's yes, or alone in an emergency.

Each step is in the audit log. Whose parcel lies inside hears that the door was opened; of an emergency every operator
who can be reached hears at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub_service.domain import alarms, runbook
from hub_service.domain import opening as rules
from hub_service.domain.opening import Way
from hub_service.domain.refusals import UNKNOWN_PAGE, Refusal
from hub_service.handlers import alarm_desk, looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.opening import UNDER_WAY, OpeningView, shown, unreachable, view
from hub_service.handlers.telling import Scene, parcel_of
from hub_service.store import alarm_desk as desk_stored
from hub_service.store import audit, deliveries, events, lockers, outbox
from hub_service.store import openings as stored
from hub_service.store.errors import IntegrityError
from hub_service.store.openings import OpeningRecord
from hub_service.store.records import CompartmentRecord, DeliveryRecord
from hub_service.store.sql import Connection

RECIPIENT = "recipient"
RECENT = 20
_UNKNOWN = Refusal("unknown_opening", "There is no such request, or nobody waits for it any more: ask anew.")
_UNKNOWN_BOX = Refusal("unknown_compartment", "There is no such compartment: GET /v1/compartments lists them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an operator wants opened, how it may be, and why. `who` is a login, or `key NAME`."""

    locker_id: str
    n: int
    way: Way
    reason: str
    who: str


def ask(hub: Hub, wish: Wish) -> OpeningView | Refusal:
    """Asks the locker at once, or whoever has to say yes first."""
    wanted, wish = hub.draws.id("o"), replace(wish, reason=wish.reason.strip()[: rules.REASON_MAX])
    assert wish.way != "phone", "that is a recipient's"
    try:
        with hub.store.write() as db:
            refusal = _ask(db, hub, wish, wanted)
    except IntegrityError:
        return UNDER_WAY
    return refusal or view(hub, wanted)


def confirm(hub: Hub, opening_id: str, login: str) -> OpeningView | Refusal:
    """A second person says yes: the locker is asked now."""
    try:
        with hub.store.write() as db:
            opening = stored.find(db, opening_id)
            if opening is None or opening.way != "second" or not _waits(hub, opening):
                return _UNKNOWN
            if login == opening.by_who:
                return Refusal("same_person", "Somebody else has to say yes: that is what the second person is for.")
            refusal = unreachable(db, opening.locker_id)
            if refusal is None:
                _agree(db, hub, opening, login)
    except IntegrityError:
        return UNDER_WAY
    return refusal or view(hub, opening_id)


def withdraw(hub: Hub, opening_id: str, login: str) -> OpeningView | Refusal:
    """Somebody at the desk doesn't want it opened any more, while it still waits."""
    with hub.store.write() as db:
        opening = stored.find(db, opening_id)
        if opening is None or not _waits(hub, opening):
            return _UNKNOWN
        _decline(db, hub, opening, login)
    return view(hub, opening_id)


def consent(hub: Hub, token: str, opening_id: str, is_yes: bool) -> OpeningView | Refusal:
    """The recipient of what lies inside says yes or no on their page."""
    try:
        with hub.store.write() as db:
            parcel = looks.of_page(db, hub, token)
            if parcel is None:
                return UNKNOWN_PAGE
            live, opening = deliveries.find_live(db, parcel.id), stored.find(db, opening_id)
            theirs = opening is not None and live is not None and opening.pickup_id == live.pickup_id
            if opening is None or not theirs or opening.way != "recipient" or not _waits(hub, opening):
                return _UNKNOWN
            refusal = unreachable(db, opening.locker_id) if is_yes else None
            if refusal is None:
                (_agree if is_yes else _decline)(db, hub, opening, RECIPIENT)
    except IntegrityError:
        return UNDER_WAY
    return refusal or view(hub, opening_id)


def asked_on_page(hub: Hub, token: str) -> OpeningView | None:
    """What an operator wants this recipient's yes for, if anything."""
    with hub.store.read() as db:
        parcel = looks.of_page(db, hub, token)
        live = deliveries.find_live(db, parcel.id) if parcel else None
        found = stored.asked_of(db, live.pickup_id, hub.now_ms()) if live else None
    return None if found is None else shown(hub, found)


def waiting(hub: Hub) -> tuple[OpeningView, ...]:
    """What waits for somebody's yes."""
    with hub.store.read() as db:
        return tuple(shown(hub, one) for one in stored.waiting(db, hub.now_ms()))


def recent(hub: Hub) -> tuple[OpeningView, ...]:
    """What operators have wanted opened lately, newest first."""
    with hub.store.read() as db:
        return tuple(shown(hub, one) for one in stored.latest(db, RECENT))


def _ask(db: Connection, hub: Hub, wish: Wish, wanted: str) -> Refusal | None:
    box = lockers.compartment(db, wish.locker_id, wish.n)
    if box is None:
        return _UNKNOWN_BOX
    refusal = rules.refused(wish.way, box.content, wish.reason) or unreachable(db, wish.locker_id)
    if refusal is None and wish.way == "emergency":
        refusal = rules.emergency_refused(_emergencies_s(db, hub, wish.who), hub.now_s())
    lying = _lying(db, box)
    if refusal is None and wish.way == "recipient" and not lying:
        refusal = Refusal("nobody_to_ask", "No recipient is known for what lies in it: ask a second person.")
    if refusal is not None:
        return refusal
    stored.supersede(db, wish.locker_id, wish.n)
    opening = _record(hub, wish, wanted, lying)
    stored.add(db, opening)
    _say(db, hub, opening, "opening_asked", wish.who)
    if wish.way == "recipient":
        _tell(db, hub, opening, lying[:1], "open_asked")
    if wish.way == "emergency":
        _tell_everybody(db, hub, opening)
    return None


def _record(hub: Hub, wish: Wish, wanted: str, lying: list[DeliveryRecord]) -> OpeningRecord:
    now_ms, waits = hub.now_ms(), wish.way in ("recipient", "second")
    first = lying[0] if lying else None
    return OpeningRecord(
        id=wanted, locker_id=wish.locker_id, n=wish.n, way=wish.way, state="waiting" if waits else "asked",
        parcel_id=first.parcel_id if first else None, pickup_id=first.pickup_id if first else None,
        by_who=wish.who, reason=wish.reason, asked_ms=now_ms,
        until_ms=now_ms + (rules.YES_MS if waits else rules.ASK_MS),
    )  # fmt: skip


def _lying(db: Connection, box: CompartmentRecord) -> list[DeliveryRecord]:
    """What lies, or may lie, in a compartment."""
    inside = [one for one in deliveries.live_in(db, box.locker_id, box.n) if one.state == "inside"]
    doubted = (deliveries.find(db, name) for name in deliveries.doubts(db, box.locker_id, box.n))
    return list({one.id: one for one in (*inside, *doubted) if one is not None}.values())


def _emergencies_s(db: Connection, hub: Hub, who: str) -> list[int]:
    now_ms = hub.now_ms()
    earlier = stored.emergencies(db, who, now_ms - rules.NIGHT_S * 1000)
    counted = (one for one in earlier if rules.counts_as_emergency(rules.standing(one.state, one.until_ms, now_ms)))
    return [one.asked_ms // 1000 for one in counted]


def _waits(hub: Hub, opening: OpeningRecord) -> bool:
    return rules.standing(opening.state, opening.until_ms, hub.now_ms()) == "waiting"


def _agree(db: Connection, hub: Hub, opening: OpeningRecord, who: str) -> None:
    stored.update(db, opening.id, state="asked", second=who, until_ms=hub.now_ms() + rules.ASK_MS)
    _say(db, hub, opening, "opening_confirmed", who)


def _decline(db: Connection, hub: Hub, opening: OpeningRecord, who: str) -> None:
    stored.update(db, opening.id, state="declined", second=who)
    _say(db, hub, opening, "opening_declined", who)


def _say(db: Connection, hub: Hub, opening: OpeningRecord, act: str, who: str) -> None:
    """Into the timeline, and into the audit log."""
    Scene(db, hub, opening.locker_id).event(
        act, opening.parcel_id, n=opening.n, way=opening.way, opening=opening.id, reason=opening.reason
    )
    entry = audit.Entry(
        at_ms=hub.now_ms(), who=who, act=act, about=f"locker {opening.locker_id}", reason=opening.reason,
        data={"n": opening.n, "way": opening.way, "opening": opening.id},
    )  # fmt: skip
    audit.write(db, entry)


def _tell(db: Connection, hub: Hub, opening: OpeningRecord, lying: list[DeliveryRecord], notice: str) -> None:
    for delivery in lying:
        Scene(db, hub, opening.locker_id).tell(notice, parcel_of(db, delivery), delivery, opening.id)


def _tell_everybody(db: Connection, hub: Hub, opening: OpeningRecord) -> None:
    """An alarm, and a message to every operator who can be reached: nobody opens alone without the others knowing."""
    kind, locker = "emergency_open", lockers.find(db, opening.locker_id)
    assert locker is not None, "the schema keeps it"
    events.raise_alarm(db, opening.locker_id, opening.n, kind, alarms.sentence(kind), hub.now_ms())
    entry = runbook.entry(kind)
    params = {
        "title": f"{opening.by_who} opened door {opening.n} of {locker.name} alone: {opening.reason}",
        "urgency": entry.urgency, "cause": entry.cause, "steps": list(entry.steps), "again": False,
        "page_url": hub.public_url + alarm_desk.ALARMS_PATH,
    }  # fmt: skip
    for contact in desk_stored.contacts(db, hub.store, alarm_desk.HELPERS):
        ways = tuple(way for way in (("sms", contact.phone), ("email", contact.email)) if way[1])
        if not ways:
            continue
        (channel, to), *others = ways
        notice = outbox.Notice(
            id=0, once=f"{kind}/{opening.id}/{contact.login}", kind="alarm", parcel_id="", channel=channel, to=to,
            others=tuple(others), language="en", params=params, cause=opening.id,
        )  # fmt: skip
        outbox.put(db, hub.store, notice, hub.now_ms())
