"""Lockers and staff as an operator makes them known, and compartments that are taken out of service."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from hub_service.domain.access_codes import PASSES_MAX
from hub_service.domain.refusals import Refusal
from hub_service.handlers import day_codes, keys, looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.orders import NEIGHBOURS_MAX, PASSES_AT_ONCE, pass_of, site_order
from hub_service.handlers.telling import Scene
from hub_service.handlers.views import LockerView
from hub_service.store import audit, events, lockers, neighbours, orders, staff
from hub_service.store import day_codes as days_stored
from hub_service.store.errors import IntegrityError
from hub_service.store.records import LockerRecord
from hub_service.store.sql import Connection
from locker.wire.access_tag import CARD_PREFIX
from locker.wire.orders import PassesChanged, Serve

NAME_MAX = 128
"""What every locker reads (`Name` of `locker/wire/bounds.py`)."""

SHELL = "shell"
"""Who it was where nobody has signed in: somebody who can log in to the hub's machine."""

_CARD_NUMBER = re.compile(r"[0-9A-Fa-f]{6,16}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLocker:
    """A locker that was set up somewhere. `public_key` is its own (64 hex digits)."""

    id: str
    number: int
    name: str
    where: str
    public_key: str
    help_phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWords:
    """What people are told of a locker's place."""

    name: str
    where: str = ""
    help_phone: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Introduced:
    """What the new locker must be given: the key for typed codes (secret), and the hub's public key, both hex."""

    code_key: str
    hub_public_key: str


@dataclass(frozen=True, slots=True)
class NewPass:
    """A pass, the code that opens lockers now, and the one to sign in with on couriers' pages; both are shown once.

    `daily`: the code is today's, and each day has another one; else both codes are the same and last.
    """

    id: str
    code: str
    sign_in: str = ""
    daily: bool = False


def add_api_key(hub: Hub, name: str) -> str:
    """A key of the operator, with every scope; it is shown once."""
    made = keys.add(hub, name)
    assert not isinstance(made, Refusal), "a key of the operator may have every scope"
    return made[1]


def add_locker(hub: Hub, new: NewLocker, by: str = SHELL) -> Introduced | Refusal:
    """Makes a locker known; all others hear of their new neighbour."""
    code_key = hub.draws.key()
    row = {
        "id": new.id, "number": new.number, "name": new.name, "place": new.where, "help_phone": new.help_phone,
        "latitude": new.latitude, "longitude": new.longitude, "public_key": new.public_key, "epoch": hub.draws.epoch(),
        "test": int(new.test),
    }  # fmt: skip
    try:
        with hub.store.write() as db:
            lockers.add(db, hub.store, row, code_key)
            Scene(db, hub, new.id).event("locker_added")
            _audit(db, hub, by, "locker_added", f"locker {new.id}", number=new.number, test=new.test)
            added = lockers.find(db, new.id)
            assert added is not None, "it was added just now"
            others = _beside(db, added)
            for known in lockers.find_all(db, others) if others else ():
                site = site_order(db, hub, known)
                # Some of them have nearer ones than this.
                if any(one.number == new.number for one in site.neighbours):
                    orders.append(db, known.id, site, hub.now_ms())
    except IntegrityError:
        return Refusal("duplicate_locker", "Another locker has this id, number or key: choose another one.")
    spread_passes(hub, new.id)
    return Introduced(code_key.hex(), hub.keys.public_hex)


def move_site(hub: Hub, locker_id: str, site: SiteWords, by: str = SHELL) -> Refusal | None:
    """What people are told of a locker's place changes; it and those that name it as a neighbour hear of that."""
    with hub.store.write() as db:
        before = lockers.find(db, locker_id)
        if before is None:
            return Refusal("unknown_locker", "There is no locker with this id.")
        # Where it was, others named it as well.
        after = replace(before, latitude=site.latitude, longitude=site.longitude)
        concerned = sorted({locker_id, *_beside(db, before), *_beside(db, after)})
        told = {one.id: site_order(db, hub, one) for one in lockers.find_all(db, concerned)}
        db.execute(
            "UPDATE lockers SET name = ?, place = ?, help_phone = ?, latitude = ?, longitude = ? WHERE id = ?",
            (site.name, site.where, site.help_phone, site.latitude, site.longitude, locker_id),
        )
        for one in lockers.find_all(db, concerned):
            if (order := site_order(db, hub, one)) != told[one.id]:
                orders.append(db, one.id, order, hub.now_ms())
        Scene(db, hub, locker_id).event("site_changed")
        # Where a machine stands is no secret, and whoever looks for it must find out who has moved it.
        _audit(db, hub, by, "site_changed", f"locker {locker_id}", before=before.name, after=site.name)
    return None


def _beside(db: Connection, locker: LockerRecord) -> list[str]:
    """Who may name this locker as a neighbour: a few of a country's."""
    return neighbours.within_sight(db, locker, NEIGHBOURS_MAX)


def add_pass(
    hub: Hub,
    party: Literal["courier", "operator"],
    who: str,
    carrier: str = "",
    card: str = "",
    by: str = SHELL,
    *,
    daily: bool = True,
) -> NewPass | Refusal:
    """Gives a member of staff codes of eight digits, another one each day, which all lockers are told of.

    With `card` (the number that a locker's reader gives, in hex digits) the code works right after that card only.
    Not `daily`: one code that lasts until it is ended, for who can't look at a page.
    """
    holder = staff.PassRecord(id=hub.draws.id("s"), party=party, who=who, carrier=carrier)
    # What no locker could read would stop all its later orders.
    if not 0 < len(who) <= NAME_MAX or len(carrier) > NAME_MAX:
        return Refusal("bad_pass", f"A name of staff has 1 to {NAME_MAX} letters, a carrier's at most {NAME_MAX}.")
    if party == "courier" and not carrier:
        return Refusal("bad_pass", "A courier works for a carrier: say which one.")
    if card and not _CARD_NUMBER.fullmatch(card):
        return Refusal("bad_pass", "A card's number has 6 to 16 hex digits, as the locker's reader gives it.")
    with hub.store.read() as db:
        if staff.count_passes(db) >= PASSES_MAX:
            return Refusal("bad_pass", f"There are {PASSES_MAX} passes: end some first, or codes could be guessed.")
    while True:
        code = hub.draws.pin()
        try:
            with hub.store.write() as db:
                staff.add_pass(db, hub.store, holder, code, hub.now_s())
                if daily:
                    day_codes.begin(db, hub, holder)
                if card:
                    staff.set_card(db, hub.store, holder.id, card.upper())
                _audit(db, hub, by, "pass_added", f"pass {holder.id}", party=party, carrier=carrier)
            break
        except IntegrityError:
            continue
    with hub.store.read() as db:
        known = lockers.every(db)
    for locker in known:
        spread_passes(hub, locker.id)
    todays = day_codes.today_of(hub, holder)
    return NewPass(holder.id, todays.code if todays else code, code, daily)


def end_pass(hub: Hub, pass_id: str, by: str = SHELL) -> Refusal | None:
    """A member of staff has gone, or lost the code: all lockers are told to honour none of theirs any more."""
    with hub.store.write() as db:
        if staff.find_pass(db, pass_id) is None:
            return Refusal("unknown_pass", "There is no such pass, or it has ended: `hub passes` lists them.")
        lasting = {place: (tag,) for place, tag in staff.end_pass(db, pass_id, hub.now_s()).items()}
        day_codes.tell_ended(db, hub, lasting)
        day_codes.tell_ended(db, hub, days_stored.end_of_pass(db, pass_id))
        Scene(db, hub).event("pass_ended", pass_id=pass_id)
        _audit(db, hub, by, "pass_ended", f"pass {pass_id}")
    return None


def rotate_pass(hub: Hub, pass_id: str, by: str = SHELL) -> NewPass | Refusal:
    """Other codes for the same member of staff, one a day from now on; all old ones end."""
    with hub.store.read() as db:
        holder, card = staff.find_pass(db, pass_id), staff.card_of(db, hub.store, pass_id)
    refusal = end_pass(hub, pass_id, by)
    if refusal is not None or holder is None:
        return refusal or Refusal("unknown_pass", "There is no such pass, or it has ended: `hub passes` lists them.")
    return add_pass(hub, "courier" if holder.party == "courier" else "operator", holder.who, holder.carrier, card, by)


def passes(hub: Hub) -> tuple[staff.PassRecord, ...]:
    """Whose codes lockers honour, without the codes."""
    with hub.store.read() as db:
        return tuple(one for one, _ in staff.live_passes(db, hub.store))


def spread_passes(hub: Hub, locker_id: str) -> None:
    """Tells a locker of the codes that work now and that it doesn't know yet; those of later days can wait."""
    day_codes.tell_today(hub, (locker_id,))
    with hub.store.read() as db:
        missing = staff.untagged(db, locker_id)
        codes = [
            (one, code, staff.card_of(db, hub.store, one.id))
            for one, code in staff.live_passes(db, hub.store)
            if one.id in missing
        ]
    # 25 ms each, so before the transaction.
    tags = [(one, _tags(hub, locker_id, code, card)) for one, code, card in codes]
    with hub.store.write() as db:
        # One that has ended meanwhile would be honoured for ever: nobody would tell of its end again.
        still = staff.untagged(db, locker_id)
        given = [(one, tag) for one, tag in tags if one.id in still]
        for one, tag in given:
            staff.set_tag(db, one.id, locker_id, tag)
        for start in range(0, len(given), PASSES_AT_ONCE):
            some = tuple(pass_of(one, tag) for one, tag in given[start : start + PASSES_AT_ONCE])
            orders.append(db, locker_id, PassesChanged(given=some, hub_ms=hub.now_ms()), hub.now_ms())


def _tags(hub: Hub, locker_id: str, code: str, card: str) -> staff.Tags:
    return staff.Tags(hub.tag(code, locker_id), hub.tag(CARD_PREFIX + card, locker_id) if card else "")


def serve(
    hub: Hub, locker_id: str, n: int, in_service: bool, reason: str = "", by: str = SHELL
) -> LockerView | Refusal:
    """Takes a compartment out of service, or puts it back."""
    with hub.store.write() as db:
        if lockers.compartment(db, locker_id, n) is None:
            return Refusal("unknown_compartment", "There is no such compartment: GET /v1/compartments lists them.")
        lockers.set_service(db, locker_id, n, in_service, reason)
        orders.append(db, locker_id, Serve(n=n, in_service=in_service, reason=reason), hub.now_ms())
        act = "in_service" if in_service else "out_of_service"
        Scene(db, hub, locker_id).event(act, n=n, reason=reason)
        _audit(db, hub, by, act, f"locker {locker_id}", reason, n=n)
    return _shown(hub, locker_id)


def close_alarm(hub: Hub, locker_id: str, alarm_id: int, by: str = SHELL) -> LockerView | Refusal:
    """Somebody has dealt with what an alarm was about."""
    with hub.store.write() as db:
        if not events.close_alarm(db, locker_id, alarm_id, hub.now_ms()):
            return Refusal("unknown_alarm", "There is no such open alarm: GET /v1/lockers/ID lists them.")
        Scene(db, hub, locker_id).event("alarm_closed", alarm_id=alarm_id)
        # As at the desk, whoever it was.
        _audit(db, hub, by, "alarms_closed", f"locker {locker_id}", ids=[alarm_id])
    return _shown(hub, locker_id)


def _audit(db: Connection, hub: Hub, who: str, act: str, about: str, reason: str = "", **data: object) -> None:
    audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=who, act=act, about=about, reason=reason, data=data))


def _shown(hub: Hub, locker_id: str) -> LockerView:
    view = looks.locker(hub, locker_id)
    assert view is not None, "it was found just now"
    return view
