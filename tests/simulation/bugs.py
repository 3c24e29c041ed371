"""Bugs that are planted one at a time into shipping code, to see that the simulation finds them.

Each replaces a function of a shipping module by its name, for as long as a seed is played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from hub_service.handlers import contents, orders, promises, reports
from hub_service.store import database, deliveries, lockers
from hub_service.store import reports as report_log
from locker import daemon, journal, link
from locker.cabinet import collect, deposit, owned, watch
from locker.cabinet import orders as cabinet_orders
from locker.cabinet.actions import Record, Unlock
from locker.wire import facts
from locker.wire.chain import GENESIS, digest
from locker.wire.ticket import SignedTicket

Plant = Callable[[], list[tuple[Any, str, Any]]]
BUGS: dict[str, tuple[str, Plant]] = {}


def bug(what: str) -> Callable[[Plant], Plant]:
    """Names a planted bug in one sentence."""

    def named(plant: Plant) -> Plant:
        BUGS[plant.__name__] = (what, plant)
        return plant

    return named


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Shipping code with one bug in it."""
    replaced = BUGS[name][1]()
    before = [(owner, attribute, getattr(owner, attribute)) for owner, attribute, _ in replaced]
    for owner, attribute, value in replaced:
        setattr(owner, attribute, value)
    try:
        yield
    finally:
        for owner, attribute, value in before:
            setattr(owner, attribute, value)


