"""What the locker link has to know before it knows whom to believe and whom to send something."""

from __future__ import annotations

from hub_service.handlers.hub import Hub
from hub_service.store import lockers


def public_key(hub: Hub, locker_id: str) -> str | None:
    """The key that this locker signs with (64 hex digits); None for one that isn't known."""
    with hub.store.read() as db:
        locker = lockers.find(db, locker_id)
    return None if locker is None else locker.public_key


def behind(hub: Hub) -> list[tuple[str, tuple[str, int, int]]]:
    """Lockers that are online and have not applied all orders, each with the newest position and their own."""
    with hub.store.read() as db:
        return [(one.id, (one.epoch, one.last_order, one.stands_order)) for one in lockers.behind(db)]
