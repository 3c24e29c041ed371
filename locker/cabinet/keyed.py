"""Whom a tag lets in, and how many typed codes open something: PINs, cards left at a door, delegates, staff of today.

A staff code of one day ends by a time that no clock of this machine can falsify: the hub's word, and the time that the
locker itself has witnessed since. Its wall clock ends nothing; where it can be believed it only says which codes of
later days nobody has been shown yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from locker.cabinet.records import State
from locker.cabinet.visits import Proof
from locker.wire.facts import Moment
from locker.wire.orders import Pass

DAY_MS = 24 * 60 * 60 * 1000
APART_MS = 60 * 60 * 1000
"""By so much the wall clock may lie behind the hub's time: clocks drift, and orders take their time."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a code of a pickup; `delegate` is who, where the recipient has asked them to come."""

    pickup: str
    by: Proof
    delegate: str = ""


def holders(state: State, tag: str) -> list[Holder]:
    """Who has the code with this tag: by the schema of the hub one at most, but who knows."""
    found: list[Holder] = []
    for admit in state.admits.values() if tag else ():
        if admit.pin_tag == tag:
            found.append(Holder(admit.pickup, "pin"))
        if tag in admit.card_tags:
            found.append(Holder(admit.pickup, "card"))
        found += [Holder(admit.pickup, "delegate", one.id) for one in admit.delegates if tag in one.tags]
    return found


def is_over(state: State, one: Pass, now: Moment) -> bool:
    """Whether this staff code was yesterday's: it is late by the hub's time at least."""
    return one.until_ms != 0 and one.until_ms <= state.hub_time_ms(now)


def is_unheard_of(state: State, one: Pass, now: Moment) -> bool:
    """Whether this staff code belongs to a later day, so that whoever types it can only have guessed."""
    # A wall clock behind the hub's time is wrong: then everything that isn't over counts.
    believed = now.trusted and now.wall_ms >= state.hub_time_ms(now) - APART_MS
    return believed and one.from_ms - DAY_MS > now.wall_ms


def codes(state: State, now: Moment) -> int:
    """How many typed codes open something here now, counted generously."""
    idle = sum(is_over(state, one, now) or is_unheard_of(state, one, now) for one in state.passes.values())
    here = {pickup for box in state.boxes.values() for pickup in box.contents.values()}
    more = [admit for pickup in here if (admit := state.admits.get(pickup))]
    # Each of them has a code to type beside the QR code, which nobody guesses.
    typed = sum((len(admit.card_tags) + 1) // 2 + len(admit.delegates) for admit in more)
    return state.codes - idle + typed
