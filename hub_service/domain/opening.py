"""Doors that are opened from afar: what proves that it may be, how often, and how it is said what became of it. Pure.

A recipient proves by a number that they stand in front. An operator gives a reason; where something lies inside, its
recipient or a second person agrees, or, three times a night, it is an emergency and everybody is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from hub_service.domain.deadlines import HOUR_S
from hub_service.domain.refusals import Refusal

Way = Literal[
    "phone",  # its recipient, who has read the number in front of it
    "reason",  # an operator; it is empty
    "recipient",  # an operator, and the recipient of what lies inside says yes
    "second",  # an operator, and a second one says yes
    "emergency",  # an operator alone; everybody is told
]
State = Literal["waiting", "asked", "sent", "opening", "refused", "declined"]
Standing = Literal["waiting", "trying", "opening", "refused", "declined", "no_answer", "lapsed"]

ASK_MS = 10_000
"""So long the hub goes on asking a locker; afterwards somebody has to want it anew."""

GRACE_MS = 5_000
"""An order that was sent in the last moment is answered by then, or its challenge is over."""

YES_MS = 15 * 60_000
"""So long a yes is waited for: who asks sits there, or has forgotten it."""

WRONG_MAX, WRONG_WITHIN_S = 5, 900
EMERGENCIES_MAX, NIGHT_S = 3, 12 * HOUR_S
REASON_MAX = 200

OUTCOMES: dict[str, str] = {
    "opening": "The door opens.",
    "unknown_compartment": "The locker hasn't got this compartment (any more): look at its page.",
    "occupied": "Something was put in meanwhile: open it as an occupied one.",
    "not_here": "The locker knows of no parcel of this recipient in it: look into it at the locker.",
    "outdated": "The recipient has a newer code: use the newest message.",
    "uncertain": "Nobody knows whose parcel lies in it: look into it at the locker.",
    "someone_else": "Somebody is at this locker right now: try again when they have finished.",
    "close_first": "Another door of it stands open: it has to be shut first.",
    "already_open": "The door stands open already: have it shut.",
    "resting": "The lock was pulsed three times and has to cool down: try again in two minutes.",
    "out_of_order": "The locker can open no door now: look at its alarms.",
    "wrong_number": "The number isn't the one at the locker: read it again.",
}
"""What became of a request, for operators, with the next step. The locker's words, and our own."""


def standing(state: State, until_ms: int, now_ms: int) -> Standing:
    """How a request stands now: one that nobody has answered in time is over, whatever its row still says."""
    match state:
        case "waiting":
            return "waiting" if now_ms <= until_ms else "lapsed"
        case "asked" | "sent":
            return "trying" if now_ms <= until_ms + GRACE_MS else "no_answer"
        case over:
            return over


def sentence(how: Standing, outcome: str) -> str:
    """How that is said to an operator."""
    match how:
        case "waiting":
            return "It waits for a yes; then the door opens at once."
        case "trying":
            return "The locker is asked."
        case "opening":
            return OUTCOMES["opening"]
        case "refused":
            return OUTCOMES.get(outcome, f"The locker says: {outcome.replace('_', ' ')}.")
        case "declined":
            return "Somebody has said no: it stays shut."
        case "no_answer":
            return "The locker didn't answer in time, and nothing opens any more: try again, or send somebody."
        case "lapsed":
            return "Nobody said yes in time: ask again."


def number_pause_s(wrong_s: Sequence[int], now_s: int) -> int:
    """How long a recipient waits who gave wrong numbers at these times (0: may try)."""
    lately = sorted(at_s for at_s in wrong_s if at_s > now_s - WRONG_WITHIN_S)
    return lately[-WRONG_MAX] + WRONG_WITHIN_S - now_s if len(lately) >= WRONG_MAX else 0


def refused(way: Way, content: str, reason: str) -> Refusal | None:
    """Why an operator can't open a compartment in this way; `content` is what is believed of it."""
    if not reason:
        return Refusal("reason_missing", "Say why: it is kept, and whoever is concerned is told.")
    if way == "reason" and content != "empty":
        return Refusal(
            "needs_a_yes",
            "Something lies, or may lie, in it: ask its recipient or a second person; alone only in an emergency.",
        )
    return None


def emergency_refused(earlier_s: Sequence[int], now_s: int) -> Refusal | None:
    """Why one person can't open alone once more, after emergencies at these times."""
    tonight = [at_s for at_s in earlier_s if at_s > now_s - NIGHT_S]
    if len(tonight) < EMERGENCIES_MAX:
        return None
    return Refusal(
        "emergencies_spent",
        f"You have opened {EMERGENCIES_MAX} alone within twelve hours: ask a second person, or its recipient.",
    )


def counts_as_emergency(how: Standing) -> bool:
    """Whether an emergency counts: what the locker refused, or never heard of, has opened nothing."""
    return how in ("trying", "opening")
