"""A parcel gets another destination: room there, its code, the order; what follows is said in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.handlers import promises
from hub_service.handlers.promises import Code, promise
from hub_service.handlers.telling import Scene
from hub_service.store import deliveries, lockers
from hub_service.store.records import DeliveryRecord, ParcelRecord
from hub_service.store.sql import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How it goes there. `held_until_s`: room is held so long only; `reason` stands in the timeline."""

    notice: str
    by_attempt: bool = False
    held_until_s: int | None = None
    reason: str = ""


def to_locker(scene: Scene, parcel: ParcelRecord, code: Code, move: Move) -> DeliveryRecord:
    """Holds room at the scene's locker, ends what was held elsewhere, and tells recipient and both lockers.

    Raises IntegrityError where another live pickup has drawn the same PIN in the meantime.
    """
    db = scene.db
    locker, before = lockers.find(db, scene.locker_id or ""), deliveries.find_live(db, parcel.id)
    assert locker is not None, "it was found in this transaction"
    if before is not None:
        # What the first locker tells whoever comes there with the code.
        promises.withdraw(db, scene.hub, before, locker.name_and_place)
    delivery = promise(db, scene.hub, parcel, locker, code)
    deliveries.update(db, delivery.id, by_attempt=int(move.by_attempt), held_until_s=move.held_until_s)
    more: dict[str, object] = {"reason": move.reason} if move.reason else {}
    if move.held_until_s is not None:
        more["held_until_s"] = move.held_until_s
    scene.move(parcel, "redirected", planned=delivery.n, **more)
    scene.tell(move.notice, parcel, delivery, delivery.id)
    return delivery


def lies_nowhere(db: Connection, delivery: DeliveryRecord | None) -> bool:
    """Whether this can't be in any compartment: what may lie in one is moved by hand first."""
    return delivery is None or (delivery.state == "promised" and not deliveries.is_doubted(db, delivery.id))
