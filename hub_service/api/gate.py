"""Who may come in, for what, how often, and with how much: API keys, scopes, rates and the longest body."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_service.api.problems import MEDIA_TYPE, Problem
from hub_service.domain import limits
from hub_service.domain.limits import Caller, Purse, Rate
from hub_service.handlers import keys, rates
from hub_service.handlers.hub import Hub
from hub_service.together import Together

BODY_BYTES_MAX = 1_048_576
RATE = Rate(per_s=100, burst=400)
"""For each key, whichever workers it reaches: far above what a shop sends, far below what would slow others down."""

_SCHEME = HTTPBearer(auto_error=False, description="An API key of this hub.")
_TOO_LONG = (
    b'{"type":"about:blank","title":"Content Too Large","status":413,"code":"too_long",'
    b'"detail":"A body has at most 1 MiB: send fewer parcels at once."}'
)


class Gate:
    """Lets callers with a known key and the right scope in, as often as their rate allows."""

    def __init__(self, hub: Hub, rate: Rate = RATE, clock: Callable[[], float] = time.time) -> None:
        self._hub = hub
        self._rate = rate
        self._clock = clock
        self._purses: dict[str, Purse] = {}
        self._turn = threading.Lock()
        # Requests that arrive together are looked up together: each alone would be three ways to a server and back.
        self._callers: Together[str, Caller] = Together(lambda secrets: keys.callers_of(hub, secrets))

    def needs(self, scope: limits.Scope) -> Callable[..., Caller]:
        """The dependency that says who the caller is, where their key has this scope."""

        def caller(credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_SCHEME)]) -> Caller:
            known = self._callers.take(credentials.credentials) if credentials else None
            if known is None:
                raise Problem(
                    401, "unauthorised", "Send the header `Authorization: Bearer API_KEY` with a key of this hub."
                )
            self.count(known)
            if scope not in known.scopes:
                raise Problem(403, "missing_scope", f"This key lacks the scope `{scope}`: ask the operator for one.")
            return known

        return caller

    def count(self, caller: Caller) -> None:
        """Lets one more request of this caller pass. Raises Problem where it comes too early."""
        now_us = round(self._clock() * 1_000_000)
        with self._turn:
            purse = self._purses.get(caller.id, Purse())
            if now_us < purse.closed_until_us:
                raise _too_often(purse.closed_until_us - now_us)
            after = limits.spend(purse, self._rate, now_us)
            # Who asks the store takes the debt along: it is paid once, and others go on meanwhile.
            self._purses[caller.id] = after or Purse()
        if after is None:
            self._settle(caller.id, max(0, -purse.left), now_us)

    def _settle(self, caller_id: str, owed: int, now_us: int) -> None:
        count, wait_us = rates.settle(self._hub, caller_id, self._rate, owed, now_us)
        with self._turn:
            if count:
                # What others let pass meanwhile is owed still.
                left = self._purses[caller_id].left + count - 1
                self._purses[caller_id] = Purse(left, now_us + limits.KEPT_US)
                return
            self._purses[caller_id] = replace(
                self._purses[caller_id], closed_until_us=now_us + max(wait_us, limits.CLOSED_US)
            )
        raise _too_often(wait_us)


def _too_often(wait_us: int) -> Problem:
    wait_s = max(1, math.ceil(wait_us / 1_000_000))
    return Problem(429, "too_many_requests", f"This key asks too often: try again in {wait_s} s.", retry_after_s=wait_s)


class BodyLimit:
    """Answers 413 to longer bodies before anything reads them whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets one request through, or not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        # Refused unread: it may be gigabytes.
        if length.isdigit() and int(length) > BODY_BYTES_MAX:
            await _refuse(send)
            return
        # A body without a length is read up to the limit; what is longer ends like a body that was cut off.
        await self._app(scope, _counted(receive), send)


def _counted(receive: Receive) -> Receive:
    left = BODY_BYTES_MAX

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            # The framework turns any other exception of a body into "400".
            raise HTTPException(413, "A body has at most 1 MiB: send fewer parcels at once.")
        return message

    return counted


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(_TOO_LONG)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": _TOO_LONG})
