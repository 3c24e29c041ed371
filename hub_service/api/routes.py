"""All routes of the HTTP interface, how an app answers with problems, and the document that describes it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI

from hub_service.api import (
    attempts,
    bulk,
    courier_codes,
    drop_offs,
    events,
    fallback,
    figures,
    keys,
    lockers,
    openings,
    parcels,
    problems,
    quotas,
    room_policy,
    webhooks,
)
from hub_service.api.bodies import NewParcel, Wait
from hub_service.api.gate import BodyLimit, Gate
from hub_service.api.problems import ProblemBody
from hub_service.domain.refusals import Refusal
from hub_service.handlers import clocks
from hub_service.handlers.hub import Hub

RESOURCES: tuple[Callable[[Hub, Gate], APIRouter], ...] = (
    parcels.router, bulk.router, attempts.router, fallback.router, lockers.router,
    openings.router,
    room_policy.router, drop_offs.router, events.router, keys.router, webhooks.router,
    figures.router, quotas.router, courier_codes.router,
)  # fmt: skip
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Send the same key again with a repeat: it gets the first answer and has no second effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
}
_VERSION = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that you have: 304 without a body while nothing has changed.",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
}


def add(app: FastAPI, hub: Hub, demo: bool, gate: Gate | None = None) -> None:
    """Adds /v1, and with `demo` the time machine."""
    problems.install(app)
    app.add_middleware(BodyLimit)
    gate = gate or Gate(hub)
    for router in RESOURCES:
        app.include_router(router(hub, gate))
    if demo:
        _add_time_machine(app, hub)
    _describe(app)


def _add_time_machine(app: FastAPI, hub: Hub) -> None:
    @app.post("/demo/wait", tags=["demo"], responses=problems.documented(400, 409, 413, 415))
    def wait(body: Wait) -> dict[str, int]:
        """Lets hours pass at once, with everything that falls due in them."""
        outcome = clocks.wait(hub, body.hours)
        if isinstance(outcome, Refusal):
            raise problems.of_refusal(outcome)
        return {"now_s": outcome}


def _describe(app: FastAPI) -> None:
    written = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(written())
        assert app.openapi_schema is not None, "it was written just now"
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> None:
    """Adds what every route has in common, so that no route has to repeat it."""
    schemas = document["components"]["schemas"]
    for model in (ProblemBody, NewParcel):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[schema["title"]] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if not path.startswith("/v1"):
                continue
            parameters = operation.setdefault("parameters", [])
            parameters.append(_VERSION if method == "get" else _KEY)
            if method == "get":
                operation["responses"]["304"] = {"description": HTTPStatus(304).phrase}
            else:
                operation["responses"].update({str(k): v for k, v in problems.documented(409).items() if k == 409})
