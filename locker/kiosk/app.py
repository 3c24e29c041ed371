"""The kiosk's web server: one page, the picture it shows, and two kinds of presses. The daemon owns the truth."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from locker.kiosk import presses, sounds, texts
from locker.kiosk.presses import BadPress

STATIC = Path(__file__).parent / "static"
STILL_HERE_S = 10.0
RECONNECT_MS = 1_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"
)


class Front(Protocol):
    """What the kiosk needs of the daemon."""

    def picture(self) -> dict[str, object]:
        """All that the page shows, as JSON; `version` grows with each change."""

    async def changed(self, seen_version: int) -> None:
        """Returns when the picture is newer than that."""

    def press(self, key: str) -> None:
        """A key of the keypad: "0" to "9", "clear" or "ok"."""

    def choose(self, choice: str, n: int) -> None:
        """A button, for compartment `n` where it needs one (0: none)."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What those who watch over the locker are told: what keeps it from serving people, and its numbers."""

    missing: Callable[[], dict[str, str]] = dict
    page: Callable[[], bytes] = bytes


def build(front: Front, watched: Watched | None = None) -> Starlette:
    """The kiosk of one locker."""
    kiosk = _Kiosk(front, watched or Watched())
    return Starlette(
        routes=[
            Route("/", kiosk.page),
            Route("/state", kiosk.state),
            Route("/events", kiosk.events),
            Route("/keys", kiosk.keys, methods=["POST"]),
            Route("/choices", kiosk.choices, methods=["POST"]),
            Route("/texts", kiosk.texts),
            Route("/sounds/{name}.wav", kiosk.sound),
            Route("/health", kiosk.health),
            Route("/ready", kiosk.ready),
            Route("/metrics", kiosk.metrics),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={BadPress: _refused, HTTPException: _refused},
    )


class _Kiosk:
    """The routes' answers."""

    def __init__(self, front: Front, watched: Watched) -> None:
        self._front = front
        self._watched = watched

    async def page(self, _: Request) -> Response:
        return FileResponse(
            STATIC / "index.html",
            headers={
                "Content-Security-Policy": POLICY,
                "Cache-Control": "no-cache",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            },
        )

    async def state(self, _: Request) -> Response:
        return JSONResponse(self._front.picture(), headers={"Cache-Control": "no-store"})

    async def events(self, _: Request) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(pictures(self._front), media_type="text/event-stream", headers=headers)

    async def keys(self, request: Request) -> Response:
        for key in await presses.keys(request):
            self._front.press(key)
        return JSONResponse({"pressed": True})

    async def choices(self, request: Request) -> Response:
        choice, n = await presses.choice(request)
        self._front.choose(choice, n)
        return JSONResponse({"pressed": True})

    async def texts(self, _: Request) -> Response:
        return JSONResponse(texts.LANGUAGES, headers={"Cache-Control": "no-cache"})

    async def sound(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in sounds.NAMES:
            raise HTTPException(404, f"There is no such sound; choose one of {', '.join(sounds.NAMES)}.")
        return Response(sounds.wav(name), media_type="audio/wav", headers={"Cache-Control": "max-age=3600"})

    async def health(self, _: Request) -> Response:
        return JSONResponse({"ok": True, "version": self._front.picture()["version"]})

    async def ready(self, _: Request) -> Response:
        # Whether there is a hub is told, and doesn't count: a locker serves people without one.
        missing, online = self._watched.missing(), self._front.picture()["online"]
        return JSONResponse({"ready": not missing, "missing": missing, "online": online}, 503 if missing else 200)

    async def metrics(self, _: Request) -> Response:
        return Response(self._watched.page(), media_type="text/plain; version=0.0.4")


async def pictures(front: Front) -> AsyncGenerator[str, None]:
    """The picture now and at each change, as server-sent events; a sign of life in between."""
    yield f"retry: {RECONNECT_MS}\n\n"
    while True:
        picture = front.picture()
        version = picture["version"]
        assert isinstance(version, int)
        yield f"id: {version}\ndata: {json.dumps(picture, separators=(',', ':'))}\n\n"
        while not await _is_newer(front, version):
            yield "event: still\ndata: here\n\n"


async def _is_newer(front: Front, version: int) -> bool:
    try:
        await asyncio.wait_for(front.changed(version), STILL_HERE_S)
    except TimeoutError:
        return False
    return True


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, (BadPress, HTTPException))
    body = {"type": "about:blank", "status": error.status_code, "title": error.detail, "detail": error.detail}
    return JSONResponse(body, error.status_code, error.headers, media_type="application/problem+json")
