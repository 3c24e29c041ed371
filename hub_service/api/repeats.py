"""Routes that know versions and repeats: `ETag` on whatever is looked up, one effect for each `Idempotency-Key`."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Annotated, Any

from fastapi import Header, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from hub_service.api import problems
from hub_service.api.problems import Problem
from hub_service.domain.refusals import Refusal
from hub_service.handlers import keys, repeats
from hub_service.handlers.hub import Hub
from hub_service.store.repeats import Answer

KEY_LENGTH_MAX = 200
IfMatch = Annotated[str | None, Header(max_length=200, description="do it only while the ETag is this one")]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
# Nothing was done, or it may succeed with the same request later: these aren't kept.
_TRANSIENT = frozenset({400, 401, 403, 412, 413, 415, 429})


def route_class(hub: Hub) -> type[APIRoute]:
    """The kind of route that all resources under /v1 are made of."""

    class Route(APIRoute):
        def get_route_handler(self) -> Handler:
            inner = super().get_route_handler()

            async def looked_up(request: Request) -> Response:
                return _versioned(request, await inner(request))

            async def changed(request: Request) -> Response:
                return await once(hub, request, inner)

            return looked_up if "GET" in (self.methods or ()) else changed

    return Route


def version_of(shown: BaseModel) -> str:
    """The ETag of one thing as it is shown."""
    return _tag(shown.model_dump_json().encode())


@contextlib.contextmanager
def while_unchanged(hub: Hub, if_match: str | None, shown: Callable[[], BaseModel]) -> Iterator[None]:
    """What happens inside is done only if the thing still is the version that the caller has seen.

    Look and change are one transaction: nobody gets in between. Without `if_match` there is no condition.
    """
    if if_match is None:
        yield
        return
    with hub.store.write():
        if not _matches(if_match, version_of(shown())):
            raise Problem(412, "changed_meanwhile", "It isn't what you have seen: look at it again, then decide anew.")
        yield


def _versioned(request: Request, response: Response) -> Response:
    content = getattr(response, "body", None)
    if response.status_code != 200 or not isinstance(content, bytes):
        return response
    tag = _tag(content)
    response.headers["ETag"] = tag
    # Who sees what depends on the key: a cache in between must not hand it to others.
    response.headers["Cache-Control"] = "private, no-cache"
    if _matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})
    return response


def _tag(content: bytes) -> str:
    # Spelling doesn't count: the same thing has one version however it was written down.
    with contextlib.suppress(ValueError):
        content = json.dumps(json.loads(content), sort_keys=True).encode()
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _matches(header: str, tag: str) -> bool:
    asked = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in asked or asked == ["*"]


def key_of(request: Request) -> str | None:
    """The key that came with a request, if one did. Raises Problem where nobody can use it."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (1 <= len(key) <= KEY_LENGTH_MAX and key.isascii() and key.isprintable()):
        raise Problem(422, "unusable_key", f"An Idempotency-Key has 1 to {KEY_LENGTH_MAX} printable ASCII characters.")
    return key


async def once(hub: Hub, request: Request, inner: Callable[[Request], Awaitable[Response]]) -> Response:
    """Does it, or gives the first answer again where the same request came before with its key."""
    key = key_of(request)
    if key is None:
        return await inner(request)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    caller = await asyncio.to_thread(keys.caller, hub, secret.strip()) if scheme.lower() == "bearer" else None
    if caller is None:
        # Strangers leave nothing behind; the route itself tells them who they aren't.
        return await inner(request)
    told: list[Response] = []

    async def work() -> Answer | None:
        told.append(await _answered(request, inner))
        return _lasting(told[0])

    outcome = await repeats.once(hub, (caller.id, key), await digest_of(request), work)
    if told:
        return told[0]
    assert outcome is not None, "somebody has answered"
    if isinstance(outcome, Refusal):
        raise problems.of_refusal(outcome)
    return Response(
        outcome.body, outcome.status, media_type=outcome.media_type, headers={"Idempotent-Replayed": "true"}
    )


async def _answered(request: Request, inner: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        return await inner(request)
    except Problem as problem:
        # A refusal is an answer like any other: the repeat gets the same one.
        return problems.response(problem)


def _lasting(response: Response) -> Answer | None:
    if response.status_code >= 500 or response.status_code in _TRANSIENT:
        return None
    return Answer(response.status_code, response.headers.get("content-type", ""), bytes(response.body).decode())


async def digest_of(request: Request) -> str:
    """By which two requests with the same key are known to be the same."""
    raw = await request.body()
    # Spaces and the order of names are no other request.
    with contextlib.suppress(ValueError, RecursionError):
        raw = json.dumps(json.loads(raw), sort_keys=True).encode()
    asked = f"{request.method} {request.url.path}?{request.url.query}\n{request.headers.get('content-type', '')}\n"
    return hashlib.sha256(asked.encode() + raw).hexdigest()
