"""Rows of the store as values, and how a row becomes one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, TypeVar

from hub_service.domain.custody import Attention, Status
from hub_service.domain.eligibility import Consent
from hub_service.domain.placement import Box, Size
from hub_service.store.sql import Row
from locker.wire.facts import Doubt

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class LockerRecord:
    """One locker. `head` is the newest fact that it has told; `last_*` the newest order; `stands_*` how far it is."""

    id: str
    number: int
    name: str
    place: str
    help_phone: str
    latitude: float | None
    longitude: float | None
    public_key: str
    head: str
    reports: int
    run: str
    session_run: str
    online: bool
    seen_ms: int | None
    epoch: str
    last_order: int
    last_digest: str
    stands_epoch: str
    stands_order: int
    stands_digest: str
    safe: str = ""
    test: bool = False
    kept_for_attempts: int | None = None
    hard_hold: bool = False

    @property
    def name_and_place(self) -> str:
        return f"{self.name}, {self.place}" if self.place else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentRecord:
    """One compartment: as it was built, and what the locker says lies in it."""

    locker_id: str
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
    content: str
    doubt: Doubt | Literal[""]
    door_open: bool
    in_service: bool
    out_reason: str

    @property
    def box(self) -> Box:
        return Box(
            n=self.n, size_class=self.size_class, width_mm=self.width_mm, height_mm=self.height_mm,
            depth_mm=self.depth_mm, reach=self.reach,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRecord:
    """One parcel; who it is for stays sealed in `recipient_sealed`, of a `drop_off` who sends it."""

    id: str
    carrier: str
    tracking_number: str
    reference: str
    labels: str
    recipient_sealed: bytes
    recipient_lookup: str
    width_mm: int
    height_mm: int
    depth_mm: int
    low: bool
    perishable: bool
    age_check: bool
    page_lookup: str
    status: Status
    announced_s: int
    test: bool = False
    erase_asked_s: int | None = None
    erased: bool = False
    attention: Attention = ""
    medicine: bool = False
    cash_on_delivery: bool = False
    locker_consent: Consent = "not_asked"
    country: str = ""
    shares: bool = False
    drop_off: Literal["", "return", "send"] = ""
    of_parcel_id: str | None = None
    return_days: int = 0

    @property
    def size(self) -> Size:
        return Size(self.width_mm, self.height_mm, self.depth_mm, self.low)


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupRecord:
    """What one access code opens; the PIN stays sealed."""

    id: str
    recipient_lookup: str
    pin_sealed: bytes
    pin_lookup: str
    generation: int
    home_number: int
    not_after_s: int
    live: bool
    created_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One parcel's stay at one locker. `n` is where it is planned (`promised`) or lies (`inside`).

    `alias` is what the locker calls it if it came with a deposit ticket; orders name it by its id all the same.
    `stopped_s` is since when its clock stands still, `held_until_s` how long room is held for the drive. `by_sender`:
    its sender puts it in; until then `deadline_s` is the end of the code, and from then on there is none.
    """

    id: str
    parcel_id: str
    pickup_id: str
    locker_id: str
    alias: str | None
    state: str
    n: int | None
    ready_s: int | None
    deadline_s: int | None
    extended: bool
    reminded: bool
    recalled: bool
    created_s: int
    remind_at_s: int | None = None
    stopped_s: int | None = None
    by_attempt: bool = False
    held_until_s: int | None = None
    by_sender: bool = False


def read(kind: type[T], row: Row) -> T:
    """The record in a row, which may have further columns."""
    return kind(**{name: bool(row[name]) if truth else row[name] for name, truth in _COLUMNS[kind]})


def read_all(kind: type[T], rows: Iterable[Row]) -> list[T]:
    """The records in rows."""
    return [read(kind, row) for row in rows]


def read_one(kind: type[T], row: Row | None) -> T | None:
    """The record in a row, if there is one."""
    return None if row is None else read(kind, row)


# SQLite keeps truth as 0 and 1.
_COLUMNS: dict[type, tuple[tuple[str, bool], ...]] = {
    kind: tuple((field.name, field.type == "bool") for field in fields(kind))
    for kind in (LockerRecord, CompartmentRecord, ParcelRecord, PickupRecord, DeliveryRecord)
}
