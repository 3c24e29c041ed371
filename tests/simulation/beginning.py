"""How every town begins: a hub that has its tables, its first lockers and its staff, made once and copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from hub_service.handlers import sites
from hub_service.handlers.hub import Hub
from tests.simulation.broker import Broker
from tests.simulation.disk import FILES
from tests.simulation.hub_node import HubNode
from tests.simulation.machine import keys_of
from tests.simulation.motions import Staff
from tests.simulation.stand_ins import stand_ins
from tests.simulation.world import World

T = TypeVar("T")
LOCKERS_MAX = 2
OWN_LUCK = -1
"""No town's seed: what all of them begin with is the same in each process."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is on the hub's disk, and what those who installed the lockers and those who work there were given."""

    hub_disk: dict[str, bytes]
    lockers: tuple[sites.Introduced, ...]
    staff: Staff


def prepare() -> None:
    """Makes all beginnings: before any bug is planted, which would be in all that follow."""
    for lockers in range(1, LOCKERS_MAX + 1):
        beginning(lockers)


@cache
def beginning(lockers: int) -> Beginning:
    """That of a town with so many lockers."""
    world = World(OWN_LUCK)
    with stand_ins(world):
        hub = HubNode(world, Broker(world), {})
        introduced = tuple(_asked(hub, _adding(hub, number)) for number in range(1, lockers + 1))
        courier = _asked(
            hub, lambda it: _made(sites.add_pass(it, "courier", "carl", "swift", daily=False), sites.NewPass)
        )
        operator = _asked(hub, lambda it: _made(sites.add_pass(it, "operator", "olga", daily=False), sites.NewPass))
        hub.disk.unmount()
        for file in hub.disk.files.values():
            file.sync()
    del FILES.disks[hub.disk.name]
    return Beginning(hub.disk.image(), introduced, Staff(courier.code, operator.code))


def _adding(node: HubNode, number: int) -> Callable[[Hub], sites.Introduced]:
    name = f"locker-{number}"
    own = keys_of(World(OWN_LUCK), name, node.keys.message.public_key()).own.public_key()
    new = sites.NewLocker(id=name, number=number, name=name, where="there", public_key=own.public_bytes_raw().hex())
    return lambda hub: _made(sites.add_locker(hub, new), sites.Introduced)


def _asked(node: HubNode, work: Callable[[Hub], T]) -> T:
    answer = node.ask(work)
    assert answer is not None, "nothing disturbs it yet"
    return answer


def _made(answer: object, kind: type[T]) -> T:
    assert isinstance(answer, kind), answer
    return answer
