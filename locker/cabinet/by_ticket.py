"""Which announced parcels a deposit ticket may have brought before their orders were here.

A ticket names a pickup, its order a parcel; only the hub knows which belong together, and tells nobody. So they are
counted: no announced parcel is held to be here already while more are still to come than tickets have brought.
"""

from __future__ import annotations

from locker.cabinet.records import State


def has_brought(state: State, delivery: str) -> bool:
    """Whether an announced parcel that seems to be still to come lies here under a ticket's name, or was collected."""
    pickup = state.expected[delivery].pickup
    to_come = [name for name in state.expected if _is_to_come(state, name, pickup)]
    lying = [name for n, box in state.boxes_of(pickup) for name in box.contents if name not in box.unclosed]
    brought = [name for name in (*lying, *_collected(state)) if _pickup_of(name) == pickup]
    return delivery in to_come and len(to_come) <= len(brought)


def collected_pickups(state: State) -> set[str]:
    """The pickups of which a parcel that a ticket brought was collected."""
    return {_pickup_of(name) for name in _collected(state)} - {""}


def _collected(state: State) -> list[str]:
    return [name for name, mark in state.gone.items() if mark.how == "collected" and state.is_finished(name)]


def _is_to_come(state: State, delivery: str, pickup: str) -> bool:
    return state.expected[delivery].pickup == pickup and delivery not in state.gone and not state.where(delivery)


def _pickup_of(delivery: str) -> str:
    # Whatever came by ticket is named after its pickup; the hub's own names have no such part.
    return delivery.rpartition(".")[0]
