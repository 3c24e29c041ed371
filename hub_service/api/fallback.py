"""What follows a failed delivery: offers, room for the drive, another locker, a card at the door, where a parcel is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hub_service.api import answers, visible
from hub_service.api.answers import Answer, Parcel
from hub_service.api.bodies import Accept, CardScan, Id, Redirect, Whereabouts
from hub_service.api.gate import Gate
from hub_service.api.problems import documented, granted
from hub_service.api.repeats import IfMatch, route_class, while_unchanged
from hub_service.domain import offers as scoring
from hub_service.domain.fallback import Place
from hub_service.domain.limits import Caller
from hub_service.handlers import cards, offers, redirects, whereabouts
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import Acceptance

_STOP = r"^-?\d{1,2}(\.\d{1,9})?,-?\d{1,3}(\.\d{1,9})?$"
StopsAsked = Annotated[
    list[Annotated[str, Query(pattern=_STOP)]] | None,
    Query(
        max_length=scoring.STOPS_MAX, description="`latitude,longitude`: the courier's place, then the stops to come"
    ),
]


class Offer(Answer):
    """One locker that could take the parcel. `cost_eur` is what they are ranked by; how is in the reference."""

    locker_id: str
    walk_m: int | None
    detour_min: float | None
    drive_min: float | None
    room_chance: float
    size_class: str
    cost_eur: float


class Offers(Answer):
    """The best lockers, best first. `code` and `detail` say why there is none; `held_until` whether one was taken."""

    parcel_id: str
    held_until: str | None
    locker_id: str | None
    items: list[Offer]
    code: str | None
    detail: str | None


def offer(one: scoring.Offer) -> Offer:
    """An offer as it travels."""
    return Offer(**{name: getattr(one, name) for name in Offer.model_fields})


def router(hub: Hub, gate: Gate) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["delivery-attempts"], route_class=route_class(hub))
    _add_offers(routes, hub, gate)
    _add_moving(routes, hub, gate)
    return routes


def _add_offers(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    deliverer = Depends(gate.needs("deliver"))

    @routes.get("/offers", responses=documented(404))
    def list_offers(
        parcel_id: Annotated[Id, Query()],
        stops: StopsAsked = None,
        caller: Caller = deliverer,
    ) -> Offers:
        """Lockers for a parcel whose delivery has failed, best first; nothing is held by looking."""
        visible.parcel(hub, caller, parcel_id)
        wish = Acceptance(parcel_id=parcel_id, locker_id="", stops=tuple(map(_place, stops or ())))
        return _told(granted(offers.look(hub, wish)))

    @routes.post("/offers", status_code=201, responses=documented(400, 404, 409, 413, 415, 503))
    def accept_offer(body: Accept, caller: Caller = deliverer) -> Parcel:
        """Takes an offer: room is held there until `held_until`, and the recipient is told at once."""
        visible.parcel(hub, caller, body.parcel_id)
        return answers.parcel(granted(offers.accept(hub, body.wish())))


def _add_moving(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    deliverer = Depends(gate.needs("deliver"))

    def shown(caller: Caller, parcel_id: str) -> Parcel:
        return answers.parcel(visible.parcel(hub, caller, parcel_id))

    @routes.post("/parcels/{parcel_id}/redirect", responses=documented(400, 404, 409, 412, 413, 415, 503))
    def redirect_parcel(parcel_id: str, body: Redirect, caller: Caller = deliverer, if_match: IfMatch = None) -> Parcel:
        """Sends a parcel on its way to another locker: the first is full, broken or closed. Its code stays the same."""
        shown(caller, parcel_id)
        with while_unchanged(hub, if_match, lambda: shown(caller, parcel_id)):
            return answers.parcel(granted(redirects.redirect(hub, body.wish(parcel_id))))

    @routes.post("/parcels/{parcel_id}/whereabouts", responses=documented(400, 404, 409, 412, 413, 415))
    def say_whereabouts(
        parcel_id: str, body: Whereabouts, caller: Caller = deliverer, if_match: IfMatch = None
    ) -> Parcel:
        """Says where a parcel is that lies in no locker: handed over at the door, sent back, found again, given up."""
        shown(caller, parcel_id)
        with while_unchanged(hub, if_match, lambda: shown(caller, parcel_id)):
            return answers.parcel(granted(whereabouts.say(hub, parcel_id, body.place)))

    @routes.post("/cards", status_code=201, responses=documented(400, 404, 409, 413, 415, 503))
    def leave_card(body: CardScan, caller: Caller = deliverer) -> Parcel:
        """Binds a printed card to the parcel by one scan at the door: from now on it opens the compartment."""
        shown(caller, body.parcel_id)
        granted(cards.bind(hub, body.parcel_id, body.text))
        return shown(caller, body.parcel_id)


def _told(found: offers.Offers) -> Offers:
    held, refused = found.parcel.held_until_s, found.refusal
    return Offers(
        parcel_id=found.parcel.id,
        held_until=answers.iso_or_none(held),
        locker_id=found.parcel.locker_id if held is not None else None,
        items=[offer(one) for one in found.items],
        code=refused.code if refused else None,
        detail=refused.sentence if refused else None,
    )


def _place(text: str) -> Place:
    latitude, longitude = (float(part) for part in text.split(","))
    return Place(latitude, longitude)
