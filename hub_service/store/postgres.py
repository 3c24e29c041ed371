"""The hub's store on a PostgreSQL server: any number of workers, on any number of machines, share one.

It keeps every promise of `SqliteStore`. Writers take turns, which is what handlers rely on when they load, decide and
save: a writer of the whole hub alone, writers of different lockers beside each other (decision 0200).
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from hub_service.store import history, migrating
from hub_service.store.database import StoreError
from hub_service.store.errors import OperationalError
from hub_service.store.location import Server
from hub_service.store.postgres_session import PREPARED_KEPT, Session, connect_options, translated
from hub_service.store.sql import Connection
from hub_service.store.vault import Vault

WAIT_FOR_CONNECTION_S = 10.0
WAIT_FOR_TURN_S = 10
ABANDONED_S = 30
"""A worker that says nothing for so long in the middle of its turn, stopped or cut off, has lost it to the others."""

TURNS = 0x68756201
"""The first half of our advisory locks' names, so that they are nobody else's; the second is 0 or a locker's."""

_WHOLE_HUB = 0
_LOOK = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LATEST = 2**31 - 1

# Turns beside each other number their events in one order and commit in another. Each says below which number it draws
# none, as a lock that ends with it; who follows the events by their numbers goes no further than the lowest of these.
# The last number is read before the locks: whoever has drawn up to it has said so by then, or is done.
_LAST_EVENT = "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events_seq_seq)"
_FLOOR = f"SELECT pg_advisory_xact_lock_shared({_LAST_EVENT})"
_HORIZON = (
    f"SELECT LEAST({_LAST_EVENT},"
    " (SELECT MIN((CAST(CAST(classid AS TEXT) AS BIGINT) << 32) | CAST(CAST(objid AS TEXT) AS BIGINT))"
    " FROM pg_locks AS k JOIN pg_database AS d ON d.oid = k.database AND d.datname = current_database()"
    " WHERE k.locktype = 'advisory' AND k.objsubid = 1))"
)


class PostgresStore:
    """The server's database and the vault for what is sealed in it. Safe to use from any thread."""

    def __init__(self, server: Server, vault: Vault) -> None:
        self.vault = vault
        self.one_writer = False
        # A server that has lost data says so itself, and is replaced by its standby: nothing to remember here.
        self.broken = False
        self._callbacks: list[Callable[[], None]] = []
        self._mine = threading.local()
        self.migrated = _migrate(server)
        self._pool = ConnectionPool(
            server.conninfo(), kwargs=connect_options(), min_size=1, max_size=server.connections,
            timeout=WAIT_FOR_CONNECTION_S, open=True, name="hub", configure=_configure,
        )  # fmt: skip

    @contextmanager
    def write(self, lockers: Collection[str] | None = None, /) -> Iterator[Connection]:
        """One transaction; with `lockers` beside those of other lockers, else alone."""
        writing: _Turn | None = getattr(self._mine, "writing", None)
        if writing is not None:
            assert writing.covers(lockers), "a turn can't grow: its locks are taken in one order, at its start"
            yield writing.session
            return
        turn = _Turn(self._connection(), lockers)
        self._mine.writing = turn
        try:
            with self._transaction(turn.session, turn.begin()):
                yield turn.session
        finally:
            self._mine.writing = None
        for callback in self._callbacks:
            callback()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent moment to look at; nothing can be changed."""
        current: Session | None = getattr(self._mine, "reading", None)
        writing: _Turn | None = getattr(self._mine, "writing", None)
        if writing is not None or current is not None:
            # A second connection for the same thread could wait for ever, where all are taken by such threads.
            yield writing.session if writing else current  # type: ignore[misc]
            return
        session = Session(self._connection())
        self._mine.reading = session
        try:
            with self._transaction(session, _LOOK):
                yield session
        finally:
            self._mine.reading = None

    def horizon(self) -> int:
        """The newest event that was numbered before any transaction that is still under way began."""
        with self.read() as db:
            found: int = db.execute(_HORIZON).fetchone()[0]
        return found

    def tend(self, now_ms: int, forget_before_ms: int | None, /) -> bool:
        """Months have tables of their own, and those that are over go as a whole."""
        with self.write() as db:
            history.make_months(db, now_ms)
            if forget_before_ms is None:
                return False
            history.drop_months(db, forget_before_ms)
            return history.forget(db, forget_before_ms)

    def on_broken(self, callback: Callable[[], None]) -> None:
        """Never called: a connection that is lost is replaced."""

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Of this process; what others have committed is looked for by the clock."""
        self._callbacks.append(callback)

    def close(self) -> None:
        self._pool.close()

    def _connection(self) -> psycopg.Connection[Any]:
        with translated():
            return self._pool.getconn()

    @contextmanager
    def _transaction(self, session: Session, begin: str) -> Iterator[None]:
        connection = session.connection
        try:
            with translated():
                # Several statements at once, which have no values: one way to the server and back.
                connection.execute(begin, prepare=False)
            yield
            with translated():
                connection.execute("COMMIT")
        except BaseException:
            if not connection.closed:
                with translated():
                    connection.execute("ROLLBACK")
            raise
        finally:
            lost = connection.closed
            self._pool.putconn(connection)
            if lost:
                # Its server has gone, and so have the others of the pool: better to find out now than one by one.
                self._pool.check()


