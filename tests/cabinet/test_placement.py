"""The one rule that binds a compartment: planned if it fits, else the smallest, turned as needed, low if wished."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from locker.cabinet.placement import Need, choose, sides
from locker.wire.facts import CompartmentSpec
from tests.cabinet.conftest import box

CABINET = (box(1, "L"), box(2, "S", reach="high"), box(3, "M"), box(4, "M", reach="low"), box(5, "S", reach="low"))
SPECS = st.builds(
    CompartmentSpec,
    n=st.integers(1, 99),
    size_class=st.sampled_from(("XS", "S", "M", "L", "XL")),
    width_mm=st.integers(50, 900),
    height_mm=st.integers(50, 900),
    depth_mm=st.integers(50, 900),
    reach=st.sampled_from(("low", "middle", "high")),
)
SIZES = st.tuples(*[st.integers(0, 900)] * 3)


def chosen(need: Need) -> int:
    """The compartment that the rule gives in this cabinet (0: none)."""
    spec = choose(CABINET, need)
    return spec.n if spec else 0


def test_the_smallest_that_fits() -> None:
    assert chosen(Need(size_mm=(300, 60, 200))) == 2
    assert chosen(Need(size_mm=(300, 150, 200))) == 3
    assert chosen(Need(size_mm=(300, 400, 300))) == 1


def test_a_parcel_may_be_turned() -> None:
    assert chosen(Need(size_mm=(85, 630, 370))) == 2


def test_to_the_millimetre() -> None:
    assert chosen(Need(size_mm=(380, 90, 640))) == 2
    assert chosen(Need(size_mm=(380, 91, 640))) == 3


def test_the_planned_one_unless_it_does_not_fit() -> None:
    assert chosen(Need(size_mm=(300, 60, 200), planned=1)) == 1
    assert chosen(Need(size_mm=(300, 150, 200), planned=2)) == 3


def test_who_needs_a_low_one_gets_it_even_if_it_is_larger() -> None:
    assert chosen(Need(size_mm=(300, 60, 200), low=True)) == 5
    assert chosen(Need(size_mm=(300, 150, 200), low=True)) == 4


def test_but_is_not_sent_away_where_none_is_low() -> None:
    assert chosen(Need(size_mm=(300, 400, 300), low=True)) == 1


def test_low_ones_are_kept_for_those_who_need_them() -> None:
    assert chosen(Need(size_mm=(300, 150, 200))) == 3


def test_a_bigger_one_is_really_bigger() -> None:
    assert chosen(Need(bigger_than=CABINET[2])) == 1


def test_nothing_fits() -> None:
    assert chosen(Need(size_mm=(900, 900, 900))) == 0


@given(st.lists(SPECS, max_size=12), SIZES, st.booleans())
def test_whatever_is_chosen_holds_the_parcel_and_none_is_missed(
    free: list[CompartmentSpec], size_mm: tuple[int, int, int], low: bool
) -> None:
    def holds(spec: CompartmentSpec) -> bool:
        return all(room >= side for room, side in zip(sides(spec), sorted(size_mm), strict=True))

    spec = choose(free, Need(size_mm=size_mm, low=low))
    assert (spec is not None) == any(map(holds, free))
    assert spec is None or holds(spec)
