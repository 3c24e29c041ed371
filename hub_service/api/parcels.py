"""/v1/parcels and /v1/delivery-attempts: announce, look, extend, cancel; a failed home delivery finds a locker."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from pydantic import TypeAdapter, ValidationError

from hub_service.api import answers, problems
from hub_service.api.bodies import Attempt, NewParcel, Progress
from hub_service.domain.custody import Status
from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce, attempts, deposit_tickets, looks, stays
from hub_service.handlers.announce import RequestKey
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView

ROWS_MAX = 1_000
_ROW: TypeAdapter[NewParcel] = TypeAdapter(NewParcel)
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]


def router(hub: Hub, caller: Any) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["parcels"])
    who = Depends(caller)
    _add_announcing(routes, hub, who)
    _add_looking(routes, hub, who)
    _add_changing(routes, hub, who)
    return routes


def _add_announcing(routes: APIRouter, hub: Hub, who: Any) -> None:
    @routes.post("/parcels", status_code=201)
    def announce_parcel(body: NewParcel, idempotency_key: Key = "", name: str = who) -> dict[str, Any]:
        """Takes a parcel on; with a locker, room is held and the access code exists from now on."""
        return answers.parcel(_granted(announce.announce(hub, body.wish(), _request(name, idempotency_key))))

    @routes.post("/parcels/bulk", status_code=207)
    def announce_many(body: list[Any], idempotency_key: Key = "", name: str = who) -> dict[str, Any]:
        """Takes up to a thousand parcels on, each row for itself: `items` has an answer for each, in order."""
        if len(body) > ROWS_MAX:
            raise problems.Problem(422, "too_many_rows", f"Send at most {ROWS_MAX} parcels at once.")
        return {"items": [_row(hub, row, _request(name, idempotency_key, f"/{n}")) for n, row in enumerate(body)]}

    @routes.post("/delivery-attempts", status_code=201, tags=["delivery-attempts"])
    def fail_delivery(body: Attempt, _: str = who) -> dict[str, Any]:
        """Records a failed home delivery. `fallback` is the locker that takes the parcel, or why none does."""
        done = _granted(attempts.failed(hub, body.wish()))
        refused = done.fallback
        found = {"locker_id": done.parcel.locker_id, "planned": done.parcel.planned}
        return {
            "parcel_id": done.parcel.id,
            "status": done.parcel.status,
            "fallback": {"code": refused.code, "detail": refused.sentence} if refused else found,
            "parcel": answers.parcel(done.parcel),
        }


def _add_looking(routes: APIRouter, hub: Hub, who: Any) -> None:
    @routes.get("/parcels")
    def list_parcels(
        tracking_number: str | None = None,
        carrier: str | None = None,
        reference: str | None = None,
        status: Status | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        _: str = who,
    ) -> dict[str, Any]:
        """The newest parcels that are like this, newest first."""
        found = looks.parcels(
            hub, limit=limit, tracking_number=tracking_number, carrier=carrier, reference=reference, status=status
        )
        return {"items": [answers.parcel(view) for view in found]}

    @routes.get("/parcels/{parcel_id}")
    def get_parcel(parcel_id: str, _: str = who) -> dict[str, Any]:
        """One parcel."""
        view = looks.parcel(hub, parcel_id)
        if view is None:
            raise problems.Problem(404, "unknown_parcel", "There is no parcel with this id.")
        return answers.parcel(view)


def _add_changing(routes: APIRouter, hub: Hub, who: Any) -> None:
    @routes.post("/parcels/{parcel_id}/extend")
    def extend_parcel(parcel_id: str, _: str = who) -> dict[str, Any]:
        """Gives a parcel that waits in a locker 48 hours more, once."""
        return answers.parcel(_granted(stays.extend(hub, parcel_id)))

    @routes.post("/parcels/{parcel_id}/cancel")
    def cancel_parcel(parcel_id: str, _: str = who) -> dict[str, Any]:
        """A parcel that lies in no locker is not to come any more; its room is free again."""
        return answers.parcel(_granted(stays.cancel(hub, parcel_id)))

    @routes.post("/parcels/{parcel_id}/progress")
    def progress_parcel(parcel_id: str, body: Progress, _: str = who) -> dict[str, Any]:
        """The carrier says how far the parcel has come."""
        return answers.parcel(_granted(stays.progress(hub, parcel_id, body.known)))

    @routes.post("/parcels/{parcel_id}/deposit-ticket")
    def issue_deposit_ticket(parcel_id: str, _: str = who) -> dict[str, Any]:
        """A QR code with which a courier deposits the parcel even if the locker hasn't heard of it."""
        issued = _granted(deposit_tickets.issue(hub, parcel_id))
        return {"ticket": issued.ticket, "locker_id": issued.locker_id, "size_class": issued.size_class}


def _granted(outcome: Any) -> Any:
    if isinstance(outcome, Refusal):
        raise problems.of_refusal(outcome)
    return outcome


def _request(name: str, key: str, row: str = "") -> RequestKey | None:
    return RequestKey(name, key + row) if key else None


def _row(hub: Hub, row: Any, request: RequestKey | None) -> dict[str, Any]:
    try:
        wish = _ROW.validate_python(row).wish()
    except ValidationError as error:
        sentence = problems.sentence_of(error.errors())
        return {"status": 422, "problem": problems.body(422, "invalid", sentence)}
    outcome = announce.announce(hub, wish, request)
    if isinstance(outcome, ParcelView):
        return {"status": 201, "parcel": answers.parcel(outcome)}
    problem = problems.of_refusal(outcome)
    return {
        "status": problem.status,
        "problem": problems.body(problem.status, problem.code, str(problem), problem.more),
    }
