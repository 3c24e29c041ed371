"""What the cabinet wants done. Imperative; performed in order.

A `Record` is on the disk before anything that stands behind it is done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from locker.wire.facts import Fact
from locker.wire.messages import Message

Sound = Literal["yes", "no", "remind", "alarm"]

ScreenName = Literal[
    "idle",  # scan or type
    "typing",  # params: count
    "opening",  # door n is being unlocked; params: purpose
    "open",  # door n is open; params: purpose, more (doors still to come)
    "please_close",  # door n stands open for too long; params: purpose
    "next_parcel",  # courier: scan the next parcel or finish; params: deposited
    "thanks",  # params: purpose
    "courier_menu",  # params: retrieve (compartments with something to take out)
    "operator_menu",  # params: compartments, as {n: what is wrong or ""}
    "inspected",  # operator: what lies in n?; choices is_empty, holds_parcel, cant_tell
    "stuck",  # door n didn't open after all pulses; params: purpose
    "refused",  # params: refusal, and what its sentence needs
    "help",
    "out_of_order",  # nothing can be opened or nothing is known; params: reason
]

Refusal = Literal[
    "unreadable",  # rubbish, half a code, too long: scan again
    "unknown_code",  # not announced here: look at the address, ask your carrier
    "forged",  # a ticket that the hub didn't sign
    "outdated",  # an older generation: use the newest message
    "elsewhere",  # params: where (name and place of the locker, or text)
    "already_collected",  # params: ago_min (minutes since, -1: unknown)
    "not_yet",  # announced, but not in a compartment yet
    "wrong_pin",  # params: left (tries before a pause)
    "code_over",  # a staff code of a day before: each day has its own
    "pause",  # params: wait_s
    "keypad_closed",  # too many wrong codes today: use the QR code or call
    "no_room",  # no free compartment fits
    "already_deposited",
    "dropped_off",  # a sender's code that has done its work
    "label_twice",  # two people's parcels are announced under this label: take it back, call
    "scan_label",  # a deposit ticket that could stand for several announced parcels
    "withdrawn",  # the parcel isn't to come here any more: take it back; params: where
    "someone_else",  # another visit is going on: finish or wait
    "close_first",  # params: door n stands open
    "nothing_to_retrieve",
    "not_allowed",  # this pass doesn't allow that; e.g. inspecting a box that holds a recipient's parcel
    "uncertain",  # contents can't be told; somebody is on the way: call
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What the person in front should see: a name, the door it is about (0: none) and what its sentence needs.

    `choices` are the buttons that make sense now. `until_run_ms` is when it gives way by itself (0: never).
    """

    name: ScreenName
    n: int = 0
    params: dict[str, object] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    until_run_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Make a fact durable. The state has already changed; if this fails the daemon must stop and start again."""

    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """Energise one lock for this long; never without an `UnlockAuthorised` for it recorded before."""

    n: int
    pulse_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Replace what the screen shows."""

    screen: Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Beep:
    """Make a sound."""

    sound: Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Light the panel's lamp, or put it out."""

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForOrders:
    """The chain of orders has a gap or doesn't fit: say hello to the hub again, so that it sends what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Say this to the hub at once, and never again: it is about this very moment."""

    message: Message


Action = Record | Unlock | Show | Beep | Light | AskForOrders | Tell
