"""The status page: which lockers are connected and how much is free. Nothing about parcels or people."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import LockerView
from hub_service.web.pages import Pages
from hub_service.web.picture import locker_svg
from locker.wire.facts import SizeClass


def add_status_page(routes: APIRouter, hub: Hub, pages: Pages, demo: bool) -> None:
    """Adds the page; in the demo it has the way back to the start page."""

    @routes.get("/status")
    def status() -> Response:
        return show(pages, looks.lockers(hub), hub.now_s(), "/status" if demo else "")


def show(pages: Pages, lockers: tuple[LockerView, ...], now_s: int, nav: str) -> HTMLResponse:
    """The page for these lockers, at this time."""
    # Those that need somebody come first.
    ordered = sorted(lockers, key=lambda locker: (locker.online, locker.number))
    return pages.show(
        "status",
        nav=nav,
        now_s=now_s,
        headline=_headline(lockers),
        lockers=[(locker, locker_svg(locker.compartments), _by_size(locker)) for locker in ordered],
    )


def _by_size(locker: LockerView) -> list[tuple[str, int]]:
    built = {box.size_class for box in locker.compartments}
    return [(size, locker.free_by_size.get(size, 0)) for size in get_args(SizeClass) if size in built]


def _headline(lockers: tuple[LockerView, ...]) -> str:
    silent = sum(not locker.online for locker in lockers)
    if not lockers:
        return "No lockers yet"
    if not silent:
        return "All lockers are online"
    return f"{silent} of {len(lockers)} lockers {'is' if silent == 1 else 'are'} offline"
