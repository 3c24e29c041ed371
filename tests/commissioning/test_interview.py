"""A check finds what is wrong, says what to do, and learns how the cabinet is really wired."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locker.commissioning.interview import wiring_of
from locker.commissioning.notes import Notes, from_json, to_json
from locker.commissioning.plan import Place, Plan
from locker.commissioning.wishes import CodeRead

from .conftest import Check, Installer, Wall, plan_of


def a(channel: int) -> Place:
    return Place("board", "a", channel)


def test_a_cabinet_that_is_wired_right_is_said_to_be(check: Check) -> None:
    wall = Wall(plan_of())
    checked = check(wall)

    assert checked.installer.found == []
    assert "Nothing is wrong." in checked.installer.told
    assert len(wall.energised) == 6


def test_a_swapped_pair_of_locks_is_found_and_taken_as_it_is(check: Check) -> None:
    wall = Wall(plan_of())
    wall.lock[a(2)], wall.lock[a(3)] = [3], [2]
    checked = check(wall)

    assert checked.installer.found == ["swapped_locks"]
    assert checked.result and checked.result.written
    assert (checked.result.plan.box(2).lock, checked.result.plan.box(3).lock) == (a(3), a(2))
    assert checked.result.plan.box(2).switch == a(2), "only the locks are swapped"


def test_a_hook_that_moves_beside_the_doors_own_switch_is_no_loose_wire(check: Check) -> None:
    plan = plan_of()
    own = replace(plan.box(1), switch=a(20))
    wall = Wall(plan.with_box(own), hooks={a(1): 1})
    assert check(wall).installer.found == []


def test_two_whole_plugs_that_are_swapped_take_their_switches_along(check: Check) -> None:
    wall = Wall(plan_of())
    wall.lock[a(2)], wall.lock[a(3)] = [3], [2]
    wall.switch[2], wall.switch[3] = a(3), a(2)
    checked = check(wall)

    assert checked.installer.found == ["swapped_locks", "swapped_switches"]
    assert checked.result and checked.result.plan.box(2).switch == a(3)


def test_one_inverted_switch_is_its_own_and_all_inverted_switches_are_the_boards(check: Check) -> None:
    wall = Wall(plan_of())
    wall.inverted = {2, 4, 5, 6}
    checked = check(wall)

    assert sorted(checked.installer.found) == ["inverted_board", "inverted_switch"]
    assert checked.result
    plan = checked.result.plan
    assert [board.inverted for board in plan.boards] == [False, True]
    assert [box.n for box in plan.boxes if box.inverted] == [2]


def test_the_byte_order_is_learned(check: Check) -> None:
    wall = Wall(plan_of())
    wall.reversed_boards = {"b"}
    checked = check(wall)

    assert checked.installer.found == ["status_order"]
    assert checked.result
    assert [board.status_order for board in checked.result.plan.boards] == [None, "low_first"]
    assert checked.result.plan.boxes == wall.plan.boxes


def test_a_double_address_is_found_before_any_lock_of_it_is_pulsed(check: Check) -> None:
    wall = Wall(plan_of())
    wall.address["b"] = 1
    checked = check(wall)

    assert checked.installer.found == ["double_address"]
    assert wall.energised == []
    assert checked.result and not all(finding.mended for finding in checked.result.findings)


def test_a_double_address_that_hands_have_mended_is_gone_on_behind(check: Check) -> None:
    wall = Wall(plan_of())
    wall.address["b"] = 1
    checked = check(wall, Installer(wall, mend=lambda: wall.address.update(b=2)))

    assert checked.installer.found == ["double_address"]
    assert len(wall.energised) == 6
    assert checked.result and all(finding.mended for finding in checked.result.findings)


def test_another_address_and_another_speed_are_taken_into_the_config(check: Check) -> None:
    wall = Wall(plan_of())
    wall.address["b"] = 7
    wall.baud = dict.fromkeys(wall.baud, 19_200)
    checked = check(wall)

    assert set(checked.installer.found) == {"wrong_baud", "other_address"}
    assert checked.result
    assert checked.result.plan.board("b").address == 7
    assert checked.result.plan.bus("left").baud == 19_200


def test_an_absent_board_is_named_and_its_doors_left_out(check: Check) -> None:
    wall = Wall(plan_of())
    wall.address["b"] = 0
    checked = check(wall)

    assert checked.installer.found == ["board_silent"]
    assert {lock.name for lock in wall.energised} == {"a"}


def test_nothing_is_pulsed_beside_a_silent_board_that_may_still_have_power(check: Check) -> None:
    """It may listen to the other's address: one command would open two doors."""
    wall = Wall(plan_of())
    wall.address["b"] = 0
    check(wall, Installer(wall, say={"power_off": ["no"]}))

    assert wall.energised == []


def test_two_locks_on_one_channel_end_the_walk_over_that_board(check: Check) -> None:
    wall = Wall(plan_of())
    wall.lock[a(1)] = [1, 2]
    checked = check(wall)

    assert checked.installer.found == ["two_doors"]
    assert [lock for lock in wall.energised if lock.name == "a"] == [a(1)]


