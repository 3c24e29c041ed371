"""Pieces of statements that are put together: one row by the names of its columns, and a set of a few values."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any

from hub_service.store.sql import Connection


def insert(db: Connection, table: str, row: Mapping[str, Any]) -> None:
    """Adds one row. Table and columns are names of this program's, never from outside."""
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({each(row)})", tuple(row.values()))


def each(values: Sized) -> str:
    """A question mark for each value. Where any number may come, `sets.marks` has statements of a few lengths only."""
    return ", ".join("?" * len(values))
