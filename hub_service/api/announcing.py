"""POST /v1/parcels: announcements that arrive together share a transaction; those that aren't plain go alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from hub_service import telemetry
from hub_service.api import answers, repeats
from hub_service.api.answers import Parcel
from hub_service.api.bodies import NewParcel
from hub_service.api.gate import Gate
from hub_service.api.problems import Problem, documented, granted
from hub_service.domain.limits import Caller
from hub_service.handlers import announce, announced_together
from hub_service.handlers.hub import Hub
from hub_service.handlers.plain_announcements import Ask
from hub_service.handlers.request_keys import RequestKey
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement
from hub_service.store.errors import IntegrityError
from hub_service.store.repeats import Answer
from hub_service.together import Together

JSON = "application/json"
_log = logging.getLogger(__name__)


def add(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    """Adds the route to a router of plain routes: it knows repeats by itself."""
    announcer = Depends(gate.needs("announce"))
    together: Together[Ask, Answer] = Together(lambda asks: _taken(hub, asks))

    @routes.post("/parcels", status_code=201, response_model=Parcel, responses=documented(400, 404, 409, 413, 415, 503))
    async def announce_parcel(body: NewParcel, request: Request, caller: Caller = announcer) -> Response:
        """Takes a parcel on; with a locker, room is held and the access code exists from now on."""
        wish, key = wish_of(body, caller), request_key(request, caller)
        if wish.locker_id is not None:
            digest = await repeats.digest_of(request) if key else ""
            ask = Ask(wish=wish, request=key, digest=digest, cause=telemetry.cause())
            answer = await run_in_threadpool(together.take, ask)
            if answer:
                return Response(answer.body, answer.status, media_type=answer.media_type)

        async def alone(_: Request) -> Response:
            outcome: ParcelView = granted(await run_in_threadpool(announce.announce, hub, wish, key))
            return _response(outcome)

        return await repeats.once(hub, request, alone)


def wish_of(body: NewParcel, caller: Caller) -> Announcement:
    """The announcement of a caller: a carrier's key announces that carrier's parcels, a test key test parcels."""
    if caller.carrier and body.carrier not in ("", caller.carrier):
        raise Problem(
            403, "another_carrier", "This key announces parcels of its own carrier only: leave `carrier` out."
        )
    carrier = caller.carrier or body.carrier
    if not carrier:
        raise Problem(422, "invalid", "carrier: say whose parcel it is; a key of the operator may announce for all")
    return body.wish(carrier, caller.test)


def request_key(request: Request, caller: Caller, row: str = "") -> RequestKey | None:
    """By which the parcel of a repeated request is found, even if the hub stopped before it had answered."""
    key = repeats.key_of(request)
    return RequestKey(caller.id, key + row) if key else None


def _taken(hub: Hub, asks: Sequence[Ask]) -> Sequence[Answer | None]:
    found: dict[int, Answer | None] = {}
    for wave in announced_together.waves(asks):
        found |= zip(map(id, wave), _wave(hub, wave), strict=True)
    return [found[id(ask)] for ask in asks]


def _wave(hub: Hub, asks: Sequence[Ask]) -> Sequence[Answer | None]:
    try:
        return announced_together.announce_all(hub, asks, _answer)
    except IntegrityError:
        # Somebody was quicker, with a code or a label: each is looked at alone, and told what is the matter.
        pass
    except Exception:  # noqa: BLE001 - the fault is one request's, and the others of its group must not have it
        _log.exception("a group of announcements was undone; each is taken alone")
        hub.measures.failed.labels("announcing").inc()
    return [None] * len(asks)


def _answer(view: ParcelView) -> Answer:
    return Answer(201, JSON, answers.parcel(view).model_dump_json())


def _response(view: ParcelView) -> Response:
    told = _answer(view)
    return Response(told.body, told.status, media_type=told.media_type)
