"""Who may do what over HTTP, what they see, and how fast they may ask: scopes, carriers, token buckets."""

from __future__ import annotations

import math
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


@dataclass(frozen=True, slots=True)
class Bucket:
    """How much of a rate is left: `tokens` at the time `at_s` (seconds of any clock that never goes back)."""

    tokens: float
    at_s: float


def take(bucket: Bucket | None, rate: Rate, now_s: float) -> tuple[Bucket, int]:
    """The bucket after one more request, and how many whole seconds it comes too early (0: it may pass).

    None is a caller who hasn't asked yet. A refused request takes nothing, so waiting always helps.
    """
    before = bucket or Bucket(rate.burst, now_s)
    tokens = min(float(rate.burst), before.tokens + max(0.0, now_s - before.at_s) * rate.per_s)
    if tokens >= 1:
        return Bucket(tokens - 1, now_s), 0
    return Bucket(tokens, now_s), max(1, math.ceil((1 - tokens) / rate.per_s))
