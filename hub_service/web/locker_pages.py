"""One locker for operators: its picture, each compartment with what can be done about it, and what happened there."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.permissions import may
from hub_service.domain.refusals import Refusal
from hub_service.handlers import network, parked, sites
from hub_service.handlers.network import DoorView, LockerDesk
from hub_service.store.users import UserRecord
from hub_service.web.desk import HOME, Desk
from hub_service.web.picture import Look, locker_svg, position

PATH = f"{HOME}/lockers"
UNKNOWN = Refusal("unknown_locker", "There is no such locker: choose one on the first page.")
# A locker has at most 999 compartments.
Number = Annotated[int, Form(ge=1, le=999)]


def add_locker_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds the page of one locker and its forms; who only may look sees no buttons."""

    @routes.get(f"{PATH}/{{locker_id}}")
    def locker(
        request: Request,
        locker_id: str,
        door: Annotated[int | None, Query(ge=1, le=999)] = None,
        before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    ) -> Response:
        user = desk.user(request, "see_network")
        return user if isinstance(user, Response) else _show(desk, user, locker_id, door, before)

    @routes.post(f"{PATH}/{{locker_id}}/service")
    def serve(
        request: Request,
        locker_id: str,
        n: Number,
        service: Annotated[Literal["out", "in"], Form()],
        reason: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        user = desk.user(request, "serve_compartments")
        if isinstance(user, Response):
            return user
        if service == "out" and not reason.strip():
            return _show(desk, user, locker_id, n, problem="Say why: the next one has to know what is to be mended.")
        outcome = sites.serve(desk.hub, locker_id, n, service == "in", reason.strip(), user.login)
        if isinstance(outcome, Refusal):
            return desk.no(outcome, 404)
        return RedirectResponse(f"{PATH}/{locker_id}?door={n}#door", 303)

    @routes.post(f"{PATH}/{{locker_id}}/retry")
    def retry(request: Request, locker_id: str) -> Response:
        user = desk.user(request, "retry_reports")
        if isinstance(user, Response):
            return user
        outcome = parked.retry(desk.hub, locker_id, user.login)
        if isinstance(outcome, Refusal):
            return desk.no(UNKNOWN, 404)
        said = f"{outcome.applied} applied, {len(outcome.still_parked)} still set aside."
        return _show(desk, user, locker_id, said=said)


def _show(
    desk: Desk,
    user: UserRecord,
    locker_id: str,
    door: int | None = None,
    before: int | None = None,
    *,
    said: str = "",
    problem: str = "",
) -> Response:
    found = network.desk(desk.hub, locker_id, before)
    if found is None:
        return desk.no(UNKNOWN, 404)
    chosen = next((one for one in found.doors if one.seen.n == door), None)
    path = f"{PATH}/{found.locker.id}"
    return desk.pages.show(
        "locker", 422 if problem else 200, user=user, problem=problem, desk=found, path=path, chosen=chosen, said=said,
        state=state,
        picture=locker_svg(found.locker.compartments, door, _looks(found, path)),
        place=position(found.locker.compartments, door), sees_parcels=may(user.role, "see_parcels"),
        modules=_by_module(found.doors),
    )  # fmt: skip


def state(door: DoorView) -> tuple[str, str, str]:
    """What a compartment is called, as a style, as a sign and in words; what needs a person comes first."""
    seen = door.seen
    if seen.faults:
        return "broken", "!", "fault: " + ", ".join(fault.replace("_", " ") for fault in seen.faults)
    if not seen.in_service:
        return "out", "×", "out of service"
    if door.door_open:
        return "open", "<", "open"
    if seen.content == "uncertain":
        return "doubtful", "?", "nobody knows what is inside"
    if seen.content == "occupied":
        return "full", "", "occupied"
    return ("planned", "", "free, planned for a parcel") if seen.planned else ("free", "", "free")


def _looks(found: LockerDesk, path: str) -> dict[int, Look]:
    return {one.seen.n: Look(*state(one), f"{path}?door={one.seen.n}#door") for one in found.doors}


def _by_module(doors: tuple[DoorView, ...]) -> list[tuple[str, list[DoorView]]]:
    names = dict.fromkeys(one.seen.module for one in doors)
    return [(name, [one for one in doors if one.seen.module == name]) for name in names]
