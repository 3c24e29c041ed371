"""/v1/lockers, /v1/compartments and /v1/events: what stands where, what is free, and everything that has happened."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from hub_service.api import answers, problems
from hub_service.api.bodies import Service
from hub_service.domain.refusals import Refusal
from hub_service.handlers import looks, sites
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import LockerView
from locker.wire.bounds import WHOLE_MAX


def router(hub: Hub, caller: Any) -> APIRouter:
    routes = APIRouter(prefix="/v1")
    who = Depends(caller)

    @routes.get("/lockers", tags=["lockers"])
    def list_lockers(_: str = who) -> dict[str, Any]:
        """All lockers by number."""
        return {"items": [answers.locker(view) for view in looks.lockers(hub)]}

    @routes.get("/lockers/{locker_id}", tags=["lockers"])
    def get_locker(locker_id: str, _: str = who) -> dict[str, Any]:
        """One locker. `orders_behind` counts what it was told and hasn't confirmed yet."""
        return answers.locker(_known(hub, locker_id))

    @routes.get("/compartments", tags=["compartments"])
    def list_compartments(locker_id: str, _: str = who) -> dict[str, Any]:
        """The compartments of a locker by number."""
        view = _known(hub, locker_id)
        return {"items": [answers.compartment(view.id, one) for one in view.compartments]}

    @routes.post("/lockers/{locker_id}/compartments/{n}/service", tags=["compartments"])
    def serve_compartment(locker_id: str, n: int, body: Service, _: str = who) -> dict[str, Any]:
        """Takes a compartment out of service or puts it back; a parcel inside can still be collected."""
        outcome = sites.serve(hub, locker_id, n, body.in_service, body.reason)
        if isinstance(outcome, Refusal):
            raise problems.of_refusal(outcome)
        return answers.compartment(locker_id, next(one for one in outcome.compartments if one.n == n))

    @routes.post("/lockers/{locker_id}/alarms/{alarm_id}/close", tags=["lockers"])
    def close_alarm(locker_id: str, alarm_id: int, _: str = who) -> dict[str, Any]:
        """Somebody has dealt with what the alarm was about."""
        outcome = sites.close_alarm(hub, locker_id, alarm_id)
        if isinstance(outcome, Refusal):
            raise problems.of_refusal(outcome)
        return answers.locker(outcome)

    @routes.get("/events", tags=["events"])
    def list_events(
        after: Annotated[int, Query(ge=0, le=WHOLE_MAX)] = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
        parcel_id: str | None = None,
        locker_id: str | None = None,
        _: str = who,
    ) -> dict[str, Any]:
        """Everything that has happened, oldest first; ask again with `after` set to `next`."""
        found = looks.events(hub, after, limit, parcel_id, locker_id)
        return {"items": [answers.event(view) for view in found], "next": found[-1].seq if found else after}

    return routes


def _known(hub: Hub, locker_id: str) -> LockerView:
    view = looks.locker(hub, locker_id)
    if view is None:
        raise problems.Problem(404, "unknown_locker", "There is no locker with this id: GET /v1/lockers lists them.")
    return view
