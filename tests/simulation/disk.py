"""A disk in memory that forgets and tears what wasn't synced, as a file system below SQLite (apsw).

Shipping code runs on it: the journal on apsw's connection as it is, the hub's store through `Connection`, which answers
like Python's own `sqlite3`. Each write and each sync is a moment when the power may go.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import apsw

SECTOR = 512


@dataclass
class File:
    """`current` is what programs see, `durable` what is on the platter, `pending` what lies between them."""

    current: bytearray = field(default_factory=bytearray)
    platter: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    synced: list[tuple[int, bytes | None]] = field(default_factory=list)

    def truncate(self, size: int) -> None:
        del self.current[size:]
        self.pending.append((size, None))

    def sync(self) -> None:
        # The platter is hardly ever looked at: what belongs there is put there when it is.
        self.synced += self.pending
        self.pending.clear()

    @property
    def durable(self) -> bytearray:
        """What would still be there if the power went now, and nothing that is under way were written."""
        for offset, data in self.synced:
            _apply(self.platter, offset, data)
        self.synced.clear()
        return self.platter


class Disk:
    """The files of one machine. `touch` is told of each write and sync before it happens, and may end the machine."""

    def __init__(self, name: str, touch: Callable[[str], None] = lambda _: None) -> None:
        self.name = name
        self.touch = touch
        self.files: dict[str, File] = {}
        self.connections: list[apsw.Connection] = []
        self.mounted = 0
        self.full = self.failing = self.abandoned = False
        self.writes = 0
        FILES.disks[name] = self

    def lose_power(self, chance: random.Random) -> None:
        """Of what wasn't synced some is on the platter, in whole or in part, the rest has never been there."""
        self.unmount()
        for file in self.files.values():
            for offset, data in file.pending:
                if chance.random() < 0.5:
                    _apply(file.durable, offset, data if data is None else _torn(data, chance))
            file.current, file.pending = bytearray(file.durable), []

    def unmount(self) -> None:
        """Whoever has files open has them no more: its process has ended, and tidies nothing up."""
        self.mounted += 1
        self.abandoned = True
        for connection in self.connections:
            with contextlib.suppress(apsw.Error):
                connection.close(True)
        self.connections, self.abandoned = [], False

    def image(self) -> dict[str, bytes]:
        """What a card reader would find."""
        return {name: bytes(file.durable) for name, file in self.files.items()}

    def restore(self, image: dict[str, bytes]) -> None:
        """The card is replaced by one with this image."""
        self.unmount()
        self.files = {name: File(bytearray(data), bytearray(data)) for name, data in image.items()}


class _Open:
    """One open file, as SQLite uses it. After its disk was unmounted nothing that it does matters."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name, self._mounted = disk, name, disk.mounted
        self._file = disk.files.setdefault(name, File())

    @property
    def _gone(self) -> bool:
        return self._disk.mounted != self._mounted

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._file.current[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        # Two thousand times in each seed: spelled out, without calls.
        disk, file = self._disk, self._file
        if disk.mounted != self._mounted:
            return
        disk.touch("write")
        if disk.full:
            raise apsw.FullError("the disk is full")
        disk.writes += 1
        if len(file.current) < offset:
            file.current.extend(bytes(offset - len(file.current)))
        file.current[offset : offset + len(data)] = data
        file.pending.append((offset, data))

    def xTruncate(self, size: int) -> None:
        if not self._gone:
            self._disk.touch("truncate")
            self._file.truncate(size)

    def xSync(self, flags: int) -> None:
        if self._gone:
            return
        self._disk.touch("sync")
        if self._disk.failing:
            # A sync that has failed once may claim success the next time, although the data is gone for good.
            self._file.pending.clear()
            raise apsw.IOError("the disk fails")
        self._file.sync()

    def xFileSize(self) -> int:
        return len(self._file.current)

    def xClose(self) -> None:
        return None

    def xLock(self, level: int) -> None:
        return None

    def xUnlock(self, level: int) -> None:
        return None

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0


class _Files(apsw.VFS):
    """All simulated disks as one file system: a path is the disk's name and the file's."""

    def __init__(self) -> None:
        self.disks: dict[str, Disk] = {}
        super().__init__("forgetful", base="")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        path = name if isinstance(name, str) else name.filename()
        flags[1] = flags[0]
        disk, _, file = path.strip("/").partition("/")
        return _Open(self.disks[disk], file)

    def xAccess(self, path: str, flags: int) -> bool:
        disk, _, file = path.strip("/").partition("/")
        return file in self.disks[disk].files

    def xDelete(self, path: str, sync: bool) -> None:
        disk, _, file = path.strip("/").partition("/")
        if not self.disks[disk].abandoned:
            self.disks[disk].files.pop(file, None)

    def xFullPathname(self, path: str) -> str:
        return path

    def excepthook(self, *_: Any) -> bool:
        """Says nothing: the exception reaches whoever has called SQLite."""
        return True


FILES = _Files()


def connect(disk: Disk, file: str) -> apsw.Connection:
    """A connection to a database on a simulated disk, for one user at a time."""
    connection = apsw.Connection(f"/{disk.name}/{file}", vfs="forgetful", statementcachesize=400)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("PRAGMA temp_store=MEMORY")
    disk.connections.append(connection)
    return connection


@contextlib.contextmanager
def survivor(image: dict[str, bytes]) -> Iterator[apsw.Connection]:
    """The journal on a card with this image, to look at."""
    disk = Disk("survivor")
    disk.restore(image)
    connection = connect(disk, "journal.sqlite")
    connection.execute("PRAGMA journal_mode=WAL")
    try:
        yield connection
    finally:
        disk.unmount()


class Row(dict[Any, Any]):
    """A row that knows its columns' names. Mostly they are asked for, so they are its keys."""

    def __missing__(self, index: int) -> Any:
        return list(self.values())[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values())


