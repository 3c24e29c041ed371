"""What the store promises on a PostgreSQL server: turns, moments, numbers in order, life after a lost connection."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from hub_service.handlers import announced_together
from hub_service.handlers.hub import Hub, MovedClock, open_hub
from hub_service.handlers.plain_announcements import Ask
from hub_service.store import keys
from hub_service.store.database import StoreError
from hub_service.store.location import Server, locate, name_server
from hub_service.store.postgres import PostgresStore
from hub_service.store.vault import Vault
from tests.hub.conftest import Journal, StandingClock
from tests.hub.test_announced_together import ask, stock, told
from tests.servers.postgresql import running
from tests.servers.where import SHARED

pytestmark = pytest.mark.postgresql
WAIT_S = 20.0
SHORT_S = 0.3
"""So long somebody waits who should wait for ever: shorter, and nobody might have had time to go on."""

LOOKS_SLOWLY = """
    CREATE SCHEMA slow;
    CREATE FUNCTION slow.seen() RETURNS SETOF pg_catalog.pg_locks LANGUAGE plpgsql AS $$ BEGIN
        RETURN QUERY SELECT * FROM pg_catalog.pg_locks;
        PERFORM pg_advisory_lock_shared(7, 7), pg_advisory_unlock_shared(7, 7);
    END $$;
    CREATE VIEW slow.pg_locks AS SELECT * FROM slow.seen();
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, slow, pg_catalog', current_database());
    END $$"""
"""Whoever opens a connection from here on sees who holds locks, but gets on only when nobody keeps a door shut."""

EVENT = "INSERT INTO events (kind, hub_at_ms) VALUES (?, 1)"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return SHARED.of(tmp_path)


@pytest.fixture
def store(server: Server) -> Iterator[PostgresStore]:
    store = PostgresStore(server, Vault(bytes(32)))
    yield store
    store.close()


@pytest.fixture
def other(server: Server) -> Iterator[PostgresStore]:
    """Another worker."""
    store = PostgresStore(server, Vault(bytes(32)))
    yield store
    store.close()


def begun(work: Callable[[], None]) -> tuple[threading.Thread, threading.Event]:
    """Work in a thread of its own, and the event that says that it is done."""
    done = threading.Event()

    def run() -> None:
        work()
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, done


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        (("elm",), ("oak",), False),
        (("elm",), ("oak", "elm"), True),
        (None, ("oak",), True),
        (("elm",), None, True),
        (None, None, True),
    ],
)
def test_writers_wait_for_those_whose_rows_they_share(
    store: PostgresStore, other: PostgresStore, first: tuple[str] | None, second: tuple[str] | None, waits: bool
) -> None:
    def write() -> None:
        with other.write(second) as db:
            db.execute(EVENT, ("second",))

    with store.write(first) as db:
        db.execute(EVENT, ("first",))
        thread, done = begun(write)
        went_on = done.wait(SHORT_S if waits else WAIT_S)
    assert went_on != waits
    thread.join(WAIT_S)
    with store.read() as db:
        assert db.execute("SELECT COUNT(*) FROM events").fetchone()[0] == 2


def test_turns_that_share_lockers_never_wait_in_a_circle(store: PostgresStore, other: PostgresStore) -> None:
    start = threading.Barrier(2)

    def write(worker: PostgresStore, names: tuple[str, ...]) -> None:
        start.wait(WAIT_S)
        for _ in range(30):
            with worker.write(names) as db:
                db.execute(EVENT, ("x",))

    threads = [
        begun(lambda: write(store, ("elm", "oak", "fir")))[0],
        begun(lambda: write(other, ("fir", "oak", "elm")))[0],
    ]
    for thread in threads:
        thread.join(WAIT_S)
    with store.read() as db:
        assert db.execute("SELECT COUNT(*) FROM events").fetchone()[0] == 60


def test_who_follows_events_by_number_misses_none(store: PostgresStore, other: PostgresStore) -> None:
    with store.write(("elm",)) as late:
        early_number = late.execute(f"{EVENT} RETURNING seq", ("early",)).fetchone()["seq"]
        with other.write(("oak",)) as db:
            db.execute(EVENT, ("late",))
        # The later number is there already, and nobody may go beyond the earlier one yet.
        assert other.horizon() < early_number
    assert other.horizon() == early_number + 1


def test_who_follows_events_waits_for_a_writer_that_is_alone_too(store: PostgresStore, other: PostgresStore) -> None:
    with store.write() as alone:
        number = alone.execute(f"{EVENT} RETURNING seq", ("not yet",)).fetchone()["seq"]
        assert other.horizon() < number
    assert other.horizon() == number


def test_who_follows_events_misses_none_that_is_numbered_meanwhile() -> None:
    """The writers come at the worst of moments: the look at who is under way has just been taken."""
    place = SHARED.blank()
    elm, oak = (PostgresStore(place, Vault(bytes(32))) for _ in range(2))
    with psycopg.connect(place.url, autocommit=True) as door:
        door.execute(LOOKS_SLOWLY)
        door.execute("SELECT pg_advisory_lock(7, 7)")
        reader = PostgresStore(place, Vault(bytes(32)))
        found: list[int] = []
        thread, _ = begun(lambda: found.append(reader.horizon()))
        while not door.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone():
            assert thread.is_alive()
        with elm.write(("elm",)) as db:
            early = db.execute(f"{EVENT} RETURNING seq", ("early",)).fetchone()["seq"]
            with oak.write(("oak",)) as later:
                later.execute(EVENT, ("late",))
            door.execute("SELECT pg_advisory_unlock(7, 7)")
            thread.join(WAIT_S)
            assert [one < early for one in found] == [True]
    for worker in (elm, oak, reader):
        worker.close()


@pytest.fixture
def hub(server: Server, tmp_path: Path, clock: StandingClock) -> Iterator[Hub]:
    keys.create(tmp_path)
    secret = keys.load(tmp_path)
    store = PostgresStore(server, secret.vault)
    yield Hub(store, secret, MovedClock(clock, store), "http://hub.example")
    store.close()


@pytest.mark.parametrize(
    ("what", "taken"),
    [
        ("labels", "INSERT INTO live_labels (label, parcel_id) VALUES (%s, %s)"),
        (
            "key",
            "INSERT INTO idempotency_keys (caller, key, parcel_id, request_digest, created_s)"
            " VALUES ('k', %s, %s, '', 0)",
        ),
    ],
)
def test_groups_with_the_same_labels_or_keys_never_wait_in_a_circle(
    hub: Hub, server: Server, set_up: Callable[..., Journal], what: str, taken: str
) -> None:
    """Each has what the other wants next, as soon as somebody is undone whom both wait for."""
    lockers = ("ash", "fir", "oak", "yew", "asp", "bay", "box")
    for name in lockers:
        set_up(name)
    stock(hub, *lockers)
    numbers = iter(range(1, 10))

    def group(**some: str) -> list[Ask]:
        return [ask(next(numbers), name, **{what: text if what == "key" else (text,)}) for name, text in some.items()]

    (first,) = announced_together.announce_all(hub, group(ash="first"), told)
    assert first
    asks = (group(fir="A", oak="H", yew="Z"), group(asp="Z", bay="M", box="A"))
    with (
        ThreadPoolExecutor(2) as workers,
        psycopg.connect(server.url) as third,
        psycopg.connect(server.url, autocommit=True) as door,
    ):
        for text in ("H", "M"):
            third.execute(taken, (text, json.loads(first.body)["id"]))
        both = [workers.submit(announced_together.announce_all, hub, some, told) for some in asks]
        while door.execute("SELECT COUNT(*) FROM pg_locks WHERE NOT granted").fetchone() != (2,):
            assert not any(one.done() for one in both)
        third.rollback()
        how = {type(one.exception(WAIT_S)) for one in both}
    assert how == {type(None), sqlite3.IntegrityError}, "one was quicker, and nobody was undone for a circle"


def test_a_look_is_one_moment(store: PostgresStore, other: PostgresStore) -> None:
    with store.read() as db:
        before = db.execute("SELECT COUNT(*) FROM events").fetchone()[0]
        with other.write() as writing:
            writing.execute(EVENT, ("x",))
        assert db.execute("SELECT COUNT(*) FROM events").fetchone()[0] == before


def test_a_transaction_within_one_is_a_part_of_it(store: PostgresStore) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as db:
        with store.write(("elm",)) as inner:
            inner.execute(EVENT, ("x",))
        with store.read() as seen:
            assert seen.execute("SELECT COUNT(*) FROM events").fetchone()[0] == 1
        db.execute(f"SELECT {1 // 0}")
    with store.read() as db:
        assert db.execute("SELECT COUNT(*) FROM events").fetchone()[0] == 0


def test_values_come_back_as_from_the_other_database(store: PostgresStore) -> None:
    with store.write() as db:
        db.execute(EVENT, ("a\0b",))
        row = db.execute("SELECT kind, hub_at_ms, SUM(hub_at_ms) AS sum, AVG(hub_at_ms) AS mean FROM events"
                         " GROUP BY kind, hub_at_ms").fetchone()  # fmt: skip
        found = db.execute("SELECT CAST(? AS INTEGER), CAST(? AS BLOB)".replace("BLOB", "BYTEA"), (2**62, b"\0\1"))
        big, raw = found.fetchone()
    assert (row["kind"], row[1], row["sum"], row["mean"]) == ("a�b", 1, 1, 1.0)
    assert [type(one) for one in (row["sum"], row["mean"])] == [int, float]
    assert (big, raw) == (2**62, b"\0\1")
    assert dict(row).keys() == {"kind", "hub_at_ms", "sum", "mean"}


def test_a_lost_connection_costs_its_transaction_and_no_other(store: PostgresStore, server: Server) -> None:
    with pytest.raises(sqlite3.OperationalError), store.write() as db:
        db.execute(EVENT, ("lost",))
        pid = db.execute("SELECT pg_backend_pid()").fetchone()[0]
        with psycopg.connect(server.url) as operator:
            operator.execute("SELECT pg_terminate_backend(%s)", (pid,))
        db.execute(EVENT, ("lost as well",))
    with store.write() as db:
        db.execute(EVENT, ("kept",))
        assert [row["kind"] for row in db.execute("SELECT kind FROM events")] == ["kept"]


def test_a_server_that_vanishes_is_given_up_within_half_a_minute(store: PostgresStore) -> None:
    """What the kernel does about it, which nobody can play without taking a cable out."""
    with store.read() as db, socket.socket(fileno=os.dup(db.connection.fileno())) as way:  # type: ignore[attr-defined]
        assert way.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        idle_s, every_s, times = (
            way.getsockopt(socket.IPPROTO_TCP, one)
            for one in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        )
        assert idle_s + every_s * times <= 30
        assert way.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000


def test_a_worker_that_falls_silent_in_its_turn_loses_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_service.store.postgres.ABANDONED_S", 1)
    silent, other = (PostgresStore(server, Vault(bytes(32))) for _ in range(2))
    with pytest.raises(sqlite3.OperationalError), silent.write() as db:
        db.execute(EVENT, ("never",))
        with other.write() as writing:
            writing.execute(EVENT, ("other",))
        db.execute(EVENT, ("never",))
    with other.read() as db:
        assert [row["kind"] for row in db.execute("SELECT kind FROM events")] == ["other"]
    silent.close()
    other.close()


def test_a_server_that_comes_back_is_used_again() -> None:
    with running() as server:
        store = PostgresStore(Server(url=server.url()), Vault(bytes(32)))
        with store.write() as db:
            db.execute(EVENT, ("before",))
        server.stop()
        with pytest.raises(sqlite3.OperationalError), store.write() as db:
            db.execute(EVENT, ("meanwhile",))
        server.start()
        with store.write() as db:
            db.execute(EVENT, ("after",))
            assert [row["kind"] for row in db.execute("SELECT kind FROM events ORDER BY seq")] == ["before", "after"]
        store.close()


def test_two_workers_that_start_at_once_make_the_tables_once() -> None:
    place = SHARED.blank()
    ran: list[tuple[str, ...]] = []

    def start() -> None:
        store = PostgresStore(place, Vault(bytes(32)))
        ran.append(store.migrated)
        store.close()

    for thread, _ in [begun(start) for _ in range(3)]:
        thread.join(WAIT_S)
    assert sorted(len(names) > 0 for names in ran) == [False, False, True]


def test_a_hub_finds_its_server_by_its_folder(tmp_path: Path) -> None:
    place = SHARED.blank()
    keys.create(tmp_path)
    (tmp_path / "password").write_text("hunter2\n")
    name_server(tmp_path, place.url, tmp_path / "password")
    found = locate(tmp_path)
    assert isinstance(found, Server)
    assert "password=hunter2" in found.conninfo()
    hub = open_hub(tmp_path, found)
    assert "001_first.sql" in hub.store.migrated
    hub.store.close()
    assert (tmp_path / "database.toml").stat().st_mode & 0o777 == 0o600


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    nowhere = Server(url="postgresql://hub:hunter2@127.0.0.1:1/hub")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1/hub") as refused:
        PostgresStore(nowhere, Vault(bytes(32)))
    assert "hunter2" not in str(refused.value)
