"""A courier's pages: today's work at each locker as a checklist, and three taps after a door that nobody opened."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from hub_service.domain.refusals import Refusal
from hub_service.handlers import courier_sign_in, courier_work, day_codes
from hub_service.handlers.courier_sign_in import SESSION_S
from hub_service.handlers.courier_work import InHand
from hub_service.handlers.day_codes import TodaysCode
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import FailureReason
from hub_service.store.staff import PassRecord
from hub_service.web.codes import qr_svg
from hub_service.web.desk import comes_from_here
from hub_service.web.pages import Pages

HOME, SIGN_IN = "/courier", "/courier/sign-in"
REASONS: dict[FailureReason, str] = {
    "nobody_home": "Nobody at home",
    "no_access": "No way to the door",
    "wrong_address": "Wrong address",
    "refused": "They don't want it",
    "other": "Something else",
}


class CourierDoor:
    """Knows which courier looks at a page. `courier` returns them, or what to show instead."""

    def __init__(self, hub: Hub, pages: Pages) -> None:
        self.hub = hub
        self.pages = pages

    def courier(self, request: Request) -> PassRecord | Response:
        if not comes_from_here(request):
            return self.no("This form was sent from another site: open the page anew.", 403)
        return courier_sign_in.holder_of(self.hub, self.token(request)) or RedirectResponse(SIGN_IN, 303)

    def no(self, sentence: str, status: int) -> Response:
        return self.pages.show("courier_refused", status, sentence=sentence)

    def token(self, request: Request) -> str:
        return request.cookies.get(self._cookie, "")

    def let_in(self, token: str) -> Response:
        response = RedirectResponse(HOME, 303)
        response.set_cookie(
            self._cookie, token, max_age=SESSION_S, path="/", secure=self._is_safe, httponly=True, samesite="strict"
        )
        return response

    def let_out(self) -> Response:
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(self._cookie, path="/", secure=self._is_safe, httponly=True, samesite="strict")
        return response

    @property
    def _is_safe(self) -> bool:
        return self.hub.public_url.startswith("https://")

    @property
    def _cookie(self) -> str:
        # Another name than an operator's: one browser may be both, and neither opens the other's pages.
        return "__Host-courier" if self._is_safe else "courier"


def add_courier_pages(routes: APIRouter, hub: Hub, pages: Pages) -> None:
    """Adds all of them; each asks who looks at it, and shows parcels of their carrier only."""
    door = CourierDoor(hub, pages)
    _add_sign_in(routes, door)
    _add_parcels(routes, door)

    @routes.get(HOME)
    def work(request: Request, said: Annotated[str, Query(max_length=60)] = "") -> Response:
        courier = door.courier(request)
        if isinstance(courier, Response):
            return courier
        todays = day_codes.today_of(hub, courier)
        if courier.party != "courier":
            return _show_code(door, courier, todays)
        found = courier_work.round_of(hub, courier, said)
        return pages.show("courier", courier=courier, round=found, said=said, todays=todays)

    @routes.get(f"{HOME}/code")
    def code(request: Request) -> Response:
        courier = door.courier(request)
        if isinstance(courier, Response):
            return courier
        return _show_code(door, courier, day_codes.today_of(hub, courier))

    @routes.get(f"{HOME}/lockers/{{locker_id}}")
    def checklist(request: Request, locker_id: str) -> Response:
        courier = door.courier(request)
        if isinstance(courier, Response):
            return courier
        stop = courier_work.stop_at(hub, courier, locker_id)
        if stop is None:
            return door.no("There is no such locker: choose one of your list.", 404)
        return pages.show("courier_locker", courier=courier, stop=stop)


def _add_sign_in(routes: APIRouter, door: CourierDoor) -> None:
    @routes.get(SIGN_IN)
    def form() -> Response:
        return door.pages.show("courier_sign_in", problem="", name="")

    @routes.post(SIGN_IN)
    def come_in(
        request: Request, name: Annotated[str, Form(max_length=128)], code: Annotated[str, Form(max_length=20)]
    ) -> Response:
        if not comes_from_here(request):
            return door.no("This form was sent from another site: open the page anew.", 403)
        outcome = courier_sign_in.come_in(door.hub, name, code)
        if isinstance(outcome, Refusal):
            status = 429 if outcome.code == "sign_in_paused" else 401
            return door.pages.show("courier_sign_in", status, problem=outcome.sentence, name=name)
        return door.let_in(outcome.token)

    @routes.post(f"{HOME}/sign-out")
    def go_out(request: Request) -> Response:
        courier = door.courier(request)
        if isinstance(courier, Response):
            return courier
        courier_sign_in.go_out(door.hub, door.token(request))
        return door.let_out()


def _add_parcels(routes: APIRouter, door: CourierDoor) -> None:
    @routes.get(f"{HOME}/parcels/{{parcel_id}}")
    def parcel(request: Request, parcel_id: str) -> Response:
        courier = door.courier(request)
        if isinstance(courier, Response):
            return courier
        return _show(door, courier, parcel_id, courier_work.in_hand(door.hub, courier, parcel_id))

    @routes.post(f"{HOME}/parcels/{{parcel_id}}/failed")
    def failed(request: Request, parcel_id: str, reason: Annotated[FailureReason, Form()]) -> Response:
        courier = door.courier(request)
        if isinstance(courier, Response):
            return courier
        return _done(door, courier, parcel_id, courier_work.failed(door.hub, courier, parcel_id, reason))

    @routes.post(f"{HOME}/parcels/{{parcel_id}}/bring")
    def bring(request: Request, parcel_id: str, locker_id: Annotated[str, Form(max_length=40)]) -> Response:
        courier = door.courier(request)
        if isinstance(courier, Response):
            return courier
        return _done(door, courier, parcel_id, courier_work.bring(door.hub, courier, parcel_id, locker_id))


def _show_code(door: CourierDoor, courier: PassRecord, todays: TodaysCode | None) -> Response:
    """Today's code in digits and as a QR code, for a locker's keypad and scanner."""
    qr = qr_svg(todays.qr, "QR code that signs you in at lockers") if todays else None
    return door.pages.show("courier_code", courier=courier, todays=todays, qr=qr)


def _done(door: CourierDoor, courier: PassRecord, parcel_id: str, outcome: InHand | Refusal) -> Response:
    """Back to the parcel, so that a reload repeats nothing; a refusal is shown at once."""
    if isinstance(outcome, Refusal):
        return _show(door, courier, parcel_id, outcome)
    return RedirectResponse(f"{HOME}/parcels/{parcel_id}", 303)


def _show(door: CourierDoor, courier: PassRecord, parcel_id: str, outcome: InHand | Refusal) -> Response:
    found = courier_work.in_hand(door.hub, courier, parcel_id) if isinstance(outcome, Refusal) else outcome
    if isinstance(found, Refusal):
        return door.no(found.sentence, 404)
    problem = outcome.sentence if isinstance(outcome, Refusal) else ""
    return door.pages.show(
        "courier_parcel", 409 if problem else 200, courier=courier, parcel=found, problem=problem, reasons=REASONS
    )
