"""The daemon records before it acts, stops where it can't record, and wakes up as it fell asleep."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from locker.cabinet.actions import Action, Screen, Unlock
from locker.cabinet.events import DoorClosed, DoorOpened, Event, PulseEnded, Scanned
from locker.wire.facts import Moment
from locker.wire.messages import Batch, Hello, Welcome
from locker.wire.orders import Order

if TYPE_CHECKING:
    from tests.daemon.conftest import Place, Running

LABEL, PIN = "PARCEL-1", "24681357"
Play = Callable[[Callable[[], object]], None]


def deposit(running: Running) -> int:
    """A courier brings the parcel; returns the compartment that opened."""
    running.daemon.scanned(LABEL, "")
    n = int(next(note for note in running.steel.notes if note.startswith("unlock")).split()[1])
    running.take(PulseEnded(n=n, given=True), DoorOpened(n=n), DoorClosed(n=n))
    running.steel.notes.clear()
    return n


def test_a_fact_is_on_the_disk_before_the_lock_is_pulsed(place: Place, play: Play, orders: tuple[Order, ...]) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare(*orders)

        running.daemon.scanned(LABEL, "")

        assert running.steel.notes[:2] == ["commit", "unlock 1"]
        await running.stop()

    play(story)


def test_a_scan_costs_one_commit_before_its_lock(place: Place, play: Play, orders: tuple[Order, ...]) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare(*orders)
        before = len(running.kinds())

        running.daemon.scanned(LABEL, "")

        assert running.kinds()[before:] == ["visit_started", "unlock_authorised"]
        assert running.steel.notes.index("unlock 1") == 1
        await running.stop()

    play(story)


def test_where_nothing_can_be_recorded_nothing_opens_and_the_daemon_stops(
    place: Place, play: Play, orders: tuple[Order, ...]
) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare(*orders)
        running.disk.failing = True

        running.daemon.scanned(LABEL, "")
        running.disk.failing = False
        running.daemon.scanned(LABEL, "")

        assert "unlock 1" not in running.steel.notes
        assert "full" in str(running.daemon.failed.result())
        await running.daemon.close()
        assert "closed" in running.steel.notes

    play(story)


def test_a_daemon_that_has_failed_decides_nothing_more(place: Place, play: Play, orders: tuple[Order, ...]) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare(*orders)
        running.disk.failing = True
        running.daemon.scanned(LABEL, "")
        shown = running.screen

        running.daemon.scanned("rubbish", "")

        assert running.screen == shown != "refused"
        await running.daemon.close()

    play(story)


def test_a_pulse_that_nothing_allows_is_not_given_whoever_asks(place: Place, play: Play) -> None:
    class Mistaken:
        """A cabinet with a mistake: it unlocks without having said why."""

        screen, next_tick_ms = Screen(name="idle"), None

        def step(self, event: Event, now: Moment) -> list[Action]:
            """Always the same."""
            return [Unlock(n=1, pulse_ms=500)]

    async def story() -> None:
        running = place.start()
        running.daemon._cabinet = Mistaken()

        running.daemon.scanned("anything", "")

        assert "unlock 1" not in running.steel.notes
        assert isinstance(running.daemon.failed.result(), AssertionError)
        await running.stop()

    play(story)


def test_a_restart_remembers_and_pulses_nothing(
    place: Place, play: Play, orders: tuple[Order, ...], qr_code: str
) -> None:
    async def story() -> None:
        first = place.start()
        first.prepare(*orders)
        n = deposit(first)
        await first.stop()

        second = place.start()
        assert not any(note.startswith("unlock") for note in second.steel.notes)
        second.daemon.scanned(qr_code, "Q1")
        assert f"unlock {n}" in second.steel.notes
        await second.stop()

    play(story)


def test_a_power_cut_while_a_door_is_open_pulses_nothing_at_boot(
    place: Place, play: Play, orders: tuple[Order, ...]
) -> None:
    async def story() -> None:
        first = place.start()
        first.prepare(*orders)
        first.daemon.scanned(LABEL, "")
        first.take(PulseEnded(n=1, given=True), DoorOpened(n=1))
        first.disk.close()

        second = place.start()
        assert not any(note.startswith("unlock") for note in second.steel.notes)
        assert "contents_uncertain" in second.kinds()
        await second.stop()

    play(story)


def test_a_typed_pin_opens_the_door(place: Place, play: Play, orders: tuple[Order, ...]) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare(*orders)
        n = deposit(running)

        for key in PIN:
            running.daemon.front.press(key)
        await running.until(lambda: f"unlock {n}" in running.steel.notes)
        await running.stop()

    play(story)


def test_an_answer_of_a_device_waits_until_its_question_is_done(
    place: Place, play: Play, orders: tuple[Order, ...]
) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare(*orders)
        running.steel.on_unlock = lambda n: running.daemon.take(DoorOpened(n=n))

        running.daemon.scanned(LABEL, "")

        assert running.kinds()[-2:] == ["unlock_authorised", "opened"]
        await running.stop()

    play(story)


def test_events_before_the_boot_wait_for_it(place: Place, play: Play) -> None:
    async def story() -> None:
        running = place.start(early=[Scanned(text="rubbish", visit="v")])

        assert running.kinds()[0] == "run_started"
        assert running.screen == "refused"
        await running.stop()

    play(story)


@pytest.mark.parametrize("text", ["rubbish", "", "\x00\x1b[2J", "9" * 7_089, "L1" + "A" * 135, "L1AAAA"])
def test_rubbish_opens_nothing_and_says_what_to_do(
    place: Place, play: Play, orders: tuple[Order, ...], text: str
) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare(*orders)

        running.daemon.scanned(text, "")

        assert not any(note.startswith("unlock") for note in running.steel.notes)
        assert running.screen == "refused"
        assert not running.daemon.failed.done()
        await running.stop()

    play(story)


def test_the_hub_is_greeted_and_told_what_has_happened(place: Place, play: Play, orders: tuple[Order, ...]) -> None:
    async def story() -> None:
        running = place.start()
        running.prepare(*orders)
        running.daemon.connected()
        running.daemon.received(Welcome(head="0" * 64, wall_ms=0))

        assert [type(message) for message in running.sent] == [Hello, Batch]
        assert running.sent[0].order_number == 1
        assert [fact["kind"] for fact in running.sent[1].facts] == running.kinds()
        await running.stop()

    play(story)


def test_the_screen_hears_that_something_has_changed(place: Place, play: Play) -> None:
    async def story() -> None:
        running = place.start()
        front = running.daemon.front
        seen = front.picture()["version"]

        running.daemon.scanned("rubbish", "")
        await front.changed(seen)

        assert front.picture()["version"] > seen
        assert front.picture()["sound"]["name"] == "no"
        await running.stop()

    play(story)


def test_a_button_that_is_none_is_dropped(place: Place, play: Play) -> None:
    async def story() -> None:
        running = place.start()
        before = running.kinds()

        running.daemon.front.choose("open everything", 1)
        running.daemon.front.choose("inspect", 99)

        assert running.kinds() == before
        assert not running.daemon.failed.done()
        await running.stop()

    play(story)
