"""Plain deposits and collections of many lockers: loaded in a few queries, decided one by one, written in a few more.

What isn't plain (`domain/plain_stays`) is for `contents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hub_service import telemetry
from hub_service.domain import courtesy, deadlines, plain_stays
from hub_service.domain.custody import Happening, after, is_live
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import News, Place, Scene, notices_of
from hub_service.store import deliveries, events, outbox, stays
from hub_service.store.events import EventRecord
from hub_service.store.records import DeliveryRecord, LockerRecord
from hub_service.store.sql import Connection
from hub_service.store.stays import Known
from locker.wire import facts

NOTICES: dict[Happening, str] = {"deposited": "ready", "collected": "collected"}
NOTHING = Known({}, {}, {}, {}, {}, {})


@dataclass(frozen=True, slots=True)
class Told:
    """One fact about a stay, of a locker, and its digest, which names it as an occasion."""

    locker: LockerRecord
    fact: facts.Deposited | facts.Collected
    digest: str

    @property
    def place(self) -> stays.Place:
        return self.locker.id, self.fact.n

    @property
    def names(self) -> tuple[str, ...]:
        return (self.fact.delivery,) if isinstance(self.fact, facts.Deposited) else self.fact.deliveries

    @property
    def happening(self) -> Happening:
        return "deposited" if isinstance(self.fact, facts.Deposited) else "collected"


@dataclass(slots=True)
class StaysTogether:
    """What is known of the stays that a transaction's reports are about, and what is still to be written."""

    db: Connection
    hub: Hub
    _told: Sequence[Told] = ()
    _known: Known = NOTHING
    _outdated: bool = False
    _decided: list[tuple[Told, DeliveryRecord]] = field(default_factory=list)
    _touched: set[object] = field(default_factory=set)

    def load(self, told: Sequence[Told]) -> None:
        """Looks at everything that these facts name."""
        self._told, names = told, sorted({name for one in told for name in one.names})
        self._known = stays.load(self.db, names, sorted({one.place for one in told})) if names else NOTHING
        self._outdated = False

    def look_again(self) -> None:
        """Somebody else may have changed what is known; whatever was decided is written by then."""
        assert not self._decided, "it would be decided on what is out of date"
        self._outdated = True

    def take(self, told: Sequence[Told]) -> bool:
        """Decides about the facts of one batch; False, with nothing done, where one of them isn't plain."""
        touching = [thing for one in told for thing in (one.place, *one.names)]
        if not self._touched.isdisjoint(touching):
            # What was decided before counts for what is decided now.
            self.save()
        if told and self._outdated:
            self.load(self._told)
        found = [self._after(one) for one in told]
        if len(set(touching)) < len(touching) or not all(found):
            return False
        self._touched.update(touching)
        self._decided += [(one, delivery) for one, some in zip(told, found, strict=True) for delivery in some]
        return True

    def save(self) -> None:
        """Writes what was decided. What is decided next is looked at anew; after the last one nobody looks."""
        if not self._decided:
            return
        decided, self._decided, self._touched = self._decided, [], set()
        laid = [(told, delivery) for told, delivery in decided if told.happening == "deposited"]
        taken = [(told, delivery) for told, delivery in decided if told.happening == "collected"]
        if laid:
            self._write_laid(laid)
        if taken:
            self._write_taken(taken)
        self._write_news(decided)
        self._outdated = True

    def _after(self, told: Told) -> list[DeliveryRecord]:
        """The deliveries as they are after a plain fact; none where it isn't plain."""
        known, box = self._known, self._known.boxes.get(told.place)
        here = [known.deliveries[name] for name in told.names if name in known.deliveries]
        here = [one for one in here if one.locker_id == told.locker.id and self._moves(one, told.happening)]
        if box is None or not here or len(here) < len(told.names):
            return []
        if isinstance(told.fact, facts.Collected):
            leave = plain_stays.leave_as_planned([known.stays[one.id] for one in here], told.fact.n, box)
            return here if leave and not told.fact.delegate else []
        (delivery,) = here
        return (
            [self._laid(delivery, told.fact.n)] if plain_stays.comes_as_planned(known.stays[delivery.id], box) else []
        )

    def _moves(self, delivery: DeliveryRecord, happening: Happening) -> bool:
        parcel = self._known.parcels[delivery.parcel_id]
        return is_live(parcel.status) and not parcel.drop_off and after(parcel.status, happening) != parcel.status

    def _laid(self, delivery: DeliveryRecord, n: int) -> DeliveryRecord:
        now_s = self.hub.now_s()
        # Counted from when the recipient is told: a report may have waited for days without a network.
        until_s = deadlines.deadline_s(now_s)
        remind_at_s = self.hub.courtesy.next_reminder_s(until_s, now_s)
        return replace(delivery, state="inside", n=n, ready_s=now_s, deadline_s=until_s, remind_at_s=remind_at_s)

    def _write_laid(self, laid: Sequence[tuple[Told, DeliveryRecord]]) -> None:
        stays.lay(self.db, [delivery for _, delivery in laid])
        for locker_id in {one.locker_id for _, one in laid if self._known.deliveries[one.id].n not in (None, one.n)}:
            deliveries.release_unused(self.db, locker_id)
        stays.set_contents(self.db, [told.place for told, _ in laid], "occupied")
        stays.set_statuses(self.db, [delivery.parcel_id for _, delivery in laid], "ready_for_pickup")

    def _write_taken(self, taken: Sequence[tuple[Told, DeliveryRecord]]) -> None:
        stays.end(self.db, [delivery for _, delivery in taken])
        stays.set_contents(self.db, [told.place for told, _ in taken], "empty")
        stays.set_statuses(self.db, [delivery.parcel_id for _, delivery in taken], "collected")

    def _write_news(self, decided: Sequence[tuple[Told, DeliveryRecord]]) -> None:
        now_ms, happened, notices = self.hub.now_ms(), list[EventRecord](), list[tuple[outbox.Notice, int]]()
        for told, delivery in decided:
            with telemetry.caused_by(told.fact.visit or told.digest[:16]):
                scene = Scene(self.db, self.hub, told.locker.id, told.fact.at.wall_ms)
                happened.append(scene.happened(told.happening, delivery.parcel_id, n=told.fact.n))
                news = self._news(told, delivery)
                found = notices_of(self.hub, news, {})
                if not found:
                    happened.append(scene.happened("notice_impossible", delivery.parcel_id, notice=news.kind))
                notices += found
        overtaking = [one.parcel_id for told, one in decided if NOTICES[told.happening] in courtesy.OVERTAKING]
        if overtaking:
            outbox.overtake(self.db, overtaking, courtesy.STALE, now_ms)
        events.add_all(self.db, happened)
        outbox.put_all(self.db, self.hub.store, notices, now_ms)

    def _news(self, told: Told, delivery: DeliveryRecord) -> News:
        known = self._known
        # Several may be taken out at once.
        occasion = told.digest if told.happening == "deposited" else f"{told.digest}/{delivery.id}"
        place = Place(delivery, told.locker, known.pickups[delivery.pickup_id])
        parcel = known.parcels[delivery.parcel_id]
        return News(NOTICES[told.happening], parcel, occasion, place, known.browsers.get(parcel.id, ()))
