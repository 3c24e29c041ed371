"""The page that says who is told of alarms, and by which way."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.permissions import may
from hub_service.domain.refusals import Refusal
from hub_service.handlers import alarm_desk
from hub_service.store.users import UserRecord
from hub_service.web.desk import HOME, Desk

PATH = f"{HOME}/contacts"


def add_contact_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds the page and its form: everybody may say how they themselves are reached, admins how all are."""

    @routes.get(PATH)
    def contacts(request: Request) -> Response:
        user = desk.user(request, "handle_alarms")
        return user if isinstance(user, Response) else _show(desk, user)

    @routes.post(PATH)
    def change(
        request: Request,
        login: Annotated[str, Form(min_length=1, max_length=80)],
        email: Annotated[str, Form(max_length=254, pattern=r"^\s*([^@\s]+@[^@\s]+)?\s*$")] = "",
        phone: Annotated[str, Form(max_length=40, pattern=r"^[+0-9 ()/.-]*$")] = "",
    ) -> Response:
        user = desk.user(request, "handle_alarms")
        if isinstance(user, Response):
            return user
        if login != user.login and not may(user.role, "manage_users"):
            return desk.no(Refusal("not_permitted", "Only admins say how somebody else is reached."), 403)
        outcome = alarm_desk.set_contact(desk.hub, login, email.strip(), phone.strip(), user.login)
        return _show(desk, user, outcome) if outcome else RedirectResponse(PATH, 303)


def _show(desk: Desk, user: UserRecord, problem: Refusal | None = None) -> Response:
    everybody = alarm_desk.reached(desk.hub)
    on_call = {one.login for one in alarm_desk.shifts(desk.hub) if one.from_s <= desk.hub.now_s()}
    # Who may not manage users sees colleagues' names, not their numbers.
    own = [one for one in everybody if may(user.role, "manage_users") or one[0].login == user.login]
    return desk.pages.show(
        "contacts", 409 if problem else 200, user=user, path=PATH, problem=problem.sentence if problem else "",
        people=own, silent=[one.login for one, contact in everybody if not contact.email and not contact.phone],
        on_call=on_call,
    )  # fmt: skip
