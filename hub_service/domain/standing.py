"""What a locker's reports say of it that only the last one counts of: how far it is with its orders, which doors stand
open. And which of them need nothing but that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from locker.wire import facts
from locker.wire.facts import Fact

LOGGED = (facts.VisitStarted, facts.VisitEnded, facts.UnlockAuthorised, facts.PinRefused)
"""Kept in the log; nothing at the hub depends on them."""

PLAIN = (*LOGGED, facts.Opened, facts.Closed, facts.OrderApplied, facts.Deposited, facts.Collected)
"""What nearly all reports are. They can be taken together, unless something is wrong at their locker."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log of a locker's orders."""

    epoch: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a locker stands after what it has told. `reached`: it was in the newest epoch at some moment."""

    position: Position
    reached: bool = False
    doors: dict[int, bool] = field(default_factory=dict)


def advanced(epoch: str, stands: Position, told: Position) -> Position:
    """Where a locker stands, of which `stands` was known and which now reports `told`; `epoch` is the newest one.

    Its greeting has told where it stands now. What it reports of its past takes nothing of that back: after weeks
    without a network it would be sent its whole past once more with every batch.
    """
    is_past = told.epoch != epoch or told.number < stands.number
    return stands if is_past and stands.epoch == epoch else told


def after(epoch: str, stands: Position, told: Iterable[Fact | None]) -> Standing:
    """How a locker stands after these facts, in their order."""
    reached, doors = False, {}
    for fact in told:
        match fact:
            case facts.OrderApplied():
                stands = advanced(epoch, stands, Position(fact.epoch, fact.number, fact.digest))
                reached = reached or fact.epoch == epoch
            case facts.Opened() | facts.Closed():
                doors[fact.n] = isinstance(fact, facts.Opened)
            case _:
                pass
    return Standing(stands, reached, doors)


def are_plain(told: Iterable[Fact | None]) -> bool:
    """Whether all of these can be taken together with others."""
    return all(isinstance(fact, PLAIN) for fact in told)


def behind(head: str, parent: str, digests: Sequence[str]) -> int | None:
    """The place of the first new entry of a batch; None where only a closer look can tell.

    `head` is the newest entry that is known, `parent` what the batch follows. The head has no entry behind it that is
    known: whatever follows it is new.
    """
    if parent == head:
        return 0
    return digests.index(head) + 1 if head in digests else None
