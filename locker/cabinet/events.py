"""What can happen in front of, inside and behind a locker. Past tense: an event is news, never a wish.

Ids that have to be unique (`visit`) are drawn by the shell and come in with the event that may need one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from locker.wire.facts import CompartmentSpec
from locker.wire.messages import FullState, Orders
from locker.wire.opening import OpenNow

Choice = Literal[
    "done",  # "I'm finished"
    "too_small",  # the parcel doesn't fit into the open compartment
    "occupied",  # something lies in the compartment that should be empty
    "not_open",  # the door didn't open: try again
    "it_opened",  # the door is open, whatever the locker says
    "help",
    "back",
    "retrieve",  # courier: open the compartment `n` (0: the next one on the list)
    "again",  # courier: the door that was emptied last fell shut too early
    "inspect",  # operator: open compartment `n`
    "is_empty",  # operator, after looking
    "holds_parcel",  # operator, after looking: what was thought to be inside is inside
    "cant_tell",  # operator, after looking
    "repaired",  # operator: the faults of compartment `n` are mended
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booted:
    """The daemon has started and replayed its journal. `doors_open` is what each sensor reads (None: nothing)."""

    run: str
    locker: str
    number: int
    software: str
    compartments: tuple[CompartmentSpec, ...]
    doors_open: dict[int, bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """The scanner has read a text. `symbology` is the AIM identifier without its `]` ("Q1"), or empty."""

    text: str
    visit: str
    symbology: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsTyped:
    """Somebody is typing a code: so many digits so far. The digits themselves stay outside."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntered:
    """A typed (or scanned) code is complete and was turned into its tag (`wire.access_tag`)."""

    tag: str
    visit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeShown:
    """A QR code that is compared by its tag was scanned (`KEYED_TEXT`): a card's that was left at a door, a delegate's.

    Unlike `CodeEntered` it is nobody's guess.
    """

    tag: str
    visit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceMade:
    """Somebody has pressed a button on the screen. `n` is a compartment where the choice needs one."""

    choice: Choice
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened:
    """A door's sensor went from closed to open (after debouncing)."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorClosed:
    """A door's sensor went from open to closed (after debouncing)."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorFailed:
    """A door's sensor can't be believed any more: it flickers, or says nothing."""

    n: int
    flickers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LatchMoved:
    """The switch at a lock's hook, where a door has one beside its own: the hook has let go, or has caught."""

    n: int
    free: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorRecovered:
    """A door's sensor can be believed again; what has changed in the meantime is told behind this."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseEnded:
    """The outputs' guardian has given a pulse, or says why not (`given` false)."""

    n: int
    given: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFailed:
    """A scanner, lock board or other part is silent."""

    device: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecovered:
    """A part that was silent answers again."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MainsSeen:
    """Whether there is power from outside (else a battery feeds the locker): once at the start, and at each change."""

    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSeen:
    """Whether the loop around the locker's insides is closed, when it has changed and once at the start."""

    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolingSeen:
    """How a cooled compartment does, when it has changed and once at the start.

    After `spoils_after_ms` of warmth what lies inside is no food any more.
    """

    n: int
    verdict: Literal["fine", "warm", "dead"]
    spoils_after_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentSeen:
    """A sensor inside a compartment sees something, or doesn't any more. A hint: dark paper and letters fool it."""

    n: int
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """A card was held before the reader and its number turned into a tag. Alone it opens nothing."""

    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersReceived:
    """The hub's orders, signature already verified."""

    message: Orders | FullState


@dataclass(frozen=True, slots=True, kw_only=True)
class Knocked:
    """The hub asks for a challenge, signature already verified; `nonce` was drawn for it."""

    request: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNowReceived:
    """The hub says that a door is to be opened now, signature already verified."""

    message: OpenNow
    visit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commissioned:
    """The installer of a new locker has looked into every compartment and says that all are empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time has passed: sent when `Cabinet.next_tick_ms` is reached, and about once a second in any case.

    `chance` (a share from 0 to below 1) comes with it where a new number for the screen is due.
    """

    chance: float | None = None


Event = (
    Booted
    | Scanned
    | DigitsTyped
    | CodeEntered
    | CodeShown
    | ChoiceMade
    | DoorOpened
    | DoorClosed
    | SensorFailed
    | SensorRecovered
    | LatchMoved
    | PulseEnded
    | DeviceFailed
    | DeviceRecovered
    | MainsSeen
    | LoopSeen
    | CoolingSeen
    | ContentSeen
    | CardShown
    | OrdersReceived
    | Knocked
    | OpenNowReceived
    | Commissioned
    | Tick
)
