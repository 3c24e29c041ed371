"""Pages that make a locker known, and that change what people are told of its place.

What is built into it is never typed here: a locker describes its modules and compartments itself when it connects.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.handlers import looks, sites
from hub_service.handlers.sites import Introduced, NewLocker, SiteWords
from hub_service.store.users import UserRecord
from hub_service.web.desk import HOME, Desk
from hub_service.web.locker_pages import PATH, UNKNOWN

NEW = f"{HOME}/new-locker"
Words = Annotated[str, Form(max_length=128)]
# A form sends empty fields as empty texts: they are read here, so that a page can say what is wrong with them.
Typed = Annotated[str, Form(max_length=20)]


def add_site_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds the two pages and their forms, for those who may manage lockers."""
    _add_new(routes, desk)
    _add_change(routes, desk)


def _add_new(routes: APIRouter, desk: Desk) -> None:
    @routes.get(NEW)
    def form(request: Request) -> Response:
        user = desk.user(request, "manage_lockers")
        return user if isinstance(user, Response) else _new(desk, user)

    @routes.post(NEW)
    def add(
        request: Request,
        locker_id: Annotated[str, Form(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")],
        number: Annotated[int, Form(ge=1, lt=2**32)],
        name: Annotated[str, Form(min_length=1, max_length=128)],
        public_key: Annotated[str, Form(pattern=r"^\s*[0-9A-Fa-f]{64}\s*$")],
        where: Words = "",
        help_phone: Words = "",
        latitude: Typed = "",
        longitude: Typed = "",
        test: Annotated[str, Form()] = "",
    ) -> Response:
        user = desk.user(request, "manage_lockers")
        if isinstance(user, Response):
            return user
        place = _place(latitude, longitude)
        if isinstance(place, Refusal):
            return _new(desk, user, place)
        new = NewLocker(
            id=locker_id, number=number, name=name.strip(), where=where.strip(), public_key=public_key.strip().lower(),
            help_phone=help_phone.strip(), latitude=place[0], longitude=place[1], test=test == "yes",
        )  # fmt: skip
        return _new(desk, user, sites.add_locker(desk.hub, new, user.login), new.id)


def _add_change(routes: APIRouter, desk: Desk) -> None:
    @routes.get(f"{PATH}/{{locker_id}}/site")
    def form(request: Request, locker_id: str) -> Response:
        user = desk.user(request, "manage_lockers")
        return user if isinstance(user, Response) else _change(desk, user, locker_id)

    @routes.post(f"{PATH}/{{locker_id}}/site")
    def change(
        request: Request,
        locker_id: str,
        name: Annotated[str, Form(min_length=1, max_length=128)],
        where: Words = "",
        help_phone: Words = "",
        latitude: Typed = "",
        longitude: Typed = "",
    ) -> Response:
        user = desk.user(request, "manage_lockers")
        if isinstance(user, Response):
            return user
        place = _place(latitude, longitude)
        if isinstance(place, Refusal):
            return _change(desk, user, locker_id, place)
        site = SiteWords(
            name=name.strip(), where=where.strip(), help_phone=help_phone.strip(), latitude=place[0],
            longitude=place[1],
        )  # fmt: skip
        if sites.move_site(desk.hub, locker_id, site, user.login):
            return desk.no(UNKNOWN, 404)
        return RedirectResponse(f"{PATH}/{locker_id}", 303)


def _place(latitude: str, longitude: str) -> tuple[float | None, float | None] | Refusal:
    if not latitude.strip() and not longitude.strip():
        return None, None
    wrong = Refusal("too_far", "A place has a latitude of -90 to 90 and a longitude of -180 to 180: 52.5200, 13.4050.")
    try:
        north, east = (float(text.strip().replace(",", ".")) for text in (latitude, longitude))
    except ValueError:
        return wrong
    # Not a number compares with nothing, so it is refused as well.
    return (north, east) if -90 <= north <= 90 and -180 <= east <= 180 else wrong


def _new(desk: Desk, user: UserRecord, outcome: Introduced | Refusal | None = None, locker_id: str = "") -> Response:
    refusal = outcome if isinstance(outcome, Refusal) else None
    return desk.pages.show(
        "new_locker", 409 if refusal else 200, user=user, path=NEW, problem=refusal.sentence if refusal else "",
        made=None if refusal else outcome, locker_id=locker_id,
        number=max((one.number for one in looks.lockers(desk.hub)), default=0) + 1,
    )  # fmt: skip


def _change(desk: Desk, user: UserRecord, locker_id: str, problem: Refusal | None = None) -> Response:
    locker = looks.locker(desk.hub, locker_id)
    if locker is None:
        return desk.no(UNKNOWN, 404)
    return desk.pages.show(
        "site", 422 if problem else 200, user=user, path=f"{PATH}/{locker_id}", locker=locker,
        problem=problem.sentence if problem else "",
    )  # fmt: skip
