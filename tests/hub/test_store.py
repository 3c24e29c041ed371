"""The rules that the database itself keeps, whatever code asks for; and that one writer at a time loses nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.store import deliveries, keys, outbox
from hub_service.store.database import StoreError
from hub_service.store.databases import open_store
from hub_service.store.sqlite import SqliteStore
from tests.servers.where import database

SetUp = Callable[..., Any]
Send = Callable[..., ParcelView]


def test_two_pickups_never_share_a_compartment(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    (_, mine), (_, yours) = (names(locker, send()) for _ in range(2))
    with hub.store.write() as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE holdings SET n = 1 WHERE pickup_id = ?", (yours,))
    with hub.store.write() as db, pytest.raises(sqlite3.IntegrityError):
        deliveries.claim(db, "elm", 2, mine)


def test_a_delivery_lies_only_where_its_pickup_has_the_compartment(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    delivery, _ = names(locker, send())
    with hub.store.write() as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE deliveries SET state = 'inside', n = 3 WHERE id = ?", (delivery,))


def test_a_pin_belongs_to_one_live_pickup(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    (_, mine), (_, yours) = (names(locker, send()) for _ in range(2))
    with hub.store.write() as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(
            "UPDATE pickups SET pin_lookup = (SELECT pin_lookup FROM pickups WHERE id = ?) WHERE id = ?", (mine, yours)
        )


def test_a_parcel_has_one_live_delivery(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    parcel = send()
    _, pickup = names(locker, parcel)
    values = {"id": "d_2", "parcel_id": parcel.id, "pickup_id": pickup, "locker_id": "elm", "n": None, "created_s": 1}
    with hub.store.write() as db, pytest.raises(sqlite3.IntegrityError):
        deliveries.add(db, values)


def test_a_transaction_that_fails_leaves_nothing(hub: Hub) -> None:
    with pytest.raises(ZeroDivisionError), hub.store.write() as db:
        db.execute("INSERT INTO events (kind, hub_at_ms) VALUES ('x', 1)")
        _ = 1 // 0
    with hub.store.read() as db:
        assert db.execute("SELECT COUNT(*) FROM events").fetchone()[0] == 0


def test_who_only_looks_can_change_nothing(hub: Hub) -> None:
    with hub.store.read() as db, pytest.raises(sqlite3.OperationalError):
        db.execute("DELETE FROM events")


@pytest.mark.parametrize("room", [1, 3])
def test_many_at_once_for_the_last_compartments_get_exactly_these(hub: Hub, set_up: SetUp, room: int) -> None:
    set_up(classes=" ".join(["S"] * room))
    outcomes: list[object] = []
    start = threading.Barrier(64)

    def one(number: int) -> None:
        wish = Announcement(
            tracking_number=f"R{number}", carrier="c", recipient=Recipient(name=f"N{number}"),
            width_mm=300, height_mm=60, depth_mm=200, locker_id="elm",
        )  # fmt: skip
        start.wait()
        outcomes.append(announce.announce(hub, wish))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [one for one in outcomes if isinstance(one, ParcelView)]
    assert len(won) == room
    assert {one.planned for one in won} == set(range(1, room + 1))
    assert {one.code for one in outcomes if isinstance(one, Refusal)} == {"no_room"}


def test_everything_is_there_after_opening_again(hub: Hub, set_up: SetUp, send: Send, tmp_path: Path) -> None:
    set_up()
    parcel = send()
    again = open_store(database(tmp_path), keys.load(tmp_path).vault)
    with again.read() as db:
        assert db.execute("SELECT tracking_number FROM parcels").fetchone()[0] == parcel.tracking_number
        if isinstance(again, SqliteStore):
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    again.close()


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    keys.create(tmp_path)
    vault = keys.load(tmp_path).vault
    store = SqliteStore(tmp_path / "hub.sqlite", vault)
    with store.write() as db:
        db.execute("INSERT INTO migrations (name) VALUES ('999_from_the_future.sql')")
    store.close()
    with pytest.raises(StoreError, match="update the program"):
        SqliteStore(tmp_path / "hub.sqlite", vault)


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    keys.create(tmp_path)
    before = {file.name: file.read_text() for file in (tmp_path / "keys").iterdir()}
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}
    keys.create(tmp_path)
    assert {file.name: file.read_text() for file in (tmp_path / "keys").iterdir()} == before


def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="hub init"):
        keys.load(tmp_path)
    keys.create(tmp_path)
    (tmp_path / "keys" / "vault.key").write_text("abc")
    with pytest.raises(StoreError, match="vault"):
        keys.load(tmp_path)


def test_a_notice_is_told_once_for_an_occasion_and_comes_back_until_it_is_sent(hub: Hub) -> None:
    notice = outbox.Notice(
        id=0, once="ready/1", kind="ready", parcel_id="p", channel="email", to="a@example.org", language="en", params={}
    )
    with hub.store.write() as db:
        outbox.put(db, hub.store, notice, 1_000)
        outbox.put(db, hub.store, notice, 1_000)
    (claimed,) = outbox.claim_due(hub.store, 1_000)
    assert outbox.claim_due(hub.store, 1_000 + outbox.LEASE_MS - 1) == []
    (again,) = outbox.claim_due(hub.store, 1_000 + outbox.LEASE_MS)
    assert (again.id, again.attempts) == (claimed.id, 2)
    outbox.mark_failed(hub.store, again.id, 50_000, "Timeout")
    assert outbox.claim_due(hub.store, 50_000 + outbox.RETRY_FIRST_MS) == []
    (last,) = outbox.claim_due(hub.store, 50_000 + outbox.RETRY_MAX_MS)
    outbox.mark_sent(hub.store, last.id, 60_000)
    assert outbox.claim_due(hub.store, 10**12) == []


def names(locker: Any, parcel: ParcelView) -> tuple[str, str]:
    deposit = locker.deposits(parcel, 1)
    return deposit.delivery, deposit.pickup
