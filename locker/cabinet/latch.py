"""Whether a door that is shut is also held: by its lock's own switch, or by how often it springs open again.

A relay whose contacts have welded, a hook that doesn't catch: the door looks shut and anybody can pull it open.
"""

from __future__ import annotations

from locker.cabinet.desk import Desk
from locker.cabinet.door import Door
from locker.wire import facts

SPRINGS_MAX = 3
"""Once is a person who didn't push hard enough; three times is a lock that doesn't hold."""

PUSHES_APART_MS = 1_000
"""Nobody pushes a door more often than that; what changes more quickly is a loose contact."""

CATCHES_WITHIN_MS = 3_000
"""A hook that is free for so long without current, behind a door that is shut, doesn't catch any more."""


def moved(desk: Desk, n: int, is_free: bool) -> None:
    """The switch at a lock's hook says that it has let go, or has caught."""
    box = desk.state.boxes.get(n)
    if box is None:
        return
    door = desk.door(n)
    door.hook_free, door.hook_ms = is_free, desk.now.run_ms
    if not is_free and "welded" in box.faults:
        desk.record(facts.FaultCleared(at=desk.now, n=n, fault="welded"))


def sprang_open(desk: Desk, n: int) -> None:
    """A door has opened right after it was pushed shut, and nobody has pulsed its lock."""
    door = desk.door(n)
    if desk.now.run_ms - door.sprang_ms < PUSHES_APART_MS:
        return
    door.springs, door.sprang_ms = door.springs + 1, desk.now.run_ms
    if door.springs >= SPRINGS_MAX:
        _cant_hold(desk, n)


def held(desk: Desk, n: int) -> None:
    """A door that opens now was held shut until its lock was pulsed."""
    door = desk.door(n)
    door.springs = 0
    # A lock with a switch of its own is believed by that.
    if door.hook_free is None and "welded" in desk.state.boxes[n].faults:
        desk.record(facts.FaultCleared(at=desk.now, n=n, fault="welded"))


def pulled(door: Door) -> bool:
    """Whether the last pulse has moved the hook, as far as anybody can tell."""
    return door.hook_free is None or (bool(door.pulses_ms) and door.hook_ms >= door.pulses_ms[-1])


def due_ms(desk: Desk, n: int) -> int | None:
    """When a hook that is free should have caught; None where nothing is to be waited for."""
    door, box = desk.door(n), desk.state.boxes.get(n)
    if not door.hook_free or box is None or box.open or "welded" in box.faults:
        return None
    since_ms = max(door.hook_ms, *(door.pulses_ms or [0]), door.shut_ms or 0)
    return since_ms + CATCHES_WITHIN_MS


def time(desk: Desk, n: int) -> None:
    """Finds a lock that doesn't hold its door."""
    due = due_ms(desk, n)
    if due is not None and desk.now.run_ms >= due:
        _cant_hold(desk, n)


def _cant_hold(desk: Desk, n: int) -> None:
    box = desk.state.boxes[n]
    if "welded" in box.faults:
        return
    desk.record(facts.FaultFound(at=desk.now, n=n, fault="welded"))
    desk.record(facts.Alarmed(at=desk.now, alarm="welded", n=n))
    if box.contents:
        # Its recipient's code stays good; but whoever has pulled at the door may have been quicker.
        desk.record(facts.ContentsUncertain(at=desk.now, n=n, doubt="left_open", deliveries=tuple(box.contents)))
    desk.beep("alarm")
