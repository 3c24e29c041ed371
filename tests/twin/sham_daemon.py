"""A daemon that only shows a kiosk: answers /health, writes down what is pressed, and dies when it is told to."""

from __future__ import annotations

import os
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PRESSED: list[object] = []


async def press(request: Request) -> Response:
    """Notes what was pressed; the word "die" ends the daemon at once, other words are no keys."""
    wish = await request.json()
    if wish.get("text") == "die":
        os._exit(3)
    if not wish.get("text", "0").isdigit():
        return JSONResponse({"detail": "no such key"}, status_code=422)
    PRESSED.append(wish)
    return JSONResponse({})


async def health(_: Request) -> Response:
    """Who serves, and what was pressed."""
    return JSONResponse({"pid": os.getpid(), "pressed": PRESSED})


ROUTES = [
    Route("/keys", press, methods=["POST"]),
    Route("/choices", press, methods=["POST"]),
    Route("/health", health),
]

if __name__ == "__main__":
    uvicorn.run(Starlette(routes=ROUTES), port=int(sys.argv[1]), log_level="warning")
