"""What a caller may see by its id: others' things are answered exactly like things that don't exist."""

from __future__ import annotations

from hub_service.api.problems import Problem
from hub_service.domain.limits import Caller
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import LockerView, ParcelView


def parcel(hub: Hub, caller: Caller, parcel_id: str) -> ParcelView:
    """The parcel, if it is the caller's; raises 404 otherwise."""
    view = looks.parcel(hub, parcel_id)
    if view is None or not caller.sees_parcel(view.carrier, view.test):
        raise Problem(404, "unknown_parcel", "There is no parcel with this id.")
    return view


def locker(hub: Hub, caller: Caller, locker_id: str) -> LockerView:
    """The locker, if the caller's key reaches it; raises 404 otherwise."""
    view = looks.locker(hub, locker_id)
    if view is None or not caller.sees_locker(view.test):
        raise Problem(404, "unknown_locker", "There is no locker with this id: GET /v1/lockers lists them.")
    return view
