"""One door as a table: what it does, and what that makes of it. Also when a lock may be pulsed, and how often.

A pulse that was given is not a door that opened. Phases belong to one run of the daemon; what has to survive it is a
fact. A cell that the table doesn't have changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Phase = Literal["shut", "unlocking", "open", "left_open", "stuck", "unseen"]
Happening = Literal["pulsed", "opened", "closed", "gave_up", "stood_open", "lost_sight", "answered", "mended"]

TABLE: dict[tuple[Phase, Happening], Phase] = {
    ("shut", "pulsed"): "unlocking",
    ("shut", "opened"): "open",
    ("unlocking", "opened"): "open",
    ("unlocking", "gave_up"): "stuck",
    ("unlocking", "lost_sight"): "unseen",
    ("open", "closed"): "shut",
    ("open", "stood_open"): "left_open",
    ("open", "pulsed"): "unseen",
    ("open", "lost_sight"): "unseen",
    ("left_open", "closed"): "shut",
    ("left_open", "pulsed"): "unseen",
    ("stuck", "pulsed"): "unlocking",
    ("stuck", "opened"): "open",
    ("stuck", "closed"): "shut",
    ("stuck", "mended"): "shut",
    ("stuck", "lost_sight"): "unseen",
    ("unseen", "opened"): "open",
    ("unseen", "closed"): "shut",
    ("unseen", "answered"): "shut",
    ("unseen", "mended"): "shut",
}

MEANING: dict[Phase, str] = {
    "shut": "locked, as far as anybody can tell",
    "unlocking": "its lock was pulsed; it should spring open within 2 s",
    "open": "its sensor saw it open",
    "left_open": "it has stood open for 60 s: alarm",
    "stuck": "it didn't open after all pulses: the person needs another way",
    "unseen": "it was released, but no sensor tells what it does: the person is asked",
}

OPENS_WITHIN_MS = 2_000
PULSES_MAX = 3
PULSES_WINDOW_MS = 120_000
REMIND_AFTER_MS = 20_000
ALARM_AFTER_MS = 60_000
SAFETY_REST_MS = 10_000
"""A safety release isn't limited to three pulses, for somebody may be inside; this keeps the coil cool meanwhile."""

SPRINGS_BACK_MS = 3_000
"""A door that opens again so soon after it was shut hadn't latched: nobody has forced it."""

ANSWER_WITHIN_MS = 300_000
"""For so long after the pulse a code stays good at a door that can't be seen."""


@dataclass(slots=True)
class Door:
    """One door during one run. `pulses_ms` are the pulses that were given, `due_ms` is when it should have opened.

    `given` is whether the guardian gave the last pulse. `opened_ms` is when it was seen to open, `shut_ms` when its
    person has shut it, `release_ms` when a safety release is due, `let_out` whether it was shut last after its person
    had left it open, so that one was due. `blind` is whether its sensor has failed and has shown nothing since.
    `hook_free` is what the lock's own switch says since `hook_ms` (None: it has none), `springs` how often the door has
    sprung open again after it was pushed shut.
    """

    phase: Phase = "shut"
    pulses_ms: list[int] = field(default_factory=list)
    attempt: int = 0
    due_ms: int = 0
    given: bool = True
    opened_ms: int = 0
    reminded: bool = False
    shut_ms: int | None = None
    release_ms: int = 0
    let_out: bool = False
    blind: bool = False
    hook_free: bool | None = None
    hook_ms: int = 0
    springs: int = 0
    sprang_ms: int = -1_000

    def happens(self, happening: Happening) -> None:
        """Goes where the table says."""
        self.phase = TABLE.get((self.phase, happening), self.phase)

    def saw_open(self, now_ms: int) -> None:
        """The door has opened, or is found open."""
        self.happens("opened")
        self.opened_ms, self.due_ms, self.reminded, self.release_ms = now_ms, 0, False, 0

    def springs_back(self, now_ms: int) -> bool:
        """Whether an opening now means that the door hadn't latched."""
        return self.shut_ms is not None and now_ms - self.shut_ms <= SPRINGS_BACK_MS


def may_pulse(door: Door, now_ms: int) -> bool:
    """Whether the lock has rested enough for one more pulse."""
    return pulses_left(door, now_ms) > 0


def pulses_left(door: Door, now_ms: int) -> int:
    """How many pulses the lock may get at once."""
    return PULSES_MAX - sum(now_ms - ms < PULSES_WINDOW_MS for ms in door.pulses_ms[-PULSES_MAX:])


def rests_for_ms(door: Door, now_ms: int) -> int:
    """How long until the lock may be pulsed again (0: now)."""
    if may_pulse(door, now_ms):
        return 0
    return door.pulses_ms[-PULSES_MAX] + PULSES_WINDOW_MS - now_ms


def note_pulse(door: Door, now_ms: int) -> None:
    """The lock is pulsed now."""
    door.pulses_ms = [*door.pulses_ms, now_ms][-PULSES_MAX:]
    door.due_ms, door.given = now_ms + OPENS_WITHIN_MS, True


def remind_ms(door: Door) -> int | None:
    """When somebody has to be reminded of this door, or told of it; None if never."""
    if door.phase != "open":
        return None
    return door.opened_ms + (ALARM_AFTER_MS if door.reminded else REMIND_AFTER_MS)


def seen_lately(door: Door, now_ms: int) -> bool:
    """Whether the lock was pulsed so lately that a code is still good without anybody having seen the door."""
    return bool(door.pulses_ms) and now_ms - door.pulses_ms[-1] <= ANSWER_WITHIN_MS
