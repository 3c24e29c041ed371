"""Takes what lockers tell: each fact exactly once in effect, in the order of its chain, nothing ever discarded.

Plain reports of many lockers are taken together (`sheet`), all others one by one. Storing a report never fails;
applying it may: that is `quarantine`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub_service.domain import alarms, standing
from hub_service.handlers import contents, orders
from hub_service.handlers.contents import Report
from hub_service.handlers.hub import Hub
from hub_service.handlers.quarantine import Quarantine, compartment_of
from hub_service.handlers.sheet import Sheet
from hub_service.handlers.telling import Scene
from hub_service.store import deliveries, events, lockers, reports
from hub_service.store import orders as order_log
from hub_service.store.records import LockerRecord
from hub_service.store.reports import Entry
from hub_service.store.sql import Connection
from locker.wire.chain import GENESIS
from locker.wire.messages import Batch, Confirm, Hello, Message, Presence, Welcome

Told = tuple[str, Hello | Batch | Presence]
"""A verified message, and the locker that has sent it."""


def take(hub: Hub, locker_id: str, message: Hello | Batch | Presence) -> list[Message]:
    """Takes a verified message of a locker; returns what to answer it, now that everything is committed."""
    return take_all(hub, [(locker_id, message)])[0]


def take_all(hub: Hub, told: Sequence[Told]) -> list[list[Message]]:
    """The same for messages of many lockers together: for each, what to answer it."""
    alone = hub.store.one_writer
    with hub.store.write(None if alone else {name for name, _ in told}) as db:
        answers = _all_taken(Sheet(db, hub, alone), told)
    left = [place for place, answer in enumerate(answers) if answer is None]
    if left:
        # What isn't plain may be about other lockers as well.
        with hub.store.write() as db:
            rest = _all_taken(Sheet(db, hub, alone=True), [told[place] for place in left])
        for place, answer in zip(left, rest, strict=True):
            answers[place] = answer
    return [_with_orders(hub, name, answer) for (name, _), answer in zip(told, answers, strict=True)]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What to say to a locker, and whether there are orders that it hasn't applied."""

    messages: tuple[Message, ...] = ()
    is_behind: bool = False


def _all_taken(sheet: Sheet, told: Sequence[Told]) -> list[_Answer | None]:
    """What to answer each; None for what has to be taken alone, and for whatever that locker has said behind it."""
    sheet.load(name for name, _ in told)
    sheet.expect((name, message) for name, message in told if isinstance(message, Batch))
    answers, waiting = [], set[str]()
    for name, message in told:
        answer = None if name in waiting else _taken(sheet, name, message)
        if answer is None:
            waiting.add(name)
        answers.append(answer)
    sheet.save()
    return answers


def _with_orders(hub: Hub, name: str, answer: _Answer | None) -> list[Message]:
    assert answer is not None, "alone everything can be taken"
    missing = orders.due(hub, name) if answer.is_behind else None
    return [*answer.messages, *([missing] if missing else [])]


def _taken(sheet: Sheet, name: str, message: Hello | Batch | Presence) -> _Answer | None:
    locker = sheet.locker(name)
    if locker is None:
        return _Answer()
    if isinstance(message, Batch):
        known = _Taking(sheet, locker).batch(message)
        return None if known is None else _Answer((Confirm(locker=name, known=known, safe=locker.safe),))
    if _is_no_news(locker, message):
        sheet.hear(name)
    else:
        # It is about the whole locker: what is still to be written of it comes first.
        sheet.save()
        if isinstance(message, Hello):
            _greeted(sheet.db, sheet.hub, locker, message)
        else:
            _present(sheet.db, sheet.hub, locker, message)
        sheet.load((name,))
    if isinstance(message, Presence):
        return _Answer()
    welcome = Welcome(locker=name, head=locker.head, wall_ms=sheet.hub.now_ms())
    return _Answer((welcome,), is_behind=not orders.is_up_to_date(sheet.locker(name) or locker))


def _is_no_news(locker: LockerRecord, message: Hello | Presence) -> bool:
    """Whether a locker says nothing but that it is there, as it was: twice a minute each of them does."""
    if not locker.online or message.run != locker.session_run:
        return False
    if isinstance(message, Presence):
        return message.online
    stands = (locker.stands_epoch, locker.stands_order, locker.stands_digest)
    return (message.epoch, message.order_number, message.order_digest) == stands


def _present(db: Connection, hub: Hub, locker: LockerRecord, message: Presence) -> None:
    # A last will of an earlier run says nothing about this one.
    if not message.online and message.run != locker.session_run:
        return
    if locker.online != message.online:
        Scene(db, hub, locker.id).event("online" if message.online else "offline")
    if message.online:
        lockers.update(db, locker.id, online=1, seen_ms=hub.now_ms(), session_run=message.run)
    else:
        lockers.update(db, locker.id, online=0)


