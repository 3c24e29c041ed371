"""Cards, delegates, and staff codes of one day at the locker: whose code opens, for how long, whatever clocks say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from locker.cabinet import keyed
from locker.cabinet.events import CodeShown
from locker.wire import facts
from locker.wire.facts import Moment
from locker.wire.orders import Admit, Delegate, Pass, Passes, PassesChanged
from tests.cabinet.conftest import Front, pickup_id, tag

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MONDAY_MS = 1_700_006_400_000
"""Midnight by the hub's clock, some hours after the locker has started."""

CARD_TAGS = (tag("card qr"), tag("0012345678"))
EVE = Delegate(id="g_eve", tags=(tag("87654321"), tag("eve qr")))
FAY = Delegate(id="g_fay", tags=(tag("11223344"), tag("fay qr")))


def admit(who: str, *delegates: Delegate, cards: tuple[str, ...] = ()) -> Admit:
    return Admit(pickup=pickup_id(who), generation=1, pin_tag=tag(who), card_tags=cards, delegates=delegates)


def show(front: Front, text: str) -> None:
    """Holds a QR code before the scanner that is compared by its tag."""
    front._does(CodeShown(tag=tag(text), visit=front._visit()))


@pytest.fixture
def full(front: Front) -> Front:
    """Ada's parcel lies in a compartment; there is a card for it, and she has asked Eve and Fay."""
    front.announce("P1", "ada")
    front.deposit("P1")
    front.choose("done")
    front.order(admit("ada", EVE, FAY, cards=CARD_TAGS))
    front.wait(5)
    return front


@pytest.mark.parametrize("by", ["card qr", "eve qr"])
def test_a_shown_code_opens_and_says_whose_it_was(full: Front, by: str) -> None:
    show(full, by)
    assert full.open == {1}
    assert full.last(facts.Collected).delegate == ("g_eve" if by == "eve qr" else "")
    assert full.last(facts.VisitStarted).by == ("delegate" if by == "eve qr" else "card")
    full.shut()


def test_typed_digits_of_a_card_and_of_a_delegate_open(full: Front) -> None:
    full.type("0012345678")
    full.shut()
    full.wait(3)
    # The same door again, for what was forgotten: whoever's code it is.
    full.type("87654321")
    assert (full.open, full.count(facts.Collected)) == ({1}, 1)
    full.shut()


def test_one_delegate_is_taken_back_and_the_others_code_works(full: Front) -> None:
    full.order(admit("ada", FAY, cards=CARD_TAGS))
    show(full, "eve qr")
    assert (full.shown, full.open) == ("unknown_code", set())
    full.type("87654321")
    assert (full.shown, full.open) == ("wrong_pin", set())
    full.type("11223344")
    assert full.open == {1}
    full.shut()


def test_whose_delegate_it_was_is_forgotten_with_the_next_visit(full: Front) -> None:
    full.announce("P2", "ben")
    full.deposit("P2")
    full.choose("done")
    show(full, "eve qr")
    full.shut()
    full.wait(5)
    full.type("ben")
    assert full.last(facts.Collected).delegate == ""
    full.shut()


def test_nobodys_shown_code_is_no_guess(full: Front) -> None:
    for _ in range(40):
        show(full, "nobody's")
    assert (full.shown, full.count(facts.PinRefused)) == ("unknown_code", 0)


def test_while_a_door_is_open_a_card_waits(full: Front) -> None:
    full.type("ada")
    full.announce("P2", "ben")
    show(full, "card qr")
    assert (full.shown, full.open) == ("close_first", {1})
    full.shut()


def test_every_code_that_opens_something_counts_for_the_keypad(full: Front) -> None:
    assert keyed.codes(full.state, full.now) == 4
    full.type("ada")
    full.shut()
    assert keyed.codes(full.state, full.now) == 0


# Staff codes of one day: Monday's works until Tuesday, three o'clock.


def day_pass(day: int, who: str = "c1") -> Pass:
    begins_ms = MONDAY_MS + day * DAY_MS
    return Pass(
        tag=tag(f"{who} {day}"), party="courier", who=who, carrier="post", from_ms=begins_ms,
        until_ms=begins_ms + DAY_MS + 3 * HOUR_MS,
    )  # fmt: skip


