"""Plain reports of many lockers together: what isn't plain is decided one by one, and nothing is looked for by reading
whole tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hub_service.domain.plain_stays import Box, Stay, comes_as_planned, leave_as_planned
from hub_service.handlers import looks, reports
from hub_service.handlers.hub import Hub
from hub_service.handlers.redirects import redirect
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Redirection
from hub_service.store import stays
from hub_service.store.location import DATABASE
from hub_service.store.sqlite import SqliteStore
from hub_service.store.vault import Vault
from locker.wire import facts
from locker.wire.messages import Confirm

MINE = Stay("d1", "k1", "promised", 7)


@pytest.mark.parametrize(
    ("stay", "box", "plain"),
    [
        (MINE, Box("empty"), True),
        (MINE, Box("empty", frozenset({"d1"}), frozenset({"k1"})), True),
        (MINE, Box("empty", frozenset({"d2"})), False),
        (MINE, Box("empty", pickups=frozenset({"k2"})), False),
        (MINE, Box("uncertain", doubted=True), False),
        (Stay("d1", "k1", "promised", 7, doubted=True), Box("empty"), False),
        (Stay("d1", "k1", "inside", 7), Box("occupied", frozenset({"d1"})), False),
        (Stay("d1", "k1", "ended", None), Box("empty"), False),
    ],
)
def test_a_deposit_is_plain_where_nobody_else_is_concerned(stay: Stay, box: Box, plain: bool) -> None:
    assert comes_as_planned(stay, box) == plain


@pytest.mark.parametrize(
    ("stay", "box", "plain"),
    [
        (Stay("d1", "k1", "inside", 7), Box("occupied", frozenset({"d1"})), True),
        (Stay("d1", "k1", "inside", 8), Box("occupied", frozenset({"d1"})), False),
        (Stay("d1", "k1", "inside", 7, spread=True), Box("occupied", frozenset({"d1"})), False),
        (Stay("d1", "k1", "inside", 7), Box("occupied", frozenset({"d1", "d2"})), False),
        (Stay("d1", "k1", "inside", 7), Box("uncertain", frozenset({"d1"})), False),
        (MINE, Box("occupied", frozenset({"d1"})), False),
    ],
)
def test_a_collection_is_plain_where_it_leaves_the_compartment_empty(stay: Stay, box: Box, plain: bool) -> None:
    assert leave_as_planned([stay], 7, box) == plain


def test_one_lockers_rubbish_holds_up_nobody_else(
    hub: Hub, set_up: Callable[..., Any], send: Callable[..., ParcelView]
) -> None:
    elm, oak = set_up("elm"), set_up("oak")
    parcel = send()
    for locker in (elm, oak):
        locker.catch_up()
    start = {"elm": len(elm.entries), "oak": len(oak.entries)}
    elm.write(elm.deposits(parcel, 1))
    oak.write(facts.Deposited(at=oak.at, n=1, visit="v", delivery="d_nobody", pickup="ab" * 8))
    answers = reports.take_all(hub, [(one.locker_id, one.batch(start=start[one.locker_id])) for one in (oak, elm)])
    assert all(isinstance(answer, Confirm) for (answer,) in answers)
    view = looks.parcel(hub, parcel.id)
    assert view is not None and view.status == "ready_for_pickup"
    assert [alarm.kind for alarm in looks.locker(hub, "oak").alarms] == ["parked_report"]


def test_what_one_locker_tells_counts_for_what_the_next_one_tells_at_once(
    hub: Hub, set_up: Callable[..., Any], send: Callable[..., ParcelView]
) -> None:
    elm, oak = set_up("elm"), set_up("oak")
    parcel = send()
    at_elm = elm.deposits(parcel, 1)
    moved = redirect(hub, Redirection(parcel_id=parcel.id, locker_id="oak"))
    assert isinstance(moved, ParcelView)
    at_oak = oak.deposits(parcel, 1)
    for locker in (elm, oak):
        locker.catch_up()
    start = {"elm": len(elm.entries), "oak": len(oak.entries)}
    # Somebody has put it into both: the second one displaces what the first has changed just now.
    elm.write(at_elm)
    oak.write(at_oak)
    reports.take_all(hub, [(one.locker_id, one.batch(start=start[one.locker_id])) for one in (elm, oak)])
    with hub.store.read() as db:
        rows = db.execute("SELECT locker_id FROM deliveries WHERE parcel_id = ? AND state <> 'ended'", (parcel.id,))
        # Whose word comes last: on a server what is about two lockers waits until all that is plain is taken.
        last = "oak" if hub.store.one_writer else "elm"
        assert [row["locker_id"] for row in rows.fetchall()] == [last]
    assert {alarm.kind for alarm in looks.locker(hub, last).alarms} == {"deposit_refused"}


class Planned:
    """A connection that keeps what SQLite plans for each statement."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.read_through: set[str] = set()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        for _, _, _, step in self._db.execute(f"EXPLAIN QUERY PLAN {statement}", values):
            words = step.split()
            if words[0] == "SCAN" and "CONSTANT" not in words:
                self.read_through.add(words[1])
        return self._db.execute(statement, values)

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> Any:
        for values in rows:
            self.execute(statement, values)


def test_no_large_table_is_read_through(tmp_path: Path) -> None:
    SqliteStore(tmp_path / DATABASE, Vault(bytes(32))).close()
    with sqlite3.connect(tmp_path / DATABASE) as plain:
        plain.row_factory = sqlite3.Row
        db = Planned(plain)
        stays.load(db, ["d1", "d2", "d3"], [("elm", 1), ("oak", 2)])
        stays.set_contents(db, [("elm", 1), ("oak", 2)], "empty")
        stays.set_statuses(db, ["p1", "p2"], "collected")
        # What is in doubt is little.
        assert db.read_through <= {"doubts"}
