"""A carrier's own programs show its couriers the code of the day; nobody else's couriers are named."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from hub_service.api.answers import Answer, iso_or_none
from hub_service.api.gate import Gate
from hub_service.api.problems import documented
from hub_service.api.repeats import route_class
from hub_service.domain.limits import Caller
from hub_service.handlers import day_codes
from hub_service.handlers.hub import Hub


class CourierCode(Answer):
    """What one courier types at every locker today, or shows: `qr` is the text of the QR code."""

    pass_id: str
    who: str
    carrier: str
    code: str
    qr: str
    valid_until: str | None


class CourierCodes(Answer):
    """Everybody's code of today, by name. Tomorrow each has another one."""

    items: list[CourierCode]


def router(hub: Hub, gate: Gate) -> APIRouter:
    deliverer = Depends(gate.needs("deliver"))
    routes = APIRouter(prefix="/v1", tags=["lockers"], route_class=route_class(hub))

    @routes.get("/courier-codes", responses=documented())
    def list_courier_codes(caller: Caller = deliverer) -> CourierCodes:
        """Today's codes of the caller's couriers; the operator's key is shown those of all carriers."""
        # Test lockers are opened with the same codes, so a test key is shown none.
        found = () if caller.test else day_codes.today(hub, caller.carrier or None)
        return CourierCodes(
            items=[
                CourierCode(
                    pass_id=one.pass_id, who=one.who, carrier=one.carrier, code=one.code, qr=one.qr,
                    valid_until=iso_or_none(one.until_s),
                )
                for one in found
                if one.carrier
            ]
        )  # fmt: skip

    return routes
