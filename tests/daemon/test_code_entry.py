"""Typed digits become a tag, staff codes too, and no digit stays anywhere longer than it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from locker.cabinet.events import CodeEntered, CodeShown, DigitsTyped, Event
from locker.code_entry import LEFT_ALONE_MS, MORE_MS, CodeEntry
from locker.wire.access_tag import access_tag

KEY = b"k" * 32


class Desk:
    """A code entry, and what it has handed on."""

    def __init__(self, pause_ms: int = 0) -> None:
        self.told: list[Event] = []
        self.entry = CodeEntry(KEY, self.told.append, lambda: pause_ms, lambda: "visit")

    def type(self, keys: str, now_ms: int = 0) -> None:
        """Somebody presses these keys."""
        for key in keys:
            self.entry.press(key, now_ms)


def run(story: Callable[[], object]) -> None:
    """Plays a story inside an event loop, which the hash's thread needs."""

    async def play() -> None:
        result = story()
        if asyncio.iscoroutine(result):
            await result

    asyncio.run(play())


def test_eight_digits_are_handed_on_as_their_tag() -> None:
    async def story() -> None:
        desk = Desk()
        desk.type("12345678")
        await desk.entry.close()

        assert desk.told[-1] == CodeEntered(tag=access_tag("12345678", KEY), visit="visit")
        assert desk.told[:8] == [DigitsTyped(count=count) for count in range(1, 9)]

    run(story)


def test_a_cards_number_has_ten_digits_and_nobody_has_to_say_that_it_is_one() -> None:
    async def story() -> None:
        desk = Desk()
        desk.type("0012345678")
        await desk.entry.close()

        assert desk.told[-1] == CodeEntered(tag=access_tag("0012345678", KEY), visit="visit")

    run(story)


def test_eight_digits_that_begin_like_a_cards_count_after_a_moment_or_with_ok() -> None:
    async def story() -> None:
        desk = Desk()
        desk.type("00123456", now_ms=1_000)
        desk.entry.tick(1_000 + MORE_MS - 1)
        assert desk.entry.count == 8
        desk.entry.tick(1_000 + MORE_MS)
        await desk.entry.close()
        assert desk.told[-1] == CodeEntered(tag=access_tag("00123456", KEY), visit="visit")
        desk.type("00123456")
        desk.entry.press("ok", 0)
        await desk.entry.close()
        assert desk.told[-1] == CodeEntered(tag=access_tag("00123456", KEY), visit="visit")

    run(story)


@pytest.mark.parametrize("text", ["CARD-" + "0A" * 16, "L3" + "9F" * 16])
def test_a_card_and_a_delegates_code_are_hashed_as_they_are_scanned(text: str) -> None:
    async def story() -> None:
        # Also while typed codes have to wait.
        desk = Desk(pause_ms=60_000)
        assert desk.entry.entered(text)
        await desk.entry.close()
        assert desk.told == [CodeShown(tag=access_tag(text, KEY), visit="visit")]

    run(story)


@pytest.mark.parametrize("text", ["0012345678", "CARD-0012345678", "CARD-" + "0a" * 16, "L3" + "9F" * 17, "CARD-"])
def test_no_scan_is_a_try_at_a_typed_number(text: str) -> None:
    assert not Desk().entry.entered(text)


def test_digits_are_gone_once_they_are_complete() -> None:
    async def story() -> None:
        desk = Desk()
        desk.type("12345678")

        assert desk.entry.count == 0
        await desk.entry.close()

    run(story)


def test_keys_pressed_while_a_code_is_checked_are_dropped() -> None:
    async def story() -> None:
        desk = Desk()
        desk.type("12345678999")

        assert desk.entry.count == 0
        await desk.entry.close()

    run(story)


def test_clear_wipes() -> None:
    desk = Desk()
    desk.type("1234")
    desk.entry.press("clear", 0)

    assert desk.entry.count == 0
    assert desk.told[-1] == DigitsTyped(count=0)


def test_digits_left_behind_are_wiped() -> None:
    desk = Desk()
    desk.type("1234", now_ms=1_000)

    desk.entry.tick(1_000 + LEFT_ALONE_MS - 1)
    assert desk.entry.count == 4
    desk.entry.tick(1_000 + LEFT_ALONE_MS)
    assert desk.entry.count == 0


def test_keys_that_are_no_digits_do_nothing() -> None:
    desk = Desk()
    for key in ("ok", "a", "", "٣", "12"):
        desk.entry.press(key, 0)

    assert desk.told == []


def test_a_scanned_staff_code_is_the_same_as_a_typed_one() -> None:
    async def story() -> None:
        desk = Desk()

        assert desk.entry.entered("L212345678")
        await desk.entry.close()
        assert desk.told == [CodeEntered(tag=access_tag("12345678", KEY), visit="visit")]

    run(story)


@pytest.mark.parametrize(
    "text", ["12345678", "L21234567", "L2123456789", "L2abcdefgh", "L1" + "A" * 135, "", "L2²²²²²²²²"]
)
def test_other_scans_are_no_staff_codes(text: str) -> None:
    desk = Desk()

    assert not desk.entry.entered(text)
    assert desk.told == []


def test_nothing_is_hashed_while_the_throttle_pauses() -> None:
    desk = Desk(pause_ms=5_000)
    desk.type("12345678")

    assert desk.told[-1] == CodeEntered(tag="", visit="visit")
