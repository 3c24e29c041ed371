"""The events of long ago lie apart from today's, and are forgotten when an operator wants that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub_service.domain.months import Month, kept_from_ms, month_of
from hub_service.handlers import history
from hub_service.handlers.hub import Hub, SystemClock
from hub_service.settings import DATABASE
from hub_service.store import keys
from hub_service.store.databases import open_store
from tests.servers.where import SHARED

NOVEMBER_MS = 1_794_268_800_000
"""A day in November 2026."""


class NovemberClock(SystemClock):
    """It is November."""

    def now_ms(self) -> int:
        return NOVEMBER_MS


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    keys.create(tmp_path)
    secret = keys.load(tmp_path)
    store = open_store(tmp_path / DATABASE if request.param == "sqlite" else SHARED.blank(), secret.vault)
    yield Hub(store, secret, NovemberClock())
    store.close()


def happened(hub: Hub, kind: str, month: Month) -> None:
    with hub.store.write() as db:
        db.execute("INSERT INTO events (kind, hub_at_ms) VALUES (?, ?)", (kind, month.start_ms))


def kinds(hub: Hub) -> list[str]:
    with hub.store.read() as db:
        return [row["kind"] for row in db.execute("SELECT kind FROM events ORDER BY seq")]


def test_months_follow_each_other_over_a_year_and_a_second() -> None:
    assert Month(2026, 12).plus(1) == Month(2027, 1)
    assert Month(2027, 1).plus(-14) == Month(2025, 11)
    assert month_of(Month(2027, 1).start_ms - 1) == Month(2026, 12)
    assert kept_from_ms(Month(2027, 1).start_ms, 2) == Month(2026, 11).start_ms
    assert kept_from_ms(Month(2027, 1).start_ms, 0) is None


def test_what_is_older_than_an_operator_wants_is_forgotten_but_when_lockers_came_is_not(hub: Hub) -> None:
    this = month_of(NOVEMBER_MS)
    for kind, ago in (("locker_added", 30), ("ancient", 29), ("old", 13), ("kept", 12), ("new", 0)):
        happened(hub, kind, this.plus(-ago))
    history.tend(hub, keep_months=0)
    assert kinds(hub) == ["locker_added", "ancient", "old", "kept", "new"]
    history.tend(hub, keep_months=12)
    assert kinds(hub) == ["locker_added", "kept", "new"]


def test_more_than_is_forgotten_at_once_goes_in_pieces(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_service.store.history.AT_ONCE", 2)
    for _ in range(5):
        happened(hub, "old", Month(2020, 1))
    history.tend(hub, keep_months=1)
    assert kinds(hub) == []


@pytest.mark.postgresql
def test_each_month_has_a_table_which_goes_as_a_whole(tmp_path: Path) -> None:
    keys.create(tmp_path)
    store = open_store(SHARED.blank(), keys.load(tmp_path).vault)
    told: Callable[..., Any] = store.tend
    happened_in = Month(2026, 9)
    with store.write() as db:
        db.execute("INSERT INTO events (kind, hub_at_ms) VALUES ('early', ?)", (happened_in.start_ms,))
    # September's event came before there was a table for it, and moves there.
    told(happened_in.start_ms, None)
    assert tables(store) == {"events_other": 0, "events_2026_09": 1, "events_2026_10": 0, "events_2026_11": 0}
    told(NOVEMBER_MS, happened_in.plus(2).start_ms)
    assert tables(store) == {"events_other": 0, "events_2026_11": 0, "events_2026_12": 0, "events_2027_01": 0}
    store.close()


def tables(store: Any) -> dict[str, int]:
    with store.read() as db:
        names = db.execute(
            "SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = CAST('events' AS REGCLASS)"
        ).fetchall()
        return {row[0]: db.execute(f"SELECT COUNT(*) FROM {row[0]}").fetchone()[0] for row in names}
