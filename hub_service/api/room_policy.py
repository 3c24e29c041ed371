"""What an operator says of a locker's room and of everybody's time in it."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Depends

from hub_service.api import visible
from hub_service.api.answers import Answer
from hub_service.api.bodies import ExtendAll, RoomPolicy
from hub_service.api.gate import Gate
from hub_service.api.problems import documented, granted
from hub_service.api.repeats import route_class
from hub_service.domain.limits import Caller
from hub_service.handlers import room_policy, storms
from hub_service.handlers.hub import Hub


class Policy(Answer):
    """What is in force. `price` says what it costs in capacity, as it was measured."""

    kept_for_attempts: int
    hard_hold: bool
    price: str


class Extended(Answer):
    """How many parcels got more time."""

    parcels: int


def router(hub: Hub, gate: Gate) -> APIRouter:
    operator = Depends(gate.needs("operate"))
    routes = APIRouter(prefix="/v1", tags=["lockers"], route_class=route_class(hub))

    @routes.get("/lockers/{locker_id}/room-policy", responses=documented(404))
    def get_room_policy(locker_id: str, caller: Caller = operator) -> Policy:
        """How the locker's room is promised, and what that costs."""
        visible.locker(hub, caller, locker_id)
        return Policy(**asdict(granted(room_policy.look(hub, locker_id))))

    @routes.post("/lockers/{locker_id}/room-policy", responses=documented(400, 404, 409, 413, 415))
    def set_room_policy(locker_id: str, body: RoomPolicy, caller: Caller = operator) -> Policy:
        """Keeps compartments for failed home deliveries, or lets plans bind doors; says what that costs."""
        visible.locker(hub, caller, locker_id)
        done = room_policy.change(hub, locker_id, body.kept_for_attempts, body.hard_hold, caller.name)
        return Policy(**asdict(granted(done)))

    @routes.post("/lockers/{locker_id}/extend-all", responses=documented(400, 404, 409, 413, 415))
    def extend_all(locker_id: str, body: ExtendAll, caller: Caller = operator) -> Extended:
        """Gives every parcel in the locker more time, for a storm or a strike; every recipient is told once."""
        visible.locker(hub, caller, locker_id)
        more = storms.More(hours=body.hours, reason=body.reason, by=caller.name)
        return Extended(parcels=granted(storms.extend_all(hub, locker_id, more)))

    return routes
