"""Databases of earlier versions come up to this one with all that is in them, and their parcels go on."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub_service.handlers import looks, reports
from hub_service.handlers.hub import Hub, open_hub
from hub_service.settings import DATABASE
from hub_service.store.location import Server
from hub_service.store.migrating import Script, missing, missing_on_postgresql
from locker.wire.chain import digest
from locker.wire.codec import fact_to_json
from locker.wire.facts import Collected, Moment
from locker.wire.messages import Batch, Confirm
from tests.servers.where import SHARED

OLD = sorted(Path(__file__).with_name("old_databases").glob("*.json"))
EVERYWHERE = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@pytest.fixture(params=EVERYWHERE)
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.mark.parametrize("file", OLD, ids=lambda file: file.stem)
def test_nothing_is_lost_on_the_way_up(kind: str, file: Path, tmp_path: Path) -> None:
    old = json.loads(file.read_text())
    hub, place = grown(kind, old, tmp_path)
    names = {script.name for script in (missing(()) if kind == "sqlite" else missing_on_postgresql(()))}
    assert set(hub.store.migrated) == names - known_to(old), "each script that was missing ran once"
    with hub.store.read() as db:
        for table, rows in old["tables"].items():
            columns = ", ".join(rows[0])
            found = {tuple(row) for row in db.execute(f"SELECT {columns} FROM {table}")}
            assert {tuple(value_of(one) for one in row.values()) for row in rows} <= found, table
    hub.store.close()
    again = open_hub(tmp_path, place)
    assert again.store.migrated == ()
    again.store.close()


@pytest.mark.parametrize("file", OLD, ids=lambda file: file.stem)
def test_a_parcel_that_lay_inside_is_collected_from_the_new_version(kind: str, file: Path, tmp_path: Path) -> None:
    old = json.loads(file.read_text())
    hub, _ = grown(kind, old, tmp_path)
    parcel_id = old["parcels"]["inside"]
    (delivery,) = (row for row in old["tables"]["deliveries"] if row["parcel_id"] == parcel_id)
    (locker,) = old["tables"]["lockers"]
    taken = Collected(
        at=Moment(run_ms=9, wall_ms=hub.now_ms(), trusted=True), n=delivery["n"], visit="v",
        pickup=delivery["pickup_id"], deliveries=(delivery["id"],),
    )  # fmt: skip
    fact = json.loads(json.dumps(fact_to_json(taken)))
    (answer,) = reports.take(hub, "elm", Batch(locker="elm", parent=locker["head"], facts=(fact,)))
    assert isinstance(answer, Confirm)
    assert answer.known == digest(locker["head"], fact)
    seen = looks.parcel(hub, parcel_id)
    assert seen is not None
    assert seen.status == "collected"
    hub.store.close()


def grown(kind: str, old: Any, folder: Path) -> tuple[Hub, Path | Server]:
    """The old hub's rows in an old schema, opened by this version."""
    (folder / "keys").mkdir()
    for name, secret in old["keys"].items():
        (folder / "keys" / name).write_text(secret)
    if kind == "sqlite":
        place: Path | Server = folder / DATABASE
        lay_out_in_file(old, folder / DATABASE)
    else:
        place = SHARED.blank()
        lay_out_on_server(old, place.url)
    return open_hub(folder, place), place


def lay_out_in_file(old: Any, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("CREATE TABLE migrations (name TEXT PRIMARY KEY) STRICT")
        for statement in (one for script in schema_of(old) for one in script.statements()):
            db.execute(statement)
        for statement, values in rows_of(old, "?"):
            db.execute(statement, values)


def lay_out_on_server(old: Any, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute('CREATE TABLE migrations (name TEXT COLLATE "C" PRIMARY KEY)')
        for statement in (
            one for script in schema_of(old, missing_on_postgresql(())) for one in script.on_postgresql()
        ):
            db.execute(statement)  # type: ignore[call-overload]
        # As pg_restore does: what triggers and references have done once is in the rows already.
        db.execute("SET session_replication_role = replica")
        for statement, values in rows_of(old, "%s"):
            db.execute(statement, values)  # type: ignore[call-overload]
        for column, table in db.execute(
            "SELECT a.attname, c.relname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
            " WHERE a.attidentity <> '' AND c.relkind = 'r'"
        ).fetchall():
            db.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), COALESCE(MAX({column}), 0) + 1,"
                f" false) FROM {table}"
            )  # type: ignore[call-overload]


def known_to(old: Any) -> set[str]:
    return {row["name"] for row in old["tables"]["migrations"]}


def schema_of(old: Any, every: list[Script] | None = None) -> list[Script]:
    return [script for script in (missing(()) if every is None else every) if script.name in known_to(old)]


def rows_of(old: Any, mark: str) -> list[tuple[str, tuple[Any, ...]]]:
    """What puts the rows in; scripts have made a few of their own, which go."""
    found: list[tuple[str, tuple[Any, ...]]] = [("DELETE FROM hub", ())]
    for table, rows in old["tables"].items():
        # On SQLite the triggers work: their rows come from them, and are compared in the end.
        done = "" if table != "typed_codes" else " ON CONFLICT DO NOTHING"
        for row in rows:
            columns, marks = ", ".join(row), ", ".join([mark] * len(row))
            values = tuple(value_of(value) for value in row.values())
            found.append((f"INSERT INTO {table} ({columns}) VALUES ({marks}){done}", values))
    return found


def value_of(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
