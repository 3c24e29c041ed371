"""Which deposits and collections are as everybody expects: they concern one compartment and one code, and no person.

All others change what was believed of something else, or leave a doubt; they are decided one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """What is believed of a compartment: who is planned for it or lies in it, and whose code it belongs to."""

    content: str
    live: frozenset[str] = frozenset()
    pickups: frozenset[str] = frozenset()
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """What is believed of a delivery: where it is planned (`promised`) or lies (`inside`).

    `spread`: its code is good for something at another locker as well.
    """

    id: str
    pickup: str
    state: str
    n: int | None
    doubted: bool = False
    spread: bool = False


def comes_as_planned(stay: Stay, box: Box) -> bool:
    """Whether nothing else changes when it is laid into this compartment."""
    return (
        stay.state == "promised"
        and not stay.doubted
        and not box.doubted
        and box.live <= {stay.id}
        and box.pickups <= {stay.pickup}
    )


def leave_as_planned(stays: Sequence[Stay], n: int, box: Box) -> bool:
    """Whether compartment `n` is empty, and nothing else changes, once these were taken out of it."""
    # Two lockers that are emptied at once would each leave a code that is spread between them to the other.
    return (
        box.content != "uncertain"
        and not box.doubted
        and box.live == {stay.id for stay in stays}
        and all(stay.state == "inside" and stay.n == n and not stay.doubted and not stay.spread for stay in stays)
    )
