"""Which numbered scripts a database still needs, whichever it is. A script is never changed once it is out.

They are written once, for SQLite, and translated for PostgreSQL (`dialect`). In `migrations/postgresql` lie those that
no translation does justice to, in place of the one with the same name, and those that only PostgreSQL needs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import resources

from hub_service.store import dialect
from hub_service.store.database import StoreError


@dataclass(frozen=True, slots=True)
class Script:
    """One step of the schema; `own`: written for PostgreSQL, nothing in it is translated."""

    name: str
    text: str
    own: bool = False

    def statements(self) -> Iterator[str]:
        """One after the other, each with the comment above it."""
        statement = ""
        for line in self.text.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement
                statement = ""

    def on_postgresql(self) -> list[str]:
        """The same in PostgreSQL's words."""
        # A function's body holds semicolons: the server takes a whole script of its own words at once.
        return [self.text] if self.own else [dialect.schema(one) for one in self.statements()]


def missing(done: Collection[str]) -> list[Script]:
    """What a SQLite database needs after these; raises StoreError if a newer program has seen it."""
    return _missing(done, _scripts())


def missing_on_postgresql(done: Collection[str]) -> list[Script]:
    """What a PostgreSQL database needs after these; raises StoreError if a newer program has seen it."""
    every = {script.name: script for script in (*_scripts(), *_scripts("postgresql"))}
    return _missing(done, [every[name] for name in sorted(every)])


def _missing(done: Collection[str], every: list[Script]) -> list[Script]:
    # By name, not by count: two changes that were written side by side may reach a database in either order.
    unknown = sorted(set(done) - {script.name for script in every})
    if unknown:
        raise StoreError(f"the database was migrated by a newer program ({unknown[-1]}): update the program")
    return [script for script in every if script.name not in done]


def _scripts(folder: str = "") -> list[Script]:
    place = resources.files("hub_service.store").joinpath("migrations").joinpath(folder)
    found = sorted((file for file in place.iterdir() if file.name[0].isdigit()), key=lambda file: file.name)
    return [Script(file.name, file.read_text(encoding="utf-8"), own=bool(folder)) for file in found]
