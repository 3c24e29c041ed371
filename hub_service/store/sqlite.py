"""The hub's store in one SQLite file: one writer at a time, readers that see a consistent moment.

A transaction is a `with` block; it is durable (synchronous=FULL) when the block has ended without an exception.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from hub_service.store import history, migrating
from hub_service.store.database import StoreError
from hub_service.store.sql import Connection
from hub_service.store.vault import Vault

BUSY_TIMEOUT_S = 10.0
READERS_KEPT = 8


class SqliteStore:
    """The database file and the vault for what is sealed in it. Safe to use from any thread."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self.vault = vault
        self.one_writer = True
        self._path = path
        self._callbacks: list[Callable[[], None]] = []
        self._on_broken: list[Callable[[], None]] = []
        self.broken = False
        """A write has failed below SQLite: what was answered from here on could be gone after a power cut."""

        self._readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue(READERS_KEPT)
        # SQLite would let writers wait for each other as well, but polling and in no order.
        self._turn = threading.Lock()
        self._writing: int | None = None
        if not path.exists():
            path.touch(mode=0o600)
        self._writer = self._connect()
        _heal(self._writer)
        self.migrated = _migrate(self._writer)

    @contextmanager
    def write(self, _lockers: Collection[str] | None = None) -> Iterator[Connection]:
        """One transaction that may change everything; writers take turns, whatever lockers they are about."""
        if self._writing == threading.get_ident():
            yield self._writer
            return
        with self._turn:
            if self.broken:
                raise StoreError("an earlier write has failed: look at the disk, then start the hub again")
            self._writer.execute("BEGIN IMMEDIATE")
            self._writing = threading.get_ident()
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException as error:
                self._judge(error)
                # COMMIT itself may have failed and ended the transaction already.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            finally:
                self._writing = None
        for callback in self._callbacks:
            callback()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent moment to look at; nothing can be changed."""
        if self._writing == threading.get_ident():
            # Within a transaction of its own, this thread sees what it has done so far.
            yield self._writer
            return
        try:
            reader = self._readers.get_nowait()
        except queue.Empty:
            reader = self._connect()
            reader.execute("PRAGMA query_only = ON")
        # Without a transaction two statements would see two moments.
        reader.execute("BEGIN")
        try:
            yield reader
        finally:
            reader.execute("ROLLBACK")
            self._put_back(reader)

    def horizon(self) -> int:
        """The newest event: they are numbered in the order of their commits."""
        with self.read() as db:
            found: int = db.execute("SELECT COALESCE(MAX(seq), 0) FROM events").fetchone()[0]
        return found

    def tend(self, _now_ms: int, forget_before_ms: int | None) -> bool:
        """Only forgets: in one file of one machine history lies where all lies."""
        if forget_before_ms is None:
            return False
        with self.write() as db:
            return history.forget(db, forget_before_ms)

    def _judge(self, error: BaseException) -> None:
        # A sync that has failed once may claim success the next time, although the data is gone for good.
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & 0xFF == sqlite3.SQLITE_IOERR and not self.broken:
            self.broken = True
            for callback in self._on_broken:
                callback()

    def on_broken(self, callback: Callable[[], None]) -> None:
        """Calls this when the store refuses all further writes; the process has to start again."""
        self._on_broken.append(callback)

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Calls this after every transaction of this process that was committed, in the writer's thread."""
        self._callbacks.append(callback)

    def close(self) -> None:
        """Closes all connections; nothing may be under way."""
        while not self._readers.empty():
            self._readers.get_nowait().close()
        self._writer.close()

    def _put_back(self, reader: sqlite3.Connection) -> None:
        try:
            self._readers.put_nowait(reader)
        except queue.Full:
            reader.close()

    def _connect(self) -> sqlite3.Connection:
        try:
            # Transactions are ours to begin and end; a connection is used by one thread at a time.
            connection = sqlite3.connect(
                self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            # What was answered must survive a power cut; costs some 130 us a transaction.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            raise StoreError(f"can't use {self._path}: {error}") from error
        return connection


def _heal(connection: sqlite3.Connection) -> None:
    """What a failed sync of an earlier process left in the page cache only is written once more, and counted on."""
    # Then a new log begins: the old one on the platter may end too early, and would undo what was just written.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {version}")


def _migrate(connection: sqlite3.Connection) -> tuple[str, ...]:
    # One transaction for all: two programs that start at once do not both migrate, a power cut leaves nothing between.
    connection.execute("BEGIN IMMEDIATE")
    try:
        missing = migrating.missing(_migrated(connection))
        for script in missing:
            for statement in script.statements():
                connection.execute(statement)
            connection.execute("INSERT INTO migrations (name) VALUES (?)", (script.name,))
        connection.execute("COMMIT")
        return tuple(script.name for script in missing)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _migrated(connection: sqlite3.Connection) -> set[str]:
    # By name, not by count: two changes that were written side by side may reach a database in either order.
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT")
    # The first databases counted; they had one script.
    if connection.execute("PRAGMA user_version").fetchone()[0] == 1:
        connection.execute("INSERT INTO migrations (name) VALUES ('001_first.sql')")
        connection.execute("PRAGMA user_version = 0")
    return {row[0] for row in connection.execute("SELECT name FROM migrations")}
