"""/v1/drop-offs: returns and first mile. A sender gets a code instead of a label, and both sides a receipt."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from hub_service.api import pages, visible
from hub_service.api.announcing import request_key
from hub_service.api.answers import Answer, Pickup, SizeMm, iso, iso_or_none
from hub_service.api.bodies import Body, Id, Label, Latitude, LockerId, Longitude, Recipient, Words
from hub_service.api.bodies import SizeMm as SizeAsked
from hub_service.api.gate import Gate
from hub_service.api.problems import Problem, documented, granted
from hub_service.api.repeats import IfMatch, route_class, while_unchanged
from hub_service.domain.custody import Attention, Status
from hub_service.domain.limits import Caller
from hub_service.domain.returns import GOOD_DAYS, GOOD_DAYS_MAX, HandOver, Purpose, receipt
from hub_service.domain.status_names import Service, names_of_drop_off
from hub_service.handlers import drop_off_looks, drop_offs
from hub_service.handlers.drop_off_looks import DropOffView
from hub_service.handlers.drop_offs import DropOff as Wish
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import Recipient as Sender


class NewDropOff(Body):
    """A parcel that its sender will put into a locker, without a label.

    With `parcel_id`, a parcel that was collected, it goes back: sender and size are then those of that parcel. Without
    `locker_id` the nearest locker with room is taken: near the place that is given, else near where it was collected.
    Without `tracking_number` one is drawn. `days`: so long the code is good.
    """

    purpose: Purpose = "return"
    parcel_id: Id | None = None
    sender: Recipient | None = None
    size_mm: SizeAsked | None = None
    locker_id: LockerId | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    carrier: Annotated[Words, Field(max_length=60)] = ""
    tracking_number: Label | None = None
    reference: Words = ""
    low: bool = False
    days: Annotated[int, Field(ge=1, le=GOOD_DAYS_MAX, strict=True)] = GOOD_DAYS

    def wish(self, carrier: str, test: bool) -> Wish:
        same = ("purpose", "parcel_id", "locker_id", "latitude", "longitude", "reference", "low", "days")
        size = self.size_mm
        return Wish(
            **{name: getattr(self, name) for name in same},
            carrier=carrier,
            test=test,
            sender=Sender(**self.sender.model_dump()) if self.sender else None,
            size_mm=(size.width, size.height, size.depth) if size else None,
            tracking_number=self.tracking_number or "",
        )


class Moved(Body):
    """Another locker; without `locker_id` the nearest with room."""

    locker_id: LockerId | None = None


class Proof(Answer):
    """Something has changed hands. `receipt` is what people are told, `fact` the hash of the locker's own entry."""

    kind: HandOver
    at: str
    locker_id: str
    locker_name: str
    compartment: int
    receipt: str
    fact: str


class DropOff(Answer):
    """One drop-off. `code` is what the sender shows at the locker, `parcel_id` the parcel that comes back."""

    id: str
    purpose: Purpose
    status: Status
    status_names: dict[Service, str]
    tracking_number: str
    carrier: str
    reference: str
    parcel_id: str | None
    size_mm: SizeMm
    test: bool
    locker_id: str | None
    locker_name: str
    locker_where: str
    compartment: int | None
    code: Pickup
    asked_at: str
    good_until: str | None
    deadline: str | None
    attention: Attention
    hand_overs: list[Proof]


class DropOffPage(Answer):
    """Drop-offs, newest first; `next` is the cursor of the following page, if there is one."""

    items: list[DropOff]
    next: str | None


def router(hub: Hub, gate: Gate) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["drop-offs"], route_class=route_class(hub))
    _add_asking(routes, hub, gate)
    _add_looking(routes, hub, gate)
    _add_changing(routes, hub, gate)
    return routes


def shown(view: DropOffView) -> DropOff:
    """A drop-off as it travels."""
    parcel = view.parcel
    same = ("id", "status", "tracking_number", "carrier", "reference", "test", "locker_id", "locker_name", "attention")
    return DropOff(
        **{name: getattr(parcel, name) for name in (*same, "compartment")},
        purpose=view.purpose,
        status_names=names_of_drop_off(parcel.status, view.purpose),
        parcel_id=view.of_parcel_id,
        size_mm=SizeMm(**dict(zip(("width", "height", "depth"), parcel.size_mm, strict=True))),
        locker_where=view.locker_where,
        code=Pickup(pin=parcel.pin.replace(" ", "") or None, ticket=parcel.ticket or None, page_url=parcel.page_url),
        asked_at=iso(parcel.announced_s),
        good_until=iso_or_none(view.good_until_s),
        # While the code puts it in, its end is `good_until`.
        deadline=iso_or_none(parcel.deadline_s if parcel.compartment is not None else None),
        hand_overs=[
            Proof(
                kind=one.kind, at=iso(one.at_s), locker_id=one.locker_id, locker_name=one.locker_name,
                compartment=one.n, receipt=receipt(one.receipt), fact=one.receipt,
            )
            for one in view.hand_overs
        ],
    )  # fmt: skip


