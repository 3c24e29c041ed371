"""What steel, springs and coils do. Pure: energy and hands come in with their time (ms), contact edges come out.

A lock needs its current for a while to release; the door then springs open unless something holds it. Contacts bounce
on every edge. Coils heat while energised, cool slowly, and burn out. A hand shuts a door; a crowbar opens a locked one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Current for so long lets the hook go.
RELEASE_MS = 60
# From the hook's release to the contact's first edge.
SPRING_MS = 40
# When a contact changes on one movement; an odd number, so that it ends where it should.
BOUNCE_MS = (0, 2, 3, 6, 8)
# A coil that has gathered so much energised time burns out; a cooling coil halves about every 40 s.
BURN_MS, COOL_MS = 10_000, 60_000
# A loose contact rattles for a while: so many edges, so far apart. An even number leaves it where it was.
RATTLES, RATTLE_MS = 240, 37


class CantBeDone(Exception):
    """Hands can't do that now; the text says why."""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A door's contact changes at `at_ms`."""

    at_ms: int
    n: int
    open: bool


@dataclass(slots=True)
class Door:
    """One compartment's front: door, lock, relay, contact, and what lies behind."""

    n: int
    open: bool = False
    jammed: bool = False
    released: bool = False
    commanded: bool = False
    sticky: bool = False
    burnt: bool = False
    cut: bool = False
    stuck: bool = False
    rattled: bool = False
    late_ms: int = 0
    opens_ms: int | None = None
    contact_open: bool = False
    energised_ms: int | None = None
    heat_ms: float = 0.0
    heat_at_ms: int = 0
    pulses: int = 0
    content: list[str] = field(default_factory=list)

    @property
    def hook_open(self) -> bool:
        """What a switch at the lock's tongue says: released, whether or not the door has moved."""
        return self.released

    def picture(self) -> dict[str, Any]:
        """The door as `GET /state` shows it."""
        return {
            "n": self.n,
            "open": self.open,
            "jammed": self.jammed,
            "lock": "released" if self.released else "locked",
            "energised": self.energised_ms is not None,
            "sensor": "dead" if self.cut or self.stuck else "open" if self.contact_open else "closed",
            "pulses": self.pulses,
            "content": list(self.content),
        }