@pytest.mark.parametrize(
    ("broken", "finding"), [("dead", "dead_switch"), ("jammed", "stays_shut"), ("stuck_open", "dead_switch")]
)
def test_what_hands_have_to_mend_is_told_with_its_door(check: Check, broken: str, finding: str) -> None:
    wall = Wall(plan_of())
    getattr(wall, broken).add(5)
    checked = check(wall)

    assert checked.installer.found == [finding]
    assert checked.result and [(one.code, one.n) for one in checked.result.findings] == [(finding, 5)]


def test_nothing_is_pulsed_without_a_yes(check: Check) -> None:
    wall = Wall(plan_of())
    check(wall, Installer(wall, say={"pulse": ["skip"] * 6}))

    assert wall.energised == []


def test_one_yes_for_all_pulses_one_after_the_other(check: Check) -> None:
    wall = Wall(plan_of())
    checked = check(wall, Installer(wall, say={"pulse": ["yes", "all"]}))

    assert len(wall.energised) == 6
    assert [question.code for question in checked.installer.asked].count("pulse") == 2


def test_an_answer_that_is_none_opens_nothing(check: Check) -> None:
    wall = Wall(plan_of(2))
    check(wall, Installer(wall, say={"pulse": ["", "y", "open", "skip", "skip"]}))

    assert wall.energised == []


def test_a_check_that_was_stopped_goes_on_behind_what_it_has_seen(check: Check) -> None:
    wall = Wall(plan_of())
    wall.lock[a(1)], wall.lock[a(2)] = [2], [1]
    first = check(wall, Installer(wall, say={"pulse": ["yes", "yes", "yes", "stop"]}))
    assert first.installer.found == [], "half of the doors would only look like wires in the wrong place"
    kept = from_json(to_json(first.installer.notes))
    wall.open.clear()
    wall.energised.clear()
    again = check(wall, Installer(wall), notes=kept)

    assert len(wall.energised) == 3
    assert again.installer.found == ["swapped_locks"]


def test_notes_of_another_wiring_are_not_gone_on_with(check: Check) -> None:
    wall = Wall(plan_of())
    first = check(wall, Installer(wall, say={"pulse": ["yes", "stop"]}))
    wall.open.clear()
    other = replace(wall.plan, boxes=wall.plan.boxes[:5])
    check(wall, Installer(wall), plan=other, notes=first.installer.notes)

    assert len(wall.energised) == 1 + 5


def test_notes_that_cannot_be_read_are_none() -> None:
    assert from_json(b"{") == Notes()


def test_the_scanner_is_asked_for_its_kind_of_codes(check: Check) -> None:
    wall = Wall(replace(plan_of(), has_scanner=True))
    assert check(wall).installer.found == []
    wall.code = CodeRead("123456", "")
    assert check(wall).installer.found == ["no_symbology"]
    wall.code = CodeRead()
    assert check(wall).installer.found == ["scanner_silent"]


def test_what_was_scanned_is_not_repeated(check: Check) -> None:
    """A label bears a name and an address, and a check's output ends up in mails."""
    wall = Wall(replace(plan_of(), has_scanner=True))
    wall.code = CodeRead("Erika Mustermann", "Q3")
    assert "Erika" not in str(check(wall).installer.told)


def test_an_empty_config_is_filled_from_what_answers_and_a_template(check: Check) -> None:
    wall = Wall(plan_of(20))
    empty = Plan(buses=wall.plan.buses)
    wall.address = {"a": 1, "b": 2}
    answers = {"make": ["8a"], "bank": ["parcel-abc"], "count": ["20"], "pulse": ["stop"]}
    checked = check(wall, Installer(wall, say=answers), plan=empty)

    assert checked.result
    plan = checked.result.plan
    assert [(board.name, board.address) for board in plan.boards] == [("left-1", 1), ("left-2", 2)]
    assert [box.n for box in plan.boxes] == list(range(1, 21))
    assert {box.size.size_class for box in plan.boxes} == {"S", "M", "L"}
    corners = {(box.front.x_mm, box.front.y_mm) for box in plan.boxes}
    assert len(corners) == 20, "no door stands in front of another"


def turned_up(plan: Plan, seed: int) -> Wall:
    """A wall whose plugs were put in by somebody in a hurry."""
    chance = random.Random(seed)
    wall = Wall(plan)
    for name in ("a", "b"):
        numbers = [box.n for box in plan.drives(name)]
        for box in plan.drives(name):
            wall.lock[box.lock] = [numbers.pop(chance.randrange(len(numbers)))]
        places = [box.lock for box in plan.drives(name)]
        for box in plan.drives(name):
            wall.switch[box.n] = places.pop(chance.randrange(len(places)))
    wall.inverted = {box.n for box in plan.boxes if chance.random() < 0.3}
    return wall


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(2, 20))
def test_whatever_is_mixed_up_is_learned_and_a_second_check_finds_nothing(check: Check, seed: int, count: int) -> None:
    wall = turned_up(plan_of(count, protocol="wkly"), seed)
    learned = check(wall).result
    assert learned
    for box in learned.plan.boxes:
        assert wall.lock[box.lock] == [box.n]
        assert box.switch == wall.switch[box.n]
        assert learned.plan.is_inverted(box.n) == (box.n in wall.inverted)
    wall.open.clear()
    assert check(wall, plan=learned.plan).installer.found == []


def test_notes_name_their_wiring() -> None:
    assert wiring_of(plan_of(2)) != wiring_of(plan_of(3))
