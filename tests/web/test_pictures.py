"""What is drawn on pages: a ticket as a QR code, a locker with one door marked, and the same in words."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub_service.web.codes import modules, qr_svg
from hub_service.web.picture import locker_svg, position
from locker.wire.facts import CompartmentSpec
from locker.wire.ticket import Ticket, issue

TICKET = issue(
    Ticket(kid=1, home=2**32 - 1, pickup="ffffffffffffffff", generation=65535, not_after_s=2**32 - 1),
    Ed25519PrivateKey.from_private_bytes(bytes(32)),
)


def _box(n: int, x_mm: int, y_mm: int, height_mm: int = 200) -> CompartmentSpec:
    return CompartmentSpec(
        n=n, size_class="M", width_mm=380, height_mm=height_mm, depth_mm=640, x_mm=x_mm, y_mm=y_mm,
        front_width_mm=380, front_height_mm=height_mm,
    )  # fmt: skip


TWO_COLUMNS = (_box(1, 20, 20), _box(2, 20, 240), _box(3, 420, 20, 420))


def test_the_largest_ticket_is_a_symbol_of_41_by_41_modules() -> None:
    assert [len(row) for row in modules(TICKET)] == [41] * 41


def test_the_drawn_symbol_is_the_symbol_with_its_quiet_zone_on_white() -> None:
    svg = qr_svg(TICKET, "opens <your> door")
    assert 'viewBox="0 0 49 49"' in svg
    assert 'fill="#fff"' in svg
    assert "M4 4h7v1h-7z" in svg
    assert "opens &lt;your&gt; door" in svg


def test_one_door_is_marked_in_the_picture_and_said_in_words() -> None:
    svg = locker_svg(TWO_COLUMNS, 2)
    assert svg.count('class="door') == 3
    assert svg.count('class="door marked"') == 1
    assert position(TWO_COLUMNS, 2) in svg


def test_a_place_in_words_counts_from_left_and_top() -> None:
    assert position(TWO_COLUMNS, 2) == "Door 2 is in the first column from the left, second from the top."
    assert position(TWO_COLUMNS[:2], 1) == "Door 1 is the first from the top."


def test_a_locker_that_has_not_said_how_it_looks_has_no_picture() -> None:
    flat = CompartmentSpec(n=1, size_class="M", width_mm=380, height_mm=200, depth_mm=640)
    assert (locker_svg((flat,), 1), locker_svg(()), position((flat,), 1), position((), 1)) == ("", "", "", "")
