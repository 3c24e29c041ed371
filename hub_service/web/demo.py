"""The demo's own pages: a start page from which everything can be tried, and a mailbox with what went out."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce, attempts, clocks, looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import Announcement, FailedAttempt, Recipient
from hub_service.notices import sms
from hub_service.web.next_steps import next_step
from hub_service.web.pages import Pages
from hub_service.web.picture import locker_svg

CARRIER = "demo-post"
LETTERS_SHOWN = 60
PARCELS_SHOWN = 9


@dataclass(frozen=True, slots=True)
class Size:
    """A parcel that people can imagine; millimetres."""

    name: str
    said: str
    example: str
    width_mm: int
    height_mm: int
    depth_mm: int


SIZES = (
    Size("S", "Small", "a book", 300, 60, 200),
    Size("M", "Medium", "a shoe box", 350, 180, 300),
    Size("L", "Large", "a printer", 370, 380, 500),
    Size("XL", "Huge", "a suitcase", 480, 800, 600),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form for a new parcel, as it was filled in. No locker is a home delivery."""

    locker_id: str = ""
    size: str = "M"
    name: str = "Ada"
    told_by: str = "mail"


def add_demo_pages(routes: APIRouter, hub: Hub, pages: Pages) -> None:
    """Adds start page, its forms and the mailbox."""

    @routes.get("/")
    def start() -> Response:
        first = next((locker.id for locker in looks.lockers(hub)), "")
        return _start(hub, pages, Filled(first))

    @routes.post("/demo/announce")
    def announce_one(
        name: Annotated[str, Form(min_length=1, max_length=60)],
        size: Annotated[str, Form()],
        locker_id: Annotated[str, Form()] = "",
        told_by: Annotated[str, Form()] = "mail",
    ) -> Response:
        filled = Filled(locker_id, size, name, told_by)
        return _done_or(_announced(hub, filled), hub, pages, filled)

    @routes.post("/demo/parcels/{parcel_id}/fail")
    def fail(parcel_id: str) -> Response:
        outcome = attempts.failed(hub, FailedAttempt(parcel_id=parcel_id))
        unplaced = outcome.fallback if isinstance(outcome, attempts.Attempted) else None
        return _done_or(unplaced or outcome, hub, pages, Filled())

    @routes.post("/demo/later")
    def later(hours: Annotated[int, Form(ge=1, le=24 * 365)]) -> Response:
        clocks.wait(hub, hours)
        return _back_to_start()

    @routes.get("/mailbox")
    def mailbox() -> Response:
        letters = [
            asdict(entry) | {"is_text": entry.channel == "sms", "length": sms.length(entry.body)}
            for entry in looks.mailbox(hub, LETTERS_SHOWN)
        ]
        return pages.show("mailbox", nav="/mailbox", letters=letters)


def _announced(hub: Hub, filled: Filled) -> object:
    size = next((size for size in SIZES if size.name == filled.size), SIZES[0])
    return announce.announce(
        hub,
        Announcement(
            tracking_number=f"DP{secrets.randbelow(10**6):06}",
            carrier=CARRIER,
            recipient=_recipient(filled),
            width_mm=size.width_mm,
            height_mm=size.height_mm,
            depth_mm=size.depth_mm,
            locker_id=filled.locker_id or None,
        ),
    )


def _recipient(filled: Filled) -> Recipient:
    if filled.told_by == "sms":
        return Recipient(name=filled.name, phone=f"+1202555{secrets.randbelow(100):04}")
    address = re.sub(r"[^a-z0-9]+", ".", filled.name.lower()).strip(".") or "somebody"
    return Recipient(name=filled.name, email=f"{address}@example.org")


def _done_or(outcome: object, hub: Hub, pages: Pages, filled: Filled) -> Response:
    if isinstance(outcome, Refusal):
        return _start(hub, pages, filled, outcome.sentence)
    return _back_to_start()


def _back_to_start() -> Response:
    return RedirectResponse("/", 303)


def _start(hub: Hub, pages: Pages, form: Filled, problem: str = "") -> Response:
    view = looks.start(hub)
    links = {link.locker_id: link for link in view.links}
    return pages.show(
        "start",
        409 if problem else 200,
        nav="/",
        view=view,
        form=form,
        problem=problem,
        moved=_ahead(view.moved_hours),
        sizes=SIZES,
        steps=[next_step(parcel, view.links) for parcel in view.recent[:PARCELS_SHOWN]],
        lockers=[(locker, locker_svg(locker.compartments), links.get(locker.id)) for locker in view.lockers],
    )


def _ahead(hours: int) -> str:
    days, rest = divmod(hours, 24)
    parts = [f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in ((days, "day"), (rest, "hour")) if count]
    return " and ".join(parts)
