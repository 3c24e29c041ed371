"""A town for each test: a real hub, real lockers' minds, and a bus between them that nobody may rely on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pair.machine import Machine
from tests.pair.town import Town

MEMORY = Path("/dev/shm")


@pytest.fixture
def town_of() -> Iterator[Callable[[int], Town]]:
    """Founds towns by their seed."""
    founded: list[Town] = []
    # No disk is tried here, and each commit would wait for it.
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:

        def found(seed: int) -> Town:
            place = Path(folder, str(len(founded)))
            place.mkdir()
            founded.append(Town(place, seed))
            return founded[-1]

        yield found
        for town in founded:
            town.stop()


@pytest.fixture
def town(town_of: Callable[[int], Town]) -> Iterator[Town]:
    """A town on a calm bus; at the end everybody must agree on what is true."""
    town = town_of(0)
    yield town
    town.agree()


@pytest.fixture
def elm(town: Town) -> Machine:
    """A locker with four compartments."""
    return town.locker("elm", "S S M L", "left of the bakery")


@pytest.fixture
def oak(town: Town) -> Machine:
    """Another locker."""
    return town.locker("oak", "M M L", "beside the café")
