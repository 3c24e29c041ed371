"""How a locker's room is promised: what its operator keeps for failed deliveries, and whether plans bind doors."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import placement
from hub_service.domain.refusals import UNKNOWN_LOCKER, Refusal
from hub_service.handlers.hub import Hub
from hub_service.store import audit, lockers


@dataclass(frozen=True, slots=True)
class Policy:
    """What is in force. `kept_for_attempts` counts compartments; `price` says what it costs, in words."""

    kept_for_attempts: int
    hard_hold: bool
    price: str


def look(hub: Hub, locker_id: str) -> Policy | Refusal:
    """What is in force at a locker."""
    with hub.store.read() as db:
        locker = lockers.find(db, locker_id)
        if locker is None:
            return UNKNOWN_LOCKER
        built = len(lockers.compartments(db, locker_id))
    said = locker.kept_for_attempts
    kept = placement.kept_by_default(built) if said is None else said
    return Policy(kept, locker.hard_hold, placement.price(built, kept, locker.hard_hold))


def change(
    hub: Hub, locker_id: str, kept_for_attempts: int | None, hard_hold: bool | None, by: str
) -> Policy | Refusal:
    """Changes what is said (None: stays) for everything that is promised from now on."""
    said = {"kept_for_attempts": kept_for_attempts, "hard_hold": None if hard_hold is None else int(hard_hold)}
    new = {name: value for name, value in said.items() if value is not None}
    with hub.store.write() as db:
        if new and lockers.find(db, locker_id) is not None:
            lockers.update(db, locker_id, **new)
            about = f"locker {locker_id}"
            audit.write(db, audit.Entry(at_ms=hub.now_ms(), who=by, act="room_policy", about=about, data={**new}))
    return look(hub, locker_id)
