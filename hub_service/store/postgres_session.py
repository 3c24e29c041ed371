"""One connection to PostgreSQL that answers like one to SQLite: the same statements, rows, values and exceptions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, Buffer
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader, NumericLoader
from psycopg.types.string import StrBinaryDumper

from hub_service.store.dialect import statement

PREPARED_KEPT = 500
"""Statements that each connection keeps prepared; the hub has some 300."""

_CONNECT_TIMEOUT_S = 5
_VANISHED = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 30_000}
"""A server that vanishes says no farewell: after half a minute (s, the last one ms) it is gone. Else whoever waits for
its answer, or has asked it something, would wait for a quarter of an hour or two hours, with each connection."""


class Row(tuple[Any, ...]):
    """A row whose columns have places and names."""

    names: dict[str, int]

    def keys(self) -> Iterable[str]:
        return self.names

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.names[key] if isinstance(key, str) else key)


class Session:
    """A transaction's connection, for one thread at a time."""

    __slots__ = ("connection",)

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Any:
        try:
            cursor = self.connection.cursor(binary=True)
            cursor.execute(statement(sql), parameters)
        except psycopg.Error as error:
            raise as_sqlite3(error) from error
        answer = cursor.pgresult
        return cursor if answer and answer.nfields else _Done(cursor.rowcount)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any:
        try:
            cursor = self.connection.cursor()
            cursor.executemany(statement(sql), parameters)
        except psycopg.Error as error:
            raise as_sqlite3(error) from error
        return _Done(cursor.rowcount)


class _Done:
    """What a statement says that finds nothing."""

    __slots__ = ("rowcount",)

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount

    def fetchone(self) -> None:
        return None

    def fetchall(self) -> list[Any]:
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())


@contextmanager
def translated() -> Iterator[None]:
    """Raises what the standard library's SQLite would raise."""
    try:
        yield
    except psycopg.Error as error:
        raise as_sqlite3(error) from error


def as_sqlite3(error: psycopg.Error) -> sqlite3.Error:
    """The exception that handlers know; without the values that the server may repeat in its own."""
    said = error.diag.message_primary or str(error).partition("\n")[0]
    if isinstance(error, psycopg.IntegrityError):
        return sqlite3.IntegrityError(said)
    if isinstance(error, psycopg.DataError):
        return sqlite3.DataError(said)
    if isinstance(error, psycopg.ProgrammingError | psycopg.NotSupportedError):
        return sqlite3.ProgrammingError(said)
    # Lost connections, deadlocks, a full disk, a transaction that only looks: the same statement may work later.
    return sqlite3.OperationalError(said)


class _Text(StrBinaryDumper):
    """SQLite takes a NUL in a text, PostgreSQL doesn't: it becomes the sign for what can't be shown."""

    def dump(self, obj: str) -> Buffer | bytes | None:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


def _number(found: Decimal) -> int | float:
    # Sums of integers are integers again; averages aren't.
    return int(found) if found.as_tuple().exponent == 0 else float(found)


class _Number(NumericLoader):
    def load(self, data: Buffer) -> Any:
        return _number(super().load(data))


class _BinaryNumber(NumericBinaryLoader):
    def load(self, data: Buffer) -> Any:
        return _number(super().load(data))


def _rows(cursor: Any) -> Any:
    # Straight from the answer: a description would be made anew for every column of every statement.
    answer = cursor.pgresult
    return _row(tuple(answer.fname(place) for place in range(answer.nfields))) if answer and answer.nfields else tuple


@lru_cache(1_000)
def _row(columns: tuple[bytes, ...]) -> type[Row]:
    names = {name.decode(): place for place, name in enumerate(columns)}
    return type("Row", (Row,), {"__slots__": (), "names": names})


def _adapters() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    # Always 64 bits, whatever the value: else each statement would be prepared once for every mixture of sizes.
    for kind in (int, bool):
        adapters.register_dumper(kind, Int8BinaryDumper)
    adapters.register_dumper(str, _Text)
    adapters.register_loader("numeric", _Number)
    adapters.register_loader("numeric", _BinaryNumber)
    return adapters


class _Context:
    """What psycopg asks for to learn how values are written and read."""

    def __init__(self) -> None:
        self.adapters = _adapters()
        self.connection = None


def connect_options() -> dict[str, Any]:
    """How each connection is opened: transactions are ours to begin and end, statements have $1 for their values."""
    return {
        "autocommit": True, "cursor_factory": psycopg.RawCursor, "row_factory": _rows, "context": _Context(),
        "prepare_threshold": 2, "connect_timeout": _CONNECT_TIMEOUT_S, "application_name": "hub",
        **_VANISHED,
    }  # fmt: skip
