"""Operators open a compartment from afar: a reason, whose yes it takes, and what has become of it, on one page each."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.handlers import opening, remote
from hub_service.handlers.opening import OpeningView
from hub_service.handlers.remote import Wish
from hub_service.web.desk import HOME, Desk
from hub_service.web.locker_pages import PATH as LOCKERS
from hub_service.web.locker_pages import Number

PATH = f"{HOME}/openings"
TRYING_S, WAITING_S = 1, 5
"""How soon a page looks again: while the locker is asked, and while somebody's yes is waited for."""

WAYS = {
    "phone": "by its recipient, in front of it",
    "reason": "empty, with a reason",
    "recipient": "with its recipient's yes",
    "second": "with a second person's yes",
    "emergency": "alone, as an emergency",
}


def add_opening_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds the form's target, the list, and the page of one request with its buttons."""

    @routes.post(f"{LOCKERS}/{{locker_id}}/open")
    def ask(
        request: Request,
        locker_id: str,
        n: Number,
        way: Annotated[Literal["reason", "recipient", "second", "emergency"], Form()],
        reason: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        user = desk.user(request, "emergency_open" if way == "emergency" else "open_doors")
        if isinstance(user, Response):
            return user
        wish = Wish(locker_id=locker_id, n=n, way=way, reason=reason, who=user.login)
        return _led_on(desk, remote.ask(desk.hub, wish))

    @routes.get(PATH)
    def every(request: Request) -> Response:
        user = desk.user(request, "open_doors")
        if isinstance(user, Response):
            return user
        return desk.pages.show(
            "openings", user=user, waiting=remote.waiting(desk.hub), recent=remote.recent(desk.hub), ways=WAYS,
            here=PATH,
        )  # fmt: skip

    @routes.get(f"{PATH}/{{opening_id}}")
    def one(request: Request, opening_id: str) -> Response:
        user = desk.user(request, "open_doors")
        if isinstance(user, Response):
            return user
        found = opening.find(desk.hub, opening_id)
        if found is None or found.way == "phone":
            return desk.no(Refusal("unknown_opening", "There is no such request: look at the list."), 404)
        answer = desk.pages.show("opening_one", user=user, one=found, ways=WAYS, here=PATH)
        if not found.final:
            answer.headers["Refresh"] = str(TRYING_S if found.how == "trying" else WAITING_S)
        return answer

    @routes.post(f"{PATH}/{{opening_id}}/{{answer}}")
    def decide(request: Request, opening_id: str, answer: Literal["yes", "no"]) -> Response:
        user = desk.user(request, "open_doors")
        if isinstance(user, Response):
            return user
        done = remote.confirm if answer == "yes" else remote.withdraw
        return _led_on(desk, done(desk.hub, opening_id, user.login))


def _led_on(desk: Desk, outcome: OpeningView | Refusal) -> Response:
    if isinstance(outcome, Refusal):
        return desk.no(outcome, 404 if outcome.code.startswith("unknown") else 409)
    return RedirectResponse(f"{PATH}/{outcome.id}", 303)
