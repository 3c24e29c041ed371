"""Lets a worker take some of a key's rate out of the store, which all workers share."""

from __future__ import annotations

from hub_service.domain.limits import Rate
from hub_service.handlers.hub import Hub
from hub_service.store import rates


def settle(hub: Hub, caller_id: str, rate: Rate, owed: int, now_us: int) -> tuple[int, int]:
    """Pays what has passed already and takes a block: (how many may pass now, microseconds until one may)."""
    # No locker has to wait for this, and this for none.
    with hub.store.write(()) as db:
        return rates.settle(db, caller_id, rate, owed, now_us)
