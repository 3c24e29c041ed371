"""/v1/delivery-attempts: a failed home delivery finds a locker."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from hub_service.api import answers, visible
from hub_service.api.answers import Answer, Parcel
from hub_service.api.bodies import Attempt
from hub_service.api.fallback import Offer, offer
from hub_service.api.gate import Gate
from hub_service.api.problems import documented, granted
from hub_service.api.repeats import route_class
from hub_service.domain.custody import Status
from hub_service.domain.limits import Caller
from hub_service.domain.refusals import Refusal
from hub_service.handlers import attempts
from hub_service.handlers.hub import Hub


class Found(Answer):
    """The locker that takes the parcel; `planned` is the compartment that is planned for it."""

    locker_id: str
    planned: int | None


class NotFound(Answer):
    """Why no locker takes it, and what to do instead."""

    code: str
    detail: str
    reasons: list[str]


class Attempted(Answer):
    """The attempt is recorded. `fallback` is where the parcel goes now, `offers` what there was, best first."""

    parcel_id: str
    status: Status
    fallback: Found | NotFound
    parcel: Parcel
    offers: list[Offer]


def router(hub: Hub, gate: Gate) -> APIRouter:
    deliverer = Depends(gate.needs("deliver"))
    routes = APIRouter(prefix="/v1", tags=["delivery-attempts"], route_class=route_class(hub))

    @routes.post("/delivery-attempts", status_code=201, responses=documented(400, 404, 409, 413, 415, 503))
    def fail_delivery(body: Attempt, caller: Caller = deliverer) -> Attempted:
        """Records a failed home delivery. `fallback` is the locker that takes the parcel, or why none does."""
        visible.parcel(hub, caller, body.parcel_id)
        return _told(granted(attempts.failed(hub, body.wish())))

    return routes


def _told(done: attempts.Attempted) -> Attempted:
    refused, parcel = done.fallback, answers.parcel(done.parcel)
    fallback = (
        NotFound(code=refused.code, detail=refused.sentence, reasons=_reasons(refused))
        if refused
        else Found(locker_id=parcel.locker_id or "", planned=parcel.planned)
    )
    some = [offer(one) for one in done.offers]
    return Attempted(parcel_id=parcel.id, status=parcel.status, fallback=fallback, parcel=parcel, offers=some)


def _reasons(refused: Refusal) -> list[str]:
    codes = refused.data.get("reasons")
    return [str(code) for code in codes] if isinstance(codes, list) else []
