"""How much of a locker each carrier may use: operators say it, carriers see their own part."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field, model_validator

from hub_service.api import visible
from hub_service.api.answers import Answer
from hub_service.api.bodies import Body
from hub_service.api.gate import Gate
from hub_service.api.problems import documented, granted
from hub_service.api.repeats import route_class
from hub_service.domain import quotas as rules
from hub_service.domain.limits import Caller
from hub_service.handlers import quotas
from hub_service.handlers.hub import Hub
from hub_service.handlers.sites import NAME_MAX
from hub_service.store.quotas import CarrierQuota


class Quota(Answer):
    """One rule. `limit` is how many places it comes to now, `used` how many of them (null: it binds several)."""

    carrier: str
    size_class: str
    most: int | None
    share_percent: int | None
    limit: int
    used: int | None


class Quotas(Answer):
    """The rules of a locker, by carrier; a carrier's key is shown those that bind it."""

    items: list[Quota]


class NewQuota(Body):
    """Either `most` places or `share_percent` of them. No carrier: for every one that has no rule of its own here.

    No `size_class`: of all compartments; else parcels count whose smallest fitting compartments are of that class.
    """

    carrier: Annotated[str, Field(max_length=NAME_MAX)] = ""
    size_class: Literal["", "XS", "S", "M", "L", "XL"] = ""
    most: Annotated[int | None, Field(ge=0, le=999, strict=True)] = None
    share_percent: Annotated[int | None, Field(ge=0, le=100, strict=True)] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> NewQuota:
        if (self.most is None) == (self.share_percent is None):
            raise ValueError("say either `most` or `share_percent`")
        return self

    @property
    def rule(self) -> CarrierQuota:
        quota = rules.Quota(size_class=self.size_class, most=self.most, share_percent=self.share_percent)
        return CarrierQuota(carrier=self.carrier.strip(), quota=quota)


class NewQuotas(Body):
    """All rules of a locker from now on; those left out end."""

    items: Annotated[list[NewQuota], Field(max_length=quotas.RULES_MAX)]


def router(hub: Hub, gate: Gate) -> APIRouter:
    reader, operator = Depends(gate.needs("read")), Depends(gate.needs("operate"))
    routes = APIRouter(prefix="/v1", tags=["lockers"], route_class=route_class(hub))

    @routes.get("/lockers/{locker_id}/quotas", responses=documented(404))
    def get_quotas(locker_id: str, caller: Caller = reader) -> Quotas:
        """How much of the locker each carrier may use, and does."""
        visible.locker(hub, caller, locker_id)
        return _told(granted(quotas.look(hub, locker_id, caller.carrier)))

    @routes.post("/lockers/{locker_id}/quotas", responses=documented(400, 404, 409, 413, 415))
    def set_quotas(locker_id: str, body: NewQuotas, caller: Caller = operator) -> Quotas:
        """Replaces all rules of the locker. What lies there already stays; new parcels are held to them."""
        visible.locker(hub, caller, locker_id)
        said = [one.rule for one in body.items]
        return _told(granted(quotas.change(hub, locker_id, said, f"key {caller.name}")))

    return routes


def _told(found: tuple[quotas.QuotaView, ...]) -> Quotas:
    return Quotas(items=[Quota(**asdict(one)) for one in found])
