"""The status page: which lockers are connected and how much is free. Nothing about parcels or people."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from hub_service.handlers import status as network
from hub_service.handlers.hub import Hub
from hub_service.handlers.status import LockerStatus, NetworkStatus
from hub_service.web.pages import Pages
from hub_service.web.picture import locker_svg
from locker.wire.facts import SizeClass


def add_status_page(routes: APIRouter, hub: Hub, pages: Pages, demo: bool) -> None:
    """Adds the page; in the demo it has the way back to the start page."""

    @routes.get("/status")
    def status() -> Response:
        return show(pages, network.status(hub), hub.now_s(), "/status" if demo else "")


def show(pages: Pages, seen: NetworkStatus, now_s: int, nav: str) -> HTMLResponse:
    """The page for the network as it was seen, at this time."""
    return pages.show(
        "status",
        nav=nav,
        now_s=now_s,
        headline=_headline(seen),
        more=seen.known - len(seen.shown),
        lockers=[(one, locker_svg(one.compartments), _by_size(one)) for one in seen.shown],
    )


def _by_size(one: LockerStatus) -> list[tuple[str, int]]:
    built = {box.size_class for box in one.compartments}
    return [(size, one.free_by_size.get(size, 0)) for size in get_args(SizeClass) if size in built]


def _headline(seen: NetworkStatus) -> str:
    if not seen.known:
        return "No lockers yet"
    if not seen.offline:
        return "All lockers are online"
    return f"{seen.offline} of {seen.known} lockers {'is' if seen.offline == 1 else 'are'} offline"