class Steel:
    """All doors of one locker. Call `advance` whenever `next_ms` is reached, and before anything else is asked."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self.doors = {n: Door(n) for n in numbers}
        self._edges: list[Edge] = []

    @property
    def next_ms(self) -> int | None:
        times = [edge.at_ms for edge in self._edges]
        for door in self.doors.values():
            if door.opens_ms is not None:
                times.append(door.opens_ms)
            if door.energised_ms is not None and not door.burnt:
                times.append(_burns_at(door))
                if not door.released:
                    times.append(door.energised_ms + RELEASE_MS)
        return min(times, default=None)

    def advance(self, now_ms: int) -> list[Edge]:
        """Let time pass; returns the contact edges that were due, in order."""
        for door in self.doors.values():
            self._coil(door, now_ms)
            if door.opens_ms is not None and now_ms >= door.opens_ms:
                self._spring(door)
        # In the order of their times, whatever order caused them.
        due = sorted(edge for edge in self._edges if edge.at_ms <= now_ms)
        self._edges = [edge for edge in self._edges if edge.at_ms > now_ms]
        due += self._at_rest(now_ms)
        moved = [edge for edge in due if not self.doors[edge.n].stuck]
        for edge in moved:
            self.doors[edge.n].contact_open = edge.open
        return moved

    def _at_rest(self, now_ms: int) -> list[Edge]:
        # A loose contact that has come to rest says what the door has done in the meantime.
        restless = {edge.n for edge in self._edges}
        loose = [door for n, door in self.doors.items() if door.rattled and n not in restless]
        for door in loose:
            door.rattled = False
        return [Edge(now_ms, door.n, door.open) for door in loose]

    def relay(self, n: int, on: bool, now_ms: int) -> None:
        door = self.doors[n]
        # Contacts that stick only stay closed; they don't close by themselves.
        door.commanded = on
        self._current(door, on or (door.sticky and door.energised_ms is not None), now_ms)

    def power_cut(self, now_ms: int) -> None:
        """No relay has current any more, not even a welded one."""
        for door in self.doors.values():
            door.commanded = False
            self._current(door, False, now_ms)

    def close(self, n: int, now_ms: int) -> None:
        """A hand pushes a door shut. Pushing a shut door changes nothing."""
        door = self.doors[n]
        if door.open and door.jammed:
            raise CantBeDone(f"Door {n} is jammed and can't be shut; free it first.")
        if door.open and door.energised_ms is not None and not door.burnt:
            raise CantBeDone(f"Door {n} springs open again: its lock is energised.")
        if door.open:
            door.released = False
            self._move(door, False, now_ms)

    def force_open(self, n: int, now_ms: int) -> None:
        """A crowbar opens a door, locked or not."""
        door = self.doors[n]
        if not door.open and door.jammed:
            raise CantBeDone(f"Door {n} is jammed, even a crowbar can't open it; free it first.")
        if not door.open:
            door.released, door.opens_ms = True, None
            self._move(door, True, now_ms)

    def jam(self, n: int) -> None:
        self.doors[n].jammed = True

    def free(self, n: int, now_ms: int) -> None:
        """Nothing holds the door any more; if its hook is released at this moment, it springs open."""
        door = self.doors[n]
        door.jammed = False
        if door.released and not door.open:
            self._move(door, True, now_ms + SPRING_MS)

    def put(self, n: int, what: str) -> None:
        self._reach_into(n).append(what)

    def take(self, n: int, what: str) -> None:
        content = self._reach_into(n)
        if what not in content:
            raise CantBeDone(f"{what} isn't in compartment {n}.")
        content.remove(what)

    def weld(self, n: int) -> None:
        """The relay's contacts will stick together after the next pulse, until the power is cut."""
        self.doors[n].sticky = True

    def mend_relay(self, n: int, now_ms: int) -> None:
        """A new relay and a new coil."""
        door = self.doors[n]
        door.sticky = door.burnt = False
        door.heat_ms = 0.0
        self._current(door, door.commanded, now_ms)

    def cut(self, n: int, is_cut: bool) -> None:
        self.doors[n].cut = is_cut

    def delay(self, n: int, late_ms: int) -> None:
        """From now on the door springs open so much later: a stiff hinge, a seal that sticks."""
        self.doors[n].late_ms = late_ms

    def stick(self, n: int, is_stuck: bool, now_ms: int) -> None:
        """The contact stays as it is, whatever the door does; let go, it follows again."""
        door = self.doors[n]
        door.stuck = is_stuck
        if not is_stuck and door.contact_open != door.open:
            self._edges.append(Edge(now_ms, n, door.open))

    def rattle(self, n: int, now_ms: int) -> None:
        """A loose contact opens and closes for some seconds."""
        door = self.doors[n]
        door.rattled = True
        for number in range(RATTLES):
            self._edges.append(Edge(now_ms + number * RATTLE_MS, n, door.open == (number % 2 == 1)))

    def _reach_into(self, n: int) -> list[str]:
        if not self.doors[n].open:
            raise CantBeDone(f"Door {n} is shut.")
        return self.doors[n].content

    def _move(self, door: Door, is_open: bool, at_ms: int) -> None:
        door.open = is_open
        for number, after_ms in enumerate(BOUNCE_MS):
            self._edges.append(Edge(at_ms + after_ms, door.n, is_open == (number % 2 == 0)))

    def _spring(self, door: Door) -> None:
        assert door.opens_ms is not None
        self._move(door, True, door.opens_ms)
        door.opens_ms = None

    def _current(self, door: Door, on: bool, now_ms: int) -> None:
        if on and door.energised_ms is None:
            door.heat_ms = _cooled(door, now_ms)
            door.energised_ms = door.heat_at_ms = now_ms
            door.pulses += 1
        elif not on and door.energised_ms is not None:
            # Whatever the coil did in the meantime comes first: a late call must not swallow a release.
            self._coil(door, now_ms)
            door.heat_ms += now_ms - door.heat_at_ms
            door.heat_at_ms = now_ms
            door.energised_ms = None
            # The hook of a door that is still shut catches again, unless it has let go of one that only sticks.
            door.released = door.open or door.opens_ms is not None

    def _coil(self, door: Door, now_ms: int) -> None:
        if door.energised_ms is None or door.burnt:
            return
        released_at = door.energised_ms + RELEASE_MS
        if now_ms >= released_at and not door.released:
            door.released = True
            if not door.open and not door.jammed:
                door.opens_ms = released_at + SPRING_MS + door.late_ms
                if not door.late_ms:
                    self._spring(door)
        # A burnt coil pulls nothing, though its relay may well stay closed.
        if now_ms >= _burns_at(door):
            door.burnt = True
            door.released = door.open or door.opens_ms is not None


def _burns_at(door: Door) -> int:
    return door.heat_at_ms + math.ceil(BURN_MS - door.heat_ms)


def _cooled(door: Door, now_ms: int) -> float:
    return door.heat_ms * math.exp((door.heat_at_ms - now_ms) / COOL_MS)
