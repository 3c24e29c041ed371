"""What the locker link has to know before it knows whom to believe and whom to send something."""

from __future__ import annotations

from collections.abc import Sequence

from hub_service.domain import crowd
from hub_service.handlers.hub import Hub
from hub_service.store import lockers
from hub_service.store.records import LockerRecord


def public_keys(hub: Hub, locker_ids: Sequence[str]) -> dict[str, str]:
    """The keys that these lockers sign with (64 hex digits), of those that are known."""
    return {one.id: one.public_key for one in _found(hub, locker_ids)}


def positions(hub: Hub, locker_ids: Sequence[str]) -> dict[str, tuple[str, int, int]]:
    """The newest position in each one's orders, and its own."""
    return {one.id: _position(one) for one in _found(hub, locker_ids)}


def behind(hub: Hub) -> list[tuple[str, tuple[str, int, int]]]:
    """Lockers that are online and have not applied all orders, each with the newest position and their own."""
    with hub.store.read() as db:
        return [(one.id, _position(one)) for one in lockers.behind(db)]


def spread_s(hub: Hub) -> int:
    """Over how many seconds the lockers of this hub spread their connects."""
    with hub.store.read() as db:
        return crowd.spread_s(lockers.count(db))


def _found(hub: Hub, locker_ids: Sequence[str]) -> list[LockerRecord]:
    if not locker_ids:
        return []
    with hub.store.read() as db:
        return lockers.find_all(db, sorted(set(locker_ids)))


def _position(locker: LockerRecord) -> tuple[str, int, int]:
    return locker.epoch, locker.last_order, locker.stands_order
