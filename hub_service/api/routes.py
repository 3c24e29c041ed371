"""All routes of the HTTP interface, and how an app answers with problems."""

from __future__ import annotations

from fastapi import FastAPI

from hub_service.api import lockers, parcels, problems
from hub_service.api.bodies import Wait
from hub_service.api.gate import BodyLimit, caller_of
from hub_service.domain.refusals import Refusal
from hub_service.handlers import clocks
from hub_service.handlers.hub import Hub


def add(app: FastAPI, hub: Hub, demo: bool) -> None:
    """Adds /v1, and with `demo` the time machine."""
    problems.install(app)
    app.add_middleware(BodyLimit)
    caller = caller_of(hub)
    app.include_router(parcels.router(hub, caller))
    app.include_router(lockers.router(hub, caller))
    if demo:

        @app.post("/demo/wait", tags=["demo"])
        def wait(body: Wait) -> dict[str, int]:
            """Lets hours pass at once, with everything that falls due in them."""
            outcome = clocks.wait(hub, body.hours)
            if isinstance(outcome, Refusal):
                raise problems.of_refusal(outcome)
            return {"now_s": outcome}
