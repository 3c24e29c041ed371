"""/v1/lockers and /v1/compartments: what stands where, what is free, and what an operator does about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from hub_service.api import answers, visible
from hub_service.api.answers import Answer, Compartment, Locker
from hub_service.api.bodies import Service
from hub_service.api.gate import Gate
from hub_service.api.problems import Problem, documented, granted
from hub_service.api.repeats import IfMatch, route_class, while_unchanged
from hub_service.domain.limits import Caller
from hub_service.handlers import looks, sites
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import LockerView
from locker.wire.bounds import WHOLE_MAX

Number = Annotated[int, Path(ge=0, le=WHOLE_MAX)]


class Lockers(Answer):
    """All lockers by number."""

    items: list[Locker]


class Compartments(Answer):
    """The compartments of a locker by number."""

    items: list[Compartment]


def router(hub: Hub, gate: Gate) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["lockers"], route_class=route_class(hub))
    _add_looking(routes, hub, gate)
    _add_operating(routes, hub, gate)
    return routes


def _add_looking(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    reader = Depends(gate.needs("read"))

    @routes.get("/lockers", responses=documented())
    def list_lockers(caller: Caller = reader) -> Lockers:
        """All lockers that the key reaches, by number."""
        seen = [view for view in looks.lockers(hub) if caller.sees_locker(view.test)]
        return Lockers(items=[answers.locker(view, _operates(caller)) for view in seen])

    @routes.get("/lockers/{locker_id}", responses=documented(404))
    def get_locker(locker_id: str, caller: Caller = reader) -> Locker:
        """One locker. `orders_behind` counts what it was told and hasn't confirmed yet."""
        return answers.locker(visible.locker(hub, caller, locker_id), _operates(caller))

    @routes.get("/compartments", tags=["compartments"], responses=documented(404))
    def list_compartments(locker_id: Annotated[str, Query(max_length=60)], caller: Caller = reader) -> Compartments:
        """The compartments of a locker by number; of the parcels inside, only the caller's are named."""
        view = visible.locker(hub, caller, locker_id)
        own = _own_numbers(hub, caller, view)
        return Compartments(items=[answers.compartment(view.id, one, own) for one in view.compartments])


def _add_operating(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    operator = Depends(gate.needs("operate"))

    def shown(caller: Caller, locker_id: str, n: int) -> Compartment:
        view = visible.locker(hub, caller, locker_id)
        found = next((one for one in view.compartments if one.n == n), None)
        if found is None:
            raise Problem(404, "unknown_compartment", "There is no such compartment: GET /v1/compartments lists them.")
        return answers.compartment(view.id, found, _own_numbers(hub, caller, view))

    @routes.post(
        "/lockers/{locker_id}/compartments/{n}/service", tags=["compartments"],
        responses=documented(400, 404, 412, 413, 415),
    )  # fmt: skip
    def serve_compartment(
        locker_id: str, n: Number, body: Service, caller: Caller = operator, if_match: IfMatch = None
    ) -> Compartment:
        """Takes a compartment out of service or puts it back; a parcel inside can still be collected."""
        shown(caller, locker_id, n)
        with while_unchanged(hub, if_match, lambda: shown(caller, locker_id, n)):
            granted(sites.serve(hub, locker_id, n, body.in_service, body.reason, f"key {caller.name}"))
            return shown(caller, locker_id, n)

    @routes.post("/lockers/{locker_id}/alarms/{alarm_id}/close", responses=documented(404))
    def close_alarm(locker_id: str, alarm_id: Number, caller: Caller = operator) -> Locker:
        """Somebody has dealt with what the alarm was about."""
        visible.locker(hub, caller, locker_id)
        return answers.locker(
            granted(sites.close_alarm(hub, locker_id, alarm_id, f"key {caller.name}")), for_operator=True
        )


def _operates(caller: Caller) -> bool:
    return not caller.carrier


def _own_numbers(hub: Hub, caller: Caller, view: LockerView) -> frozenset[str]:
    numbers = {number for one in view.compartments for number in one.parcels}
    if not caller.carrier:
        return frozenset(numbers)
    # Two carriers may have used the same number one after the other: the newest one is what lies there.
    own = {number: looks.parcels(hub, limit=1, tracking_number=number) for number in numbers}
    return frozenset(number for number, found in own.items() if found and found[0].carrier == caller.carrier)
