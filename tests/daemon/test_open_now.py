"""The hub has a door opened from afar: the daemon draws the challenge, keeps the fact before the pulse, and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from locker.cabinet.challenges import LIVES_MS, NUMBER_MS
from locker.wire.opening import Answered, Challenge, Knock, OpenNow

Play = Callable[[Callable[[], Any]], None]


def challenged(running: Any, request: str = "o-1") -> Challenge:
    """What the daemon answers to a knock."""
    running.daemon.received(Knock(locker="elm", request=request))
    told = running.sent[-1]
    assert isinstance(told, Challenge)
    return told


def order(challenge: Challenge, n: int = 2) -> OpenNow:
    """An operator's order that answers it."""
    return OpenNow(locker="elm", run=challenge.run, request=challenge.request, nonce=challenge.nonce, n=n)


def test_a_knock_is_answered_by_a_nonce_and_an_order_by_a_pulse_behind_its_fact(place: Any, play: Play) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare()
        first, second = challenged(running), challenged(running, "o-2")
        assert first.nonce != second.nonce
        running.steel.notes.clear()

        running.daemon.received(order(first))

        assert running.steel.notes[:2] == ["commit", "unlock 2"]
        assert running.kinds()[-2:] == ["admitted_from_afar", "unlock_authorised"]
        assert running.sent[-1] == Answered(locker="elm", run=running.daemon.run, request="o-1", outcome="opening")
        await running.stop()

    play(story)


def test_an_order_that_comes_late_or_twice_is_dropped_without_a_word(place: Any, play: Play) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare()
        late = challenged(running)
        running.later(LIVES_MS / 1000 + 0.1)
        said, before = len(running.sent), running.kinds()
        running.daemon.received(order(late))
        assert (len(running.sent), running.kinds()) == (said, before)
        fresh = challenged(running, "o-2")
        running.daemon.received(order(fresh))
        once = running.kinds()
        running.daemon.received(order(fresh))
        assert running.kinds() == once
        await running.stop()

    play(story)


def test_an_order_for_the_run_before_opens_nothing_in_this_one(place: Any, play: Play) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare()
        before = challenged(running)
        await running.stop()
        again = place.start()
        known = again.kinds()
        challenged(again, before.request)
        again.daemon.received(order(before))
        assert again.kinds() == known
        await again.stop()

    play(story)


def test_the_screen_has_a_number_while_somebody_could_use_it(place: Any, play: Play) -> None:
    async def story() -> None:
        running = place.start()
        running.daemon._tick()
        assert running.daemon.front.picture()["number"] == "", "nobody could tell it to the hub"
        running.daemon.connected()
        shown = running.daemon.front.picture()["number"]
        assert (shown, challenged(running).numbers) == ("500", ("500",))
        running.later(NUMBER_MS / 1000)
        seen = running.daemon.front.picture()["version"]
        running.daemon._tick()
        assert running.daemon.front.picture()["version"] > seen
        assert challenged(running, "o-2").numbers == ("500", "500")
        await running.stop()

    play(story)


def test_a_locker_without_a_screen_says_what_its_sticker_says(place: Any, play: Play) -> None:
    async def story() -> None:
        place.settings.kiosk.__dict__["sticker"] = "042"
        running = place.start()
        running.daemon._tick()
        running.daemon.connected()
        assert challenged(running).numbers == ("042",)
        assert running.daemon.front.picture()["number"] == ""
        await running.stop()

    play(story)
