"""The twin's page: the steel drawn from outside, for people's hands. It only uses the hands' HTTP interface."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
# The kiosk is on another port of this machine: it is shown as soon as it answers.
POLICY = (
    "default-src 'self'; connect-src 'self' http:; frame-src http:; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'"
)


async def _page(_: Request) -> Response:
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return FileResponse(STATIC / "index.html", headers=headers)


def routes() -> list[BaseRoute]:
    """The page and its files, for the twin's web server."""
    return [Route("/", _page), Mount("/static", StaticFiles(directory=STATIC))]
