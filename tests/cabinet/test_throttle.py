"""Guessing PINs is slow, whoever else comes by, and never stops anybody with a QR code."""

from __future__ import annotations

import random

from locker.cabinet.events import CodeEntered
from locker.cabinet.throttle import DAY_MS, verdict, with_failure
from locker.wire import facts
from tests.cabinet.conftest import Front, qr

MINUTE_S = 60


def guess(front: Front, times: int = 1) -> None:
    """Somebody types wrong codes."""
    for _ in range(times):
        front.type("00000000")


def test_a_refusal_is_on_the_disk_before_it_is_shown(front: Front) -> None:
    guess(front)
    assert [type(action).__name__ for action in front.actions][:2] == ["Record", "Show"]
    assert (front.shown, front.screen.params["left"]) == ("wrong_pin", 4)


def test_five_failures_are_free_then_the_keypad_pauses(front: Front) -> None:
    guess(front, 5)
    assert (front.shown, front.screen.params) == ("wrong_pin", {"refusal": "wrong_pin", "left": 0, "wait_s": 30})
    guess(front)
    assert (front.shown, front.count(facts.PinRefused)) == ("pause", 5)


def test_each_pause_is_twice_as_long_up_to_a_quarter_of_an_hour(front: Front) -> None:
    guess(front, 4)
    pauses_s = []
    for _ in range(8):
        guess(front)
        pause_s = front.cabinet.keypad_pause_ms(front.now) // 1000
        pauses_s.append(pause_s)
        front.wait(pause_s + 1)
    assert pauses_s[:5] == [30, 60, 120, 240, 480]
    assert max(pauses_s) == 900


def test_a_right_code_waits_too_while_the_keypad_pauses(front: Front) -> None:
    front.announce("P1", "ada", pin="12345678")
    front.deposit("P1")
    guess(front, 5)
    front.type("12345678")
    assert (front.shown, front.screen.params["wait_s"]) == ("pause", 30)
    front.wait(31)
    front.type("12345678")
    assert front.open == {1}


def test_a_ticket_opens_whatever_somebody_has_typed(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    guess(front, 9)
    front.scan(qr("ada"))
    assert front.open == {1}


def test_other_peoples_success_takes_no_failure_back(front: Front) -> None:
    front.announce("P1", "ada", pin="12345678")
    front.deposit("P1")
    guess(front, 4)
    front.type("12345678")
    front.shut()
    guess(front)
    assert front.cabinet.keypad_pause_ms(front.now) == 30_000


def test_a_restart_takes_no_failure_back_and_credits_no_time(front: Front) -> None:
    front.wait(500)
    guess(front, 5)
    front.wait(29)
    front.power_cut()
    assert front.cabinet.keypad_pause_ms(front.now) == 30_000
    front.wait(29)
    front.type("00000000")
    assert front.shown == "pause"


def test_after_eighty_failures_in_a_day_the_keypad_closes(front: Front) -> None:
    while front.count(facts.PinRefused) < 80:
        front.wait(front.cabinet.keypad_pause_ms(front.now) / 1000)
        guess(front)
    front.wait(3600)
    guess(front)
    assert (front.shown, front.count(facts.PinRefused)) == ("keypad_closed", 80)
    front.wait(24 * 3600)
    guess(front)
    assert front.shown == "wrong_pin"


def test_guessing_is_told_to_a_person(front: Front) -> None:
    while not any(isinstance(fact, facts.Alarmed) for fact in front.facts) and front.count(facts.PinRefused) < 80:
        guess(front)
        front.wait(front.cabinet.keypad_pause_ms(front.now) / 1000)
    assert front.last(facts.Alarmed).alarm == "guessing"


def test_an_empty_tag_is_answered_and_not_counted(front: Front) -> None:
    front.happens(CodeEntered(tag="", visit="v"))
    assert (front.shown, front.count(facts.PinRefused)) == ("wrong_pin", 0)


def test_the_pin_of_a_parcel_that_is_not_here_says_nothing_more(front: Front) -> None:
    front.announce("P1", "ada", pin="12345678")
    front.type("12345678")
    assert (front.shown, front.count(facts.PinRefused)) == ("wrong_pin", 1)


def test_nobody_gets_more_than_eighty_guesses_a_day_however_they_are_spread() -> None:
    chance = random.Random(7)
    for _ in range(20):
        failures: tuple[int, ...] = ()
        taken: list[int] = []
        now_ms = 0
        eagerness_ms = chance.choice((1, 10, 300)) * 1000
        while now_ms < 3 * DAY_MS:
            wait_ms = verdict(failures, now_ms).wait_ms
            if wait_ms == 0:
                failures = with_failure(failures, now_ms)
                taken.append(now_ms)
            now_ms += max(wait_ms, int(chance.expovariate(1 / eagerness_ms)) + 1)
        busiest = max(sum(start <= ms < start + DAY_MS for ms in taken) for start in taken)
        assert busiest <= 80