@pytest.fixture
def week(front: Front) -> Front:
    """On Monday at noon the hub has told the codes of eight days, and then nothing any more."""
    front.order(PassesChanged(given=tuple(day_pass(day) for day in range(8)), hub_ms=MONDAY_MS + 12 * HOUR_MS))
    return front


def let_pass(front: Front, hours: float) -> None:
    front.wait(hours * 3_600)


def enters(front: Front, day: int) -> str:
    front.type(f"c1 {day}")
    shown = front.shown
    if shown == "courier_menu":
        front.choose("done")
    return shown


def test_todays_code_works_and_yesterdays_until_three_in_the_night(week: Front) -> None:
    assert enters(week, 0) == "courier_menu"
    let_pass(week, 13)
    assert [enters(week, 0), enters(week, 1)] == ["courier_menu", "courier_menu"]
    let_pass(week, 2)
    assert [enters(week, 0), enters(week, 1)] == ["code_over", "courier_menu"]


def test_a_locker_without_a_network_knows_the_codes_of_a_week(week: Front) -> None:
    for day in range(1, 8):
        let_pass(week, 24)
        assert enters(week, day) == "courier_menu"
    let_pass(week, 14)
    assert enters(week, 7) == "courier_menu"
    let_pass(week, 2)
    assert enters(week, 7) == "code_over"


def test_an_old_code_is_no_guess(week: Front) -> None:
    let_pass(week, 16)
    for _ in range(10):
        assert enters(week, 0) == "code_over"
    assert week.count(facts.PinRefused) == 0


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("offset_ms", [-(10**12), -DAY_MS, -HOUR_MS, HOUR_MS, DAY_MS, 10 * 365 * DAY_MS])
def test_a_wrong_clock_admits_nobody_and_refuses_nobody(
    week: Front, monkeypatch: pytest.MonkeyPatch, trusted: bool, offset_ms: int
) -> None:
    def wrong(front: Front) -> Moment:
        right_ms = MONDAY_MS + 12 * HOUR_MS + front.run_ms
        return Moment(run_ms=front.run_ms, wall_ms=right_ms + offset_ms, trusted=trusted)

    monkeypatch.setattr(Front, "now", property(wrong))
    let_pass(week, 48)
    assert [enters(week, 0), enters(week, 1), enters(week, 2)] == ["code_over", "code_over", "courier_menu"]


def test_a_power_cut_prolongs_and_never_shortens(week: Front) -> None:
    let_pass(week, 14)
    week.type("nobody")  # what is recorded is what a new start knows of the time
    week.power_cut()
    assert [enters(week, 0), enters(week, 1)] == ["courier_menu", "courier_menu"]
    let_pass(week, 1.1)
    assert [enters(week, 0), enters(week, 1)] == ["code_over", "courier_menu"]


def test_a_hub_whose_clock_was_wrong_is_believed_again_once_it_is_right(week: Front) -> None:
    week.order(PassesChanged(hub_ms=MONDAY_MS + 4_000 * DAY_MS))
    assert enters(week, 0) == "code_over"
    week.order(PassesChanged(hub_ms=MONDAY_MS + 13 * HOUR_MS))
    assert enters(week, 0) == "courier_menu"


def test_who_is_ended_loses_the_codes_of_all_days(week: Front) -> None:
    week.order(PassesChanged(ended=tuple(day_pass(day).tag for day in range(8))))
    for day in range(3):
        assert enters(week, day) == "wrong_pin"


def test_a_code_without_a_day_works_until_it_is_ended(week: Front) -> None:
    week.order(Passes(passes=(replace(day_pass(0), from_ms=0, until_ms=0),), hub_ms=MONDAY_MS))
    let_pass(week, 24 * 30)
    assert enters(week, 0) == "courier_menu"


def test_codes_of_later_days_cost_the_keypad_nothing_where_a_clock_says_that_they_are_later(
    week: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = Moment(run_ms=week.run_ms, wall_ms=MONDAY_MS + 12 * HOUR_MS, trusted=True)
    # Monday's, and Tuesday's: some clock may be a little ahead.
    assert keyed.codes(week.state, noon) == 2
    assert keyed.codes(week.state, replace(noon, trusted=False)) == 8
    monkeypatch.setattr(Front, "now", noon)
    assert enters(week, 5) == "wrong_pin"
