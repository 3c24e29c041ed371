"""The pure rules: room, placement, statuses, fallback, codes, deadlines."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_service.domain import access_codes, custody, deadlines, fallback, offers, placement, status_names, wording
from hub_service.domain.fallback import Candidate, Place
from hub_service.domain.placement import SIZE_CLASSES, Box, Size
from locker.wire.access_tag import CARD_NUMBER_START

HEIGHT_MM = {"XS": 60, "S": 90, "M": 200, "L": 420, "XL": 860}


def box(n: int, size_class: str = "S", reach: str = "middle") -> Box:
    return Box(n=n, size_class=size_class, width_mm=380, height_mm=HEIGHT_MM[size_class], depth_mm=640, reach=reach)


edges = st.integers(20, 900)
sizes = st.builds(Size, edges, edges, edges)
classes = st.lists(st.sampled_from(SIZE_CLASSES), max_size=6)
some_boxes = classes.map(lambda names: [box(n, name) for n, name in enumerate(names, start=1)])
odd_boxes = st.lists(
    st.builds(
        Box, n=st.just(0), size_class=st.sampled_from(SIZE_CLASSES), width_mm=edges, height_mm=edges, depth_mm=edges
    ),
    max_size=4,
).map(lambda boxes: [Box(**{**_fields(one), "n": n}) for n, one in enumerate(boxes, start=1)])


def _fields(one: Box) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("size_class", "width_mm", "height_mm", "depth_mm", "reach")}


def all_fit(promised: list[Size], free: list[Box]) -> bool:
    """The same question by brute force: is there any way to give each a box of its own?"""
    return any(
        all(placement.fits(size, one) for size, one in zip(promised, chosen, strict=True))
        for chosen in itertools.permutations(free, len(promised))
    )


def accepted(wishes: list[Size], free: list[Box]) -> list[Size]:
    promised: list[Size] = []
    for size in wishes:
        if placement.has_room(promised, free, size):
            promised.append(size)
    return promised


@given(st.lists(sizes, max_size=5), odd_boxes)
def test_promises_can_always_be_kept_and_none_is_refused_that_could(wishes: list[Size], free: list[Box]) -> None:
    promised: list[Size] = []
    for size in wishes:
        granted = placement.has_room(promised, free, size)
        assert granted == all_fit([*promised, size], free)
        if granted:
            promised.append(size)


@given(st.lists(sizes, max_size=12), some_boxes)
def test_promises_of_a_class_never_exceed_the_free_boxes_of_it_and_above(wishes: list[Size], free: list[Box]) -> None:
    promised = accepted(wishes, free)
    needs = [placement.size_class_needed(size, free) for size in promised]
    for index, _ in enumerate(SIZE_CLASSES):
        at_least = SIZE_CLASSES[index:]
        assert sum(one in at_least for one in needs) <= sum(one.size_class in at_least for one in free)


@given(st.lists(sizes, max_size=6), some_boxes)
def test_what_is_shown_as_room_can_be_promised(wishes: list[Size], free: list[Box]) -> None:
    promised = accepted(wishes, free)
    for name, count in placement.room_by_class(promised, free).items():
        just_fits = Size(380, HEIGHT_MM[name], 640)
        assert len(accepted([*promised, *[just_fits] * (count + 1)], free)) == len(promised) + count


def test_a_promise_that_lost_its_box_takes_nobody_elses_room() -> None:
    # Two were promised, one box is broken: a third that fits where neither of them does is still welcome.
    promised = [Size(300, 400, 300), Size(300, 400, 300)]
    assert placement.has_room(promised, [box(1, "L"), box(2, "S")], Size(300, 60, 200))
    assert not placement.has_room(promised, [box(1, "L"), box(2, "S")], Size(300, 150, 200))


def test_the_largest_locker_is_filled_to_its_last_box() -> None:
    boxes = [box(n) for n in range(1, 1000)]
    small = Size(300, 60, 200)
    assert placement.has_room([small] * 998, boxes, small)
    assert not placement.has_room([small] * 999, boxes, small)


@given(sizes, some_boxes)
def test_turning_a_parcel_changes_nothing(size: Size, boxes: list[Box]) -> None:
    for edge in itertools.permutations((size.width_mm, size.height_mm, size.depth_mm)):
        assert placement.plan(Size(*edge), boxes) == placement.plan(size, boxes)


@given(sizes, some_boxes)
def test_the_smallest_box_that_fits_is_planned(size: Size, boxes: list[Box]) -> None:
    n = placement.plan(size, boxes)
    fitting = [one for one in boxes if placement.fits(size, one)]
    assert (n is None) == (not fitting)
    if n is not None:
        assert next(one.volume_mm3 for one in boxes if one.n == n) == min(one.volume_mm3 for one in fitting)


def test_equal_boxes_are_planned_beside_ones_own_then_by_reach() -> None:
    boxes = [box(1, reach="high"), box(2, reach="middle"), box(8, reach="low"), box(9, reach="high")]
    small = Size(300, 60, 200)
    assert placement.plan(small, boxes) == 2
    assert placement.plan(small, boxes, beside=[10]) == 9
    assert placement.plan(Size(300, 60, 200, low=True), boxes) == 8


def test_every_status_is_known_everywhere() -> None:
    for status in custody.STATUSES:
        assert all(status_names.names_of(status).values())
        assert wording.STATUS_SENTENCES[status].endswith(".")


@pytest.mark.parametrize("happening", ["deposited", "collected", "retrieved", "doubted", "displaced"])
def test_what_a_locker_tells_has_happened_from_every_status(happening: custody.Happening) -> None:
    assert all(custody.after(status, happening) is not None for status in custody.STATUSES)


@pytest.mark.parametrize("status", sorted(custody.OVER))
def test_what_is_over_is_not_moved_by_wishes(status: custody.Status) -> None:
    wishes: list[custody.Happening] = ["taken_over", "set_out", "attempt_failed", "redirected", "extended", "cancelled"]
    assert [custody.after(status, wish) for wish in wishes] == [None] * len(wishes)


@given(st.integers(0, access_codes.PIN_SPACE - 1))
def test_a_pin_has_eight_digits_of_four_kinds(number: int) -> None:
    pin = access_codes.pin_from(number)
    digits = f"{number:08d}"
    # What begins like a card's number is taken for one.
    assert (pin is None) == (len(set(digits)) < 4 or digits.startswith(CARD_NUMBER_START))
    assert pin is None or (int(pin), len(pin)) == (number, 8)


def offered(candidates: list[Candidate], near: Place | None) -> list[str]:
    """The lockers that are offered for a parcel, best first."""
    priced = (offers.price(Size(300, 100, 200), one, near) for one in candidates)
    return [one.locker_id for one in offers.ranked(offer for offer in priced if offer is not None)]


def test_nearest_lockers_come_first_and_unknown_places_last() -> None:
    here = Place(52.5, 13.4)
    free = (box(1, "M"),)
    candidates = [
        Candidate(locker_id="unknown", place=None, free=free, promised=()),
        Candidate(locker_id="far", place=Place(52.55, 13.4), free=free, promised=()),
        Candidate(locker_id="near", place=Place(52.501, 13.4), free=free, promised=()),
        Candidate(locker_id="too_far", place=Place(53.5, 13.4), free=free, promised=()),
        Candidate(locker_id="full", place=here, free=free, promised=(Size(300, 100, 200),)),
    ]
    assert offered(candidates, here) == ["near", "far", "unknown"]


def test_without_an_address_the_emptiest_locker_is_best() -> None:
    candidates = [
        Candidate(locker_id="a", place=Place(0, 0), free=(box(1, "M"),), promised=(), in_service=4),
        Candidate(locker_id="b", place=None, free=(box(1, "M"), box(2, "M")), promised=(), in_service=4),
    ]
    assert offered(candidates, None) == ["b", "a"]


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert fallback.distance_m(Place(52, 13), Place(53, 13)) == pytest.approx(111_195, rel=0.001)


def test_an_extension_that_is_late_counts_from_now() -> None:
    assert deadlines.extended_s(1_000, 500) == 1_000 + deadlines.EXTENSION_S
    assert deadlines.extended_s(1_000, 5_000) == 5_000 + deadlines.EXTENSION_S
