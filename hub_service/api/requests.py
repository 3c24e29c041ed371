"""Each HTTP request: its name in the log, how long it took, how it ended. Never its path, which may hold a secret."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_service import telemetry
from hub_service.measures import Measures

HEADER = b"x-request-id"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_QUIET = ("GET", "HEAD")


class Requests:
    """Names each request as its caller does (`X-Request-Id`), or anew, and says the name in the answer."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cause, began, statuses = _cause(scope), time.perf_counter(), [500]

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses[0] = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, cause.encode())]
            await send(message)

        with telemetry.caused_by(cause):
            try:
                await self._app(scope, receive, named)
            finally:
                self._told(scope, statuses[0], time.perf_counter() - began)

    def _told(self, scope: Scope, status: int, took_s: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        # The pattern of the route: a recipient's page is its address, and whoever knows it is let in.
        route = getattr(scope.get("route"), "path", "none")
        self._measures.requests.labels(method, route, str(status)).inc()
        self._measures.request_s.labels(route).observe(took_s)
        if method not in _QUIET or status >= 500:
            telemetry.tell("request", method=method, route=route, status=status, ms=round(took_s * 1000))


def _cause(scope: Scope) -> str:
    given = dict(scope["headers"]).get(HEADER, b"").decode("latin-1")
    return given if telemetry.is_cause(given) else telemetry.draw_cause()
