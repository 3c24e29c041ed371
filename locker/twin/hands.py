"""Hands over HTTP: whatever a person can do at a locker, another program can do here.

200 with the new state of what was touched, 404 where there is nothing of that name, 409 with one sentence where hands
can't do that now, 400 where the request makes no sense.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from locker.twin.installation import Installation
from locker.twin.physics import CantBeDone
from locker.twin.scanners.device import Code

KIOSK_TIMEOUT_S = 5.0
ENDS = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "none": b""}


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Scan(_Wish):
    """A code is held before the scanner. `hex` is for what is no text, `aim` the identifier of the code's kind.

    `end` and `pieces` are for plain scanners, whose set-up says how a scan ends; another make ends its own.
    """

    text: str = ""
    hex: str = Field("", pattern=r"^([0-9a-fA-F]{2})*$")
    end: Literal["cr", "lf", "crlf", "none"] = "cr"
    pieces: int = Field(1, ge=1, le=10_000)
    aim: str = Field("", pattern=r"^([A-Za-z][0-9A-Za-z])?$")

    def code(self) -> Code:
        return Code(bytes.fromhex(self.hex) or self.text.encode("utf-8", "surrogatepass"), self.aim)


class Keys(_Wish):
    text: str


class Choice(_Wish):
    choice: str
    n: int = 0


class DoorDo(_Wish):
    """Hands at a door. `weld` and `mend` are at its relay."""

    do: Literal["close", "open", "jam", "free", "weld", "mend", "delay"]
    late_ms: int = Field(0, ge=0, le=60_000)


class SensorDo(_Wish):
    """Pliers at the wire of a door's contact, or glue or rust in it."""

    do: Literal["cut", "stick", "rattle", "mend"]


BoardDeed = Literal[
    "silence", "mute", "wrong_checksum", "split", "glue", "garbage", "late", "unsolicited", "foreign", "short",
    "echo", "babble", "speak", "plug", "unplug", "replug", "invert", "order", "status_bytes", "address",
    "cross_locks", "cross_switches", "mend",
]  # fmt: skip


class BoardDo(_Wish):
    """Something goes wrong at a lock board or its cable, for so many replies (0: until mended)."""

    do: BoardDeed
    times: int = Field(0, ge=0, le=1_000)
    channel: int = Field(0, ge=0, le=50)
    value: int = Field(0, ge=0, le=60_000)


class Move(_Wish):
    """A hand in an open compartment."""

    put: str | None = None
    take: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Move:
        if (self.put is None) == (self.take is None):
            raise ValueError("say either put or take")
        return self


class Network(_Wish):
    up: bool


class Power(_Wish):
    on: bool


class Plug(_Wish):
    plugged: bool


class Switch(_Wish):
    on: bool


class Card(_Wish):
    """A card is held before the reader."""

    number: str = Field(pattern=r"^[0-9A-Fa-f]{10}$")


class Warm(_Wish):
    """What the probe of a cooled compartment measures (null: it is dead)."""

    celsius: float | None = Field(ge=-60, le=130)


W = TypeVar("W", bound=_Wish)


