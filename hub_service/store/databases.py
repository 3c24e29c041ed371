"""Opens the hub's store in whichever database it lies."""

from __future__ import annotations

from pathlib import Path

from hub_service.store.database import Store
from hub_service.store.location import Server
from hub_service.store.sqlite import SqliteStore
from hub_service.store.vault import Vault


def open_store(database: Path | Server, vault: Vault) -> Store:
    """The store, migrated to this version. Raises StoreError."""
    if isinstance(database, Path):
        return SqliteStore(database, vault)
    # Takes a while to load, and most hubs never do.
    from hub_service.store.postgres import PostgresStore

    return PostgresStore(database, vault)
