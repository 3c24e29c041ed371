"""What a store is, whichever database keeps it: transactions that are durable when their block has ended.

`databases` opens one: `sqlite` on one machine, `postgres` beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Protocol

from hub_service.store.sql import Connection
from hub_service.store.vault import Vault


class StoreError(Exception):
    """The store can't be used; the text says why and what to do."""


class Store(Protocol):
    """The database and the vault for what is sealed in it. Safe to use from any thread."""

    vault: Vault
    broken: bool
    """A write has failed below the database: what was answered from here on could be gone after a power cut."""

    one_writer: bool
    """Writers take turns whatever they touch: to be alone costs nothing more."""

    migrated: tuple[str, ...]
    """The scripts that had to run when it was opened."""

    def write(self, lockers: Collection[str] | None = None, /) -> AbstractContextManager[Connection]:
        """One transaction that may change everything; an exception undoes all of it. Writers take turns.

        With `lockers` it touches nothing but what belongs to these, and adds rows that nobody else looks for: where the
        database can, those of other lockers go on meanwhile. Inside another transaction of the same thread it is a part
        of that: what was looked at and what is done stay together.
        """
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """One consistent moment to look at; nothing can be changed."""
        ...

    def horizon(self) -> int:
        """Events up to this number are all there: asked before a `read`, no earlier one can come after it."""
        ...

    def tend(self, now_ms: int, forget_before_ms: int | None, /) -> bool:
        """Sets history apart, and forgets some of what is older than that; whether there is more to do."""
        ...

    def on_broken(self, callback: Callable[[], None]) -> None:
        """Calls this when the store refuses all further writes; the process has to start again."""

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Calls this after every transaction of this process that was committed, in the writer's thread."""

    def close(self) -> None:
        """Closes all connections; nothing may be under way."""
