"""What the HTTP interface answers, as JSON: whole seconds as ISO 8601 in UTC, milliseconds as numbers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from hub_service.domain.custody import Attention, Status
from hub_service.domain.status_names import Service, names_of
from hub_service.handlers.views import CompartmentView, Content, EventView, LockerView, ParcelView


class Answer(BaseModel):
    """Something that is answered: what isn't named here is never said by accident."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SizeMm(Answer):
    """Millimetres."""

    width: int
    height: int
    depth: int


class Pickup(Answer):
    """What opens the door: set once room is promised; it survives every redirect and ends with the collection."""

    pin: str | None
    ticket: str | None
    page_url: str


class Parcel(Answer):
    """One parcel. `compartment` is where it lies, `planned` what is planned for it.

    `clock_stopped`: locker or door are out of reach, and the deadline moves on by that time. `held_until` is how long
    room is held for the courier's drive. `wished_day` is when its recipient would rather have it. `attention` says why
    a person has to look after it.
    """

    id: str
    status: Status
    status_names: dict[Service, str]
    tracking_number: str
    carrier: str
    reference: str
    size_mm: SizeMm
    low: bool
    test: bool
    locker_id: str | None
    compartment: int | None
    planned: int | None
    pickup: Pickup
    announced_at: str
    ready_at: str | None
    deadline: str | None
    can_extend: bool
    clock_stopped: bool
    held_until: str | None
    wished_day: str | None
    attention: Attention


class Alarm(Answer):
    """What waits for a person; `n` is the compartment (0: the whole locker)."""

    id: int
    at: str
    n: int
    kind: str
    sentence: str


class Locker(Answer):
    """One locker. `orders_behind` counts what it was told and hasn't confirmed yet; alarms are told to operators."""

    id: str
    number: int
    name: str
    where: str
    latitude: float | None
    longitude: float | None
    test: bool
    online: bool
    seen_at: str | None
    orders_behind: int
    compartments: int
    free_by_size: dict[str, int]
    room_by_size: dict[str, int]
    alarms: list[Alarm]


class Compartment(Answer):
    """One compartment; `parcels` are the tracking numbers of the caller's parcels inside."""

    locker_id: str
    n: int
    size_class: str
    reach: str
    module: str
    content: Content
    doubt: str
    in_service: bool
    faults: list[str]
    parcels: list[str]
    planned: bool
    size_mm: SizeMm


class Event(Answer):
    """One thing that has happened. `locker_at_ms` is the locker's own clock, where it told of it."""

    seq: int
    kind: str
    parcel_id: str | None
    locker_id: str | None
    locker_at_ms: int | None
    hub_at_ms: int
    data: dict[str, Any]


def parcel(view: ParcelView) -> Parcel:
    """One parcel as its carrier sees it."""
    same = ("id", "status", "tracking_number", "carrier", "reference", "low", "test", "locker_id", "compartment")
    return Parcel(
        **{name: getattr(view, name) for name in same},
        status_names=names_of(view.status),
        size_mm=SizeMm(**dict(zip(("width", "height", "depth"), view.size_mm, strict=True))),
        planned=view.planned,
        pickup=Pickup(pin=view.pin.replace(" ", "") or None, ticket=view.ticket or None, page_url=view.page_url),
        announced_at=iso(view.announced_s),
        ready_at=iso_or_none(view.ready_s),
        deadline=iso_or_none(view.deadline_s),
        can_extend=view.can_extend,
        clock_stopped=view.clock_stopped,
        held_until=iso_or_none(view.held_until_s),
        wished_day=view.wished_day or None,
        attention=view.attention,
    )


def locker(view: LockerView, for_operator: bool) -> Locker:
    """One locker without its compartments; what waits for a person is nobody's but the operator's."""
    same = ("id", "number", "name", "where", "latitude", "longitude", "test", "online", "orders_behind")
    alarms = view.alarms if for_operator else ()
    return Locker(
        **{name: getattr(view, name) for name in same},
        seen_at=iso_or_none(view.seen_s),
        compartments=len(view.compartments),
        free_by_size=view.free_by_size,
        room_by_size=view.room_by_size,
        alarms=[Alarm(id=one.id, at=iso(one.at_s), n=one.n, kind=one.kind, sentence=one.sentence) for one in alarms],
    )


def compartment(locker_id: str, view: CompartmentView, visible: frozenset[str]) -> Compartment:
    """One compartment; of the parcels inside only those with a tracking number in `visible` are named."""
    same = ("n", "size_class", "reach", "module", "content", "doubt", "in_service", "faults", "planned")
    return Compartment(
        locker_id=locker_id,
        **{name: getattr(view, name) for name in same},
        parcels=[number for number in view.parcels if number in visible],
        size_mm=SizeMm(width=view.width_mm, height=view.height_mm, depth=view.depth_mm),
    )


def event(view: EventView) -> Event:
    return Event(**asdict(view))


def iso(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(at_s: int | None) -> str | None:
    return None if at_s is None else iso(at_s)
