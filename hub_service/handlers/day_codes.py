"""Staff codes that are others every day: drawn a week ahead, told to lockers, shown on their day, ended behind it.

A locker that hears nothing for a week knows each day's code all the same. Who isn't staff any more loses all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub_service.domain import day_codes as days
from hub_service.handlers.hub import Hub
from hub_service.handlers.orders import PASSES_AT_ONCE, pass_of_day
from hub_service.store import day_codes, orders, staff
from hub_service.store.day_codes import DayCode, DayTag
from hub_service.store.errors import IntegrityError
from hub_service.store.sql import Connection
from hub_service.store.staff import PassRecord, Tags
from locker.wire.access_tag import CARD_PREFIX, PASS_PREFIX
from locker.wire.orders import PassesChanged

AT_ONCE = 40
"""Each is a slow hash: a second of one core, then others may write."""

TRIES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TodaysCode:
    """What one member of staff types or shows today; `qr` is the text of the QR code. Works until `until_s`."""

    pass_id: str
    who: str
    carrier: str
    code: str
    qr: str
    until_s: int


def today_of(hub: Hub, holder: PassRecord) -> TodaysCode | None:
    """Today's code of somebody (None: theirs doesn't change)."""
    found = [one for one in today(hub) if one.pass_id == holder.id]
    return found[0] if found else None


def today(hub: Hub, carrier: str | None = None) -> tuple[TodaysCode, ...]:
    """Everybody's code of today; with a carrier those of its couriers."""
    number = days.number_at(hub.now_s(), hub.courtesy.zone)
    with hub.store.read() as db:
        found = day_codes.of_day(db, hub.store, number, carrier)
    return tuple(
        TodaysCode(
            pass_id=one.holder.id, who=one.holder.who, carrier=one.holder.carrier, code=one.code,
            qr=f"{PASS_PREFIX}{one.code}", until_s=one.day.until_s,
        )
        for one in found
    )  # fmt: skip


def begin(db: Connection, hub: Hub, holder: PassRecord) -> None:
    """From now on this one has a code a day. Raises IntegrityError where one that was drawn opens something else."""
    day_codes.make_daily(db, holder.id)
    for day in days.awaited(hub.now_s(), hub.courtesy.zone):
        day_codes.add(db, hub.store, DayCode(holder=holder, day=day, code=hub.draws.pin()))


def keep(hub: Hub, ahead: int = days.DAYS_AHEAD) -> int:
    """Ends what is over, draws what is awaited, and tells lockers some of what they don't know yet; how much it did."""
    done = _end_over(hub) + _draw(hub, ahead)
    until = days.number_at(hub.now_s(), hub.courtesy.zone) + ahead
    with hub.store.read() as db:
        # Of all at once: a question for each locker would take longer than the next turn is away.
        behind = day_codes.lockers_behind(db, until, AT_ONCE)
    for locker_id in behind:
        if done >= AT_ONCE:
            break
        done += tell(hub, locker_id, until, AT_ONCE - done)
    return done


def tell(hub: Hub, locker_id: str, until_day: int, limit: int = PASSES_AT_ONCE) -> int:
    """Tells one locker of codes that it doesn't know, the soonest first; how many these were."""
    with hub.store.read() as db:
        found = day_codes.untold(db, hub.store, locker_id, until_day, limit)
        cards = {one.holder.id: staff.card_of(db, hub.store, one.holder.id) for one in found}
    # 25 ms each, so before the transaction.
    made = [(one, _tags(hub, locker_id, one.code, cards[one.holder.id])) for one in found]
    if not made:
        return 0
    with hub.store.write() as db:
        # One that has ended meanwhile would be honoured until its day is over.
        given = [DayTag(holder=one.holder, day=one.day, tags=tags) for one, tags in made if _is_due(db, one)]
        new = [one for one in given if day_codes.set_tags(db, locker_id, one)]
        for start in range(0, len(new), PASSES_AT_ONCE):
            some = tuple(pass_of_day(one) for one in new[start : start + PASSES_AT_ONCE])
            orders.append(db, locker_id, PassesChanged(given=some, hub_ms=hub.now_ms()), hub.now_ms())
    return len(made)


def tell_today(hub: Hub, locker_ids: Iterable[str]) -> None:
    """Tells lockers of all codes that work now: whoever was given one stands in front of them next."""
    until = days.number_at(hub.now_s(), hub.courtesy.zone)
    for locker_id in locker_ids:
        while tell(hub, locker_id, until):
            pass


def tell_ended(db: Connection, hub: Hub, ended: Mapping[str, tuple[str, ...]]) -> None:
    """Tells lockers which codes are nobody's any more."""
    for locker_id, tags in ended.items():
        for start in range(0, len(tags), PASSES_AT_ONCE):
            some = tags[start : start + PASSES_AT_ONCE]
            orders.append(db, locker_id, PassesChanged(ended=some, hub_ms=hub.now_ms()), hub.now_ms())


def _end_over(hub: Hub) -> int:
    with hub.store.read() as db:
        if not day_codes.any_over(db, hub.now_s()):
            return 0
    with hub.store.write() as db:
        ended = day_codes.end_over(db, hub.now_s())
        tell_ended(db, hub, ended)
    return sum(map(len, ended.values()))


def _draw(hub: Hub, ahead: int) -> int:
    drawn = 0
    for day in days.awaited(hub.now_s(), hub.courtesy.zone, ahead):
        with hub.store.read() as db:
            missing = day_codes.without(db, day.number)
        for holder in missing:
            _draw_one(hub, holder, day)
            drawn += 1
    return drawn


def _draw_one(hub: Hub, holder: PassRecord, day: days.Day) -> None:
    for _ in range(TRIES):
        try:
            with hub.store.write() as db:
                # Another worker may have been here since the first look.
                if holder.id in {one.id for one in day_codes.without(db, day.number)}:
                    day_codes.add(db, hub.store, DayCode(holder=holder, day=day, code=hub.draws.pin()))
                return
        except IntegrityError:
            # Those eight digits open something else: draw again.
            continue


def _is_due(db: Connection, one: DayCode) -> bool:
    return day_codes.still_exists(db, one)


def _tags(hub: Hub, locker_id: str, code: str, card: str) -> Tags:
    return Tags(hub.tag(code, locker_id), hub.tag(CARD_PREFIX + card, locker_id) if card else "")
