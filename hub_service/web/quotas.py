"""The page of a locker's quotas: how much of it each carrier may use, and does."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.quotas import Quota
from hub_service.domain.refusals import Refusal
from hub_service.handlers import looks, quotas
from hub_service.handlers.sites import NAME_MAX
from hub_service.store.users import UserRecord
from hub_service.web.desk import HOME, Desk

SizeClass = Literal["", "XS", "S", "M", "L", "XL"]
Carrier = Annotated[str, Form(max_length=NAME_MAX)]


def add_quota_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds the page and its two forms."""
    path = f"{HOME}/lockers/{{locker_id}}/quotas"

    @routes.get(path)
    def shown(request: Request, locker_id: str) -> Response:
        user = desk.user(request, "set_quotas")
        return user if isinstance(user, Response) else _show(desk, user, locker_id)

    @routes.post(path)
    def add(
        request: Request,
        locker_id: str,
        amount: Annotated[int, Form(ge=0, le=999)],
        unit: Annotated[Literal["places", "percent"], Form()],
        carrier: Carrier = "",
        size_class: Annotated[SizeClass, Form()] = "",
    ) -> Response:
        user = desk.user(request, "set_quotas")
        if isinstance(user, Response):
            return user
        if unit == "percent" and amount > 100:
            return _show(desk, user, locker_id, "A share is 100 percent at most.")
        quota = Quota(
            size_class=size_class, most=amount if unit == "places" else None,
            share_percent=amount if unit == "percent" else None,
        )  # fmt: skip
        return _changed(desk, user, locker_id, (carrier.strip(), size_class), quota)

    @routes.post(f"{path}/end")
    def end(
        request: Request, locker_id: str, carrier: Carrier = "", size_class: Annotated[SizeClass, Form()] = ""
    ) -> Response:
        user = desk.user(request, "set_quotas")
        if isinstance(user, Response):
            return user
        return _changed(desk, user, locker_id, (carrier, size_class), None)


def _changed(desk: Desk, user: UserRecord, locker_id: str, key: tuple[str, str], quota: Quota | None) -> Response:
    """One rule more, another one in its place, or one less."""
    outcome = quotas.set_one(desk.hub, locker_id, key, quota, user.login)
    if isinstance(outcome, Refusal):
        return desk.no(outcome, 404)
    return RedirectResponse(f"{HOME}/lockers/{locker_id}/quotas", 303)


def _show(desk: Desk, user: UserRecord, locker_id: str, problem: str = "") -> Response:
    found, locker = quotas.look(desk.hub, locker_id), looks.locker(desk.hub, locker_id)
    if isinstance(found, Refusal) or locker is None:
        return desk.no(Refusal("unknown_locker", "There is no such locker: choose one on the first page."), 404)
    return desk.pages.show(
        "quotas", 422 if problem else 200, user=user, problem=problem, locker=locker, rules=found,
        path=f"{HOME}/lockers/{locker_id}/quotas",
    )  # fmt: skip
