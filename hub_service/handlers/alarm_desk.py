"""What people do about alarms: see them by cause, say "mine", close, silence for a while; and who is told, and when."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service import telemetry
from hub_service.domain import alarms, escalation, grouping, runbook
from hub_service.domain.grouping import Group
from hub_service.domain.permissions import ROLES, may
from hub_service.domain.refusals import Refusal
from hub_service.domain.runbook import Entry
from hub_service.handlers.hub import Hub
from hub_service.store import alarm_desk, audit, events, outbox, users
from hub_service.store.alarm_desk import Attended, Contact, Shift, Silence
from hub_service.store.sql import Connection
from hub_service.store.users import UserRecord

HELPERS: list[str] = [role for role in ROLES if may(role, "handle_alarms")]
SILENCE_MAX_H = 24 * 14
ALARMS_PATH = "/operate/alarms"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Alarms with one cause, the runbook's page for the first of them, and who looks after them (empty: nobody).

    `waiting` is the oldest that nobody looks after; what joins a group that somebody has taken is news again.
    """

    group: Group
    entry: Entry
    acknowledged_by: str
    silenced: bool
    times: int
    waiting: Attended | None

    @property
    def ids(self) -> list[int]:
        return [one.id for one in self.group.alarms]


def groups(hub: Hub) -> list[GroupView]:
    """All that is open, the most urgent first."""
    with hub.store.read() as db:
        return _groups(db, hub)


def acknowledge(hub: Hub, alarm_ids: list[int], login: str) -> int:
    """Somebody looks after these; nobody else is told of them any more. Returns how many that is news for."""
    with hub.store.write() as db:
        count = alarm_desk.acknowledge(db, alarm_ids, login, hub.now_ms())
        _audit(db, hub, login, "alarms_acknowledged", ids=alarm_ids)
    return count


def close(hub: Hub, alarm_ids: list[int], login: str) -> int:
    """Somebody has dealt with these. What goes on is raised anew."""
    with hub.store.write() as db:
        count = alarm_desk.close(db, alarm_ids, hub.now_ms())
        _audit(db, hub, login, "alarms_closed", ids=alarm_ids)
    return count


def silence(hub: Hub, silenced: Silence, hours: int) -> Refusal | None:
    """Nobody is told of these alarms for so many hours; they are shown all the same."""
    if not 1 <= hours <= SILENCE_MAX_H:
        return Refusal("too_far", f"A silence lasts 1 to {SILENCE_MAX_H} hours: afterwards somebody looks again.")
    until_s = hub.now_s() + hours * 3_600
    with hub.store.write() as db:
        alarm_desk.add_silence(
            db,
            Silence(
                locker_id=silenced.locker_id, kind=silenced.kind, until_s=until_s, reason=silenced.reason,
                by_login=silenced.by_login,
            ),
        )  # fmt: skip
        _audit(
            db, hub, silenced.by_login, "alarms_silenced", locker=silenced.locker_id, alarm=silenced.kind, hours=hours
        )
    return None


def silences(hub: Hub) -> list[Silence]:
    with hub.store.read() as db:
        return alarm_desk.silences(db, hub.now_s())


def end_silence(hub: Hub, silence_id: int, login: str) -> bool:
    with hub.store.write() as db:
        done = alarm_desk.end_silence(db, silence_id, hub.now_s())
        _audit(db, hub, login, "silence_ended", id=silence_id)
    return done


def set_contact(hub: Hub, login: str, email: str, phone: str, by: str) -> Refusal | None:
    """How somebody is told of alarms: what is urgent by phone, the rest by mail."""
    with hub.store.write() as db:
        if not alarm_desk.set_contact(db, hub.store, login, email, phone):
            return Refusal("unknown_user", "Nobody has this login: `hub users` lists all.")
        _audit(db, hub, by, "contact_set", login=login)
    return None


def reached(hub: Hub) -> list[tuple[UserRecord, Contact]]:
    """Everybody who may handle alarms, and how each is told of them."""
    with hub.store.read() as db:
        known = {one.login: one for one in alarm_desk.contacts(db, hub.store, HELPERS)}
        return [(one, known.get(one.login, Contact(one.login))) for one in users.every(db) if one.role in HELPERS]


def add_shift(hub: Hub, login: str, from_s: int, until_s: int, by: str) -> Refusal | None:
    """Somebody is on call for a while."""
    if until_s <= from_s:
        return Refusal("too_far", "A shift ends after it has begun: swap the two times.")
    with hub.store.write() as db:
        user = users.by_login(db, login)
        if user is None or not may(user.role, "handle_alarms"):
            return Refusal("unknown_user", "Nobody with this login may handle alarms: `hub users` lists all.")
        alarm_desk.add_shift(db, user.id, from_s, until_s)
        _audit(db, hub, by, "shift_added", login=login, from_s=from_s, until_s=until_s)
    return None


