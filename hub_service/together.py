"""What arrives together is taken together: whoever comes while others are at work goes with the next group."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Outcome = TypeVar("Outcome")
AT_ONCE = 16
"""More would let the first of a group wait for long, and makes each of them hardly any cheaper."""


class _Place(Generic[Wish, Outcome]):
    """One caller's place in the row."""

    __slots__ = ("came", "fault", "leads", "outcome", "wish")

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.came = threading.Event()
        self.leads = False
        self.outcome: Outcome | None = None
        self.fault: BaseException | None = None


class Together(Generic[Wish, Outcome]):
    """Callers of many threads; one of each group does the work for all of them (`work`), and none is a thread more.

    `work` answers each wish in its order. What it raises is raised for all of its group: none takes it for an answer.
    """

    def __init__(self, work: Callable[[Sequence[Wish]], Sequence[Outcome | None]], at_once: int = AT_ONCE) -> None:
        self._work, self._at_once = work, at_once
        self._turn = threading.Lock()
        self._waiting: list[_Place[Wish, Outcome]] = []
        self._busy = False

    def __len__(self) -> int:
        """How many wait for the next group."""
        return len(self._waiting)

    def take(self, wish: Wish) -> Outcome | None:
        """What has come of this wish, once its whole group is done. Raises what `work` has raised."""
        place: _Place[Wish, Outcome] = _Place(wish)
        with self._turn:
            self._waiting.append(place)
            place.leads, self._busy = not self._busy, True
        if not place.leads:
            place.came.wait()
        if place.leads:
            self._lead()
        if place.fault is not None:
            raise place.fault
        return place.outcome

    def _lead(self) -> None:
        with self._turn:
            group, self._waiting = self._waiting[: self._at_once], self._waiting[self._at_once :]
        try:
            for place, outcome in zip(group, self._work([place.wish for place in group]), strict=True):
                place.outcome = outcome
        except BaseException as fault:
            for place in group:
                place.fault = fault
            raise
        finally:
            # Whoever came meanwhile goes next, and the first of them leads: nobody is left waiting, come what may.
            with self._turn:
                self._busy = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].leads = True
                    self._waiting[0].came.set()
            for place in group:
                place.came.set()
