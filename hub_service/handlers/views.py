"""What pages and the HTTP API are shown of a hub's state: plain values without connections, keys or clocks.

Times ending in `_s` are Unix seconds, in `_ms` milliseconds, by the hub's clock (in the demo it may have been moved).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hub_service.domain.custody import Attention, Status

Content = Literal["empty", "occupied", "uncertain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened to a parcel, in words for its recipient. `locker_at_ms` is the locker's own clock.

    `locker_name` and `n` are what another language says it with (empty: no locker, no compartment).
    """

    at_s: int
    sentence: str
    kind: str
    locker_at_ms: int | None = None
    locker_name: str = ""
    n: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientView:
    """All that a recipient's page says of one parcel; found by the page's unguessable token.

    `pin` is spelled 4+4 ("1234 5678") and empty, like `ticket`, while no locker is promised. `compartment` is where the
    parcel lies now. `moved_to` names the place it waits at instead of the one that was promised first, else empty.
    """

    parcel_id: str
    status: Status
    status_sentence: str
    tracking: str
    carrier: str
    recipient_name: str
    pin: str
    ticket: str
    page_url: str
    locker_id: str
    locker_name: str
    locker_where: str
    latitude: float | None
    longitude: float | None
    help_phone: str
    compartment: int | None
    deadline_s: int | None
    can_extend: bool
    extend_hours: int
    moved_to: str
    timeline: tuple[TimelineEntry, ...]
    now_s: int
    stars: int | None = None
    erasing: bool = False
    erased: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxEntry:
    """A message that the demo's channel has delivered. `parcel_id` is whose it is about."""

    id: int
    to: str
    channel: str
    subject: str
    body: str
    sent_at_s: int
    parcel_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentView:
    """One compartment as the hub believes it to be. `parcels` are tracking numbers that lie inside."""

    n: int
    size_class: str
    width_mm: int
    height_mm: int
    depth_mm: int
    reach: str
    module: str
    x_mm: int
    y_mm: int
    front_width_mm: int
    front_height_mm: int
    content: Content
    in_service: bool
    faults: tuple[str, ...]
    parcels: tuple[str, ...]
    planned: bool
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmView:
    """Something that a person has to look at. `n` is the compartment (0: the whole locker)."""

    id: int
    at_s: int
    locker_id: str
    n: int
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockerView:
    """One locker at a glance. `free_by_size` counts what is free, `room_by_size` what can still be promised."""

    id: str
    number: int
    name: str
    where: str
    latitude: float | None
    longitude: float | None
    help_phone: str
    online: bool
    seen_s: int | None
    orders_behind: int
    compartments: tuple[CompartmentView, ...]
    free_by_size: dict[str, int]
    room_by_size: dict[str, int]
    alarms: tuple[AlarmView, ...] = ()
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelView:
    """One parcel as its carrier sees it. `compartment` is where it lies, `planned` what is planned for it.

    `pin` is plain digits; it is empty, like `ticket`, while there is no code or it opens nothing any more. With
    `clock_stopped` the deadline moves on; `held_until_s` is how long room is held for a courier's drive.
    """

    id: str
    status: Status
    tracking_number: str
    carrier: str
    reference: str
    recipient_name: str
    locker_id: str | None
    locker_name: str
    compartment: int | None
    planned: int | None
    pin: str
    ticket: str
    page_url: str
    page_path: str
    announced_s: int
    ready_s: int | None
    deadline_s: int | None
    can_extend: bool
    size_mm: tuple[int, int, int]
    low: bool
    test: bool = False
    attention: Attention = ""
    clock_stopped: bool = False
    held_until_s: int | None = None
    wished_day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLink:
    """Where the kiosk and the twin of one demo locker are."""

    locker_id: str
    kiosk_url: str
    twin_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartView:
    """What the demo's start page offers: lockers, parcels that can be played with, and the demo's time."""

    now_s: int
    moved_hours: int
    lockers: tuple[LockerView, ...]
    links: tuple[DemoLink, ...]
    home_deliveries: tuple[ParcelView, ...]
    recent: tuple[ParcelView, ...]
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One entry of the timeline of everything; `data` holds no secrets and nothing personal."""

    seq: int
    kind: str
    parcel_id: str | None
    locker_id: str | None
    locker_at_ms: int | None
    hub_at_ms: int
    data: dict[str, object] = field(default_factory=dict)
