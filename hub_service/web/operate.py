"""The operators' pages. The first one: the network at a glance, and the way to everything else."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from hub_service.domain.permissions import may
from hub_service.handlers import looks
from hub_service.web.alarms import add_alarm_pages
from hub_service.web.desk import HOME, Desk
from hub_service.web.help import add_help_pages


def add_operator_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds all of them; each asks the desk who is there."""
    add_alarm_pages(routes, desk)
    add_help_pages(routes, desk)

    @routes.get(HOME)
    def home(request: Request) -> Response:
        user = desk.user(request, "see_network")
        if isinstance(user, Response):
            return user
        return desk.pages.show(
            "operate", user=user, lockers=looks.lockers(desk.hub), sees_parcels=may(user.role, "see_parcels")
        )
