"""One kind of transaction, and the run that stops in it at every moment there is."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import locker.checkpoint
from tests.crash_points.town import CardMachine, CrashTown, Fuse

MEMORY = Path("/dev/shm")
POINTS_A_TOWN = 12
"""So many points are tried in one town; then a new one begins, or its journal would make each look at it slow."""


@dataclass(frozen=True)
class Kind:
    """`prepare` gives what `act` and `go_on` are about; the power goes in `act`, and `go_on` ends the story."""

    name: str
    side: Literal["locker", "hub"]
    prepare: Callable[[CrashTown], Any]
    act: Callable[[CrashTown, Any], object]
    go_on: Callable[[CrashTown, Any], None]


def crash_everywhere(kind: Kind, tears: int = 1, step: int = 1, first: int = 0) -> int:
    """Stops at every `step`-th moment of a kind, torn in `tears` ways each; returns how many moments there are."""
    point = first
    while True:
        with town_of_our_own() as town:
            for _ in range(POINTS_A_TOWN):
                if not all(_stopped(kind, town, point, tear) for tear in range(tears)):
                    return point
                point += step


def _stopped(kind: Kind, town: CrashTown, point: int, tear: int) -> bool:
    """Plays the story once, stopped at one moment; whether it had so many."""
    machine = town.lockers["elm"]
    assert isinstance(machine, CardMachine)
    machine.tear = town.tear = random.Random(f"{kind.name}/{point}/{tear}")
    subject = kind.prepare(town)
    fuse, ends = (machine.fuse, 0) if kind.side == "locker" else (town.hub_fuse, town.hub_ends)
    fuse.left = point
    try:
        kind.act(town, subject)
        blown = fuse.blown or town.hub_ends > ends
        _spare(fuse)
        kind.go_on(town, subject)
    except AssertionError as error:
        raise AssertionError(f"{kind.name}, stopped at moment {point}, torn as {tear}: {error}") from error
    return blown


def _spare(fuse: Fuse) -> None:
    fuse.left = None


@contextmanager
def town_of_our_own() -> Iterator[CrashTown]:
    """A new town with one locker."""
    settings = locker.checkpoint.CHECKPOINT_FACTS, locker.checkpoint.LET_GO_FACTS
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        town = CrashTown(Path(folder))
        town.locker("elm", "S S M")
        try:
            yield town
        finally:
            town.stop()
            locker.checkpoint.CHECKPOINT_FACTS, locker.checkpoint.LET_GO_FACTS = settings
