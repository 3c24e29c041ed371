"""Duties, pages and lists cost what there is to do and to see: neither all that ever was, nor all lockers there are."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub_service.domain.limits import Caller
from hub_service.handlers import (
    afterwards,
    alarm_desk,
    courier_work,
    drop_off_looks,
    figures,
    help_desk,
    looks,
    repeats,
    status,
    waits,
    webhooks,
)  # fmt: skip
from hub_service.handlers.hub import Hub, MovedClock
from hub_service.handlers.views import ParcelView
from hub_service.store import events, history, keys, webhook_sending
from hub_service.store.databases import open_store
from hub_service.store.location import DATABASE, Server
from hub_service.store.repeats import Answer
from hub_service.store.staff import PassRecord
from tests.hub.conftest import Journal, StandingClock
from tests.servers.where import SHARED

EVERYWHERE = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))
OVER, LOCKERS = 10_000, 1_500
DAY_MS = 86_400_000
# Rows on a server; a thousand steps of SQLite's machine each, some ten of which read a row.
MOST = {"sqlite": 25, "postgresql": 1_000}
# In rows that are copied, what has to be another value in each; `g` is the number of the copy.
APART = {
    "parcels": {"id": "'old' || g", "tracking_number": "'OLD' || g", "page_lookup": "'old' || g"},
    "deliveries": {"id": "'old' || g", "parcel_id": "'old' || g"},
    "events": {"seq": "1000000 + g", "parcel_id": "'old' || g", "hub_at_ms": f"hub_at_ms - {100 * DAY_MS}"},
    "reports": {"position": "(SELECT reports FROM lockers WHERE id = 'elm') + g", "digest": "'old' || g"},
    "ratings": {"parcel_id": "'old' || g"},
    "answers": {"key": "'old' || g"},
    "webhook_outbox": {"id": "1000000 + g", "message": "'old' || g"},
    "alarms": {"id": "1000000 + g", "kind": "'old' || g"},
}
OF_LOCKERS = {
    "lockers": {"number": "1000 + g", "id": "'far' || g", "public_key": "'far' || g"},
    "compartments": {"n": "1", "locker_id": "'far' || g"},
}
OPERATOR, CARL = Caller(id="o", name="o"), PassRecord(id="c", party="courier", who="carl", carrier="demo-post")


@dataclass
class Meter:
    """What a look has read, in rows (PostgreSQL) or in thousands of steps (SQLite)."""

    hub: Hub
    kind: str

    def of(self, look: Callable[[], object]) -> int:
        # What is done within a turn is a part of it, so that one connection has done it all.
        with self.hub.store.write() as db:
            return self._steps(db, look) if self.kind == "sqlite" else self._rows(db, look)

    def _steps(self, db: Any, look: Callable[[], object]) -> int:
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        db.set_progress_handler(count, 1_000)
        look()
        db.set_progress_handler(None, 0)
        return steps

    def _rows(self, db: Any, look: Callable[[], object]) -> int:
        asked = "SELECT SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
        # A server that has run for a while has one plan for whatever values come; so has this one then.
        for _ in range(10):
            look()
        before = db.execute(asked).fetchone()[0]
        look()
        return int(db.execute(asked).fetchone()[0] - before)


@pytest.fixture(params=EVERYWHERE)
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def address(kind: str, tmp_path: Path) -> Path | Server:
    return tmp_path / DATABASE if kind == "sqlite" else SHARED.blank()


@pytest.fixture
def hub(address: Path | Server, tmp_path: Path, clock: Any) -> Iterator[Hub]:
    keys.create(tmp_path)
    secret = keys.load(tmp_path)
    store = open_store(address, secret.vault)
    yield Hub(store, secret, MovedClock(clock, store), "http://hub.example")
    store.close()


@pytest.fixture
def meter(hub: Hub, kind: str) -> Meter:
    return Meter(hub, kind)


@pytest.fixture
def elm(set_up: Callable[..., Journal]) -> Journal:
    return set_up()


@pytest.fixture
def parcel(
    hub: Hub, address: Path | Server, clock: StandingClock, elm: Journal, send: Callable[..., ParcelView]
) -> ParcelView:
    """One that lies in a locker, behind many that were collected the day before; whose they were is still known."""
    kinds = ("parcel.deposited", "parcel.collected")
    assert isinstance(webhooks.add(hub, OPERATOR, "https://shop.example/hook", kinds), webhooks.Fresh)
    over(hub, elm, send())
    fill(address, APART, OVER, "UPDATE lockers SET reports = reports + {count}")
    clock.ms += DAY_MS
    elm.told = len(elm.entries)
    parcel = send(reference="order-1")
    elm.catch_up()
    elm.tell(elm.deposits(parcel, 1))
    return parcel


def over(hub: Hub, elm: Journal, parcel: ParcelView) -> None:
    """A parcel's whole life, with everything that may be left of one."""
    elm.catch_up()
    elm.tell(elm.deposits(parcel, 1))
    with hub.store.write() as db:
        events.raise_alarm(db, "elm", 1, "open_long", "The door is open.", hub.now_ms())
    alarm_desk.close(hub, [one for view in alarm_desk.groups(hub) for one in view.ids], "olga")
    elm.tell(elm.collects(parcel, 1))
    for _ in range(2):
        for sending in webhook_sending.claim(hub.store, hub.now_ms(), 10):
            webhook_sending.mark(hub.store, sending, webhook_sending.Outcome(1, 200), hub.now_ms())
    assert afterwards.rate(hub, page_of(parcel), 5) is None
    asyncio.run(answered(hub))


