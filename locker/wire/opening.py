"""How a door is opened from afar, without ever being opened late: `Knock`, `Challenge`, `OpenNow`, `Answered`.

These stand outside both logs. The locker draws a nonce when the hub knocks; the hub's signed `OpenNow` repeats it, and
counts once, for a few seconds, in that run. Lost ones are asked for anew by a person, never sent again later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from locker.wire.bounds import Count, LockerId, Name, Number

Digits = Annotated[str, Field(pattern=r"^[0-9]{3}$")]
"""The number that somebody in front of a locker reads from its screen or its sticker."""

Outcome = Literal[
    "opening",  # a fact says so, and the lock is pulsed
    "unknown_compartment",
    "occupied",  # only an empty one was to be opened
    "not_here",  # no parcel of this pickup lies in that compartment
    "outdated",  # an older generation of the pickup's codes
    "uncertain",  # nobody knows whose parcels lie there
    "someone_else",  # a visit is going on
    "close_first",  # a door stands open
    "already_open",
    "resting",  # the coil has to cool down
    "out_of_order",  # no lock can be pulsed at all
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """The hub wants to have a door opened: it asks for a challenge. Opens nothing."""

    locker: LockerId
    request: Name
    kind: Literal["knock"] = "knock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """The locker's answer to a `Knock`. `numbers` are what somebody in front of it may read now, the newest first."""

    locker: LockerId
    run: Name
    request: Name
    nonce: Name
    numbers: tuple[Digits, ...] = ()
    kind: Literal["challenge"] = "challenge"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNow:
    """Open compartment `n`, now or never: `nonce` and `run` are those of the challenge for this `request`.

    With `pickup` it is opened for that pickup's recipient, as a code of this `generation` would; else for an operator
    (`who`, an id), and only an empty one unless it `may_hold` something.
    """

    locker: LockerId
    run: Name
    request: Name
    nonce: Name
    n: Number
    pickup: Name = ""
    generation: Count = 0
    who: Name = ""
    may_hold: bool = False
    kind: Literal["open_now"] = "open_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of an `OpenNow` that came in time. One that came late, twice or from elsewhere gets no answer."""

    locker: LockerId
    run: Name
    request: Name
    # Names, not `Outcome`: a newer locker may have further reasons.
    outcome: Name
    kind: Literal["answered"] = "answered"
