"""Which locker is best for a parcel that nobody took at the door: one price for the recipient's walk and the courier's.

Everything is weighed in euros, so that unlike things can be compared; the lowest sum is the best offer. What a figure
rests on stands beside it. A measured rule of thumb is behind all of it: near the recipient's home is right, and looking
for the emptiest of four lockers instead moves 40-49 % of all parcels for 0.1-0.2 points more acceptance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import inf

from hub_service.domain.fallback import FAR_M, Candidate, Place, distance_m
from hub_service.domain.placement import SIZE_CLASSES, Size, has_room, room_by_class, size_class_needed

FAILED_ATTEMPT_EUR = 14.0
"""What one more failed attempt costs (EU; surveys of carriers say 14 euros or 17.20 dollars)."""
WALK_FREE_M, WALK_LIMIT_M = 350, 2_000
"""About as far as people like to go, and the most that a large network asks of them for a substitute locker. In between
the walk's price rises evenly, up to that of another failed attempt: then nothing is won."""
WALK_EUR_PER_M = FAILED_ATTEMPT_EUR / (WALK_LIMIT_M - WALK_FREE_M)
COURIER_EUR_PER_MIN = 0.60
"""Driver and van, 36 euros an hour: an assumption, for want of a published figure."""
ROAD_FACTOR, TOWN_M_PER_MIN = 1.3, 20_000 / 60
"""Roads are longer than straight lines; vans in towns make 20 km/h between stops. Both are assumptions."""
LARGER_CLASS_EUR = 0.50
"""For each size class that is larger than needed. Small on purpose: strict smallest-fit gains 0.3 to 3 points."""
OFFLINE_EUR = FAILED_ATTEMPT_EUR / 2
"""A locker that can't be reached is the last resort near by, not none at all: as good as one more attempt in two."""
OFFERS_MAX = 5
STOPS_MAX = 150
ROUNDS_KEPT = 16
MARGIN_S = 30 * 60
_ROUNDED_EUR = 0.001
_LAST_DIGITS_EUR = 1e-9
"""The same added up in another order differs by less: what is left out has to be dearer than that."""
HOLD_WITHOUT_ROUND_S = 2 * 3_600
"""Room is held for the drive and this margin; where nobody says where the courier is, for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One locker for one parcel. `room_chance` is how likely there still is room when somebody accepts it or arrives.

    `walk_m` is None where one of the places isn't known, `detour_min` where the courier's round isn't.
    """

    locker_id: str
    walk_m: int | None
    detour_min: float | None
    drive_min: float | None
    room_chance: float
    size_class: str
    cost_eur: float


def price(
    size: Size, one: Candidate, near: Place | None, stops: Sequence[Place] = (), most_eur: float = inf
) -> Offer | None:
    """What this locker costs, but for a compartment that is larger than needed; None: no room there, or too far away.

    `stops`: where the courier is, then the stops still to come. Also None where it costs more than `most_eur`,
    as far as that shows without the courier's way.
    """
    walk_m = None if near is None or one.place is None else distance_m(near, one.place)
    if (walk_m is not None and walk_m > FAR_M) or not has_room(one.promised, one.free, size):
        return None
    needed = size_class_needed(size, one.free)
    assert needed is not None, "it has room"
    chance = _room_chance(one, needed)
    without_way_eur = _walk_eur(walk_m) + (1 - chance) * FAILED_ATTEMPT_EUR + (0.0 if one.online else OFFLINE_EUR)
    if without_way_eur > most_eur:
        return None
    # Last, because it takes longest: as many distances as there are stops.
    known = bool(stops) and one.place is not None
    detour_min = _minutes(detour_m(stops, one.place)) if known and one.place else None
    drive_min = _minutes(distance_m(stops[0], one.place)) if known and one.place else None
    return Offer(
        locker_id=one.locker_id, walk_m=walk_m, detour_min=detour_min, drive_min=drive_min,
        room_chance=round(chance, 3), size_class=needed,
        cost_eur=without_way_eur + (detour_min or 0.0) * COURIER_EUR_PER_MIN,
    )  # fmt: skip


def ranked(priced: Iterable[Offer]) -> list[Offer]:
    """All with their whole price, best first: what is larger than needed shows only beside the others."""
    some = list(priced)
    smallest = _smallest(some)
    made = [replace(one, cost_eur=round(_whole_eur(one, smallest), 3)) for one in some]
    return sorted(made, key=lambda offer: (offer.cost_eur, offer.locker_id))


def most_eur(priced: Sequence[Offer], wanted: int) -> float:
    """What one more may cost at most, if it is to be among the `wanted` best of these and itself."""
    if len(priced) < wanted:
        return inf
    # One with a smaller compartment would make all these dearer by what theirs is too large.
    smallest = _smallest(priced)
    worst_eur = sorted(_whole_eur(one, smallest) for one in priced)[wanted - 1]
    return worst_eur + smallest * LARGER_CLASS_EUR + _ROUNDED_EUR


def least_eur(walk_m: int | None, online: bool = True, working: int = 0, free: int = 0) -> float:
    """What a locker so far away costs at least, where so many compartments work and so many at most are free."""
    # Promises take more of it, and not every free compartment is large enough: both make it dearer.
    taken = (working - free) / working if working else 0.0
    full_eur = float(taken ** max(1, free)) * FAILED_ATTEMPT_EUR
    return _walk_eur(walk_m) + (0.0 if online else OFFLINE_EUR) + full_eur - _LAST_DIGITS_EUR


def hold_s(offer: Offer) -> int:
    """How long room is held once this is accepted."""
    return HOLD_WITHOUT_ROUND_S if offer.drive_min is None else round(offer.drive_min * 60) + MARGIN_S


def detour_m(stops: Sequence[Place], to: Place) -> int:
    """How much longer a round gets that calls at `to`, at its best place behind where the courier is now."""
    assert stops, "a courier is somewhere"
    ways = [distance_m(stop, to) for stop in stops]
    legs = zip(_legs_m(tuple(stops)), pairwise(ways), strict=True)
    return min([*(there + on - leg for leg, (there, on) in legs), ways[-1]])


@lru_cache(ROUNDS_KEPT)
def _legs_m(stops: tuple[Place, ...]) -> tuple[int, ...]:
    # The same round is asked for with each locker that might lie on its way.
    return tuple(distance_m(here, following) for here, following in pairwise(stops))


def _smallest(priced: Sequence[Offer]) -> int:
    return min((SIZE_CLASSES.index(one.size_class) for one in priced), default=0)


def _whole_eur(one: Offer, smallest: int) -> float:
    return one.cost_eur + (SIZE_CLASSES.index(one.size_class) - smallest) * LARGER_CLASS_EUR


def _walk_eur(walk_m: int | None) -> float:
    # Where a place isn't known nobody knows how far it is: behind all that are known to be near.
    return max(0, (FAR_M if walk_m is None else walk_m) - WALK_FREE_M) * WALK_EUR_PER_M


def _room_chance(one: Candidate, needed: str) -> float:
    # Cautious, and without a forecast: each spare place may go before, as likely as any place is taken now.
    spare = max(1, room_by_class(one.promised, one.free).get(needed, 0))
    taken = one.in_service - len(one.free) + len(one.promised)
    occupancy = min(1.0, max(0.0, taken / one.in_service)) if one.in_service else 0.0
    return 1.0 - float(occupancy**spare)


def _minutes(straight_m: int) -> float:
    return round(straight_m * ROAD_FACTOR / TOWN_M_PER_MIN, 1)