def _wish_of(hub: Hub, body: NewDropOff, caller: Caller) -> Wish:
    if caller.carrier and body.carrier not in ("", caller.carrier):
        raise Problem(403, "another_carrier", "This key asks for drop-offs of its own carrier: leave `carrier` out.")
    if body.parcel_id is not None:
        # Whose it was brings it back; an operator needn't know.
        carrier = visible.parcel(hub, caller, body.parcel_id).carrier
        if body.purpose != "return":
            raise Problem(
                422, "invalid", "purpose: what goes back is a return; leave `parcel_id` out to send something"
            )
        return body.wish(carrier, caller.test)
    if body.sender is None or body.size_mm is None:
        raise Problem(422, "invalid", "sender, size_mm: both are needed where no `parcel_id` says what goes back")
    carrier = caller.carrier or body.carrier
    if not carrier:
        raise Problem(422, "invalid", "carrier: say who fetches it; a key of the operator may ask for all")
    return body.wish(carrier, caller.test)


def _add_asking(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    announcer = Depends(gate.needs("announce"))

    @routes.post("/drop-offs", status_code=201, responses=documented(400, 404, 409, 413, 415, 503))
    def ask_for_drop_off(body: NewDropOff, request: Request, caller: Caller = announcer) -> DropOff:
        """Holds room at a locker and tells the sender a code, with which a compartment opens for the parcel."""
        wish = _wish_of(hub, body, caller)
        drop_off_id: str = granted(drop_offs.ask(hub, wish, request_key(request, caller)))
        return _visible(hub, caller, drop_off_id)


def _add_looking(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    reader = Depends(gate.needs("read"))

    @routes.get("/drop-offs", responses=documented(404))
    def list_drop_offs(
        caller: Caller = reader,
        status: Status | None = None,
        tracking_number: str | None = None,
        parcel_id: Annotated[str | None, Field(description="returns of this parcel")] = None,
        cursor: pages.Cursor = None,
        limit: pages.Limit = 50,
    ) -> DropOffPage:
        """The newest drop-offs that are like this, newest first."""
        if parcel_id is not None:
            visible.parcel(hub, caller, parcel_id)
        # One more than asked for: then it is known whether there is another page.
        found = drop_off_looks.newest(
            hub, limit=limit + 1, behind=pages.place(cursor), status=status, tracking_number=tracking_number,
            of_parcel_id=parcel_id, carrier=caller.carrier or None, test=caller.test,
        )  # fmt: skip
        last = found[limit - 1].parcel if len(found) > limit else None
        return DropOffPage(
            items=[shown(view) for view in found[:limit]],
            next=pages.cursor((last.announced_s, last.id)) if last else None,
        )

    @routes.get("/drop-offs/{drop_off_id}", responses=documented(404))
    def get_drop_off(drop_off_id: str, caller: Caller = reader) -> DropOff:
        """One drop-off, with the proofs of what has changed hands."""
        return _visible(hub, caller, drop_off_id)


def _add_changing(routes: APIRouter, hub: Hub, gate: Gate) -> None:
    announcer = Depends(gate.needs("announce"))

    @routes.post("/drop-offs/{drop_off_id}/cancel", responses=documented(404, 409, 412))
    def cancel_drop_off(drop_off_id: str, caller: Caller = announcer, if_match: IfMatch = None) -> DropOff:
        """It isn't to be dropped off any more. What lies inside already waits for its sender, who may take it out."""
        _visible(hub, caller, drop_off_id)
        with while_unchanged(hub, if_match, lambda: _visible(hub, caller, drop_off_id)):
            granted(drop_offs.call_off(hub, drop_off_id))
            return _visible(hub, caller, drop_off_id)

    @routes.post("/drop-offs/{drop_off_id}/move", responses=documented(400, 404, 409, 412, 413, 415, 503))
    def move_drop_off(drop_off_id: str, body: Moved, caller: Caller = announcer, if_match: IfMatch = None) -> DropOff:
        """It is dropped off at another locker, with the same code; its sender is told."""
        _visible(hub, caller, drop_off_id)
        with while_unchanged(hub, if_match, lambda: _visible(hub, caller, drop_off_id)):
            granted(drop_offs.move(hub, drop_off_id, body.locker_id))
            return _visible(hub, caller, drop_off_id)


def _visible(hub: Hub, caller: Caller, drop_off_id: str) -> DropOff:
    """The drop-off, if it is the caller's; raises 404 otherwise."""
    view = drop_off_looks.one(hub, drop_off_id)
    if view is None or not caller.sees_parcel(view.parcel.carrier, view.parcel.test):
        raise Problem(404, "unknown_drop_off", "There is no drop-off with this id.")
    return shown(view)
