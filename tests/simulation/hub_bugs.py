"""Bugs in what is told to the hub, and in what it makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub_service.handlers import contents, orders, promises, reports
from hub_service.store import lockers, sqlite
from hub_service.store import reports as report_log
from locker import link
from locker.wire.chain import GENESIS, digest
from tests.simulation.plants import before as _before
from tests.simulation.plants import bug

# What is told to the hub


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


# The hub


@bug("the hub goes on after a sync has failed")
def hub_goes_on_after_a_failed_sync() -> list[tuple[Any, str, Any]]:
    return [(sqlite.SqliteStore, "_judge", lambda self, error: None)]


@bug("the hub doesn't note a collection")
def collection_not_noted() -> list[tuple[Any, str, Any]]:
    return [(contents, "collected", lambda report, fact: None)]


@bug("the hub doesn't note a retrieval")
def retrieval_not_noted() -> list[tuple[Any, str, Any]]:
    return [(contents, "retrieved", lambda report, fact: None)]


@bug("the hub doesn't note an inspection")
def inspection_not_noted() -> list[tuple[Any, str, Any]]:
    return [(contents, "inspected", lambda report, fact: None)]


@bug("a deposit doesn't end what was promised")
def deposit_not_noted() -> list[tuple[Any, str, Any]]:
    return [(contents, "deposited", lambda report, fact: None)]


@bug("a fault that was cleared stays at the hub")
def fault_stays() -> list[tuple[Any, str, Any]]:
    return [(lockers, "clear_fault", lambda db, locker_id, n, fault: None)]


@bug("the PIN stands in the order to the locker")
def pin_in_the_order() -> list[tuple[Any, str, Any]]:
    def expectation(*asked: Any, **more: Any) -> Any:
        order = before(*asked, **more)
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
                reports.Quarantine(self.db, self.hub, self.locker.id).apply(entry)
                head = entry.digest
            parent = known = entry.digest
        lockers.update(self.db, self.locker.id, head=head, reports=position)
        return known or str(head)

    return batch
