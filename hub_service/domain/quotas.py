"""How much of a locker one of several carriers may use: a number of places or a share, of all or of one size. Pure.

Each parcel that lies there or is promised a place counts as one place, also where it shares a compartment: so what a
carrier may still announce is known before anybody knows what will lie beside what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hub_service.domain.placement import Box, Size, size_class_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most so many places, or so many percent of them; of one size class, or ("") of all compartments."""

    size_class: str = ""
    most: int | None = None
    share_percent: int | None = None

    def limit(self, built: Collection[Box]) -> int:
        """How many places that are. A share of a small locker is one place at least, unless it is nothing."""
        if self.most is not None:
            return self.most
        assert self.share_percent is not None, "a quota says one or the other"
        counted = sum(self.size_class in ("", box.size_class) for box in built)
        return max(1, counted * self.share_percent // 100) if self.share_percent and counted else 0

    def used(self, held: Iterable[Size], built: Collection[Box]) -> int:
        """How many of these parcels it counts."""
        return sum(self._counts(size, built) for size in held)

    def _counts(self, size: Size, built: Collection[Box]) -> bool:
        return self.size_class in ("", size_class_needed(size, built))


def exceeded(quotas: Iterable[Quota], held: Collection[Size], new: Size, built: Collection[Box]) -> Quota | None:
    """The quota that one more parcel would exceed, where the carrier `held` places already; None: it may come."""
    for quota in quotas:
        if quota.used((new,), built) and quota.used(held, built) >= quota.limit(built):
            return quota
    return None
