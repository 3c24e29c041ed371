"""What requests may say, checked for form: types, bounds, lengths. Unknown fields are refused: typos get found."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from hub_service.domain.custody import Status
from hub_service.domain.deadlines import ALL_EXTENDED_MAX_S, HOUR_S
from hub_service.domain.eligibility import Consent
from hub_service.domain.fallback import Place
from hub_service.domain.offers import STOPS_MAX
from hub_service.domain.returns import RETURN_DAYS_MAX
from hub_service.handlers import whereabouts
from hub_service.handlers.wishes import Acceptance, Announcement, FailedAttempt, FailureReason, Redirection
from hub_service.handlers.wishes import Recipient as RecipientWish

EDGE_MM_MAX = 3_000
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[\x20-\x7e]+$")]
# No control characters: these words end up in the subject lines of mails.
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[Words, Field(min_length=1)]
LockerId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Edge = Annotated[int, Field(gt=0, le=EDGE_MM_MAX, strict=True)]
Id = Annotated[str, StringConstraints(max_length=60)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Body(BaseModel):
    """What is sent: a field that nobody knows is a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stop(Body):
    """A place in degrees."""

    latitude: Latitude
    longitude: Longitude


Stops = Annotated[
    tuple[Stop, ...],
    Field(max_length=STOPS_MAX, description="where the courier is, then the stops that are still to come"),
]


def places(stops: tuple[Stop, ...]) -> tuple[Place, ...]:
    return tuple(Place(one.latitude, one.longitude) for one in stops)


class Recipient(Body):
    """Who a parcel is for. E-mail is preferred over a text message where both are given."""

    name: Name
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")] = (
        ""
    )
    phone: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=30, pattern=r"^(\+?[0-9 ()/-]{4,})?$")
    ] = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "en"


class SizeMm(Body):
    """Outer edges in millimetres, in any order; it may be turned."""

    width: Edge
    height: Edge
    depth: Edge


class NewParcel(Body):
    """A parcel that will come. Without `locker_id` it is a home delivery; a carrier's key needn't name the carrier."""

    tracking_number: Label
    carrier: Annotated[Words, Field(max_length=60)] = ""
    recipient: Recipient
    size_mm: SizeMm
    locker_id: LockerId | None = None
    low: bool = False
    reference: Words = ""
    labels: Annotated[tuple[Label, ...], Field(max_length=5)] = ()
    perishable: bool = False
    age_check: bool = False
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    medicine: bool = False
    cash_on_delivery: bool = False
    locker_consent: Consent = "not_asked"
    share_compartment: bool = False
    return_days: Annotated[
        int,
        Field(ge=0, le=RETURN_DAYS_MAX, strict=True, description="so long its recipient may return it from its page"),
    ] = 0

    def wish(self, carrier: str, test: bool) -> Announcement:
        """The announcement for this carrier, in the world of test lockers or in the real one."""
        return Announcement(
            **self.model_dump(exclude={"recipient", "size_mm", "carrier"}),
            carrier=carrier,
            test=test,
            recipient=RecipientWish(**self.recipient.model_dump()),
            width_mm=self.size_mm.width,
            height_mm=self.size_mm.height,
            depth_mm=self.size_mm.depth,
        )


class Attempt(Body):
    """A delivery attempt that failed. `latitude` and `longitude` are where the courier stood."""

    parcel_id: Annotated[str, StringConstraints(max_length=60)]
    outcome: Literal["failed"] = "failed"
    reason: FailureReason = "nobody_home"
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    at: Annotated[AwareDatetime | None, Field(description="when it was; now, if it isn't said")] = None
    decide: Annotated[
        Literal["hub", "courier"], Field(description="who chooses the locker: the hub now, or the courier among offers")
    ] = "hub"
    stops: Stops = ()

    def wish(self) -> FailedAttempt:
        return FailedAttempt(
            **self.model_dump(exclude={"outcome", "at", "stops"}),
            at_s=None if self.at is None else int(self.at.timestamp()),
            stops=places(self.stops),
        )


class Progress(Body):
    """How far a parcel has come, as its carrier says."""

    status: Literal["in_transit", "out_for_delivery"]

    @property
    def known(self) -> Status:
        return self.status


class Accept(Body):
    """An offer that a courier takes. Without `hold_minutes` room is held as long as the drive takes, and some more."""

    parcel_id: Id
    locker_id: LockerId
    hold_minutes: Annotated[int | None, Field(ge=5, le=480, strict=True)] = None
    stops: Stops = ()

    def wish(self) -> Acceptance:
        return Acceptance(**self.model_dump(exclude={"stops"}), stops=places(self.stops))


class Redirect(Body):
    """Where a parcel on its way shall go instead; without `locker_id` to the best locker near the first one."""

    locker_id: LockerId | None = None
    reason: Literal["full", "broken", "closed", "wish"] = "wish"

    def wish(self, parcel_id: str) -> Redirection:
        return Redirection(parcel_id=parcel_id, **self.model_dump())


class Whereabouts(Body):
    """Where a parcel is that lies in no locker: with its recipient, going back, found again, or nobody looks more."""

    place: whereabouts.Place


class CardScan(Body):
    """A card that is left at the door: what its QR code says."""

    parcel_id: Id
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class ExtendAll(Body):
    """More time for every parcel in a locker."""

    hours: Annotated[int, Field(ge=1, le=ALL_EXTENDED_MAX_S // HOUR_S, strict=True)]
    reason: Name


class RoomPolicy(Body):
    """How a locker's room is promised; what isn't said stays as it is.

    `kept_for_attempts`: compartments that only failed home deliveries get. `hard_hold`: a planned compartment is its
    parcel's alone until it comes.
    """

    kept_for_attempts: Annotated[int | None, Field(ge=0, le=999, strict=True)] = None
    hard_hold: bool | None = None


class Service(Body):
    """Whether a compartment is offered to new parcels."""

    in_service: bool
    reason: Words = ""


class Wait(Body):
    """How much time shall pass at once."""

    hours: Annotated[int, Field(ge=0, le=24 * 365, strict=True)]
