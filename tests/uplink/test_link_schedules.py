"""Random schedules of loss, repetition, reordering, cuts and restored hubs: in the end the hub knows all, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locker.link import HELLO_EVERY_MS, RETRY_MS_MAX

if TYPE_CHECKING:
    from tests.uplink.conftest import World

MISHAPS = [
    "happen",
    "to_hub",
    "repeat_to_hub",
    "lose_to_hub",
    "to_locker",
    "repeat_to_locker",
    "lose_to_locker",
    "wait",
    "cut",
    "restore",
]
STEPS = st.lists(st.tuples(st.sampled_from(MISHAPS), st.integers(0, 9)), max_size=80)


@pytest.fixture
def new_world(request: pytest.FixtureRequest) -> Callable[[], World]:
    """Makes a fresh world for each schedule."""
    maker = type(request.getfixturevalue("world"))

    def make() -> World:
        world = maker()
        world.connect()
        return world

    return make


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_fact_reaches_the_hub_once_and_in_order(
    new_world: Callable[[], World], steps: list[tuple[str, int]]
) -> None:
    world = new_world()
    for name, number in steps:
        _mistreat(world, name, number)
        assert world.hub.entries == world.names()[: len(world.hub.entries)], "no gap, no repeat, no other order"

    for _ in range(3):  # the last fault has healed: within a time-out and a greeting all is told
        world.wait(max(RETRY_MS_MAX, HELLO_EVERY_MS))
        world.carry()
    assert world.hub.entries == world.names()
    assert world.link.settled


def _mistreat(world: World, name: str, number: int) -> None:
    to_hub, to_locker = world.to_hub, world.to_locker
    match name:
        case "happen":
            world.happen(number + 1)
        case "wait":
            world.wait(700 * (number + 1), chance=number / 9)
        case "cut":
            world.link.disconnected()
            world.connect()
        case "restore":
            world.hub.restore(max(0, len(world.hub.entries) - 3 * number))
        case "to_hub" | "repeat_to_hub" if to_hub:
            world.hub_hears(number % len(to_hub), keep=name.startswith("repeat"))
        case "to_locker" | "repeat_to_locker" if to_locker:
            world.locker_hears(number % len(to_locker), keep=name.startswith("repeat"))
        case "lose_to_hub" if to_hub:
            del to_hub[number % len(to_hub)]
        case "lose_to_locker" if to_locker:
            del to_locker[number % len(to_locker)]
