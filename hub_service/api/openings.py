"""/v1/.../open and /v1/openings: a compartment is opened from afar, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from hub_service.api import visible
from hub_service.api.answers import Answer, iso
from hub_service.api.bodies import Body
from hub_service.api.gate import Gate
from hub_service.api.problems import Problem, documented, granted
from hub_service.api.repeats import route_class
from hub_service.domain.limits import Caller
from hub_service.domain.opening import REASON_MAX, Standing, Way
from hub_service.handlers import opening, remote
from hub_service.handlers.hub import Hub
from hub_service.handlers.opening import OpeningView
from hub_service.handlers.remote import Wish

Number = Annotated[int, Path(ge=1, le=999)]


class OpenDoor(Body):
    """Why, and whose yes it takes. An empty one needs only the `reason`.

    An occupied one also needs its recipient's yes, who is asked on their page, or a second person's at the operators'
    desk; alone it is an emergency, and everybody is told.
    """

    way: Literal["reason", "recipient", "second", "emergency"] = "reason"
    reason: Annotated[str, Field(min_length=1, max_length=REASON_MAX)]


class Opening(Answer):
    """A request to open a door. `outcome` is the locker's word, `detail` a sentence with the next step.

    `state` says how it stands now: `waiting` for a yes, `trying` to reach the locker, or how it ended.
    """

    id: str
    locker_id: str
    compartment: int
    way: Way
    state: Standing
    outcome: str
    detail: str
    asked_at: str
    until: str


def router(hub: Hub, gate: Gate) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["openings"], route_class=route_class(hub))
    operator = Depends(gate.needs("operate"))

    @routes.post(
        "/lockers/{locker_id}/compartments/{n}/open", status_code=202, responses=documented(400, 404, 409, 413, 415)
    )
    def open_compartment(locker_id: str, n: Number, body: OpenDoor, caller: Caller = operator) -> Opening:
        """Asks the locker to open a compartment within seconds, or never; read the answer to see what became of it."""
        visible.locker(hub, caller, locker_id)
        wish = Wish(locker_id=locker_id, n=n, way=body.way, reason=body.reason, who=f"key {caller.name}")
        return _answer(granted(remote.ask(hub, wish)))

    @routes.get("/openings/{opening_id}", responses=documented(404))
    def get_opening(opening_id: str, caller: Caller = operator) -> Opening:
        """How a request stands now."""
        found = opening.find(hub, opening_id)
        if found is None:
            raise Problem(404, "unknown_opening", "There is no such request.")
        visible.locker(hub, caller, found.locker_id)
        return _answer(found)

    return routes


def _answer(view: OpeningView) -> Opening:
    return Opening(
        id=view.id, locker_id=view.locker_id, compartment=view.n, way=view.way, state=view.how, outcome=view.outcome,
        detail=view.said, asked_at=iso(view.asked_s), until=iso(view.until_s),
    )  # fmt: skip
