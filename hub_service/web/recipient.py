"""A recipient's page: their code, until when, where to go. Its address is a key, so it is told to nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.handlers import afterwards, looks, stays
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import RecipientView
from hub_service.web import recipient_words as words
from hub_service.web.codes import qr_svg
from hub_service.web.pages import Pages
from hub_service.web.picture import Front, locker_svg, position

_GONE_FROM_LOCKER = ("collected", "retrieved", "returned", "cancelled", "delivery_failed")


def add_recipient_page(routes: APIRouter, hub: Hub, pages: Pages) -> None:
    """Adds the page and its one form."""

    @routes.get("/p/{token}")
    def parcel(token: str) -> Response:
        return _page(hub, pages, token)

    @routes.post("/p/{token}/extend")
    def extend(token: str) -> Response:
        outcome = stays.extend_by_page(hub, token)
        if isinstance(outcome, Refusal) and outcome.code != "unknown_page":
            return _page(hub, pages, token, outcome.sentence)
        return RedirectResponse(f"/p/{token}", 303)

    @routes.post("/p/{token}/rate")
    def rate(token: str, stars: Annotated[int, Form()]) -> Response:
        outcome = afterwards.rate(hub, token, stars)
        if outcome is None or outcome.code == "unknown_page":
            return RedirectResponse(f"/p/{token}", 303)
        return _page(hub, pages, token, outcome.sentence)

    @routes.post("/p/{token}/erase")
    def erase(token: str) -> Response:
        afterwards.ask_to_erase(hub, token)
        return RedirectResponse(f"/p/{token}", 303)


def show(pages: Pages, view: RecipientView, fronts: Sequence[Front], path: str, problem: str = "") -> HTMLResponse:
    """The page of one parcel. `fronts` are its locker's compartments, for the picture."""
    said = words.status_words(view)
    has_code = bool(said.code_note and view.ticket)
    here = bool(view.locker_id) and view.status not in _GONE_FROM_LOCKER
    return pages.show(
        "recipient",
        409 if problem else 200,
        view=view,
        path=path,
        problem=problem,
        words=said,
        sentence=words.sentence(said, view),
        qr=qr_svg(view.ticket, "QR code that opens your compartment") if has_code else None,
        deadline=words.deadline(view),
        more_time=words.more_time(view),
        place={"label": words.place_label(view), "position": position(fronts, view.compartment)} if here else None,
        picture=locker_svg(fronts, view.compartment) if here else None,
        map_url=_map_url(view),
        answers=words.answers(view),
    )


def _page(hub: Hub, pages: Pages, token: str, problem: str = "") -> Response:
    view = looks.recipient(hub, token)
    if view is None:
        return pages.show("unknown", 404)
    locker = looks.locker(hub, view.locker_id) if view.locker_id else None
    return show(pages, view, locker.compartments if locker else (), f"/p/{token}", problem)


def _map_url(view: RecipientView) -> str:
    if view.latitude is None or view.longitude is None:
        return ""
    here = f"{view.latitude:.5f}", f"{view.longitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={here[0]}&mlon={here[1]}#map=18/{here[0]}/{here[1]}"