async def answered(hub: Hub) -> None:
    async def work() -> Answer:
        return Answer(200, "text/plain", "done")

    await repeats.once(hub, ("o", "k"), "digest", work)


def page_of(parcel: ParcelView) -> str:
    """The token in the address of a parcel's page."""
    return parcel.page_path.rpartition("/")[2]


def fill(address: Path | Server, apart: dict[str, dict[str, str]], count: int, then: str = "") -> None:
    """Copies of the newest row of each of these tables, as they'd be after a long time."""
    if isinstance(address, Path):
        with closing(sqlite3.connect(address)) as db, db:
            _fill(db, apart, count, then)
            db.execute("ANALYZE")
            # It plans as it does everywhere: nobody tells it how large its tables are.
            db.execute("DELETE FROM sqlite_stat1")
        return
    with psycopg.connect(address.url, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        _fill(server, apart, count, then)
        server.execute("ANALYZE")


def _fill(db: Any, apart: dict[str, dict[str, str]], count: int, then: str = "") -> None:
    for table, others in apart.items():
        row = f"SELECT * FROM {table} ORDER BY {next(iter(others))} DESC LIMIT 1"
        columns = [column[0] for column in db.execute(row).description]
        values = ", ".join(others.get(column, f"t.{column}") for column in columns)
        db.execute(
            f"WITH RECURSIVE g (g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM g WHERE g < {count})"
            f" INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM ({row}) AS t, g"
        )
    if then:
        db.execute(then.format(count=count))


def looks_of(hub: Hub, parcel: ParcelView) -> dict[str, Callable[[], object]]:
    """What is done by the clock, or whenever somebody asks."""
    carrier, now_s = replace(OPERATOR, carrier="demo-post"), hub.now_s()
    newest = looks.feed(hub, OPERATOR, 0, 1_000_000)[1]
    return {
        "duties": lambda: waits.run_due(hub),
        "orders": lambda: waits.forget_old_orders(hub),
        "erasing": lambda: afterwards.erase_due(hub),
        "answers": lambda: repeats.forget_old(hub),
        "forgetting": lambda: forgotten(hub),
        "alarms": lambda: alarm_desk.tell_due(hub),
        "all alarms": lambda: alarm_desk.groups(hub),
        "webhooks": lambda: webhook_sending.claim(hub.store, hub.now_ms(), 10),
        "page": lambda: looks.recipient(hub, page_of(parcel)),
        "status": lambda: status.status(hub),
        "feed": lambda: looks.feed(hub, OPERATOR, newest - 10, 100),
        "carrier's feed": lambda: looks.feed(hub, carrier, newest - 10, 100),
        "round": lambda: courier_work.round_of(hub, CARL, "17"),
        "list": lambda: looks.parcels(hub, test=False),
        "carrier's list": lambda: looks.parcels(hub, test=False, carrier="demo-post"),
        "order": lambda: looks.parcels(hub, test=False, reference="order-1"),
        "carrier's order": lambda: looks.parcels(hub, test=False, carrier="demo-post", reference="order-1"),
        "number": lambda: looks.parcels(hub, test=False, carrier="demo-post", tracking_number="T2"),
        "waiting": lambda: looks.parcels(hub, test=False, status="ready_for_pickup"),
        "tests": lambda: looks.parcels(hub, test=True),
        "drop-offs": lambda: drop_off_looks.newest(hub, limit=50, test=False),
        "help by number": lambda: help_desk.find(hub, "T2"),
        "help by tail": lambda: help_desk.find(hub, "XT-2000"),
        "figures": lambda: figures.of_time(hub, OPERATOR, now_s - 3_600, now_s),
        "carrier's figures": lambda: figures.of_time(hub, carrier, now_s - 3_600, now_s, "elm"),
        "each figure": lambda: figures.of_each(hub, OPERATOR, now_s - 3_600, now_s),
        "waiting notices": lambda: figures.waiting(hub),
    }


def forgotten(hub: Hub) -> None:
    """Events that are a year old, of which there are none."""
    with hub.store.write() as db:
        history.forget(db, hub.now_ms() - 365 * DAY_MS)


def test_what_is_over_is_not_read(hub: Hub, meter: Meter, kind: str, parcel: ParcelView) -> None:
    read = {name: meter.of(look) for name, look in looks_of(hub, parcel).items()}
    assert {name: much for name, much in read.items() if much > MOST[kind]} == {}


def test_the_meter_sees_who_reads_it_all(hub: Hub, meter: Meter, kind: str, parcel: ParcelView) -> None:
    def look() -> None:
        with hub.store.read() as db:
            db.execute("SELECT COUNT(*) FROM parcels WHERE carrier || '' = 'nobody'").fetchone()

    assert meter.of(look) > MOST[kind]


def test_what_is_about_one_locker_reads_no_others(
    hub: Hub, meter: Meter, kind: str, address: Path | Server, elm: Journal, send: Callable[..., ParcelView]
) -> None:
    parcel = send()
    with hub.store.write() as db:
        events.raise_alarm(db, "elm", 1, "open_long", "The door is open.", hub.now_ms())
    fill(address, OF_LOCKERS, LOCKERS)
    round_of_carl = courier_work.round_of(hub, CARL)
    assert [stop.locker.id for stop in round_of_carl.stops] == ["elm"]
    assert [view.group.title for view in alarm_desk.groups(hub)] == ["Elm Street: open long, door 1"]
    read = {
        "page": meter.of(lambda: looks.recipient(hub, page_of(parcel))),
        "all alarms": meter.of(lambda: alarm_desk.groups(hub)),
        "alarms": meter.of(lambda: alarm_desk.tell_due(hub)),
        "round": meter.of(lambda: courier_work.round_of(hub, CARL)),
        "checklist": meter.of(lambda: courier_work.stop_at(hub, CARL, "elm")),
    }
    assert {name: much for name, much in read.items() if much > MOST[kind]} == {}
    # It counts all of them, and looks into the few that it shows.
    counted = LOCKERS if kind == "postgresql" else 0
    assert meter.of(lambda: status.status(hub)) <= MOST[kind] + 3 * counted
    seen = status.status(hub)
    assert (seen.known, len(seen.shown)) == (LOCKERS + 1, status.SHOWN_MAX)
