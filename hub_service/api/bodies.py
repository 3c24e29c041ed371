"""What requests may say, checked for form: types, bounds, lengths. Unknown fields are refused: typos get found."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub_service.domain.custody import Status
from hub_service.handlers.wishes import Announcement, FailedAttempt, FailureReason
from hub_service.handlers.wishes import Recipient as RecipientWish

EDGE_MM_MAX = 3_000
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[\x20-\x7e]+$")]
# No control characters: these words end up in the subject lines of mails.
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[Words, Field(min_length=1)]
LockerId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Edge = Annotated[int, Field(gt=0, le=EDGE_MM_MAX, strict=True)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Body(BaseModel):
    """What is sent: a field that nobody knows is a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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

    def wish(self) -> FailedAttempt:
        return FailedAttempt(**self.model_dump(exclude={"outcome"}))


class Progress(Body):
    """How far a parcel has come, as its carrier says."""

    status: Literal["in_transit", "out_for_delivery"]

    @property
    def known(self) -> Status:
        return self.status


class Service(Body):
    """Whether a compartment is offered to new parcels."""

    in_service: bool
    reason: Words = ""


class Wait(Body):
    """How much time shall pass at once."""

    hours: Annotated[int, Field(ge=0, le=24 * 365, strict=True)]
