"""A choice among many lockers: read outwards in pieces, it finds what a look at every single one finds."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_service.domain import offers
from hub_service.domain.fallback import FAR_M, Candidate, Place, distance_m
from hub_service.domain.placement import Box, Size, fits
from hub_service.handlers import choosing, elsewhere, near_by
from hub_service.handlers.hub import Hub
from hub_service.handlers.near_by import Near
from hub_service.handlers.views import ParcelView
from hub_service.store import lockers, parcels, rooms
from hub_service.store.near import outwards
from hub_service.store.sql import Connection
from locker.wire.facts import CompartmentSpec, SizeClass

Send = Callable[..., ParcelView]
HOME = Place(52.5, 13.4)
KINDS: tuple[tuple[SizeClass, int], ...] = (("S", 90), ("M", 200), ("L", 420))


def add(db: Connection, hub: Hub, number: int, place: Place | None, **more: Any) -> str:
    """A locker that somebody has set up, as the store keeps it."""
    locker_id = f"near-{number}"
    where = {"latitude": place.latitude, "longitude": place.longitude} if place else {}
    row = {
        "id": locker_id, "number": number, "name": locker_id, "public_key": f"{number:064x}", "epoch": "e", "online": 1,
    }  # fmt: skip
    lockers.add(db, hub.store, row | where | more, bytes(32))
    return locker_id


def build(db: Connection, locker_id: str, boxes: list[Box]) -> None:
    """It has these compartments, and all are empty."""
    specs = [
        CompartmentSpec(
            n=one.n, size_class=one.size_class, width_mm=one.width_mm, height_mm=one.height_mm, depth_mm=one.depth_mm,  # type: ignore[arg-type]
            reach=one.reach,  # type: ignore[arg-type]
        )
        for one in boxes
    ]  # fmt: skip
    lockers.describe(db, locker_id, tuple(specs))
    for one in boxes:
        lockers.set_content(db, locker_id, one.n, "empty")


def town(db: Connection, hub: Hub, many: int) -> dict[str, Candidate]:
    """Lockers around one home, thickly near it and thinly farther out; some full, some silent, some nowhere."""
    chance = random.Random(6)
    made = {}
    for number in range(1, many + 1):
        away = chance.expovariate(1 / 0.03)
        place = (
            None if number % 19 == 0 else Place(HOME.latitude + away * chance.choice((1, -1)), HOME.longitude + away)
        )
        online = number % 7 != 0
        locker_id = add(db, hub, number, place, online=int(online))
        kinds = [chance.choice(KINDS) for _ in range(chance.randrange(1, 4))]
        boxes = [
            Box(n=n, size_class=size, width_mm=380, height_mm=height_mm, depth_mm=640)
            for n, (size, height_mm) in enumerate(kinds, 1)
        ]
        build(db, locker_id, boxes)
        free = [one for one in boxes if chance.random() < 0.4]
        for one in boxes:
            if one not in free:
                lockers.set_content(db, locker_id, one.n, "occupied")
        made[locker_id] = Candidate(
            locker_id=locker_id, place=place, free=tuple(free), promised=(), in_service=len(boxes), online=online
        )
    return made


@pytest.mark.parametrize("size_mm", [(300, 60, 200), (300, 150, 200), (300, 400, 200)])
@pytest.mark.parametrize("stops", [(), (Place(52.48, 13.38), Place(52.52, 13.45))])
def test_the_best_offers_are_those_of_a_look_at_every_locker(
    hub: Hub, send: Send, size_mm: tuple[int, int, int], stops: tuple[Place, ...]
) -> None:
    with hub.store.write() as db:
        everybody = town(db, hub, 150)
    parcel_id = send(None, size_mm=size_mm).id
    with hub.store.read() as db:
        parcel = parcels.find(db, parcel_id)
        assert parcel is not None
        found = choosing.offered(db, parcel, HOME, stops)
        first = found[0].locker_id if isinstance(found, list) else ""
        others = choosing.offered(db, parcel, HOME, stops, without=first)
        assert choosing.offer_at(db, parcel, first, HOME, stops) is not None
        assert choosing.offer_at(db, parcel, "nobody", HOME, stops) is None
    priced = (offers.price(Size(*size_mm), one, HOME, stops) for one in everybody.values())
    wanted = [one.locker_id for one in offers.ranked(one for one in priced if one is not None)]
    assert isinstance(found, list) and isinstance(others, list)
    assert [one.locker_id for one in found] == wanted[: offers.OFFERS_MAX]
    assert [one.locker_id for one in others] == wanted[1 : offers.OFFERS_MAX + 1]


def test_a_piece_is_enough_where_the_nearest_have_room(hub: Hub, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """What isn't looked at costs nothing: of 150 lockers a few are."""
    with hub.store.write() as db:
        town(db, hub, 150)
    looked: list[str] = []
    look = rooms.surveyed

    def counted(db: Connection, locker_ids: Sequence[str], size: Size, carrier: str) -> dict[str, rooms.Survey]:
        looked.extend(locker_ids)
        return look(db, locker_ids, size, carrier)

    monkeypatch.setattr(rooms, "surveyed", counted)
    parcel_id = send(None).id
    with hub.store.read() as db:
        parcel = parcels.find(db, parcel_id)
        assert parcel is not None and isinstance(choosing.offered(db, parcel, HOME), list)
    assert 0 < len(looked) < 75


