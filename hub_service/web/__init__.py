"""Pages that people see of the hub, rendered on the server: a recipient's parcel, the network's status, the demo.

They work without JavaScript and ask no other server for anything. Only operators and couriers, who sign in,
get a cookie.
"""

from __future__ import annotations

from fastapi import APIRouter, Response

from hub_service.handlers.hub import Hub
from hub_service.web.courier import add_courier_pages
from hub_service.web.demo import add_demo_pages
from hub_service.web.desk import Desk
from hub_service.web.operate import add_operator_pages
from hub_service.web.pages import Pages
from hub_service.web.provider import Provider
from hub_service.web.push import add_push
from hub_service.web.recipient import add_recipient_page
from hub_service.web.sign_in import add_sign_in_pages
from hub_service.web.status import add_status_page


def router(hub: Hub, demo: bool, provider: Provider | None = None) -> APIRouter:
    """All pages of this hub; with `demo` also the start page and the mailbox."""
    routes, pages = APIRouter(include_in_schema=False), Pages()

    @routes.get("/static/{name}")
    def static(name: str) -> Response:
        return pages.file(name)

    add_recipient_page(routes, hub, pages)
    add_push(routes, hub, pages)
    add_status_page(routes, hub, pages, demo)
    desk = Desk(hub, pages)
    add_sign_in_pages(routes, desk, provider)
    add_operator_pages(routes, desk)
    add_courier_pages(routes, hub, pages)
    if demo:
        add_demo_pages(routes, hub, pages)
    return routes
