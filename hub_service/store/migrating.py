"""Which numbered scripts a database still needs, whichever it is. A script is never changed once it is out."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import resources

from hub_service.store.database import StoreError


@dataclass(frozen=True, slots=True)
class Script:
    """One step of the schema, in the SQL that SQLite understands."""

    name: str
    text: str

    def statements(self) -> Iterator[str]:
        """One after the other, each with the comment above it."""
        statement = ""
        for line in self.text.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement
                statement = ""


def scripts() -> list[Script]:
    """All of this version, in their order."""
    folder = resources.files("hub_service.store").joinpath("migrations")
    found = sorted((file for file in folder.iterdir() if file.name[0].isdigit()), key=lambda file: file.name)
    return [Script(file.name, file.read_text(encoding="utf-8")) for file in found]


def missing(done: Collection[str]) -> list[Script]:
    """What has to run, after these; raises StoreError for a database that a newer program has seen."""
    every = scripts()
    # By name, not by count: two changes that were written side by side may reach a database in either order.
    unknown = sorted(set(done) - {script.name for script in every})
    if unknown:
        raise StoreError(f"the database was migrated by a newer program ({unknown[-1]}): update the program")
    return [script for script in every if script.name not in done]
