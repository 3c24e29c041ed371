"""A hub whose disk fails to sync: it writes nothing more, says so, and starts again from what really is on the disk."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest

from hub_service.store.database import StoreError
from hub_service.store.vault import Vault
from tests.simulation.disk import Disk
from tests.simulation.hub_node import DiskStore

VAULT = Vault(b"v" * 32)


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk("failing")
    yield disk
    disk.unmount()


def remember(store: DiskStore, name: str) -> None:
    with store.write() as db:
        db.execute("CREATE TABLE IF NOT EXISTS told (name TEXT)")
        db.execute("INSERT INTO told (name) VALUES (?)", (name,))


def remembered(store: DiskStore) -> set[str]:
    with store.read() as db:
        return {row["name"] for row in db.execute("SELECT name FROM told")}


def test_after_a_failed_sync_nothing_more_is_written(disk: Disk) -> None:
    store, told = DiskStore(disk, VAULT), []
    store.on_broken(lambda: told.append("broken"))
    disk.failing = True
    with pytest.raises(sqlite3.OperationalError):
        remember(store, "lost")
    disk.failing = False
    with pytest.raises(StoreError, match="start the hub again"):
        remember(store, "never begun")
    assert (store.broken, told) == (True, ["broken"])


def test_a_full_disk_is_no_reason_to_stop(disk: Disk) -> None:
    store = DiskStore(disk, VAULT)
    disk.full = True
    with pytest.raises(sqlite3.OperationalError):
        remember(store, "later")
    disk.full = False
    remember(store, "later")
    assert remembered(store) == {"later"}


@pytest.mark.parametrize("seed", range(20))
def test_what_a_new_start_says_survives_the_next_power_cut(disk: Disk, seed: int) -> None:
    store = DiskStore(disk, VAULT)
    remember(store, "before")
    disk.failing = True
    with pytest.raises(sqlite3.OperationalError):
        remember(store, "lost")
    disk.failing = False
    disk.unmount()
    said = remembered(DiskStore(disk, VAULT))
    disk.lose_power(random.Random(seed))
    assert remembered(DiskStore(disk, VAULT)) == said
    assert "before" in said
