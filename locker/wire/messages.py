"""The messages on the bus. Each is signed by its sender as a whole (see `codec`), and may arrive late, twice or never.

Locker to hub: `Hello` on every connect, then `Batch` after `Batch`, one in flight. Hub to locker: `Welcome`, `Confirm`,
`Orders`, `FullState`, each of which names in `locker` whom it is for, as the broker may carry it elsewhere. Retained
for dashboards, acted on by nobody: `Presence` and `CabinetState`. Doors that are opened from afar: see `opening`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from locker.wire.bounds import Count, Digest, DigestOrNone, LockerId, LockerIdOrNone, Name, Number, WallMs
from locker.wire.opening import Answered, Challenge, Knock, OpenNow


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Where the locker stands: the head of its journal, and the last order that it applied."""

    locker: LockerId
    run: Name
    head: Digest
    epoch: Name = ""
    order_number: Count = 0
    order_digest: DigestOrNone = ""
    wall_ms: WallMs = 0
    clock_trusted: bool = False
    kind: Literal["hello"] = "hello"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Consecutive journal entries, the first behind `parent`, as written: a reader may not know every fact."""

    locker: LockerId
    parent: Digest
    facts: tuple[dict[str, Any], ...]
    kind: Literal["batch"] = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The hub's answer to `Hello`: the journal entry it stands at (GENESIS: none), and the time.

    Where a broker has many lockers they spread their next connects over `spread_s` seconds.
    """

    head: Digest
    wall_ms: WallMs
    locker: LockerIdOrNone = ""
    spread_s: Count = 0
    kind: Literal["welcome"] = "welcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """The hub's answer to a `Batch`, after its commit: the last entry of that batch that it knows (else its head).

    `safe` is the newest entry that is also in a completed backup (empty: none); the locker keeps everything behind it.
    """

    known: Digest
    safe: DigestOrNone = ""
    locker: LockerIdOrNone = ""
    kind: Literal["confirm"] = "confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Consecutive orders of one epoch, the first numbered `first` behind the order whose hash is `parent`."""

    epoch: Name
    first: Count
    parent: Digest
    orders: tuple[dict[str, Any], ...]
    locker: LockerIdOrNone = ""
    kind: Literal["orders"] = "orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class FullState:
    """A snapshot, and the position in the chain of orders that it stands for. `over`: epochs that it has replaced."""

    epoch: Name
    number: Count
    digest: Digest
    snapshot: dict[str, Any]
    locker: LockerIdOrNone = ""
    over: tuple[Name, ...] = ()
    kind: Literal["full_state"] = "full_state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether a locker is connected. The offline one is its last will and carries the run that it belongs to."""

    locker: LockerId
    run: Name
    online: bool
    kind: Literal["presence"] = "presence"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentState:
    """One compartment at a glance, without anything personal."""

    n: Number
    content: Literal["empty", "occupied", "uncertain"]
    door: Name
    faults: tuple[Name, ...] = ()
    in_service: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetState:
    """All compartments at a glance."""

    locker: LockerId
    run: Name
    head: Digest
    compartments: tuple[CompartmentState, ...]
    kind: Literal["cabinet_state"] = "cabinet_state"


Message = Annotated[
    Hello
    | Batch
    | Welcome
    | Confirm
    | Orders
    | FullState
    | Presence
    | CabinetState
    | Knock
    | Challenge
    | OpenNow
    | Answered,
    Field(discriminator="kind"),
]
