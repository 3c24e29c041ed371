"""The operators' pages. The first one: the network, with what needs somebody on top; and one search for everything."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from fastapi import APIRouter, Request, Response

from hub_service.domain.permissions import may
from hub_service.handlers import alarm_desk, help_desk, network
from hub_service.handlers.network import Glance
from hub_service.web.alarms import add_alarm_pages
from hub_service.web.audit_log import add_audit_page
from hub_service.web.contacts import add_contact_pages
from hub_service.web.desk import HOME, Desk
from hub_service.web.help import add_help_pages
from hub_service.web.locker_pages import add_locker_pages
from hub_service.web.open_door import add_opening_pages
from hub_service.web.people import add_people_pages
from hub_service.web.quotas import add_quota_pages
from hub_service.web.site_pages import add_site_pages
from locker.wire.facts import SizeClass

SAID_MAX = 100


def add_operator_pages(routes: APIRouter, desk: Desk) -> None:
    """Adds all of them; each asks the desk who is there."""
    add_alarm_pages(routes, desk)
    add_help_pages(routes, desk)
    add_locker_pages(routes, desk)
    add_opening_pages(routes, desk)
    add_site_pages(routes, desk)
    add_contact_pages(routes, desk)
    add_quota_pages(routes, desk)
    add_people_pages(routes, desk)
    add_audit_page(routes, desk)
    _add_search(routes, desk)

    @routes.get(HOME)
    def home(request: Request) -> Response:
        user = desk.user(request, "see_network")
        if isinstance(user, Response):
            return user
        glances = network.glances(desk.hub)
        # Who may not handle alarms sees that there are some, and nothing to press.
        groups = alarm_desk.groups(desk.hub)
        return desk.pages.show(
            "operate", user=user, glances=glances, free=_free_by_size(glances), alarms=len(groups),
            urgent=sum(one.group.urgency == "now" for one in groups), headline=_headline(glances),
        )  # fmt: skip


def _add_search(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/operate/search")
    def search(request: Request, said: str = "") -> Response:
        user = desk.user(request, "see_network")
        if isinstance(user, Response):
            return user
        said = said.strip()[:SAID_MAX]
        sees_parcels = may(user.role, "see_parcels")
        return desk.pages.show(
            "search", user=user, said=said, lockers=network.named(desk.hub, said), sees_parcels=sees_parcels,
            parcels=help_desk.find(desk.hub, said) if sees_parcels else (),
        )  # fmt: skip


def _free_by_size(glances: list[Glance]) -> list[tuple[str, int]]:
    free: Counter[str] = Counter()
    for one in glances:
        free.update(one.locker.free_by_size)
    built = {box.size_class for one in glances for box in one.locker.compartments}
    return [(size, free[size]) for size in get_args(SizeClass) if size in built]


def _headline(glances: list[Glance]) -> str:
    if not glances:
        return "No lockers yet"
    needy = sum(one.rank > 0 for one in glances)
    if not needy:
        return "All lockers are well"
    return f"{needy} of {len(glances)} lockers {'needs' if needy == 1 else 'need'} somebody"