def shifts(hub: Hub) -> list[Shift]:
    """Who is on call now and later."""
    with hub.store.read() as db:
        return alarm_desk.shifts(db, hub.now_s())


def remove_shift(hub: Hub, shift_id: int, by: str) -> bool:
    with hub.store.write() as db:
        done = alarm_desk.remove_shift(db, shift_id)
        _audit(db, hub, by, "shift_removed", id=shift_id)
    return done


def look_for_silent(hub: Hub) -> None:
    """Lockers that have been away for long become an alarm; those that are back close it."""
    before_ms = hub.now_ms() - escalation.SILENT_FOR_MS
    with hub.store.read() as db:
        if not alarm_desk.lockers_silent_since(db, before_ms) and not alarm_desk.lockers_heard_again(db):
            return
    with hub.store.write() as db:
        for locker_id in alarm_desk.lockers_silent_since(db, before_ms):
            events.raise_alarm(db, locker_id, 0, "offline", alarms.sentence("offline"), hub.now_ms())
        for locker_id in alarm_desk.lockers_heard_again(db):
            events.close_alarms(db, locker_id, 0, ("offline",), hub.now_ms())


def tell_due(hub: Hub) -> int:
    """Tells whoever has to know of what nobody looks after yet; each person once a level. Returns how many notices."""
    with hub.store.read() as db:
        if not any(_level(hub, view) for view in _groups(db, hub)):
            return 0
    with hub.store.write() as db:
        # Made anew: another worker may have been here since the first look.
        return sum(_tell(db, hub, view) for view in _groups(db, hub))


def _groups(db: Connection, hub: Hub) -> list[GroupView]:
    attended = {one.alarm.id: one for one in alarm_desk.open_alarms(db)}
    if not attended:
        return []
    quiet, now_s = alarm_desk.silences(db, hub.now_s()), hub.now_s()
    names = {one.alarm.locker_id: one.locker_name for one in attended.values()}
    return [
        _view(group, attended, all(any(one.covers(alarm, now_s) for one in quiet) for alarm in group.alarms))
        for group in grouping.grouped((one.alarm for one in attended.values()), names)
    ]


def _view(group: Group, attended: dict[int, Attended], silenced: bool) -> GroupView:
    members = [attended[one.id] for one in group.alarms]
    waiting = next((one for one in members if not one.acknowledged_by), None)
    return GroupView(
        group=group, entry=runbook.entry(group.first.kind), silenced=silenced, times=sum(one.times for one in members),
        waiting=waiting,
        acknowledged_by="" if waiting else ", ".join(sorted({one.acknowledged_by for one in members})),
    )  # fmt: skip


def _level(hub: Hub, view: GroupView) -> int:
    """Up to which level this has to be told now, above what was told already; 0: nothing to do."""
    if view.waiting is None or view.silenced:
        return 0
    raised_s = view.waiting.alarm.raised_ms // 1000
    level = escalation.told_level(view.group.urgency, raised_s, hub.now_s(), hub.courtesy)
    return level if level > view.waiting.told else 0


def _tell(db: Connection, hub: Hub, view: GroupView) -> int:
    level = _level(hub, view)
    if not level:
        return 0
    told = sum(_write(db, hub, view, contact, level) for contact in _whom(db, hub, level))
    alarm_desk.mark_told(db, view.ids, level)
    return told


def _whom(db: Connection, hub: Hub, level: int) -> list[Contact]:
    can_help = alarm_desk.contacts(db, hub.store, HELPERS)
    now_s = hub.now_s()
    on_call = {shift.login for shift in alarm_desk.shifts(db, now_s) if shift.from_s <= now_s}
    first = [one for one in can_help if one.login in on_call]
    # A gap in the rota must not mean that nobody hears of a fire.
    return first if level == 1 and first else can_help


def _write(db: Connection, hub: Hub, view: GroupView, contact: Contact, level: int) -> bool:
    assert view.waiting is not None, "there is something to tell"
    ways = [("sms", contact.phone), ("email", contact.email)]
    if view.group.urgency != "now":
        ways.reverse()
    reached = [way for way in ways if way[1]]
    if not reached:
        return False
    (channel, to), *others = reached
    notice = outbox.Notice(
        id=0, once=f"alarm/{view.waiting.alarm.id}/{level}/{contact.login}", kind="alarm", parcel_id="",
        channel=channel, to=to, others=tuple(others), language="en", cause=telemetry.cause(),
        params={
            "title": view.group.title, "urgency": view.group.urgency, "cause": view.entry.cause,
            "steps": list(view.entry.steps), "page_url": hub.public_url + ALARMS_PATH, "again": level == 2,
        },
    )  # fmt: skip
    outbox.put(db, hub.store, notice, hub.now_ms())
    return True


def _audit(db: Connection, hub: Hub, who: str, act: str, **data: object) -> None:
    audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=who, act=act, data=data))
