"""What is asked of the hub, already checked for form: the arguments of commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FailureReason = Literal["nobody_home", "no_access", "wrong_address", "refused", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who a parcel is for, and how they are told. `language` is a two-letter code."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A parcel that will come. Sizes in millimetres, in any rotation; `locker_id` None is a home delivery.

    `latitude` and `longitude` are the recipient's address, for choosing a locker near by. `labels` are further texts
    that a scan of the parcel may give; the tracking number is always one. `test` parcels go to test lockers only.
    """

    tracking_number: str
    carrier: str
    recipient: Recipient
    width_mm: int
    height_mm: int
    depth_mm: int
    locker_id: str | None = None
    low: bool = False
    reference: str = ""
    labels: tuple[str, ...] = field(default=())
    perishable: bool = False
    age_check: bool = False
    test: bool = False
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """A courier stood at a door in vain. `latitude` and `longitude` are where, if known."""

    parcel_id: str
    reason: FailureReason = "nobody_home"
    latitude: float | None = None
    longitude: float | None = None