def _greeted(db: Connection, hub: Hub, locker: LockerRecord, hello: Hello) -> None:
    if not locker.online:
        Scene(db, hub, locker.id).event("online")
    lockers.update(db, locker.id, online=1, seen_ms=hub.now_ms(), session_run=hello.run)
    if not _is_stale(db, locker, hello):
        lockers.update(
            db, locker.id, stands_epoch=hello.epoch, stands_order=hello.order_number, stands_digest=hello.order_digest
        )


def _is_stale(db: Connection, locker: LockerRecord, hello: Hello) -> bool:
    # The broker may have kept a greeting back: one of an earlier run, or one from before what was told since.
    if (hello.run, hello.head) == (locker.run, locker.head):
        # What it has applied is in its journal, and all of that is here: whatever was believed before was wrong.
        return False
    if hello.run != locker.run:
        return reports.knows_run(db, locker.id, hello.run)
    if hello.epoch == locker.stands_epoch:
        return hello.order_number < locker.stands_order
    has_left = hello.epoch == "" or order_log.knows_epoch(db, locker.id, hello.epoch)
    return locker.stands_epoch == locker.epoch and has_left


@dataclass(slots=True)
class _Taking:
    """One batch on its way into the store."""

    sheet: Sheet
    locker: LockerRecord

    @property
    def db(self) -> Connection:
        return self.sheet.db

    @property
    def hub(self) -> Hub:
        return self.sheet.hub

    def batch(self, message: Batch) -> str | None:
        """Takes what is new; returns the last entry of the batch that is known now, else the head.

        None: it isn't plain, and others may write beside us.
        """
        # The locker may not know our head (its card was restored), but it always knows its own batch.
        entries = self.sheet.entries(message)
        first = standing.behind(self.locker.head, message.parent, [entry.digest for entry in entries])
        if first is not None and self.sheet.take(self.locker, entries[first:]):
            return entries[-1].digest if entries else self.locker.head
        if not self.sheet.alone:
            return None
        self.sheet.save()
        known = self._one_by_one(message.parent, entries)
        self.sheet.load((self.locker.id,))
        return known

    def _one_by_one(self, parent: str, entries: Sequence[Entry]) -> str:
        head, known = self.locker.head, ""
        if parent != GENESIS and not reports.is_known(self.db, self.locker.id, parent):
            # A gap: somebody has to send what lies before it first.
            return head
        position, quarantine = self.locker.reports, Quarantine(self.db, self.hub, self.locker.id)
        for entry in entries:
            if not reports.is_known(self.db, self.locker.id, entry.digest):
                if entry.parent != head:
                    self._fork(head, entry.parent)
                position += 1
                reports.add(self.db, self.locker.id, entry, position, self.hub.now_ms())
                quarantine.apply(entry)
                head = entry.digest
            known = entry.digest
        lockers.update(self.db, self.locker.id, head=head, reports=position, online=1, seen_ms=self.hub.now_ms())
        return known or head

    def _fork(self, head: str, parent: str) -> None:
        """Another history branches off: what only the abandoned one knew can't be relied on."""
        self._alarm("fork", 0)
        # What both histories have in common is still true; what only the lost one told may not be. One that was lost
        # before and has been told of again (a message came late) goes on with what it knew.
        abandoned, resumed = reports.parted(self.db, self.locker.id, head, parent)
        touched = {n for fact in (*abandoned, *resumed) if (n := compartment_of(fact))}
        for fact in abandoned:
            self._note_fault(fact, undone=True)
        for fact in reversed(resumed):
            self._note_fault(fact)
        report = Report(Scene(self.db, self.hub, self.locker.id), self.locker.id, head)
        for n in sorted(touched):
            lockers.set_content(self.db, self.locker.id, n, "uncertain", "fork")
            for delivery in deliveries.live_in(self.db, self.locker.id, n):
                if delivery.state == "inside":
                    contents.doubt(report, delivery, n)
        # The restored card has an older position as well: it gets everything, and codes work again with it.
        order_log.begin_epoch(self.db, self.locker.id, self.hub.draws.epoch())

    def _note_fault(self, fact: dict[str, Any], *, undone: bool = False) -> None:
        # Faults are the locker's: it knows those of its own history, finds others anew, and would never clear one that
        # only the lost history has found.
        n, fault = compartment_of(fact), fact.get("fault")
        if not n or not isinstance(fault, str):
            return
        if fact.get("kind") == ("fault_cleared" if undone else "fault_found"):
            lockers.add_fault(self.db, self.locker.id, n, fault)
        elif fact.get("kind") == ("fault_found" if undone else "fault_cleared"):
            lockers.clear_fault(self.db, self.locker.id, n, fault)

    def _alarm(self, kind: str, n: int) -> None:
        events.raise_alarm(self.db, self.locker.id, n, kind, alarms.sentence(kind), self.hub.now_ms())
