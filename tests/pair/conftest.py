"""A town for each test: a real hub, real lockers' minds, and a bus between them that nobody may rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pair.machine import Machine
from tests.pair.town import Town


@pytest.fixture
def town_of(tmp_path: Path) -> Iterator[Callable[[int], Town]]:
    """Founds towns by their seed; afterwards everybody in them must agree on what is true."""
    founded: list[Town] = []

    def found(seed: int) -> Town:
        folder = tmp_path / str(len(founded))
        folder.mkdir()
        founded.append(Town(folder, seed))
        return founded[-1]

    yield found
    for town in founded:
        town.stop()


@pytest.fixture
def town(town_of: Callable[[int], Town]) -> Iterator[Town]:
    """A town on a calm bus."""
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