def table(found: dict[str, tuple[int, str] | None]) -> str:
    """The page in the docs."""
    rows = [
        f"| `{name}` | {BUGS[name][0]} | {hit[0] if hit else 'not found'} | {_short(hit[1]) if hit else ''} |"
        for name, hit in found.items()
    ]
    return "\n".join(
        [
            "# Planted bugs",
            "",
            "Bugs that `tests/simulation/bugs.py` plants into shipping code, one at a time, and the first seed that",
            "finds each. `./run simulate --bite` searches afresh and rewrites this table;",
            "`./run simulate --seed N --bug NAME` shows one.",
            "",
            "| bug | what is wrong | seed | what the simulation says |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _short(violation: str) -> str:
    return violation.replace("|", "/").replace("\n", " ")[:110]


def _before(owner: Any, name: str) -> Any:
    return getattr(owner, name)


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


@bug("each fact of a step is committed alone")
def facts_one_by_one() -> list[tuple[Any, str, Any]]:
    append = _before(journal.Journal, "append")

    def apart(self: Any, some: Any) -> None:
        for fact in some:
            append(self, [fact])

    return [(journal.Journal, "append", apart)]


@bug("the hub's commits aren't synced")
def hub_not_synced() -> list[tuple[Any, str, Any]]:
    write = _before(database.Store, "write")

    @contextmanager
    def unsynced(self: Any) -> Iterator[Any]:
        self._writer.execute("PRAGMA synchronous = OFF")
        with write(self) as db:
            yield db

    return [(database.Store, "write", unsynced)]


# What is told to the hub


@bug("a batch is taken although its parent is unknown")
def gap_taken() -> list[tuple[Any, str, Any]]:
    return [(reports._Taking, "batch", _batch(skip_known=True, gaps=True))]


@bug("a repeated entry is applied again")
def repeat_applied() -> list[tuple[Any, str, Any]]:
    def known(db: Any, locker_id: str, digest: str) -> bool:
        return False

    def add(db: Any, locker_id: str, entry: Any, position: int, now_ms: int) -> None:
        db.execute("DELETE FROM reports WHERE locker_id = ? AND digest = ?", (locker_id, entry.digest))
        add_before(db, locker_id, entry, position, now_ms)

    add_before = report_log.add
    return [(reports._Taking, "batch", _batch(skip_known=False, gaps=False)), (report_log, "add", add)]


@bug("a batch that isn't answered is never sent again")
def never_again() -> list[tuple[Any, str, Any]]:
    return [(link.Link, "_batch_again", lambda self, now_ms, wait_ms: [])]


@bug("the greeting isn't repeated")
def greets_once() -> list[tuple[Any, str, Any]]:
    def tick(self: Any, now_ms: int, chance: float) -> list[Any]:
        self._hello_ms = now_ms + 10**12
        return list(before(self, now_ms, chance))

    before = _before(link.Link, "tick")
    return [(link.Link, "tick", tick)]


@bug("a position that a late greeting states is believed")
def late_greeting_believed() -> list[tuple[Any, str, Any]]:
    return [(reports, "_is_stale", lambda db, locker, hello: False)]


# Orders


@bug("an order that came before is obeyed again")
def order_played_twice() -> list[tuple[Any, str, Any]]:
    def received(desk: Any, message: Any) -> None:
        for number, raw in enumerate(message.orders, message.first):
            cabinet_orders._apply(desk, number, message.parent, raw)

    return [(cabinet_orders, "_orders", received)]


@bug("an order behind a gap is obeyed")
def gap_in_orders() -> list[tuple[Any, str, Any]]:
    def received(desk: Any, message: Any) -> None:
        if message.epoch == desk.state.epoch and message.first > desk.state.order_number + 1:
            message = replace(message, first=desk.state.order_number + 1, parent=desk.state.order_digest)
        before(desk, message)

    before = cabinet_orders._orders
    return [(cabinet_orders, "_orders", received)]


@bug("a snapshot forgets what lies inside")
def snapshot_forgets() -> list[tuple[Any, str, Any]]:
    def replaced(state: Any, snapshot: Any, at: Any) -> None:
        before(state, snapshot, at)
        for box in state.boxes.values():
            box.inside = {}

    before = owned.replace
    return [(owned, "replace", replaced)]


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


# The hub


@bug("a compartment is emptied at the hub whatever is reported about it")
def hub_forgets_contents() -> list[tuple[Any, str, Any]]:
    def content(db: Any, locker_id: str, n: int, content: str, doubt: str = "") -> None:
        before(db, locker_id, n, "empty" if content == "uncertain" else content, doubt)

    before = lockers.set_content
    return [(lockers, "set_content", content)]


@bug("a deposit doesn't end what was promised")
def deposit_not_noted() -> list[tuple[Any, str, Any]]:
    return [(contents, "deposited", lambda report, fact: None)]


@bug("a fault that was cleared stays at the hub")
def fault_stays() -> list[tuple[Any, str, Any]]:
    return [(lockers, "clear_fault", lambda db, locker_id, n, fault: None)]


@bug("an expired parcel is taken as retrieved at once")
def expired_is_retrieved() -> list[tuple[Any, str, Any]]:
    def due(db: Any, mark: str, deadline_s: int, limit: int) -> list[Any]:
        found = before(db, mark, deadline_s, limit)
        if mark == "recalled":
            for one in found:
                db.execute("UPDATE parcels SET status = 'retrieved', live = 0 WHERE id = ?", (one.parcel_id,))
        return list(found)

    before = deliveries.due
    return [(deliveries, "due", due)]


@bug("the PIN stands in the order to the locker")
def pin_in_the_order() -> list[tuple[Any, str, Any]]:
    def expectation(parcel: Any, delivery: Any) -> Any:
        order = before(parcel, delivery)
        return replace(order, labels=(*order.labels, "ada@example.org"))

    before = promises.expectation
    return [(promises, "expectation", expectation), (orders, "expectation", expectation)]


def _batch(skip_known: bool, gaps: bool) -> Any:
    def batch(self: Any, message: Any) -> str:
        head, parent, known = self.locker.head, message.parent, ""
        if not gaps and parent != GENESIS and not report_log.is_known(self.db, self.locker.id, parent):
            return str(head)
        position = self.locker.reports
        for fact in message.facts:
            entry = report_log.Entry(digest=digest(parent, fact), parent=parent, fact=fact)
            if not (skip_known and report_log.is_known(self.db, self.locker.id, entry.digest)):
                position += 1
                report_log.add(self.db, self.locker.id, entry, position, self.hub.now_ms())
                self.apply(entry)
                head = entry.digest
            parent = known = entry.digest
        lockers.update(self.db, self.locker.id, head=head, reports=position)
        return known or str(head)

    return batch
