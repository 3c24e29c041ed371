"""The pages where operators sign in, choose a password and sign out."""

from __future__ import annotations

import logging
from dataclasses import astuple
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.handlers import sign_in, users
from hub_service.handlers.sign_in import SignedIn
from hub_service.web.desk import HOME, PASSWORD, SIGN_IN, Desk
from hub_service.web.provider import Asked, NotVouched, Provider

ASKED_COOKIE, ASKED_S = "sign-in", 600
_OUTSIDE, _BACK = "/operate/sign-in/outside", "/operate/sign-in/back"
_log = logging.getLogger(__name__)


def add_sign_in_pages(routes: APIRouter, desk: Desk, provider: Provider | None) -> None:
    """Adds them; with a provider also the way there and back."""
    _add_password_pages(routes, desk, provider.name if provider else "")
    _add_choosing(routes, desk)
    if provider:
        _add_provider(routes, desk, provider)


def _add_password_pages(routes: APIRouter, desk: Desk, provider_name: str) -> None:
    def page(then: str, problem: str = "", status: int = 200) -> Response:
        return desk.pages.show(
            "sign_in", status, then=_here(then), problem=problem, provider=provider_name, outside=_OUTSIDE
        )

    @routes.get(SIGN_IN)
    def form(then: str = HOME) -> Response:
        return page(then)

    @routes.post(SIGN_IN)
    def come_in(
        login: Annotated[str, Form(max_length=80)],
        password: Annotated[str, Form(max_length=200)],
        then: Annotated[str, Form(max_length=200)] = HOME,
    ) -> Response:
        outcome = sign_in.by_password(desk.hub, login.strip().lower(), password)
        if isinstance(outcome, Refusal):
            return page(then, outcome.sentence, 429 if outcome.code == "sign_in_paused" else 401)
        return _let_in(desk, outcome, then)

    @routes.post("/operate/sign-out")
    def go_out(request: Request) -> Response:
        user = desk.anybody(request)
        if isinstance(user, Response):
            return user
        sign_in.sign_out(desk.hub, desk.token(request))
        response = RedirectResponse(SIGN_IN, 303)
        desk.let_out(response)
        return response


def _add_choosing(routes: APIRouter, desk: Desk) -> None:
    @routes.get(PASSWORD)
    def form(request: Request) -> Response:
        user = desk.anybody(request)
        return user if isinstance(user, Response) else desk.pages.show("password", login=user.login, problem="")

    @routes.post(PASSWORD)
    def choose(request: Request, password: Annotated[str, Form(max_length=200)]) -> Response:
        user = desk.anybody(request)
        if isinstance(user, Response):
            return user
        refusal = users.choose_password(desk.hub, user, password)
        if refusal:
            return desk.pages.show("password", 422, login=user.login, problem=refusal.sentence)
        outcome = sign_in.by_password(desk.hub, user.login, password)
        if isinstance(outcome, Refusal):
            return RedirectResponse(SIGN_IN, 303)
        return _let_in(desk, outcome, HOME)


def _add_provider(routes: APIRouter, desk: Desk, provider: Provider) -> None:
    back_url = f"{desk.hub.public_url}{_BACK}"

    def failed(why: NotVouched) -> Response:
        _log.warning("a sign-in with the provider failed: %s", why)
        sentence = f"Signing in with {provider.name} didn't work. Try again, or use a password."
        return desk.no(Refusal("not_invited", sentence), 502)

    @routes.get(_OUTSIDE)
    def go_outside() -> Response:
        asked = Asked.draw()
        try:
            response = RedirectResponse(provider.address(asked, back_url), 303)
        except NotVouched as why:
            return failed(why)
        response.set_cookie(
            ASKED_COOKIE, ".".join(astuple(asked)), max_age=ASKED_S, path=_BACK, httponly=True, samesite="lax",
            secure=desk.hub.public_url.startswith("https://"),
        )  # fmt: skip
        return response

    @routes.get(_BACK)
    def come_back(request: Request, code: str = "", state: str = "") -> Response:
        kept = request.cookies.get(ASKED_COOKIE, "").split(".")
        # Without this anybody could sign a stranger's browser in as themselves.
        if len(kept) != 3 or not code or kept[0] != state:
            return failed(NotVouched("another browser, too late, or refused there"))
        try:
            who = provider.vouched(code, Asked(*kept), back_url)
        except NotVouched as why:
            return failed(why)
        outcome = sign_in.by_provider(desk.hub, who.issuer, who.subject, who.login)
        if isinstance(outcome, Refusal):
            return desk.no(outcome, 403)
        return _let_in(desk, outcome, HOME)


def _let_in(desk: Desk, who: SignedIn, then: str) -> Response:
    response = RedirectResponse(PASSWORD if who.user.must_change else _here(then), 303)
    desk.let_in(response, who.token)
    return response


def _here(then: str) -> str:
    """Where to go after signing in: a page of this hub, or its first one."""
    # `//other.example` and `/\\other.example` would lead away.
    return then if then.startswith(HOME) and "\\" not in then else HOME