class Hands:
    """The hands' routes for one installation. `web` reaches its kiosk."""

    def __init__(self, locker: Installation, web: httpx.AsyncClient) -> None:
        self._locker = locker
        self._web = web

    async def scan(self, request: Request) -> Any:
        wish = await _wish(request, Scan)
        await self._locker.scan(wish.code(), ENDS[wish.end], wish.pieces)
        return {"scanned": True}

    async def keys(self, request: Request) -> Any:
        return await self._press("keys", await _wish(request, Keys))

    async def choices(self, request: Request) -> Any:
        return await self._press("choices", await _wish(request, Choice))

    async def door(self, request: Request) -> Any:
        n, wish = self._n(request), await _wish(request, DoorDo)
        steel = self._locker.machine.steel
        deeds: dict[str, Callable[[int], None]] = {
            "close": lambda now_ms: steel.close(n, now_ms),
            "open": lambda now_ms: steel.force_open(n, now_ms),
            "jam": lambda _: steel.jam(n),
            "free": lambda now_ms: steel.free(n, now_ms),
            "weld": lambda _: steel.weld(n),
            "mend": lambda now_ms: steel.mend_relay(n, now_ms),
            "delay": lambda _: steel.delay(n, wish.late_ms),
        }
        return self._do(n, deeds[wish.do])

    async def compartment(self, request: Request) -> Any:
        n, wish = self._n(request), await _wish(request, Move)
        steel = self._locker.machine.steel
        put, take = wish.put, wish.take
        if put is not None:
            return self._do(n, lambda _: steel.put(n, put))
        assert take is not None
        return self._do(n, lambda _: steel.take(n, take))

    async def sensor(self, request: Request) -> Any:
        n, wish = self._n(request), await _wish(request, SensorDo)
        machine = self._locker.machine
        if wish.do in ("cut", "mend"):
            machine.cut(n, wish.do == "cut")
        if wish.do == "rattle":
            return self._do(n, lambda now_ms: machine.steel.rattle(n, now_ms))
        return self._do(n, lambda now_ms: machine.steel.stick(n, wish.do == "stick", now_ms))

    async def board(self, request: Request) -> Any:
        name, wish = request.path_params["name"], await _wish(request, BoardDo)
        if name not in self._locker.machine.boards:
            raise HTTPException(404, f"There is no board {name[:20]}.")
        return self._locker.board(name, wish.do, times=wish.times, channel=wish.channel, value=wish.value)

    async def network(self, request: Request) -> Any:
        await self._locker.cable((await _wish(request, Network)).up)
        return {"network": self._locker.network.up}

    async def power(self, request: Request) -> Any:
        await self._locker.switch((await _wish(request, Power)).on)
        return {"power": self._locker.power.on}

    async def input(self, request: Request) -> Any:
        name, wish = request.path_params["name"], await _wish(request, Switch)
        if name not in self._locker.around.inputs:
            raise HTTPException(404, f"There is no input {name[:20]} in this locker's settings.")
        self._locker.switch_input(name, wish.on)
        return {name: wish.on}

    async def card(self, request: Request) -> Any:
        self._locker.around.show_card((await _wish(request, Card)).number)
        return {"shown": True}

    async def thermometer(self, request: Request) -> Any:
        n, wish = self._n(request), await _wish(request, Warm)
        try:
            self._locker.around.warm(n, wish.celsius)
        except KeyError:
            raise HTTPException(404, f"Compartment {n} has no thermometer.") from None
        return {"n": n, "celsius": wish.celsius}

    async def scanner(self, request: Request) -> Any:
        self._locker.plug_scanner((await _wish(request, Plug)).plugged)
        return {"scanner": self._locker.panel()["scanner"]}

    async def state(self, _: Request) -> Any:
        return self._locker.picture()

    async def panel(self, _: Request) -> Any:
        return self._locker.panel()

    async def cabinet(self, _: Request) -> Any:
        settings = self._locker.settings
        return {
            "id": settings.locker.id,
            "number": settings.locker.number,
            "kiosk_url": self._locker.kiosk_url,
            "compartments": [box.model_dump(mode="json") for box in settings.compartment],
        }

    async def events(self, _: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _stream(self) -> AsyncIterator[str]:
        version = -1
        while True:
            version = await self._locker.changed(version)
            told = {"version": version, **self._locker.picture(), "panel": self._locker.panel()}
            yield f"data: {json.dumps(told)}\n\n"

    def _do(self, n: int, deed: Callable[[int], None]) -> Any:
        self._locker.machine.act(deed)
        return self._locker.machine.steel.doors[n].picture()

    def _n(self, request: Request) -> int:
        text = request.path_params["n"]
        n = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        if n not in self._locker.machine.steel.doors:
            raise HTTPException(404, f"There is no compartment {text[:20]}.")
        return n

    async def _press(self, what: str, wish: _Wish) -> Any:
        if not self._locker.power.on:
            raise CantBeDone("The screen is dark: the power is off.")
        try:
            answer = await self._web.post(f"{self._locker.kiosk_url}/{what}", json=wish.model_dump())
        except httpx.TransportError as error:
            raise CantBeDone(f"The kiosk doesn't answer ({type(error).__name__}).") from None
        if answer.is_error:
            raise CantBeDone(f"The kiosk refuses that ({answer.status_code}): {answer.text[:200]}")
        return {"pressed": True}


def build(locker: Installation, web: httpx.AsyncClient, pages: list[BaseRoute]) -> Starlette:
    """The twin's web server: the hands, and the pages that use them."""
    hands = Hands(locker, web)
    posts = {
        "/scan": hands.scan,
        "/keys": hands.keys,
        "/choices": hands.choices,
        "/doors/{n}": hands.door,
        "/compartments/{n}": hands.compartment,
        "/sensors/{n}": hands.sensor,
        "/boards/{name}": hands.board,
        "/inputs/{name}": hands.input,
        "/cards": hands.card,
        "/thermometers/{n}": hands.thermometer,
        "/network": hands.network,
        "/power": hands.power,
        "/scanner": hands.scanner,
    }
    gets = {"/state": hands.state, "/panel": hands.panel, "/cabinet": hands.cabinet}
    routes: list[BaseRoute] = [Route(path, _answering(hand), methods=["POST"]) for path, hand in posts.items()]
    routes += [Route(path, _answering(look)) for path, look in gets.items()]
    return Starlette(
        routes=[*routes, Route("/events", hands.events), *pages], exception_handlers={HTTPException: _problem}
    )


async def _wish(request: Request, kind: type[W]) -> W:
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise HTTPException(400, f"{where}: {first['msg']}") from None


def _answering(hand: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await hand(request))
        except CantBeDone as why:
            return JSONResponse({"detail": str(why)}, status_code=409)

    return answer


def _problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    return JSONResponse({"detail": problem.detail}, status_code=problem.status_code)
