"""Who may do what over HTTP, what they see, and how fast they may ask: scopes, carriers, rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal[
    "announce",  # announce parcels, extend, cancel, say how far they are
    "read",  # look at parcels, lockers, events and figures
    "deliver",  # report failed attempts, ask for deposit tickets, say how far parcels are
    "webhooks",  # say where events are sent
    "operate",  # compartments, alarms, keys of others; never for a carrier's key
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
CARRIERS_SCOPES: tuple[Scope, ...] = tuple(scope for scope in SCOPES if scope != "operate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A program with an API key. An empty `carrier` is the operator, who sees the parcels of all.

    `test` keys live in a world of their own: test lockers and the parcels that are sent there, and nothing else.
    """

    id: str
    name: str
    carrier: str = ""
    scopes: frozenset[Scope] = frozenset(SCOPES)
    test: bool = False

    def sees_parcel(self, carrier: str, test: bool) -> bool:
        return test == self.test and self.carrier in ("", carrier)

    def sees_locker(self, test: bool) -> bool:
        return test == self.test


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may happen: `per_s` on average, and `burst` at once after a pause."""

    per_s: float
    burst: int

    @property
    def spacing_us(self) -> int:
        """How long one takes to be there again."""
        return round(1_000_000 / self.per_s)

    @property
    def window_us(self) -> int:
        """How long an empty bucket takes to be full again."""
        return self.burst * self.spacing_us

    @property
    def block(self) -> int:
        """How many a worker takes at once: asking the store for each would cost a write a request."""
        return max(1, self.burst // 20)

    @property
    def debt(self) -> int:
        """How many a worker lets pass before it asks: who asks seldom costs hardly any write."""
        return self.burst // 40


@dataclass(frozen=True, slots=True)
class Purse:
    """What one worker may let pass of a key's rate without asking; `left` below zero is what it owes."""

    left: int = 0
    good_until_us: int = 0
    closed_until_us: int = 0


KEPT_US = 1_000_000
"""What a worker has taken and not used is gone after this: else every worker could hoard a block."""

CLOSED_US = 200_000
"""A key that asks too often is turned away for so long at least before the store is asked again."""


def spend(purse: Purse, rate: Rate, now_us: int) -> Purse | None:
    """The purse after one more request, where it may pass without asking; None: the store has to be asked."""
    left = purse.left if purse.left <= 0 or now_us < purse.good_until_us else 0
    return Purse(left - 1, purse.good_until_us) if left > -rate.debt else None


def granted(full_at_us: int, rate: Rate, now_us: int) -> tuple[int, int]:
    """How many of a block may pass, where a bucket is full again at `full_at_us`; else how long to wait (us)."""
    room_us = rate.window_us - max(0, full_at_us - now_us)
    count = min(rate.block, room_us // rate.spacing_us)
    return (count, 0) if count >= 1 else (0, rate.spacing_us - room_us)
