"""What the hub tells a locker to know. An order changes what the locker will allow; it never opens a door.

Orders are numbered within an epoch, chained by hash, and applied strictly one behind the other; a `Snapshot` replaces
everything that the hub owns. Contents, faults and spent marks belong to the locker and survive both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from locker.wire.bounds import (
    Count,
    Millimetres,
    Name,
    Number,
    NumberOrNone,
    Octet,
    PublicKey,
    Tag,
    TagOrNone,
    WallMs,
    Words,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """A parcel is on its way to this locker; its label opens one empty compartment, once.

    `labels` are the texts that a scan of the parcel may give. Sizes are in millimetres, in any rotation. `planned` is
    the compartment that the hub has in mind (0: none); `low` asks for one that can be reached from a wheelchair.
    `held`: until it is here, nobody else gets the planned one. `shares`: it may lie with others of its pickup that may.
    `by_sender`: no courier brings it; its sender puts it in with the code of its pickup, which takes nothing out, and
    a courier of its carrier takes it out.
    """

    delivery: Name
    pickup: Name
    labels: tuple[Words, ...]
    width_mm: Millimetres
    height_mm: Millimetres
    depth_mm: Millimetres
    planned: NumberOrNone = 0
    carrier: Name = ""
    low: bool = False
    held: bool = False
    shares: bool = False
    by_sender: bool = False
    kind: Literal["expect"] = "expect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """Somebody whom a recipient has asked to collect: the tags of their own PIN and of their own QR code."""

    id: Name
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """What opens the deliveries of one pickup: its newest ticket generation, and the tag of its PIN (32 hex digits).

    An older generation never opens anything again. `pin_tag` is `access_tag` of the PIN under this locker's own key;
    so are `card_tags`, of the number and the QR code of each card that was left at the door. The newest `Admit` says
    all: a card or a delegate that it leaves out opens nothing any more.
    """

    pickup: Name
    generation: Count
    pin_tag: TagOrNone = ""
    card_tags: tuple[Tag, ...] = ()
    delegates: tuple[Delegate, ...] = ()
    kind: Literal["admit"] = "admit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """A delivery isn't coming here any more. `moved_to` names the place where it waits, for the screen."""

    delivery: Name
    moved_to: Words = ""
    kind: Literal["withdraw"] = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A courier of its carrier may take this delivery out (it expired); until then its recipient may, too.

    With `recalled` false the recall is taken back (its time was extended).
    """

    delivery: Name
    recalled: bool = True
    kind: Literal["recall"] = "recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One member of staff: the tag of a code (32 hex digits), whose it is, and, for couriers, of which carrier.

    `card` is the tag of a card that has to be shown before the code is typed ("": none is needed). A code of one day
    works until `until_ms` and was shown to nobody before `from_ms`, both Unix time by the hub's clock (0: no limit).
    """

    tag: TagOrNone
    party: Literal["courier", "operator"]
    who: Name
    carrier: Name = ""
    card: TagOrNone = ""
    from_ms: WallMs = 0
    until_ms: WallMs = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """All staff codes that this locker honours from now on, about a week ahead; those left out stop working.

    `hub_ms` is the hub's time as it says so (0: it doesn't say); from there the locker counts on by itself.
    """

    passes: tuple[Pass, ...]
    hub_ms: WallMs = 0
    kind: Literal["passes"] = "passes"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassesChanged:
    """Some staff codes more, and some that end at once; all others stay as they are."""

    given: tuple[Pass, ...] = ()
    ended: tuple[Tag, ...] = ()
    hub_ms: WallMs = 0
    kind: Literal["passes_changed"] = "passes_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketKey:
    """A public key (64 hex digits, Ed25519) that tickets with this key id (0 to 255) are signed with."""

    kid: Octet
    public_key: PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another locker: its number in tickets, and where it stands, for the screen."""

    number: Count
    name: Words
    where: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the locker shows about itself and the others, and the ticket keys that it trusts."""

    name: Words
    where: Words = ""
    help_phone: Words = ""
    keys: tuple[TicketKey, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    kind: Literal["site"] = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """An operator takes a compartment out of service, or puts it back. A parcel inside can still be collected."""

    n: Number
    in_service: bool
    reason: Words = ""
    kind: Literal["serve"] = "serve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistrust:
    """The hub has heard of another history of this locker: whatever it believes of compartment `n` may be untrue.

    `deliveries` may lie in it. Nothing more is put in until somebody has looked.
    """

    n: Number
    deliveries: tuple[Name, ...] = ()
    kind: Literal["mistrust"] = "mistrust"


Order = Annotated[
    Expect | Admit | Withdraw | Recall | Passes | PassesChanged | Site | Serve | Mistrust,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that the hub owns at this locker, as the orders that would build it from nothing."""

    orders: tuple[Order, ...]
