"""Bugs in the order of things, in orders, doors and contents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import apsw

from hub_service.store import sqlite
from locker import daemon, journal
from locker.cabinet import collect, deposit, watch
from locker.cabinet import orders as cabinet_orders
from locker.cabinet.actions import Record, Unlock
from locker.wire import facts
from locker.wire.ticket import SignedTicket
from tests.simulation.plants import before as _before
from tests.simulation.plants import bug

# The order of things


@bug("a lock is pulsed before the permission is on the disk")
def pulse_before_record() -> list[tuple[Any, str, Any]]:
    def perform(self: Any, actions: list[Any]) -> list[Any]:
        for action in actions:
            if isinstance(action, Unlock):
                self._ports.locks.unlock(action.n, action.pulse_ms)
            elif not isinstance(action, Record):
                self._do(action)
        recorded = [action.fact for action in actions if isinstance(action, Record)]
        return list(self._record(recorded))

    return [(daemon.Daemon, "_perform", perform)]


@bug("the journal's commits aren't synced (synchronous=NORMAL)")
def journal_not_synced() -> list[tuple[Any, str, Any]]:
    write = _before(journal.Journal, "_write")

    def unsynced(self: Any, statement: str, rows: Any) -> None:
        self._connection.execute("PRAGMA synchronous=NORMAL")
        write(self, statement, rows)

    return [(journal.Journal, "_write", unsynced)]


@bug("a start replays all facts but the last")
def replay_misses_the_last() -> list[tuple[Any, str, Any]]:
    def some(self: Any, behind: int = 0) -> Iterator[Any]:
        every = list(facts_of(self, behind))
        return iter(every[:-1])

    facts_of = _before(journal.Journal, "facts")
    return [(journal.Journal, "facts", some)]


@bug("the daemon goes on after a write has failed")
def goes_on_after_a_failed_write() -> list[tuple[Any, str, Any]]:
    def record(self: Any, some: list[Any]) -> list[Any]:
        with suppress(apsw.Error, journal.JournalError):
            return list(before(self, some))
        self._authorised |= {fact.n for fact in some if fact.kind == "unlock_authorised"}
        return some

    before = _before(daemon.Daemon, "_record")
    return [(daemon.Daemon, "_record", record)]


@bug("each fact of a step is committed alone")
def facts_one_by_one() -> list[tuple[Any, str, Any]]:
    append = _before(journal.Journal, "append")

    def apart(self: Any, some: Any) -> None:
        for fact in some:
            append(self, [fact])

    return [(journal.Journal, "append", apart)]


@bug("the hub's commits aren't synced")
def hub_not_synced() -> list[tuple[Any, str, Any]]:
    write = _before(sqlite.SqliteStore, "write")

    @contextmanager
    def unsynced(self: Any, *lockers: Any) -> Iterator[Any]:
        self._writer.execute("PRAGMA synchronous = OFF")
        with write(self, *lockers) as db:
            yield db

    return [(sqlite.SqliteStore, "write", unsynced)]


# Orders


@bug("an order that came before is obeyed again")
def order_played_twice() -> list[tuple[Any, str, Any]]:
    def received(desk: Any, message: Any) -> None:
        for number, raw in enumerate(message.orders, message.first):
            cabinet_orders._apply(desk, number, message.parent, raw)

    return [(cabinet_orders, "_orders", received)]


@bug("an old snapshot replaces a newer one")
def old_snapshot() -> list[tuple[Any, str, Any]]:
    def full(desk: Any, message: Any) -> None:
        desk.state.past_epochs.discard(message.epoch)
        desk.state.epoch, desk.state.order_number = "", 0
        before(desk, message)

    before = cabinet_orders._full_state
    return [(cabinet_orders, "_full_state", full)]


@bug("the hub sends the orders from the second one that is missing")
def orders_off_by_one() -> list[tuple[Any, str, Any]]:
    from hub_service.store import orders as order_log

    after = order_log.after
    return [(order_log, "after", lambda db, locker, epoch, number, limit: after(db, locker, epoch, number + 1, limit))]


# Doors and contents


@bug("a compartment counts as free although something lies in it")
def occupied_is_free() -> list[tuple[Any, str, Any]]:
    def free(desk: Any, n: int, box: Any) -> bool:
        return bool(box.built and not box.faults and not box.open and desk.door(n).phase == "shut")

    return [(deposit, "_is_free", free)]


@bug("a compartment in doubt counts as free")
def doubtful_is_free() -> list[tuple[Any, str, Any]]:
    from locker.cabinet.records import Box

    return [(Box, "empty", property(lambda box: not box.inside))]


@bug("a compartment with a fault is given to somebody new")
def fault_ignored() -> list[tuple[Any, str, Any]]:
    def free(desk: Any, n: int, box: Any) -> bool:
        return bool(box.built and box.empty and not box.open)

    return [(deposit, "_is_free", free)]


@bug("after a power cut with an open door nothing is in doubt")
def no_doubt_after_power_cut() -> list[tuple[Any, str, Any]]:
    from locker.cabinet import boot

    return [(boot, "_interrupted", lambda desk, n, allowed: None)]


@bug("a code opens every compartment that holds something")
def opens_all() -> list[tuple[Any, str, Any]]:
    def openings(desk: Any, pickup: str) -> list[Any]:
        from locker.cabinet.talk import Opening

        if not before(desk, pickup):
            return []
        return [Opening(n, "collect", tuple(box.contents)) for n, box in desk.state.boxes.items() if box.contents]

    before = collect.openings
    return [(collect, "openings", openings)]


@bug("a ticket's signature isn't looked at")
def forged_ticket() -> list[tuple[Any, str, Any]]:
    return [(SignedTicket, "signed_by", lambda self, key: True)]


@bug("the same code opens an emptied compartment for ever")
def reopens_for_ever() -> list[tuple[Any, str, Any]]:
    return [(collect, "REOPEN_MS", 10**12)]


@bug("a door that opened by crowbar leaves no doubt")
def forced_without_doubt() -> list[tuple[Any, str, Any]]:
    def told(desk: Any, n: int, box: Any) -> None:
        desk.beep("alarm")
        for delivery in list(box.contents):
            desk.record(facts.Collected(at=desk.now, n=n, visit="", pickup="", deliveries=(delivery,)))

    return [(watch, "tell_forced", told)]


@bug("a delivery is spent when its code is shown")
def spent_when_shown() -> list[tuple[Any, str, Any]]:
    def begin(desk: Any, pickup: str, doors: Any, visit: str, by: Any) -> None:
        before(desk, pickup, doors, visit, by)
        for opening in doors:
            desk.record(
                facts.Collected(at=desk.now, n=opening.n, visit=visit, pickup=pickup, deliveries=opening.deliveries)
            )

    before = collect.begin
    return [(collect, "begin", begin)]


@bug("the safety release works for occupied boxes, too")
def safety_for_all() -> list[tuple[Any, str, Any]]:
    def release(desk: Any, n: int, box: Any) -> None:
        if box.built:
            desk.record(facts.Alarmed(at=desk.now, alarm="safety_release", n=n))
            desk.allow(facts.UnlockAuthorised(at=desk.now, n=n, reason="safety"))

    return [(watch, "_release_for_safety", release)]


@bug("several locks are energised at once")
def all_at_once() -> list[tuple[Any, str, Any]]:
    from locker.cabinet.pulses import Pulses
    from locker.devices.pulses import PulseRule

    def next_up(self: Any, now_ms: int) -> int | None:
        return self.waiting.pop(0) if self.waiting else None

    def begin(self: Any, n: int, pulse_ms: int, now_ms: int) -> str:
        self._end_at[n] = now_ms + pulse_ms
        return ""

    return [(Pulses, "next_up", next_up), (PulseRule, "begin", begin)]


@bug("a pulse lasts three times as long as it may")
def long_pulse() -> list[tuple[Any, str, Any]]:
    from locker.devices.pulses import PulseRule

    def begin(self: Any, n: int, pulse_ms: int, now_ms: int) -> str:
        self._end_at[n] = now_ms + 3 * pulse_ms
        return ""

    def due(self: Any, now_ms: int) -> list[int]:
        return before(self, now_ms) or (before(self, now_ms + 10_000) if self._end_at and _late(self, now_ms) else [])

    before = _before(PulseRule, "end_due")
    return [(PulseRule, "begin", begin), (PulseRule, "end_due", due)]


def _late(rule: Any, now_ms: int) -> bool:
    return any(end - now_ms < 0 for end in rule._end_at.values())


@bug("a code is refused once its parcel is to go back")
def recalled_is_refused() -> list[tuple[Any, str, Any]]:
    def openings(desk: Any, pickup: str) -> list[Any]:
        doors = before(desk, pickup)
        return [one for one in doors if not any(desk.state.is_recalled(delivery) for delivery in one.deliveries)]

    before = collect.openings
    return [(collect, "openings", openings)]


@bug("a compartment that was forced open is given to somebody new")
def forced_is_free() -> list[tuple[Any, str, Any]]:
    def free(desk: Any, n: int, box: Any) -> bool:
        return bool(box.built and not box.contents and not box.open)

    return [(deposit, "_is_free", free)]
