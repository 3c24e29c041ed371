"""/v1/keys: the operator's programs make, list and end API keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from hub_service.api.answers import Answer, iso, iso_or_none
from hub_service.api.bodies import Body, Name, Words
from hub_service.api.gate import Gate
from hub_service.api.problems import documented, granted
from hub_service.api.repeats import route_class
from hub_service.domain.limits import Caller, Scope
from hub_service.handlers import keys
from hub_service.handlers.hub import Hub
from hub_service.store.callers import KeyRecord


class NewKey(Body):
    """A key for a program. Without `scopes` it may do all that its kind may; `test` keys reach test lockers only."""

    name: Name
    carrier: Annotated[Words, Field(max_length=60)] = ""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)] | None = None
    test: bool = False


class Key(Answer):
    """An API key; the key itself is told once, when it is made."""

    id: str
    name: str
    carrier: str
    scopes: list[Scope]
    test: bool
    created_at: str
    used_at: str | None
    ended_at: str | None


class FreshKey(Key):
    """A key that was made just now, with its secret."""

    api_key: str


class Keys(Answer):
    """All keys, oldest first."""

    items: list[Key]


def router(hub: Hub, gate: Gate) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["keys"], route_class=route_class(hub))
    operator = Depends(gate.needs("operate"))

    @routes.post("/keys", status_code=201, responses=documented(400, 413, 415))
    def add_key(body: NewKey, _: Caller = operator) -> FreshKey:
        """Makes a key. Its secret is in this answer and nowhere else."""
        made, secret = granted(
            keys.add(hub, body.name, carrier=body.carrier, scopes=body.scopes, test=body.test)
        )  # fmt: skip
        return FreshKey(**_key(made).model_dump(), api_key=secret)

    @routes.get("/keys", responses=documented())
    def list_keys(_: Caller = operator) -> Keys:
        """All keys, with those that were ended."""
        return Keys(items=[_key(one) for one in keys.every(hub)])

    @routes.delete("/keys/{key_id}", responses=documented(404))
    def end_key(key_id: str, _: Caller = operator) -> Key:
        """Ends a key: from the next request on it lets nobody in."""
        return _key(granted(keys.end(hub, key_id)))

    return routes


def _key(one: KeyRecord) -> Key:
    caller = one.caller
    return Key(
        id=caller.id, name=caller.name, carrier=caller.carrier, scopes=sorted(caller.scopes), test=caller.test,
        created_at=iso(one.created_s), used_at=iso_or_none(one.seen_s), ended_at=iso_or_none(one.ended_s),
    )  # fmt: skip
