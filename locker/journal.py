"""The journal of facts on the disk: what is in it has happened, and is there after any power cut.

One SQLite file (WAL, synchronous=FULL), one table, each entry chained to the one before it. A restart is a replay of
it, the hub gets it as reports, the operator reads it as the audit log. The sum of all facts up to one of them may be
stored beside them (`checkpoint` says what it is): as a short cut, or in place of those that were let go.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

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
    (
        """CREATE TABLE sums (
               name TEXT PRIMARY KEY CHECK (name IN ('origin', 'checkpoint')),
               position INTEGER NOT NULL,
               digest BLOB NOT NULL CHECK (length(digest) = 32),
               rules TEXT NOT NULL,
               content TEXT NOT NULL,
               hash BLOB NOT NULL CHECK (length(hash) = 32)
           ) STRICT""",
    ),
)
"""The schema, one step a version; `user_version` counts the steps taken. A step never changes once it was released."""

_ROOM_BYTES = 2_097_152


class JournalError(Exception):
    """The journal can't be used or believed any more; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What all facts up to the one at `position`, whose hash is `digest`, amount to; `rules` names how they were added.

    `content` is the journal's keeper's own spelling. GENESIS at position 0, without content, is the sum of no facts.
    """

    position: int
    digest: str
    rules: str = ""
    content: str = ""


SumName = Literal["origin", "checkpoint"]
NOTHING = Sum(0, GENESIS)


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
    # The pages of that room fill a cache that nobody reads from again: two of the daemon's sixty megabytes.
    connection.execute("PRAGMA shrink_memory")


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
            "secure_delete=ON",  # whoever reads the card finds nothing of what was let go
        ):
            connection.execute(f"PRAGMA {pragma}")
        self.origin = self._origin()
        last = connection.execute("SELECT position, digest FROM entries ORDER BY position DESC LIMIT 1").fetchone()
        self.position: int = last[0] if last else self.origin.position
        self.head: str = last[1].hex() if last else self.origin.digest
        self._marks: dict[str, str] = dict(connection.execute("SELECT name, digest FROM marks").fetchall())
        self._safe_at = (GENESIS, 0)

    @property
    def known(self) -> str:
        """The newest entry that the hub has confirmed, as far as this was noted (GENESIS: none)."""
        return self._marks.get("known", GENESIS)

    @property
    def safe(self) -> str:
        """The newest entry that is in a completed backup of the hub (GENESIS: none)."""
        return self._marks.get("safe", GENESIS)

    @property
    def safe_position(self) -> int:
        """The position of the newest entry that is in a completed backup of the hub (0: none that is in here)."""
        if self._safe_at[0] != self.safe:
            self._safe_at = (self.safe, self.place(self.safe) or 0)
        return self._safe_at[1]

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

    def facts(self, behind: int = 0) -> Iterator[Fact]:
        """All facts behind a position, their chain verified. Raises JournalError at the first one that isn't right."""
        for position, _, raw in self.entries(behind):
            try:
                yield codec.fact_from_json(raw)
            except codec.WireError as error:
                raise JournalError(
                    f"entry {position} of the journal isn't known to this version ({error}); install the newer one"
                ) from error

    def entries(self, behind: int = 0) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Position, digest and content of each entry behind a position, the chain between them verified."""
        expected = bytes.fromhex(self._digest_at(behind))
        rows = self._connection.execute(
            "SELECT position, digest, parent, fact FROM entries WHERE position > ? ORDER BY position", (behind,)
        )
        for position, digest, parent, spelled in rows:
            if expected != parent or link(parent.hex(), spelled.encode()) != digest.hex():
                raise _damaged(f"entry {position}: it doesn't fit what stands before it")
            expected = digest
            yield position, digest.hex(), json.loads(spelled)

    def place(self, digest: str) -> int | None:
        """The position of the entry with this hash, 0 for the start of all chains, None where it isn't in here.

        The entry that was let go last counts as one that is in here: what comes behind it can be told.
        """
        if digest in (GENESIS, self.head):
            return 0 if digest == GENESIS else self.position
        if digest == self.origin.digest:
            return self.origin.position
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

    def checkpoint(self) -> Sum:
        """The newest sum that was stored and can be believed; where there is none but the origin, that."""
        stored = self._read_sum("checkpoint")
        # One of another history - the card was restored, or the file repaired by hand - fits no entry.
        if (
            stored is None
            or stored.position < self.origin.position
            or self._digest_at(stored.position) != stored.digest
        ):
            return self.origin
        return stored

    def add_up(self, rules: str, content: str) -> None:
        """Stores the sum of all facts up to the newest."""
        self._begin()
        self._write_sum("checkpoint", Sum(self.position, self.head, rules, content))
        self._commit()

    def times(self, behind: int, limit: int) -> Iterator[tuple[int, int, bool]]:
        """Position, wall time (Unix, milliseconds) and whether that was trusted, of entries behind a position."""
        for position, wall_ms, trusted in self._connection.execute(
            "SELECT position, json_extract(fact, '$.at.wall_ms'), json_extract(fact, '$.at.trusted') FROM entries"
            " WHERE position > ? ORDER BY position LIMIT ?",
            (behind, limit),
        ):
            yield position, wall_ms, bool(trusted)

    def let_go(self, position: int, rules: str, content: str) -> None:
        """Puts the sum of all facts up to `position` in their place: they are gone for good.

        Whoever calls has made sure that they are safe; the journal only refuses what would tear the chain.
        """
        assert self.origin.position < position <= self.safe_position, "only what is in a backup of the hub is let go"
        origin = Sum(position, self._digest_at(position), rules, content)
        self._begin()
        self._write_sum("origin", origin)
        self._connection.execute("DELETE FROM entries WHERE position <= ?", (position,))
        self._commit()
        self.origin = origin

    def tidy(self) -> None:
        """Moves what was written to its final place and writes the marks down; three syncs, for a quiet moment."""
        if self.untidy:
            self._write("INSERT OR REPLACE INTO marks (name, digest) VALUES (?, ?)", list(self._marks.items()))
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self.untidy = 0

    def _write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self._begin()
            self._connection.executemany(statement, rows)
            self._commit()

    def _begin(self) -> None:
        if self._broken:
            raise JournalError("an earlier write has failed; the daemon has to start again")
        self._broken = True
        self._connection.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        self._connection.execute("COMMIT")
        self._broken = False
        self.untidy += 1

    def _digest_at(self, position: int) -> str:
        """The hash of the entry at a position; of the origin up to there, and "" where there is no such entry."""
        if position <= self.origin.position:
            return self.origin.digest
        row = self._connection.execute("SELECT digest FROM entries WHERE position = ?", (position,)).fetchone()
        return row[0].hex() if row else ""

    def _origin(self) -> Sum:
        stored = self._read_sum("origin")
        if stored is None:
            if self._connection.execute("SELECT 1 FROM sums WHERE name = 'origin'").fetchone():
                raise _damaged("its beginning")
            return NOTHING
        return stored

    def _read_sum(self, name: SumName) -> Sum | None:
        row = self._connection.execute(
            "SELECT position, digest, rules, content, hash FROM sums WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            return None
        position, digest, rules, content, hashed = row
        stored = Sum(position, digest.hex(), rules, content)
        return stored if _hash(name, stored) == hashed else None

    def _write_sum(self, name: SumName, stored: Sum) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO sums (name, position, digest, rules, content, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (
                name, stored.position, bytes.fromhex(stored.digest), stored.rules, stored.content, _hash(name, stored),
            ),
        )  # fmt: skip


def _hash(name: SumName, stored: Sum) -> bytes:
    spelled = json.dumps([name, stored.position, stored.digest, stored.rules, stored.content])
    return hashlib.sha256(spelled.encode()).digest()


def _damaged(where: str) -> JournalError:
    return JournalError(
        f"the journal is damaged at {where}; keep the card for examination and set the locker up again on a new one"
    )


def _migrate(connection: sqlite3.Connection) -> None:
    done = connection.execute("PRAGMA user_version").fetchone()[0]
    if done > len(MIGRATIONS):
        raise JournalError(f"the journal has version {done}, newer than this program's; install the newer program")
    if done < len(MIGRATIONS) and connection.execute("PRAGMA query_only").fetchone()[0]:
        raise JournalError("the journal was written by an older program; start the daemon once, then it can be read")
    for number, statements in enumerate(MIGRATIONS[done:], done + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={number}")
        connection.execute("COMMIT")
