"""/v1/events: everything that has happened, as a feed to follow."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hub_service.api import answers, visible
from hub_service.api.answers import Answer, Event
from hub_service.api.gate import Gate
from hub_service.api.problems import documented
from hub_service.api.repeats import route_class
from hub_service.domain.limits import Caller
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from locker.wire.bounds import WHOLE_MAX


class Events(Answer):
    """Events, oldest first. Ask again with `after` set to `next`; nothing is new while `items` is empty."""

    items: list[Event]
    next: int


def router(hub: Hub, gate: Gate) -> APIRouter:
    reader = Depends(gate.needs("read"))
    routes = APIRouter(prefix="/v1", tags=["events"], route_class=route_class(hub))

    @routes.get("/events", responses=documented(404))
    def list_events(
        caller: Caller = reader,
        after: Annotated[int, Query(ge=0, le=WHOLE_MAX)] = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
        parcel_id: str | None = None,
        locker_id: str | None = None,
    ) -> Events:
        """What has happened to the caller's parcels (and lockers, for operators), oldest first."""
        if parcel_id is not None:
            visible.parcel(hub, caller, parcel_id)
        if locker_id is not None:
            visible.locker(hub, caller, locker_id)
        found, following = looks.feed(hub, caller, after, limit, parcel_id, locker_id)
        return Events(items=[answers.event(view) for view in found], next=following)

    return routes
