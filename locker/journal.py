"""The journal of facts on the disk: what is in it has happened, and is there after any power cut.

One SQLite file (WAL, synchronous=FULL), one table, each entry chained to the one before it. A restart is a replay of
it, the hub gets it as reports, the operator reads it as the audit log.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from locker.wire import codec
from locker.wire.chain import GENESIS, canonical, link
from locker.wire.facts import Fact

MIGRATIONS = (
    # No index over the digests: the chain makes them unique, and it would cost a page of flash more for every fact.
    (
        """CREATE TABLE entries (
               position INTEGER PRIMARY KEY,
               digest BLOB NOT NULL CHECK (length(digest) = 32),
               parent BLOB NOT NULL CHECK (length(parent) = 32),
               fact TEXT NOT NULL
           ) STRICT""",
        "CREATE TABLE marks (name TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ),
)
"""The schema, one step a version; `user_version` counts the steps taken. A step never changes once it was released."""

_ROOM_BYTES = 2_097_152


class JournalError(Exception):
    """The journal can't be used or believed any more; the text says what to do."""


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the journal in `path`, made where it is missing."""
    connection = sqlite3.connect(path, isolation_level=None)
    make_room(connection)
    return connection


def make_room(connection: sqlite3.Connection) -> None:
    """Everything in the write-ahead log goes to its final place, and the log gets its room.

    It also heals a sync that has failed in an earlier run: what only the page cache held is written once more.
    """
    connection.execute("PRAGMA journal_mode=WAL")
    # A write-ahead log that has grown beforehand is overwritten in place: a sync that lengthens it takes twice as long.
    connection.execute("DROP TABLE IF EXISTS room")
    connection.execute("CREATE TABLE room (bytes BLOB)")
    connection.execute("INSERT INTO room VALUES (zeroblob(?))", (_ROOM_BYTES,))
    connection.execute("DROP TABLE room")
    connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()


def read_file(path: Path) -> sqlite3.Connection:
    """A connection for reading a journal that another process may be writing."""
    if not path.exists():
        raise JournalError(f"there is no journal at {path}; `locker run` makes it")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA query_only=1")
    return connection


class Journal:
    """The facts of one locker, in order. Every change is durable when the call returns.

    `connection` is an open one, used by this thread only. After any failed write the journal refuses all others: a sync
    that has failed once may claim success the second time although the data is gone, so the daemon has to start again.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._broken = False
        self._places: dict[str, int] = {}
        self.untidy = 0
        """How many transactions wait to be moved to their final place by `tidy`."""

        _migrate(connection)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "wal_autocheckpoint=0",  # never on the way from a scan to a lock
        ):
            connection.execute(f"PRAGMA {pragma}")
        last = connection.execute("SELECT position, digest FROM entries ORDER BY position DESC LIMIT 1").fetchone()
        self.position: int = last[0] if last else 0
        self.head: str = last[1].hex() if last else GENESIS
        self._marks: dict[str, str] = dict(connection.execute("SELECT name, digest FROM marks").fetchall())

    @property
    def known(self) -> str:
        """The newest entry that the hub has confirmed, as far as this was noted (GENESIS: none)."""
        return self._marks.get("known", GENESIS)

    @property
    def safe(self) -> str:
        """The newest entry that is in a completed backup of the hub (GENESIS: none)."""
        return self._marks.get("safe", GENESIS)

    def append(self, facts: Iterable[Fact]) -> None:
        """Makes these facts durable in one transaction: all of them or none."""
        rows, head, position = [], self.head, self.position
        for fact in facts:
            spelled, parent = canonical(codec.fact_to_json(fact)), head
            head, position = link(parent, spelled), position + 1
            rows.append((position, bytes.fromhex(head), bytes.fromhex(parent), spelled.decode()))
        self._write("INSERT INTO entries (position, digest, parent, fact) VALUES (?, ?, ?, ?)", rows)
        assert position == self.position + len(rows), "positions have no gap"
        self.head, self.position = head, position

    def facts(self) -> Iterator[Fact]:
        """All facts from the first, their chain verified. Raises JournalError at the first one that isn't right."""
        for position, _, raw in self.entries():
            try:
                yield codec.fact_from_json(raw)
            except codec.WireError as error:
                raise JournalError(
                    f"entry {position} of the journal isn't known to this version ({error}); install the newer one"
                ) from error

    def entries(self, behind: int = 0) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Position, digest and content of each entry behind a position, the chain between them verified."""
        expected: bytes | None = None
        rows = self._connection.execute(
            "SELECT position, digest, parent, fact FROM entries WHERE position > ? ORDER BY position", (behind,)
        )
        for position, digest, parent, spelled in rows:
            if expected not in (None, parent) or link(parent.hex(), spelled.encode()) != digest.hex():
                raise JournalError(
                    f"the journal is damaged at entry {position}: it doesn't fit what stands before it; "
                    "keep the card for examination and set the locker up again on a new one"
                )
            expected = digest
            yield position, digest.hex(), json.loads(spelled)

    def place(self, digest: str) -> int | None:
        """The position of the entry with this hash, 0 for the start of all chains, None where it isn't in here."""
        if digest in (GENESIS, self.head):
            return 0 if digest == GENESIS else self.position
        if digest in self._places:
            return self._places[digest]
        try:
            stored = bytes.fromhex(digest)
        except ValueError:
            return None  # the hub may say what it likes
        # From the newest back: what the hub names is nearly always near the end.
        row = self._connection.execute(
            "SELECT position FROM entries WHERE digest = ? ORDER BY position DESC LIMIT 1", (stored,)
        ).fetchone()
        return None if row is None else int(row[0])

    def after(self, digest: str, limit: int, bytes_max: int = 400_000) -> tuple[str, tuple[dict[str, Any], ...]]:
        """The hash that comes before, and up to `limit` entries behind, the entry with this hash.

        They are those from the journal's start where `digest` isn't in it; together they are spelled in at most
        `bytes_max` bytes, but for a single one that is longer.
        """
        rows = self._connection.execute(
            "SELECT position, digest, parent, fact FROM entries WHERE position > ? ORDER BY position LIMIT ?",
            (self.place(digest) or 0, limit),
        ).fetchall()
        if not rows:
            return self.head, ()
        filled = list(accumulate(len(spelled.encode()) for _, _, _, spelled in rows))
        rows = rows[: max(1, bisect_right(filled, bytes_max))]
        # The hub's answer will name one of these: remembered, so that it needn't be searched for.
        parent = rows[0][2].hex()
        self._places = {parent: rows[0][0] - 1} | {stored.hex(): position for position, stored, _, _ in rows}
        return parent, tuple(json.loads(spelled) for _, _, _, spelled in rows)

    def confirmed(self, known: str, safe: str = "") -> None:
        """Notes how far the hub has got (entries that aren't in this journal are ignored).

        The next `tidy` writes it down: to forget it only repeats a report.
        """
        news = {name: digest for name, digest in (("known", known), ("safe", safe)) if digest}
        news = {name: digest for name, digest in news.items() if self._marks.get(name) != digest}
        for name, digest in news.items():
            if self.place(digest) is not None:
                self._marks[name] = digest
                self.untidy += 1

    def tidy(self) -> None:
        """Moves what was written to its final place and writes the marks down; three syncs, for a quiet moment."""
        if self.untidy:
            self._write("INSERT OR REPLACE INTO marks (name, digest) VALUES (?, ?)", list(self._marks.items()))
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self.untidy = 0

    def _write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if self._broken:
            raise JournalError("an earlier write has failed; the daemon has to start again")
        if not rows:
            return
        self._broken = True
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT")
        self._broken = False
        self.untidy += 1


def _migrate(connection: sqlite3.Connection) -> None:
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done > len(MIGRATIONS):
        raise JournalError(f"the journal has version {done}, newer than this program's; install the newer program")
    for number, statements in enumerate(MIGRATIONS[done:], done + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={number}")
        connection.execute("COMMIT")
