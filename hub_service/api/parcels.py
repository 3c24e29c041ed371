"""/v1/parcels: look, extend, cancel, say how far they are; `announcing` takes them on."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from hub_service.api import announcing, answers, pages, tables, visible
from hub_service.api.answers import Answer, Parcel
from hub_service.api.bodies import Progress
from hub_service.api.gate import Gate
from hub_service.api.problems import documented, granted
from hub_service.api.repeats import IfMatch, route_class, while_unchanged
from hub_service.domain.custody import Status
from hub_service.domain.limits import Caller
from hub_service.handlers import deposit_tickets, looks, stays
from hub_service.handlers.hub import Hub

COLUMNS = (
    "id", "status", "tracking_number", "carrier", "reference", "locker_id", "compartment", "announced_at", "ready_at",
    "deadline", "pin", "page_url",
)  # fmt: skip


class ParcelPage(Answer):
    """Parcels, newest first; `next` is the cursor of the following page, if there is one."""

    items: list[Parcel]
    next: str | None


class DepositTicket(Answer):
    """A QR code's text; `size_class` is what the locker opens for it."""

    ticket: str
    locker_id: str
    size_class: str


def router(hub: Hub, gate: Gate) -> APIRouter:
    # Each with its whole path: that is what the log and the figures call a route, and what alerts look for.
    first = APIRouter(prefix="/v1", tags=["parcels"])
    routes = APIRouter(prefix="/v1", tags=["parcels"], route_class=route_class(hub))
    announcing.add(first, hub, gate)
    _add_looking(routes, hub, gate)
    _add_changing(routes, hub, gate)
    both = APIRouter()
    both.include_router(first)
    both.include_router(routes)
    return both


def _add_looking(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    reader = Depends(gate.needs("read"))
    csv: dict[int | str, dict[str, Any]] = {200: {"content": tables.DOCUMENTED}}

    @routes.get("/parcels", response_model=ParcelPage, responses=csv | documented())
    def list_parcels(
        request: Request,
        caller: Caller = reader,
        tracking_number: str | None = None,
        carrier: str | None = None,
        reference: str | None = None,
        status: Status | None = None,
        cursor: pages.Cursor = None,
        limit: pages.Limit = 50,
    ) -> Any:
        """The newest parcels that are like this, newest first; as CSV with `Accept: text/csv`."""
        if caller.carrier and carrier not in (None, caller.carrier):
            return ParcelPage(items=[], next=None)
        # One more than asked for: then it is known whether there is another page.
        found = looks.parcels(
            hub, limit=limit + 1, behind=pages.place(cursor), tracking_number=tracking_number,
            carrier=caller.carrier or carrier, reference=reference, status=status, test=caller.test,
        )  # fmt: skip
        shown = [answers.parcel(view) for view in found[:limit]]
        if tables.wanted(request):
            return _table(shown)
        last = found[limit - 1] if len(found) > limit else None
        return ParcelPage(items=shown, next=pages.cursor((last.announced_s, last.id)) if last else None)

    @routes.get("/parcels/{parcel_id}", responses=documented(404))
    def get_parcel(parcel_id: str, caller: Caller = reader) -> Parcel:
        """One parcel."""
        return answers.parcel(visible.parcel(hub, caller, parcel_id))


def _table(shown: list[Parcel]) -> Response:
    flat = [one.model_dump() | {"pin": one.pickup.pin, "page_url": one.pickup.page_url} for one in shown]
    return tables.response(COLUMNS, flat)


def _add_changing(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    announcer = Depends(gate.needs("announce"))
    deliverer = Depends(gate.needs("deliver"))
    changing = documented(404, 409, 412)

    def shown(caller: Caller, parcel_id: str) -> Parcel:
        return answers.parcel(visible.parcel(hub, caller, parcel_id))

    @routes.post("/parcels/{parcel_id}/extend", responses=changing)
    def extend_parcel(parcel_id: str, caller: Caller = announcer, if_match: IfMatch = None) -> Parcel:
        """Gives a parcel that waits in a locker 48 hours more, once."""
        shown(caller, parcel_id)
        with while_unchanged(hub, if_match, lambda: shown(caller, parcel_id)):
            return answers.parcel(granted(stays.extend(hub, parcel_id)))

    @routes.post("/parcels/{parcel_id}/cancel", responses=changing)
    def cancel_parcel(parcel_id: str, caller: Caller = announcer, if_match: IfMatch = None) -> Parcel:
        """A parcel that lies in no locker is not to come any more; its room is free again."""
        shown(caller, parcel_id)
        with while_unchanged(hub, if_match, lambda: shown(caller, parcel_id)):
            return answers.parcel(granted(stays.cancel(hub, parcel_id)))

    @routes.post("/parcels/{parcel_id}/progress", responses=changing | documented(400, 413, 415))
    def progress_parcel(parcel_id: str, body: Progress, caller: Caller = deliverer, if_match: IfMatch = None) -> Parcel:
        """The carrier says how far the parcel has come."""
        shown(caller, parcel_id)
        with while_unchanged(hub, if_match, lambda: shown(caller, parcel_id)):
            return answers.parcel(granted(stays.progress(hub, parcel_id, body.known)))

    @routes.post("/parcels/{parcel_id}/deposit-ticket", responses=documented(404, 409))
    def issue_deposit_ticket(parcel_id: str, caller: Caller = deliverer) -> DepositTicket:
        """A QR code with which a courier deposits the parcel even if the locker hasn't heard of it."""
        shown(caller, parcel_id)
        issued = granted(deposit_tickets.issue(hub, parcel_id))
        return DepositTicket(ticket=issued.ticket, locker_id=issued.locker_id, size_class=issued.size_class)
