"""Where tests keep a hub's database: in a file, or (HUB_DATABASE=postgresql) on a scratch server that they share.

Each folder has a database of its own there, which is emptied after the test for the next one.
"""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

from hub_service.store.location import DATABASE, Server, name_server
from hub_service.store.postgres import PostgresStore
from hub_service.store.vault import Vault
from tests.servers.postgresql import PostgreSQL

ON_POSTGRESQL = os.environ.get("HUB_DATABASE", "") == "postgresql"
TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    if ON_POSTGRESQL
    else "SELECT name FROM sqlite_master WHERE type = 'table'"
)
"""The statement that names all tables."""

UNGUARDED = "SET LOCAL session_replication_role = replica" if ON_POSTGRESQL else "DROP TRIGGER audit_is_never_changed"
"""What somebody with the database in their hands would do before they change the audit log."""

_CONNECTIONS = 12
_KEPT = ("migrations",)


class _Shared:
    """The one server of this process, and its databases; those that no folder has are free."""

    def __init__(self) -> None:
        self._server: PostgreSQL | None = None
        self._free: list[str] = []
        self._taken: dict[Path, str] = {}
        self._made = 0
        self._empty = ""

    def of(self, folder: Path) -> Server:
        self._started()
        if folder not in self._taken:
            self._taken[folder] = self._free.pop() if self._free else self._make()
        return self._at(self._taken[folder])

    def blank(self) -> Server:
        """A database without a single table, which no other test gets."""
        self._started()
        self._made += 1
        self._run(f"CREATE DATABASE blank_{self._made}")
        return self._at(f"blank_{self._made}")

    def next_test(self) -> None:
        """What the last test has used is emptied, for the next one."""
        for name in self._taken.values():
            with psycopg.connect(self._at(name).url, autocommit=True) as connection:
                connection.execute(self._empty or self._emptying(connection))
            self._free.append(name)
        self._taken.clear()

    def close(self) -> None:
        if self._server is not None:
            self._server.remove()
            self._server = None

    def _started(self) -> None:
        if self._server is None:
            self._server = PostgreSQL(settings={"autovacuum": "off"})

    def _run(self, statement: str) -> None:
        assert self._server is not None
        self._server.run(statement)

    def _at(self, name: str) -> Server:
        assert self._server is not None
        return Server(url=self._server.url(name), connections=_CONNECTIONS)

    def _make(self) -> str:
        self._made += 1
        name = f"test_{self._made}"
        self._run(f"CREATE DATABASE {name}")
        PostgresStore(self._at(name), Vault(bytes(32))).close()
        return name

    def _emptying(self, connection: psycopg.Connection[tuple[str, ...]]) -> str:
        # Deleting a few rows is much quicker than truncating fifty tables; rules between tables needn't be asked.
        names = [
            name for (name,) in connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
                " AND NOT relispartition"
            )
            if name not in _KEPT
        ]  # fmt: skip
        runs = [
            name for (name,) in connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
            )
        ]  # fmt: skip
        self._empty = "; ".join(
            (
                "SET session_replication_role = replica",
                *(f"DELETE FROM {name}" for name in names),
                *(f"SELECT setval('{name}', 1, false)" for name in runs),
                "INSERT INTO hub (only_row) VALUES (1)",
            )
        )
        return self._empty


SHARED = _Shared()


def stored(folder: Path) -> bytes:
    """All that the hub of this folder has written, for whoever looks for what mustn't be in it."""
    if ON_POSTGRESQL:
        return b"".join(copied(SHARED.of(folder)).values())
    return b"".join(file.read_bytes() for file in folder.glob(f"{DATABASE}*"))


def copied(server: Server) -> dict[str, bytes]:
    """All rows of a database, as of one moment."""
    with psycopg.connect(server.url) as db:
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = {}
        for table in _tables(db):
            with db.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
                found[table] = b"".join(copy)
    return found


def put_back(server: Server, copy: dict[str, bytes]) -> None:
    """The database is what it was then, and nothing else."""
    with psycopg.connect(server.url) as db:
        db.execute("SET session_replication_role = replica")
        for table, raw in copy.items():
            db.execute(f"DELETE FROM {table}")
            with db.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as into:
                into.write(raw)


def _tables(db: psycopg.Connection[tuple[str, ...]]) -> list[str]:
    rows = db.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
    )
    return [name for (name,) in rows]


def database(folder: Path) -> Path | Server:
    """Where the database of the hub in this folder is; the same one whenever a test asks for the same folder."""
    if not ON_POSTGRESQL:
        return folder / DATABASE
    server = SHARED.of(folder)
    # The command line finds it as an operator's would.
    name_server(folder, server.url)
    return server
