"""The page of people: who signs in and what they may do, whose codes lockers honour, and who is on call."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.permissions import ROLES, Role, may
from hub_service.domain.refusals import Refusal
from hub_service.handlers import alarm_desk, sites, users
from hub_service.handlers.sites import NewPass
from hub_service.handlers.users import NewUser
from hub_service.store.users import UserRecord
from hub_service.web.desk import HOME, Desk

PATH = f"{HOME}/people"
SAID_ROLES: dict[Role, str] = {
    "viewer": "sees lockers and figures",
    "helpdesk": "helps recipients at the telephone, handles alarms",
    "technician": "takes compartments out of service, handles alarms",
    "operator": "both, and gives couriers their codes",
    "admin": "everything, also people and the audit log",
}
FIRST_YEAR, LAST_YEAR = 2000, 2199
Login = Annotated[str, Form(min_length=1, max_length=80)]


def add_people_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds the page and its forms: users are for admins, passes and shifts for operators as well."""

    @routes.get(PATH)
    def people(request: Request) -> Response:
        user = desk.user(request, "manage_staff")
        return user if isinstance(user, Response) else _show(desk, user)

    _add_users(routes, desk)
    _add_passes(routes, desk)
    _add_shifts(routes, desk)


def _add_users(routes: APIRouter, desk: Desk) -> None:
    @routes.post(f"{PATH}/users")
    def add(
        request: Request, login: Login, role: Annotated[Role, Form()], way: Annotated[str, Form()] = ""
    ) -> Response:
        user = desk.user(request, "manage_users")
        if isinstance(user, Response):
            return user
        return _show(
            desk, user, users.add(desk.hub, login.strip().lower(), role, user.login, elsewhere=way == "outside")
        )

    @routes.post(f"{PATH}/users/reset")
    def reset(request: Request, login: Login) -> Response:
        user = desk.user(request, "manage_users")
        if isinstance(user, Response):
            return user
        return _show(desk, user, users.reset_password(desk.hub, login, user.login))

    @routes.post(f"{PATH}/users/role")
    def role(request: Request, login: Login, role: Annotated[Role, Form()]) -> Response:
        user = desk.user(request, "manage_users")
        if isinstance(user, Response):
            return user
        return _done(desk, user, users.set_role(desk.hub, login, role, user.login))

    @routes.post(f"{PATH}/users/end")
    def end(request: Request, login: Login) -> Response:
        user = desk.user(request, "manage_users")
        if isinstance(user, Response):
            return user
        return _done(desk, user, users.end(desk.hub, login, user.login))


def _add_passes(routes: APIRouter, desk: Desk) -> None:
    @routes.post(f"{PATH}/passes")
    def add(
        request: Request,
        who: Annotated[str, Form(min_length=1, max_length=sites.NAME_MAX)],
        party: Annotated[Literal["courier", "operator"], Form()],
        carrier: Annotated[str, Form(max_length=sites.NAME_MAX)] = "",
        card: Annotated[str, Form(max_length=16)] = "",
    ) -> Response:
        user = desk.user(request, "manage_staff")
        if isinstance(user, Response):
            return user
        made = sites.add_pass(desk.hub, party, who.strip(), carrier.strip(), card.strip(), user.login)
        return _show(desk, user, made)

    @routes.post(f"{PATH}/passes/rotate")
    def rotate(request: Request, pass_id: Login) -> Response:
        user = desk.user(request, "manage_staff")
        if isinstance(user, Response):
            return user
        return _show(desk, user, sites.rotate_pass(desk.hub, pass_id, user.login))

    @routes.post(f"{PATH}/passes/end")
    def end(request: Request, pass_id: Login) -> Response:
        user = desk.user(request, "manage_staff")
        if isinstance(user, Response):
            return user
        return _done(desk, user, sites.end_pass(desk.hub, pass_id, user.login))


def _add_shifts(routes: APIRouter, desk: Desk) -> None:
    @routes.post(f"{PATH}/shifts")
    def add(
        request: Request, login: Login, begins: Annotated[datetime, Form()], ends: Annotated[datetime, Form()]
    ) -> Response:
        user = desk.user(request, "manage_staff")
        if isinstance(user, Response):
            return user
        if not all(FIRST_YEAR <= at.year <= LAST_YEAR for at in (begins, ends)):
            return _show(desk, user, Refusal("too_far", f"A shift lies between {FIRST_YEAR} and {LAST_YEAR}."))
        # A browser's date field has no zone: it means the one that pages write times in (None: this machine's).
        from_s, until_s = (int(at.replace(tzinfo=at.tzinfo or desk.pages.zone).timestamp()) for at in (begins, ends))
        return _done(desk, user, alarm_desk.add_shift(desk.hub, login, from_s, until_s, user.login))

    @routes.post(f"{PATH}/shifts/end")
    def end(request: Request, shift_id: Annotated[int, Form(ge=1, le=2**53)]) -> Response:
        user = desk.user(request, "manage_staff")
        if isinstance(user, Response):
            return user
        alarm_desk.remove_shift(desk.hub, shift_id, user.login)
        return _done(desk, user, None)


def _done(desk: Desk, user: UserRecord, outcome: object) -> Response:
    """Back to the page, so that a reload repeats nothing; a refusal is shown at once."""
    return _show(desk, user, outcome) if isinstance(outcome, Refusal) else RedirectResponse(PATH, 303)


def _show(desk: Desk, user: UserRecord, outcome: object = None) -> Response:
    refusal = outcome if isinstance(outcome, Refusal) else None
    return desk.pages.show(
        "people", 409 if refusal else 200, user=user, path=PATH, problem=refusal.sentence if refusal else "",
        new_user=outcome if isinstance(outcome, NewUser) else None,
        new_pass=outcome if isinstance(outcome, NewPass) else None,
        people=users.every(desk.hub) if may(user.role, "manage_users") else None,
        passes=sites.passes(desk.hub), shifts=alarm_desk.shifts(desk.hub), roles=ROLES, said_roles=SAID_ROLES,
    )  # fmt: skip
