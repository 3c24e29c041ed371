"""A recipient's browser asks for a parcel's news, or for no more of them."""

from __future__ import annotations

from hub_service.domain.custody import is_live
from hub_service.domain.refusals import UNKNOWN_PAGE, Refusal
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.store import push_devices
from hub_service.store.push_devices import Device

DEVICES_MAX = 5
"""A family's phones. Each is one more address that the hub calls for whoever has the page."""


def switch_on(hub: Hub, token: str, device: Device) -> Refusal | None:
    """This browser hears what happens to the parcel from now on."""
    with hub.store.write() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None:
            return UNKNOWN_PAGE
        if not is_live(parcel.status):
            return Refusal("not_waiting", "This parcel's way is over: there will be no more news of it.")
        known = set(push_devices.ids(db, parcel.id)) - {push_devices.device_id(hub.store, parcel.id, device.endpoint)}
        if len(known) >= DEVICES_MAX:
            return Refusal(
                "too_many_devices", "Five devices are told already: let the page tell none any more, then try again."
            )
        push_devices.add(db, hub.store, parcel.id, device, hub.now_ms())
    return None


def switch_off(hub: Hub, token: str, endpoint: str | None = None) -> Refusal | None:
    """This browser, or (None) all of them, hear no more of the parcel."""
    with hub.store.write() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None:
            return UNKNOWN_PAGE
        if endpoint is None:
            push_devices.forget(db, parcel.id)
        else:
            push_devices.drop(db, push_devices.device_id(hub.store, parcel.id, endpoint))
    return None


def is_on(hub: Hub, token: str, endpoint: str) -> bool:
    """Whether this browser is told."""
    with hub.store.read() as db:
        parcel = looks.of_page(db, hub, token)
        if parcel is None:
            return False
        return push_devices.device_id(hub.store, parcel.id, endpoint) in push_devices.ids(db, parcel.id)


def how_many(hub: Hub, token: str) -> int:
    """How many browsers are told."""
    with hub.store.read() as db:
        parcel = looks.of_page(db, hub, token)
        return len(push_devices.ids(db, parcel.id)) if parcel else 0
