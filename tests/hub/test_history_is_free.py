"""What is over costs nothing: no statement of a parcel's life reads through the tables of all that ever was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub_service.handlers import looks, waits
from hub_service.handlers.hub import Hub, MovedClock
from hub_service.handlers.views import ParcelView
from hub_service.store import keys, outbox
from hub_service.store.location import Server
from hub_service.store.postgres import PostgresStore
from tests.servers.where import SHARED

pytestmark = pytest.mark.postgresql
FINISHED = 20_000
READ_MAX = FINISHED // 4
"""Rows of one table that all statements of a life together may read without an index."""

# What of a row has to be another one in each copy; `g` is the number of the copy.
APART = {
    "parcels": {"id": "'old' || g", "tracking_number": "'OLD' || g", "page_lookup": "'old' || g", "live": "0"},
    "pickups": {"id": "'old' || g", "pin_lookup": "'old' || g", "live": "0"},
    "deliveries": {"id": "'old' || g", "parcel_id": "'old' || g", "pickup_id": "'old' || g"},
    "events": {"seq": "1000000 + g", "parcel_id": "'old' || g"},
    "reports": {"digest": "'old' || g", "position": "1000000 + g"},
    "notices_outbox": {"id": "1000000 + g", "once": "'old' || g", "parcel_id": "'old' || g"},
}


@pytest.fixture
def server() -> Server:
    return SHARED.blank()


@pytest.fixture
def hub(server: Server, tmp_path: Path, clock: Any) -> Iterator[Hub]:
    keys.create(tmp_path)
    secret = keys.load(tmp_path)
    store = PostgresStore(server, secret.vault)
    yield Hub(store, secret, MovedClock(clock, store), "http://hub.example")
    store.close()


def test_a_life_reads_nothing_of_those_that_are_over(
    hub: Hub, server: Server, set_up: Callable[..., Any], send: Callable[..., ParcelView]
) -> None:
    locker = set_up()
    live(hub, locker, send())
    fill(server.url)
    live(hub, locker, send())
    # Whoever leaves writes down what it has read.
    hub.store.close()
    assert read_without_an_index(server.url) == {}


def test_the_measure_sees_who_reads_it_all(
    hub: Hub, server: Server, set_up: Callable[..., Any], send: Callable[..., ParcelView]
) -> None:
    live(hub, set_up(), send())
    fill(server.url)
    with hub.store.read() as db:
        db.execute("SELECT COUNT(*) FROM parcels WHERE country = 'x'").fetchone()
    hub.store.close()
    assert set(read_without_an_index(server.url)) == {"parcels"}


def live(hub: Hub, locker: Any, parcel: ParcelView) -> None:
    """A parcel comes and goes, its recipient is told and looks at its page; what runs by the clock runs."""
    locker.catch_up()
    locker.tell(locker.deposits(parcel, 1))
    looks.parcel(hub, parcel.id)
    waits.run_due(hub)
    for notice in outbox.claim_due(hub.store, hub.now_ms()):
        outbox.mark_sent(hub.store, notice.id, hub.now_ms())
    locker.catch_up()
    locker.tell(locker.collects(parcel, 1))
    locker.catch_up()


def fill(url: str) -> None:
    """Many parcels that are over: copies of the one that is."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")
        for table, apart in APART.items():
            columns = [row[0] for row in db.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,)
            )]  # fmt: skip
            values = ", ".join(apart.get(column, f"t.{column}") for column in columns)
            db.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"
                f" FROM (SELECT * FROM {table} LIMIT 1) AS t, generate_series(1, {FINISHED}) AS g"
            )  # type: ignore[call-overload]
        db.execute("ANALYZE")
        db.execute("SELECT pg_stat_reset()")


def read_without_an_index(url: str) -> dict[str, int]:
    with psycopg.connect(url, autocommit=True) as db:
        return dict(db.execute(
            "SELECT relname, seq_tup_read FROM pg_stat_user_tables WHERE seq_tup_read > %s", (READ_MAX,)
        ).fetchall())  # fmt: skip
