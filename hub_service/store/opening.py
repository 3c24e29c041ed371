"""Opens the hub's store where it lies."""

from __future__ import annotations

from pathlib import Path

from hub_service.store.database import Store
from hub_service.store.sqlite import SqliteStore
from hub_service.store.vault import Vault


def open_store(database: Path, vault: Vault) -> Store:
    """The store, migrated to this version. Raises StoreError."""
    return SqliteStore(database, vault)
