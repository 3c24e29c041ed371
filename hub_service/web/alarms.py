"""The page of alarms: by cause, with what to do, and the three things to do about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.handlers import alarm_desk
from hub_service.handlers.alarm_desk import ALARMS_PATH
from hub_service.store.alarm_desk import Silence
from hub_service.web.desk import Desk

Ids = Annotated[list[int], Form(max_length=500)]


def add_alarm_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds the page and its forms; who only may look sees no buttons."""

    @routes.get(ALARMS_PATH)
    def alarms(request: Request) -> Response:
        user = desk.user(request, "handle_alarms")
        if isinstance(user, Response):
            return user
        return desk.pages.show(
            "alarms", user=user, groups=alarm_desk.groups(desk.hub), silences=alarm_desk.silences(desk.hub),
            shifts=alarm_desk.shifts(desk.hub)[:5], now_s=desk.hub.now_s(),
        )  # fmt: skip

    @routes.post(f"{ALARMS_PATH}/mine")
    def mine(request: Request, ids: Ids) -> Response:
        user = desk.user(request, "handle_alarms")
        if isinstance(user, Response):
            return user
        alarm_desk.acknowledge(desk.hub, ids, user.login)
        return RedirectResponse(ALARMS_PATH, 303)

    @routes.post(f"{ALARMS_PATH}/done")
    def done(request: Request, ids: Ids) -> Response:
        user = desk.user(request, "handle_alarms")
        if isinstance(user, Response):
            return user
        alarm_desk.close(desk.hub, ids, user.login)
        return RedirectResponse(ALARMS_PATH, 303)

    _add_silences(routes, desk)


def _add_silences(routes: APIRouter, desk: Desk) -> None:
    @routes.post(f"{ALARMS_PATH}/silence")
    def silence(
        request: Request,
        hours: Annotated[int, Form()],
        reason: Annotated[str, Form(min_length=1, max_length=200)],
        locker_id: Annotated[str, Form(max_length=40)] = "",
        kind: Annotated[str, Form(max_length=40)] = "",
    ) -> Response:
        user = desk.user(request, "handle_alarms")
        if isinstance(user, Response):
            return user
        wanted = Silence(locker_id=locker_id, kind=kind, until_s=0, reason=reason, by_login=user.login)
        refusal = alarm_desk.silence(desk.hub, wanted, hours)
        return desk.no(refusal, 422) if refusal else RedirectResponse(ALARMS_PATH, 303)

    @routes.post(f"{ALARMS_PATH}/speak")
    def speak(request: Request, silence_id: Annotated[int, Form()]) -> Response:
        user = desk.user(request, "handle_alarms")
        if isinstance(user, Response):
            return user
        alarm_desk.end_silence(desk.hub, silence_id, user.login)
        return RedirectResponse(ALARMS_PATH, 303)
