"""The check as a page: the same questions with the cabinet's picture, for those who would rather look than read.

There is one installer and one check: the page shows where it stands, to whoever has it open; the first answer counts.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from locker.commissioning.findings import Finding
from locker.commissioning.plan import Plan
from locker.commissioning.wishes import Question

STATIC = Path(__file__).parent / "check_static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
READ_WITHIN_S = 10.0
STILL_HERE_S = 10.0


class _Reply(BaseModel):
    """An answer; `version` is that of the question, so that a late tap answers no other one."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(max_length=200)
    version: int


class Page:
    """A face with a picture. `build` makes its web server's routes."""

    def __init__(self, plan: Plan) -> None:
        self._doors = [{"n": box.n, **asdict(box.front)} for box in plan.boxes]
        self._told: list[dict[str, Any]] = []
        self._marks: dict[int, str] = {}
        self._question: Question | None = None
        self._answer: asyncio.Future[str] | None = None
        self._version = 0
        self._news = asyncio.Event()
        self._shown = 0

    async def ask(self, question: Question) -> str:
        self._question, self._answer = question, asyncio.get_running_loop().create_future()
        self._changed()
        try:
            return await self._answer
        finally:
            self._question = self._answer = None
            self._changed()

    def tell(self, what: str | Finding) -> None:
        if isinstance(what, Finding):
            if what.n:
                self._marks[what.n] = "mended" if what.mended else "wrong"
            self._told.append({"finding": what.code, "text": what.what, "next": what.next})
        else:
            self._told.append({"text": what})
        self._changed()

    async def read(self) -> None:
        """Returns when a page has shown how it ended, or nobody looks."""
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                while self._shown < self._version:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return

    def state(self) -> dict[str, Any]:
        """All that the page shows."""
        question = self._question
        asked = question and {
            "code": question.code, "text": question.text, "choices": question.choices, "default": question.default,
            "n": question.n, "waits": question.moves is not None,
        }  # fmt: skip
        doors = [door | {"mark": self._marks.get(door["n"], "")} for door in self._doors]
        return {"version": self._version, "question": asked, "told": self._told[-200:], "doors": doors}

    def build(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/state", self._state),
                Route("/events", self._events),
                Route("/answers", self._answers, methods=["POST"]),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )

    def _changed(self) -> None:
        self._version += 1
        self._news.set()
        self._news = asyncio.Event()

    async def _page(self, _: Request) -> Response:
        return FileResponse(STATIC / "index.html", headers={"Content-Security-Policy": POLICY})

    async def _state(self, _: Request) -> Response:
        return JSONResponse(self.state(), headers={"Cache-Control": "no-store"})

    async def _events(self, _: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _stream(self) -> AsyncGenerator[str, None]:
        seen = -1
        while True:
            news = self._news
            if seen != self._version:
                seen = self._version
                yield f"data: {json.dumps(self.state())}\n\n"
                self._shown = max(self._shown, seen)
            try:
                await asyncio.wait_for(news.wait(), STILL_HERE_S)
            except TimeoutError:
                yield "event: still\ndata: here\n\n"

    async def _answers(self, request: Request) -> Response:
        # Only this page may answer: another site that the browser has open must not open doors.
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return JSONResponse({"detail": "An answer is JSON."}, status_code=415)
        try:
            reply = _Reply.model_validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse({"detail": error.errors()[0]["msg"]}, status_code=400)
        if self._answer is None or self._answer.done() or reply.version != self._version:
            return JSONResponse({"detail": "That question is answered already."}, status_code=409)
        self._answer.set_result(reply.answer)
        return JSONResponse({"answered": True})


class _Server(uvicorn.Server):
    """The page's web server, which leaves signals to the check."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


@asynccontextmanager
async def served(page: Page, host: str, port: int) -> AsyncIterator[str]:
    """Serves the page while the check lasts; its address, which nobody else can guess: who has it can open doors."""
    word = secrets.token_urlsafe(12)
    app = Starlette(routes=[Mount(f"/{word}", app=page.build())])
    with socket.create_server((host, port)) as listening:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield f"http://{host}:{listening.getsockname()[1]}/{word}/"
        finally:
            server.should_exit = True
            await serving
