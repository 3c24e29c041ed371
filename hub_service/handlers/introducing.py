"""Makes many lockers known at once: one transaction, and each neighbour hears of all the new ones in one order."""

from __future__ import annotations

from collections.abc import Sequence

from hub_service.domain.refusals import Refusal
from hub_service.handlers.hub import Hub
from hub_service.handlers.orders import site_order
from hub_service.handlers.sites import Introduced, NewLocker, spread_passes
from hub_service.handlers.telling import Scene
from hub_service.store import lockers, orders, staff
from hub_service.store.errors import IntegrityError
from hub_service.store.records import LockerRecord
from hub_service.store.sql import Connection


def add_lockers(hub: Hub, many: Sequence[NewLocker]) -> list[Introduced] | Refusal:
    """All of them or none; what each new locker must be given, in the order in which they were asked for."""
    keys = [hub.draws.key() for _ in many]
    try:
        with hub.store.write() as db:
            before = lockers.every(db)
            for new, code_key in zip(many, keys, strict=True):
                lockers.add(db, hub.store, _row(new, hub.draws.epoch()), code_key)
                Scene(db, hub, new.id).event("locker_added")
            _tell_neighbours(db, hub, before, {new.number for new in many})
            has_passes = staff.count_passes(db) > 0
    except IntegrityError:
        return Refusal("duplicate_locker", "A locker has an id, number or key that is known already: none was added.")
    # A code of staff is hashed for each locker anew, 25 ms each; without staff there is nothing to do.
    for new in many if has_passes else ():
        spread_passes(hub, new.id)
    return [Introduced(code_key.hex(), hub.keys.public_hex) for code_key in keys]


def _tell_neighbours(db: Connection, hub: Hub, before: Sequence[LockerRecord], new_numbers: set[int]) -> None:
    for known in before:
        site = site_order(db, hub, known)
        # With very many lockers most have nearer ones than these.
        if any(one.number in new_numbers for one in site.neighbours):
            orders.append(db, known.id, site, hub.now_ms())


def _row(new: NewLocker, epoch: str) -> dict[str, object]:
    return {
        "id": new.id, "number": new.number, "name": new.name, "place": new.where, "help_phone": new.help_phone,
        "latitude": new.latitude, "longitude": new.longitude, "public_key": new.public_key, "epoch": epoch,
        "test": int(new.test),
    }  # fmt: skip
