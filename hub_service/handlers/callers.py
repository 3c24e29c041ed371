"""Who asks over HTTP."""

from __future__ import annotations

from hub_service.handlers.hub import Hub
from hub_service.store import staff


def caller(hub: Hub, key: str) -> str | None:
    """A name for whoever has this API key; None for nobody."""
    with hub.store.read() as db:
        return staff.caller(db, key)
