"""What has happened at a locker. A fact is durable there before anything behind it is done, and never changes.

Facts are the locker's journal, its audit log and its reports to the hub, in one. Within a wire version fields are only
added, always with a default. Times: `Moment`. Compartments and doors are numbered from 1, as on the cabinet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from locker.wire.bounds import (
    Count,
    Digest,
    LockerId,
    Name,
    Number,
    NumberOrNone,
    TagOrNone,
    WallMs,
    Words,
)
from locker.wire.compartment import CompartmentSpec as CompartmentSpec
from locker.wire.compartment import Reach as Reach
from locker.wire.compartment import SizeClass as SizeClass
from locker.wire.orders import Order, Snapshot

Party = Literal["courier", "recipient", "operator", "sender"]
UnlockReason = Literal["deposit", "collect", "reopen", "retrieve", "inspect", "safety", "remote"]
Fault = Literal[
    "jammed", "sensor", "forced", "left_open", "obstructed", "lock_silent", "broken", "welded", "flicker", "cooling",
]  # fmt: skip
Doubt = Literal["new", "power_cut", "forced", "occupied", "dead_sensor", "left_open", "fork", "remote"]

Alarm = Literal[
    "safety_release", "forced_open", "left_open", "guessing", "unknown_delivery", "unknown_order", "device_lost",
    "welded",
    "mains_failed", "tampered", "too_warm", "spoiled", "probe_dead", "seems_empty", "seems_full",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When something happened, by both clocks of the locker.

    `run_ms` counts milliseconds since the daemon's start and never jumps; `wall_ms` is Unix time in milliseconds and is
    only as good as `trusted` says (a Raspberry Pi may start in 1970).
    """

    run_ms: Count
    wall_ms: WallMs
    trusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The daemon has started. `run` is a random 64-bit id (16 hex digits): no two histories of a card share it."""

    at: Moment
    run: Name
    locker: LockerId
    software: Name
    kind: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The machine as its config describes it; told again whenever that has changed."""

    at: Moment
    number: Count
    compartments: tuple[CompartmentSpec, ...]
    kind: Literal["described"] = "described"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderApplied:
    """An order of the hub has taken effect; `digest` is its hash in the hub's chain of orders."""

    at: Moment
    epoch: Name
    number: Count
    digest: Digest
    order: Order
    kind: Literal["order_applied"] = "order_applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotApplied:
    """Everything that the hub owns was replaced at once; the next order is `number` + 1 behind `digest`.

    `over` are epochs that have ended, as the hub says: a card from an older image doesn't know it, and a late snapshot
    of one of them would take it back for ever.
    """

    at: Moment
    epoch: Name
    number: Count
    digest: Digest
    snapshot: Snapshot
    over: tuple[Name, ...] = ()
    kind: Literal["snapshot_applied"] = "snapshot_applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitStarted:
    """Somebody has shown who they are. `who` is a pickup for recipients and senders, a pass holder's id for staff."""

    at: Moment
    visit: Name
    party: Party
    by: Literal["ticket", "pin", "label", "deposit_ticket", "pass", "phone", "card", "delegate"]
    who: Name = ""
    kind: Literal["visit_started"] = "visit_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEnded:
    """The last door of a visit is shut and its person is gone."""

    at: Moment
    visit: Name
    how: Literal["done", "left", "next_person", "power_cut"] = "done"
    kind: Literal["visit_ended"] = "visit_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedFromAfar:
    """The hub has answered this locker's challenge in time: what it asks for (`request`) is done, and never again.

    `visit` is the recipient's visit that begins with it (an operator's opening is none), `who` an operator's id.
    """

    at: Moment
    request: Name
    n: Number
    visit: Name = ""
    pickup: Name = ""
    who: Name = ""
    kind: Literal["admitted_from_afar"] = "admitted_from_afar"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockAuthorised:
    """One pulse for one lock is allowed. No pulse is ever given without this fact on the disk before it.

    `attempt` counts the pulses of one authorisation from 1. `deliveries` are those that the opening is for.
    """

    at: Moment
    n: Number
    reason: UnlockReason
    visit: Name = ""
    deliveries: tuple[Name, ...] = ()
    attempt: Count = 1
    kind: Literal["unlock_authorised"] = "unlock_authorised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A door went from closed to open. `forced`: nobody was allowed to."""

    at: Moment
    n: Number
    visit: Name = ""
    forced: bool = False
    kind: Literal["opened"] = "opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A door went from open to closed."""

    at: Moment
    n: Number
    visit: Name = ""
    kind: Literal["closed"] = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited:
    """A parcel lies in a compartment: the door was opened for it and has closed behind it.

    `pickup` is the pickup that it belongs to. With `by_ticket` the order had not reached the locker: `delivery` is then
    `ticket.delivery_of` the deposit ticket, the hub finds the parcel by its pickup, and `pin_tag` is the ticket's.
    """

    at: Moment
    n: Number
    visit: Name
    delivery: Name
    pickup: Name
    by_ticket: bool = False
    pin_tag: TagOrNone = ""
    kind: Literal["deposited"] = "deposited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The door was opened for the recipient: these deliveries are spent.

    `delegate` is whom they had asked to come, where it was that one's code (`Delegate.id`).
    """

    at: Moment
    n: Number
    visit: Name
    pickup: Name
    deliveries: tuple[Name, ...]
    delegate: Name = ""
    kind: Literal["collected"] = "collected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """A courier has taken these deliveries out (expired, or to be returned)."""

    at: Moment
    n: Number
    visit: Name
    deliveries: tuple[Name, ...]
    courier: Name
    kind: Literal["retrieved"] = "retrieved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsUncertain:
    """Nobody knows what lies in a compartment; `deliveries` are those that may. Ends with `Inspected` or a visit."""

    at: Moment
    n: Number
    doubt: Doubt
    deliveries: tuple[Name, ...] = ()
    kind: Literal["contents_uncertain"] = "contents_uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """Somebody who may judge has looked: exactly `deliveries` lie in the compartment (none: it is empty)."""

    at: Moment
    n: Number
    visit: Name = ""
    deliveries: tuple[Name, ...] = ()
    kind: Literal["inspected"] = "inspected"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFound:
    """A compartment can't be given to anybody new. A parcel inside keeps its recipient."""

    at: Moment
    n: Number
    fault: Fault
    kind: Literal["fault_found"] = "fault_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCleared:
    """A fault has gone, by itself or by an operator's hand."""

    at: Moment
    n: Number
    fault: Fault
    kind: Literal["fault_cleared"] = "fault_cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRefused:
    """A typed code opened nothing. The throttle counts these, so they are on the disk before the answer is shown."""

    at: Moment
    kind: Literal["pin_refused"] = "pin_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarmed:
    """Something that a person has to look at now."""

    at: Moment
    alarm: Alarm
    n: NumberOrNone = 0
    detail: Words = ""
    kind: Literal["alarmed"] = "alarmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEnded:
    """What an alarm was about has gone by itself: the power is back, the loop is closed, the compartment is cold."""

    at: Moment
    alarm: Alarm
    n: NumberOrNone = 0
    kind: Literal["alarm_ended"] = "alarm_ended"


Fact = Annotated[
    RunStarted
    | Described
    | OrderApplied
    | SnapshotApplied
    | VisitStarted
    | VisitEnded
    | AdmittedFromAfar
    | UnlockAuthorised
    | Opened
    | Closed
    | Deposited
    | Collected
    | Retrieved
    | ContentsUncertain
    | Inspected
    | FaultFound
    | FaultCleared
    | PinRefused
    | Alarmed
    | AlarmEnded,
    Field(discriminator="kind"),
]