def _configure(connection: psycopg.Connection[Any]) -> None:
    connection.prepared_max = PREPARED_KEPT
    # A machine that vanishes says no farewell: without these its turn would end when TCP gives up, in two hours.
    connection.execute(
        f"SET lock_timeout = '{WAIT_FOR_TURN_S}s'; SET idle_in_transaction_session_timeout = '{ABANDONED_S}s';"
        " SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4",
        prepare=False,
    )


class _Turn:
    """Who else may write meanwhile: nobody, or those whose transactions are about other lockers."""

    def __init__(self, connection: psycopg.Connection[Any], lockers: Collection[str] | None) -> None:
        self.session = Session(connection)
        self._lockers = None if lockers is None else frozenset(lockers)

    def covers(self, lockers: Collection[str] | None) -> bool:
        return self._lockers is None or (lockers is not None and self._lockers.issuperset(lockers))

    def begin(self) -> str:
        if self._lockers is None:
            return f"BEGIN; SELECT pg_advisory_xact_lock({TURNS}, {_WHOLE_HUB}); {_FLOOR}"
        # Always in one order: two turns that share lockers never wait for each other in a circle.
        places = sorted({1 + zlib.crc32(locker.encode()) % _LATEST for locker in self._lockers})
        mine = "".join(f"; SELECT pg_advisory_xact_lock({TURNS}, {place})" for place in places)
        return f"BEGIN; SELECT pg_advisory_xact_lock_shared({TURNS}, {_WHOLE_HUB}){mine}; {_FLOOR}"


def _migrate(server: Server) -> tuple[str, ...]:
    address, options = server.conninfo(), connect_options()
    try:
        with translated(), psycopg.connect(address, **options) as connection, connection.transaction():
            # As long as somebody migrates, nobody writes, and no second one migrates.
            connection.execute(f"SELECT pg_advisory_xact_lock({TURNS}, {_WHOLE_HUB})")
            connection.execute('CREATE TABLE IF NOT EXISTS migrations (name TEXT COLLATE "C" PRIMARY KEY)')
            done = {row[0] for row in connection.execute("SELECT name FROM migrations")}
            missing = migrating.missing_on_postgresql(done)
            for script in missing:
                for statement in script.on_postgresql():
                    connection.execute(statement, prepare=False)
                connection.execute("INSERT INTO migrations (name) VALUES ($1)", (script.name,))
            return tuple(script.name for script in missing)
    except OperationalError as error:
        raise StoreError(f"can't use {server.shown}: {error}") from error
