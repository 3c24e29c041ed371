"""Whether this worker lives, and whether it can do its work: what supervisors and load balancers ask."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from hub_service.handlers import readiness
from hub_service.handlers.hub import Hub


def add(app: FastAPI, hub: Hub, has_broker: Callable[[], bool]) -> None:
    """Adds /health and /ready, for anybody: they say nothing that a stranger could use."""

    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        # Nothing is asked but this process: a database that is away is no reason to kill every worker.
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    def ready() -> Response:
        missing = readiness.missing(hub)
        if not has_broker():
            missing["broker"] = "not connected: look whether it runs, and at this worker's log"
        return JSONResponse({"ready": not missing, "missing": missing}, 503 if missing else 200)