class Connection:
    """An apsw connection that answers like one of `sqlite3`, with its exceptions. Readers share it."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._columns: dict[str, list[str]] = {}
        self._looking = False
        self.row_factory: Any = None

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Cursor:
        if statement in ("BEGIN", "ROLLBACK", "PRAGMA query_only = ON") and self._looks(statement):
            return _NOTHING
        try:
            cursor = self._connection.execute(statement, values)
            return Cursor(self._rows(statement, cursor), self._connection.changes())
        except apsw.Error as error:
            raise _as_sqlite3(error) from error

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        try:
            self._connection.executemany(statement, rows)
        except apsw.Error as error:
            raise _as_sqlite3(error) from error

    def close(self) -> None:
        """Nothing: its disk closes it when the process has ended."""

    def _looks(self, statement: str) -> bool:
        # Readers share the writer's connection, and nobody else has one: each moment is consistent without asking.
        if statement == "ROLLBACK":
            looked, self._looking = self._looking, False
            return looked
        self._looking = statement == "BEGIN"
        return True

    def _rows(self, statement: str, cursor: apsw.Cursor) -> list[Row]:
        first = next(cursor, None)
        if first is None:
            return []
        # After its last row a cursor doesn't tell its columns any more.
        if (columns := self._columns.get(statement)) is None:
            columns = self._columns[statement] = [column[0] for column in cursor.get_description()]
            assert len(set(columns)) == len(columns), f"two columns of one name: {statement}"
        return [Row(zip(columns, row, strict=True)) for row in (first, *cursor)]


class Cursor:
    """Rows that were found, and how many were changed."""

    def __init__(self, rows: list[Row], rowcount: int) -> None:
        self._rows = iter(rows)
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def fetchone(self) -> Row | None:
        return next(self._rows, None)

    def fetchall(self) -> list[Row]:
        return list(self._rows)


_NOTHING = Cursor([], 0)


def _as_sqlite3(error: apsw.Error) -> sqlite3.Error:
    if isinstance(error, apsw.ConstraintError):
        return sqlite3.IntegrityError(str(error))
    failed = sqlite3.OperationalError(f"{type(error).__name__}: {error}")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR if isinstance(error, apsw.IOError) else sqlite3.SQLITE_ERROR
    return failed


def _apply(target: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del target[offset:]
        return
    if len(target) < offset:
        target.extend(bytes(offset - len(target)))
    target[offset : offset + len(data)] = data


def _torn(data: bytes, chance: random.Random) -> bytes:
    # Sectors are written in order until the power is gone; mostly all of them were.
    if len(data) <= SECTOR or chance.random() < 0.7:
        return data
    return data[: SECTOR * chance.randrange(len(data) // SECTOR)]
