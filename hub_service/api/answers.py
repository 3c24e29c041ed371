"""What the HTTP interface answers, as JSON: whole seconds as ISO 8601 in UTC, milliseconds as numbers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from hub_service.domain.custody import names_elsewhere
from hub_service.handlers.views import CompartmentView, EventView, LockerView, ParcelView


def parcel(view: ParcelView) -> dict[str, Any]:
    """One parcel. `pickup` has a PIN and a ticket once room is promised; they survive every redirect."""
    return {
        "id": view.id,
        "status": view.status,
        "status_elsewhere": names_elsewhere(view.status),
        "tracking_number": view.tracking_number,
        "carrier": view.carrier,
        "reference": view.reference,
        "size_mm": dict(zip(("width", "height", "depth"), view.size_mm, strict=True)),
        "low": view.low,
        "locker_id": view.locker_id,
        "compartment": view.compartment,
        "planned": view.planned,
        "pickup": {"pin": view.pin.replace(" ", "") or None, "ticket": view.ticket or None, "page_url": view.page_url},
        "announced_at": iso(view.announced_s),
        "ready_at": iso(view.ready_s),
        "deadline": iso(view.deadline_s),
        "can_extend": view.can_extend,
    }


def locker(view: LockerView) -> dict[str, Any]:
    """One locker without its compartments."""
    return {
        "id": view.id,
        "number": view.number,
        "name": view.name,
        "where": view.where,
        "latitude": view.latitude,
        "longitude": view.longitude,
        "online": view.online,
        "seen_at": iso(view.seen_s),
        "orders_behind": view.orders_behind,
        "compartments": len(view.compartments),
        "free_by_size": view.free_by_size,
        "room_by_size": view.room_by_size,
        "alarms": [
            {"id": one.id, "at": iso(one.at_s), "n": one.n, "kind": one.kind, "sentence": one.sentence}
            for one in view.alarms
        ],
    }


def compartment(locker_id: str, view: CompartmentView) -> dict[str, Any]:
    """One compartment; `parcels` are the tracking numbers of what lies inside."""
    inner = ("n", "size_class", "reach", "module", "content", "doubt", "in_service", "faults", "parcels", "planned")
    return {
        "locker_id": locker_id,
        **{name: getattr(view, name) for name in inner},
        "size_mm": {"width": view.width_mm, "height": view.height_mm, "depth": view.depth_mm},
    }


def event(view: EventView) -> dict[str, Any]:
    return asdict(view)


def iso(at_s: int | None) -> str | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
