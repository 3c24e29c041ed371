"""The page for whoever sits at the telephone: find the parcel, check who calls, read out a new PIN, give more time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from hub_service.domain.refusals import Refusal
from hub_service.handlers import help_desk, looks
from hub_service.store.users import UserRecord
from hub_service.web.desk import Desk

PATH = "/operate/help"


def add_help_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds the search and a parcel's page with its forms."""

    @routes.get(PATH)
    def search(request: Request, said: str = "") -> Response:
        user = desk.user(request, "help_recipients")
        if isinstance(user, Response):
            return user
        return desk.pages.show("help", user=user, said=said, found=help_desk.find(desk.hub, said[:100]))

    @routes.get(f"{PATH}/{{parcel_id}}")
    def parcel(request: Request, parcel_id: str) -> Response:
        user = desk.user(request, "help_recipients")
        return user if isinstance(user, Response) else _show(desk, user, parcel_id)

    @routes.post(f"{PATH}/{{parcel_id}}/check")
    def check(
        request: Request,
        parcel_id: str,
        name: Annotated[str, Form(max_length=200)],
        address: Annotated[str, Form(max_length=200)],
    ) -> Response:
        user = desk.user(request, "help_recipients")
        if isinstance(user, Response):
            return user
        outcome = help_desk.check(desk.hub, parcel_id, name, address, user.login)
        said = "" if outcome is True else "That isn't what we know of the recipient: ask again, or end the call."
        return _show(desk, user, parcel_id, outcome if isinstance(outcome, Refusal) else None, problem=said)

    _add_help(routes, desk)


def _add_help(routes: APIRouter, desk: Desk) -> None:
    @routes.post(f"{PATH}/{{parcel_id}}/pin")
    def pin(request: Request, parcel_id: str) -> Response:
        user = desk.user(request, "help_recipients")
        if isinstance(user, Response):
            return user
        outcome = help_desk.new_pin(desk.hub, parcel_id, user.login)
        if isinstance(outcome, Refusal):
            return _show(desk, user, parcel_id, outcome)
        return _show(desk, user, parcel_id, pin=outcome.pin)

    @routes.post(f"{PATH}/{{parcel_id}}/extend")
    def extend(request: Request, parcel_id: str) -> Response:
        user = desk.user(request, "help_recipients")
        if isinstance(user, Response):
            return user
        outcome = help_desk.extend(desk.hub, parcel_id, user.login)
        return _show(desk, user, parcel_id, outcome if isinstance(outcome, Refusal) else None)


def _show(
    desk: Desk, user: UserRecord, parcel_id: str, refusal: Refusal | None = None, *, problem: str = "", pin: str = ""
) -> Response:
    view = looks.parcel(desk.hub, parcel_id)
    if view is None:
        return desk.no(Refusal("unknown_parcel", "There is no such parcel: search for it anew."), 404)
    checked = help_desk.was_checked(desk.hub, parcel_id, user.login)
    return desk.pages.show(
        "help_parcel", 409 if refusal else 200, user=user, view=view, path=f"{PATH}/{parcel_id}", checked=checked,
        problem=problem or (refusal.sentence if refusal else ""), pin=pin,
        events=looks.events(desk.hub, parcel_id=parcel_id), locker=view.locker_name,
    )  # fmt: skip
