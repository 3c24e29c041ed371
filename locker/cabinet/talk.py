"""One visit as a table: its stage, and what each happening makes of it. The same table for every party.

A stage belongs to one run of the daemon. After a power cut a visit isn't continued: what is durable of it says which
compartments are uncertain, and the person shows the same code again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from locker.cabinet.events import Scanned
from locker.cabinet.placement import Need
from locker.wire.facts import Party, UnlockReason

Stage = Literal["choosing", "unlocking", "open", "asking", "stuck", "judging"]
Happening = Literal["released", "opened", "closed", "not_seen", "silent", "confirmed", "given_up", "looked", "judged"]

TABLE: dict[tuple[Stage, Happening], Stage] = {
    ("choosing", "released"): "unlocking",
    ("unlocking", "opened"): "open",
    ("unlocking", "not_seen"): "asking",
    ("unlocking", "silent"): "stuck",
    ("open", "closed"): "choosing",
    ("open", "not_seen"): "asking",
    ("asking", "opened"): "open",
    ("asking", "closed"): "choosing",
    ("asking", "confirmed"): "choosing",
    ("asking", "silent"): "stuck",
    ("asking", "released"): "unlocking",
    ("stuck", "released"): "unlocking",
    ("stuck", "opened"): "open",
    ("stuck", "not_seen"): "asking",
    ("stuck", "given_up"): "choosing",
    ("choosing", "looked"): "judging",
    ("judging", "judged"): "choosing",
    ("judging", "released"): "unlocking",
}

MEANING: dict[Stage, str] = {
    "choosing": "all doors are shut; the person may scan, choose or leave",
    "unlocking": "a lock was pulsed and its door should open",
    "open": "the door stands open; the visit can't end",
    "asking": "the door can't be seen: the person says what it did",
    "stuck": "the door didn't open; another pulse, another door, or help",
    "judging": "an operator has looked into a compartment and says what is inside",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """One door that is to be opened in a visit, what for, and for which deliveries."""

    n: int
    reason: UnlockReason
    deliveries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel in somebody's hand. With `by_ticket` it is known from its deposit ticket only."""

    delivery: str
    pickup: str
    need: Need
    by_ticket: bool = False
    pin_tag: str = ""
    by_sender: bool = False


@dataclass(slots=True)
class Talk:
    """A visit as this run knows it: at which door it is, and what is still to be done.

    `tried` are compartments that didn't do for the parcel, `complaint` is what its courier said of the open one.
    `unwitnessed`: somebody else may have shut the door that closed last, so it says nothing of what lies behind it.
    `idle_ms` is when the person is taken to have gone (never while a door is open).
    """

    visit: str
    party: Party
    who: str = ""
    carrier: str = ""
    delegate: str = ""
    stage: Stage = "choosing"
    opening: Opening = Opening(0, "inspect")
    parcel: Parcel | None = None
    complaint: Literal["", "too_small", "occupied", "was_empty"] = ""
    unwitnessed: bool = False
    tried: tuple[int, ...] = ()
    queue: list[Opening] = field(default_factory=list)
    unopened: list[Opening] = field(default_factory=list)
    deposited: int = 0
    remembered: Scanned | None = None
    remembered_ms: int = 0
    idle_ms: int = 0

    @property
    def n(self) -> int:
        """The door that the visit is at (0: none yet)."""
        return self.opening.n

    def goes(self, happening: Happening) -> None:
        """Goes where the table says. A happening that the stage doesn't know is a mistake of this program."""
        stage = TABLE.get((self.stage, happening))
        assert stage is not None, f"{happening} in stage {self.stage}"
        self.stage = stage

    @property
    def at_a_door(self) -> bool:
        """Whether a door is open or may open any moment."""
        return self.stage in ("unlocking", "open")
