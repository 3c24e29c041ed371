"""Whether the store lets a worker do its work."""

from __future__ import annotations

from hub_service.handlers.hub import Hub
from hub_service.store import gauges
from hub_service.store.database import StoreError
from hub_service.store.errors import OperationalError


def missing(hub: Hub) -> dict[str, str]:
    """What is in the way, by its name; empty where nothing is."""
    if hub.store.broken:
        return {"store": "a write has failed: look at the disk; this worker ends and has to be started again"}
    try:
        with hub.store.read() as db:
            behind = gauges.missing_migrations(db)
    except (OperationalError, StoreError):
        return {"store": "the database doesn't answer"}
    return {"migrations": f"not done yet: {', '.join(behind)}"} if behind else {}
