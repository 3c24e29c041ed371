"""Bugs in the two logs between locker and hub: gaps, forks, epochs, signatures, what a restored card has forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub_service.handlers import orders, reports
from hub_service.store import orders as order_log
from locker import daemon, journal
from locker.cabinet import orders as cabinet_orders
from locker.cabinet import owned, state
from locker.wire.chain import GENESIS
from tests.simulation.plants import before as _before
from tests.simulation.plants import bug
from tests.simulation.signatures import Checks


@bug("a fork is taken for an ordinary report")
def fork_taken_for_new() -> list[tuple[Any, str, Any]]:
    return [(reports._Taking, "_fork", lambda self, head, parent: None)]


@bug("after a fork faults that only the lost history has found stay at the hub")
def faults_of_the_lost_history() -> list[tuple[Any, str, Any]]:
    return [(reports._Taking, "_note_fault", lambda self, fact, *, undone=False: None)]


@bug("the locker doesn't doubt what the hub mistrusts")
def mistrust_ignored() -> list[tuple[Any, str, Any]]:
    return [(cabinet_orders, "_doubt", lambda desk, order: None)]


@bug("nobody looks at the signatures of messages")
def signatures_ignored() -> list[tuple[Any, str, Any]]:
    return [(Checks, "verify", lambda self, signature, data: None)]


@bug("a snapshot forgets what lies inside")
def snapshot_forgets() -> list[tuple[Any, str, Any]]:
    def replace(some: Any, snapshot: Any, at: Any) -> None:
        for box in some.boxes.values():
            box.inside.clear()
        before(some, snapshot, at)

    before = _before(owned, "replace")
    return [(owned, "replace", replace)]


@bug("each start begins a chain of its own")
def chain_begins_anew() -> list[tuple[Any, str, Any]]:
    def begun(self: Any, connection: Any) -> None:
        before(self, connection)
        self.head = GENESIS

    before = _before(journal.Journal, "__init__")
    return [(journal.Journal, "__init__", begun)]


@bug("a deposit isn't written down")
def deposit_not_recorded() -> list[tuple[Any, str, Any]]:
    def record(self: Any, some: list[Any]) -> list[Any]:
        return list(before(self, [fact for fact in some if fact.kind != "deposited"]))

    def ignored(some: Any, box: Any, fact: Any) -> None:
        return None

    before = _before(daemon.Daemon, "_record")
    return [(daemon.Daemon, "_record", record), (state, "_deposited", ignored)]


@bug("after a power cut a courier's parcel goes elsewhere, and the door that was open counts as empty")
def cut_off_deposit_forgotten() -> list[tuple[Any, str, Any]]:
    def uncertain(some: Any, box: Any, fact: Any) -> None:
        if fact.doubt != "power_cut":
            before(some, box, fact)

    before = _before(state, "_uncertain")
    return [(state, "_uncertain", uncertain)]


@bug("an order behind a gap is obeyed")
def gap_in_orders() -> list[tuple[Any, str, Any]]:
    def after(db: Any, locker: str, epoch: str, number: int, limit: int) -> Iterable[Any]:
        found = list(before(db, locker, epoch, number, limit))
        return [found[-1]] if len(found) > 1 else found

    before = _before(order_log, "after")
    return [(order_log, "after", after), (orders, "_first_of", lambda bodies: bodies)]


@bug("the locker sends a batch from behind what it has told")
def batch_skips_one() -> list[tuple[Any, str, Any]]:
    def after(self: Any, digest: str, limit: int, bytes_max: int = 400_000) -> Any:
        parent, some = before(self, digest, limit, bytes_max)
        return parent, some[1:] if len(some) > 2 else some

    before = _before(journal.Journal, "after")
    return [(journal.Journal, "after", after)]
