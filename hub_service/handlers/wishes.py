"""What is asked of the hub, already checked for form: the arguments of commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from hub_service.domain.eligibility import Consent
from hub_service.domain.fallback import Place

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

    `latitude`, `longitude` and `country` (ISO 3166) are the recipient's address, for choosing a locker near by.
    `labels` are further texts that a scan of the parcel may give; the tracking number is always one.
    `share_compartment`: it may lie with others of the same recipient. `test` parcels go to test lockers only. For
    `return_days` after the collection the recipient may send it back without asking anybody.
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
    medicine: bool = False
    cash_on_delivery: bool = False
    locker_consent: Consent = "not_asked"
    country: str = ""
    share_compartment: bool = False
    test: bool = False
    latitude: float | None = None
    longitude: float | None = None
    return_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempt:
    """A courier stood at a door in vain. `latitude` and `longitude` are where, `at_s` is when, if known.

    `decide` is who chooses the locker: the hub at once, or the courier among offers. `stops` are the courier's own
    place and the stops still to come.
    """

    parcel_id: str
    reason: FailureReason = "nobody_home"
    latitude: float | None = None
    longitude: float | None = None
    at_s: int | None = None
    decide: Literal["hub", "courier"] = "hub"
    stops: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A courier takes an offer. `hold_minutes` is how long room is held (None: as long as the drive takes)."""

    parcel_id: str
    locker_id: str
    hold_minutes: int | None = None
    stops: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection:
    """A parcel on its way shall go to another locker, this one or (None) the best; `reason` is for records."""

    parcel_id: str
    locker_id: str | None = None
    reason: Literal["full", "broken", "closed", "wish"] = "wish"
