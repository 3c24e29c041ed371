"""What anybody may know of the network without a key: which lockers are connected and how much is free."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hub_service.handlers.hub import Hub
from hub_service.store import lockers, rooms
from hub_service.store.records import CompartmentRecord, LockerRecord

SHOWN_MAX = 60
"""Whoever asks has no key and asks as often as they like: it costs the same, whatever the number of lockers."""


@dataclass(frozen=True, slots=True)
class LockerStatus:
    """One locker, how it is built, and how many of its compartments are free by size."""

    locker: LockerRecord
    compartments: tuple[CompartmentRecord, ...]
    free_by_size: dict[str, int]

    @property
    def seen_s(self) -> int | None:
        return None if self.locker.seen_ms is None else self.locker.seen_ms // 1000


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    """How many lockers are known and offline; of `shown` those come first that need somebody."""

    known: int
    offline: int
    shown: tuple[LockerStatus, ...]


def status(hub: Hub) -> NetworkStatus:
    """The network as it is now."""
    with hub.store.read() as db:
        known, offline = lockers.tally(db)
        if not known:
            return NetworkStatus(0, 0, ())
        found = lockers.offline_first(db, SHOWN_MAX)
        ids = [one.id for one in found]
        built, stock = lockers.compartments_of(db, ids), rooms.stock(db, ids)
    shown = (LockerStatus(one, built[one.id], Counter(box.size_class for box in stock[one.id].free)) for one in found)
    return NetworkStatus(known, offline, tuple(shown))