PLACES = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PLACES, st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), max_size=12), st.sampled_from([FAR_M, 4e5, 3e7]))
def test_outwards_is_by_distance_all_over_the_world(
    hub: Hub, centre: Place, around: list[tuple[float, float]], farthest_m: float
) -> None:
    """Also around the poles, and where the degrees of longitude begin anew."""
    places = [
        Place(max(-90.0, min(90.0, centre.latitude + north)), (centre.longitude + east + 180) % 360 - 180)
        for north, east in around
    ]
    with hub.store.write() as db:
        db.execute("DELETE FROM lockers")
        for number, place in enumerate(places, 1):
            add(db, hub, number, place)
        add(db, hub, 99, None)
        add(db, hub, 98, centre, test=1)
        seen = [spot for piece in outwards(db, False, centre, 100, farthest_m) for spot in piece]
    wanted = sorted(
        (away_m, number)
        for number, place in enumerate(places, 1)
        if (away_m := distance_m(centre, place)) <= farthest_m
    )
    assert [(one.away_m, one.number) for one in seen] == [*wanted, (None, 99)]


def test_no_more_are_read_than_are_asked_for(hub: Hub) -> None:
    with hub.store.write() as db:
        town(db, hub, 60)
        assert sum(len(piece) for piece in outwards(db, False, HOME, 21)) == 21
        assert [one.number for piece in outwards(db, False, None, 3) for one in piece] == [1, 2, 3]


@pytest.mark.parametrize("inside_mm", list(permutations((100, 200, 300))))
@pytest.mark.parametrize(
    "size",
    [Size(100, 200, 300), Size(300, 100, 200, True), Size(101, 200, 300), Size(150, 150, 150), Size(90, 90, 310)],
)
def test_the_database_turns_a_parcel_like_the_rule(hub: Hub, inside_mm: tuple[int, int, int], size: Size) -> None:
    edges = dict(zip(("width_mm", "height_mm", "depth_mm"), inside_mm, strict=True))
    with hub.store.write() as db:
        for number, reach in enumerate(("low", "high"), 1):
            one = Box(n=1, size_class="S", reach=reach, **edges)
            build(db, add(db, hub, number, HOME), [one])
            found = rooms.surveyed(db, [f"near-{number}"], size, "")[f"near-{number}"].fitting
            assert bool(found) == fits(size, one)


def test_who_can_be_reached_comes_before_who_is_nearer(hub: Hub, send: Send) -> None:
    with hub.store.write() as db:
        for number, online in ((1, 0), (2, 1), (3, 1)):
            add(db, hub, number, Place(HOME.latitude + number / 1_000, HOME.longitude), online=online)
        nearest = near_by.in_order(db, False, Near(HOME.latitude, HOME.longitude))
        around = near_by.in_order(db, False, Near(locker_id="near-3"), "near-3")
    assert [one.number for one in nearest] == [2, 3, 1]
    assert [one.number for one in around] == [2, 1]


def test_another_locker_is_offered_where_one_near_by_has_room(hub: Hub, set_up: Callable[..., Any], send: Send) -> None:
    for number, name in enumerate(("elm", "oak", "ash")):
        set_up(name, "S", latitude=52.5 + number / 100, longitude=13.4)
    parcel = send("elm")
    send("ash")
    token = parcel.page_url.rpartition("/")[2]
    assert [(one.locker_id, one.away_m) for one in elsewhere.choices(hub, token)] == [("oak", 1112)]


BOXES = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(["low", "high"])), min_size=1, max_size=12)


@settings(max_examples=200)
@given(BOXES, st.lists(st.sampled_from(KINDS), max_size=6), st.integers(0, 20), st.booleans(), st.booleans())
def test_no_offer_is_cheaper_than_what_its_locker_costs_at_least(
    free: list[tuple[tuple[SizeClass, int], str]],
    promised: list[tuple[SizeClass, int]],
    full: int,
    online: bool,
    low: bool,
) -> None:
    """Else a choice would leave out a locker that is among the best."""
    boxes = tuple(
        Box(n=n, size_class=kind[0], width_mm=380, height_mm=kind[1], depth_mm=640, reach=reach)
        for n, (kind, reach) in enumerate(free, 1)
    )
    sizes = tuple(Size(300, height_mm - 30, 200) for _, height_mm in promised)
    place = Place(HOME.latitude + 0.01, HOME.longitude)
    one = Candidate(
        locker_id="elm", place=place, free=boxes, promised=sizes, in_service=len(boxes) + full, online=online
    )
    offer = offers.price(Size(300, 60, 200, low), one, HOME, (place, HOME))
    least_eur = offers.least_eur(distance_m(HOME, place), online, len(boxes) + full, len(boxes))
    assert offer is None or offer.cost_eur >= least_eur
    assert offer is None or offers.price(Size(300, 60, 200, low), one, HOME, (place, HOME), offer.cost_eur) == offer
