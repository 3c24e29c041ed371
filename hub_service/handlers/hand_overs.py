"""A sender has put a parcel in, or somebody has taken one out that a sender had put in: a proof for both sides.

The proof is the locker's own fact: its hash is the receipt, and the chain of hashes it stands in can't be changed later
without being noticed.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub_service.domain import returns
from hub_service.domain.returns import HandOver
from hub_service.handlers.telling import Scene
from hub_service.store import drop_offs, events, orders
from hub_service.store.drop_offs import HandOverRecord
from hub_service.store.records import DeliveryRecord, ParcelRecord
from locker.wire.orders import Withdraw

NOT_FETCHED = "not_fetched"
"""The alarm about a drop-off that no courier comes for."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Where it happened, and the digest of the fact that says so."""

    locker_id: str
    n: int
    digest: str


def happened(scene: Scene, kind: HandOver, parcel: ParcelRecord, delivery: DeliveryRecord, proof: Proof) -> None:
    """Moves a drop-off on, keeps the proof, and sends the sender a receipt."""
    # The locker's clock says when it was, unless it is far from what is possible.
    now_ms = scene.hub.now_ms()
    at_ms = scene.locker_at_ms if scene.locker_at_ms is not None and scene.locker_at_ms <= now_ms else now_ms
    drop_offs.hand_over(
        scene.db,
        HandOverRecord(
            parcel_id=parcel.id, kind=kind, at_ms=at_ms, locker_id=proof.locker_id, n=proof.n, receipt=proof.digest
        ),
    )  # fmt: skip
    if kind != "dropped_off":
        events.close_alarms(scene.db, proof.locker_id, proof.n, (NOT_FETCHED,), now_ms)
    if kind == "picked_up" and not delivery.by_sender:
        # Its sender wanted it back, and the courier was quicker: the order about it may come after that.
        orders.append(scene.db, delivery.locker_id, Withdraw(delivery=delivery.id), now_ms)
    scene.move(parcel, kind, n=proof.n, receipt=proof.digest)
    told = {"receipt": returns.receipt(proof.digest), "compartment": proof.n, "at_s": at_ms // 1000}
    scene.tell(kind, parcel, delivery, f"{proof.digest}/{delivery.id}", told)
