"""The link tells the hub everything, in order, whatever the broker between them does."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from locker.journal import Journal
from locker.link import BATCH_FACTS_MAX, HELLO_EVERY_MS, RETRY_MS, RETRY_MS_MAX
from locker.wire.messages import Batch, Hello, Presence, Welcome

if TYPE_CHECKING:
    from tests.uplink.conftest import World


def test_nothing_but_the_greeting_is_said_before_the_hub_has_answered(world: World) -> None:
    world.happen()

    assert [type(message) for message in world.to_hub] == [Hello]
    world.carry()
    assert world.hub.entries == world.names()
    assert world.link.settled


def test_one_batch_is_in_flight_and_the_next_follows_the_answer(world: World) -> None:
    world.happen()
    world.hub_hears()
    world.locker_hears()
    world.happen()
    world.happen()

    assert world.sent(Batch) == 1
    world.hub_hears()
    world.locker_hears()
    assert [len(message.facts) for message in world.to_hub] == [2]


def test_a_long_journal_goes_in_batches(world: World) -> None:
    world.happen(2 * BATCH_FACTS_MAX + 1)
    world.hub_hears()
    world.locker_hears()

    assert len(world.to_hub[0].facts) == BATCH_FACTS_MAX
    world.carry()
    assert world.hub.entries == world.names()


def test_an_unanswered_batch_is_sent_again_more_and_more_rarely_and_for_ever(world: World) -> None:
    world.carry()
    world.happen()
    pauses = []
    for _ in range(30):
        world.to_hub.clear()
        begun_ms = world.now_ms
        while not world.sent(Batch):
            world.wait(500)
        pauses.append(world.now_ms - begun_ms)

    assert pauses[0] == RETRY_MS
    assert pauses == sorted(pauses)
    assert pauses[-1] == RETRY_MS_MAX


def test_an_unanswered_greeting_is_repeated(world: World) -> None:
    world.to_hub.clear()

    world.wait(RETRY_MS)

    assert world.sent(Hello) == 1


def test_lockers_that_reconnect_together_do_not_repeat_together(world: World) -> None:
    world.to_hub.clear()
    world.wait(RETRY_MS, chance=0.0)
    early_ms = world.link.due_ms
    world.connect()
    world.wait(RETRY_MS, chance=1.0)

    assert early_ms < world.link.due_ms - RETRY_MS / 2


def test_a_lost_answer_repeats_the_batch_but_not_its_effect(world: World) -> None:
    world.carry()
    world.happen(3)
    world.hub_hears()
    world.to_locker.clear()

    world.wait(RETRY_MS)
    world.carry()

    assert world.hub.entries == world.names()


def test_repeated_answers_do_not_breed_batches(world: World) -> None:
    world.carry()
    world.happen()
    world.hub_hears()
    for _ in range(10):
        world.locker_hears(keep=True)
    world.happen()
    for _ in range(10):
        world.locker_hears(keep=True)

    assert world.sent(Batch) == 1


def test_a_hub_that_knows_less_gets_it_again_from_there(world: World) -> None:
    world.happen(10)
    world.carry()
    world.hub.restore(4)

    world.connect()
    world.carry()

    assert world.hub.entries == world.names()
    assert world.hub.forks == 0


def test_a_hub_restored_without_a_word_is_found_by_the_next_fact(world: World) -> None:
    world.happen(10)
    world.carry()
    world.hub.restore(4)

    world.happen()
    world.carry()
    world.wait(RETRY_MS)
    world.carry()

    assert world.hub.entries == world.names()


def test_a_hub_restored_without_a_word_is_found_in_quiet_times_too(world: World) -> None:
    world.happen(10)
    world.carry()
    world.hub.restore(4)

    world.wait(HELLO_EVERY_MS)
    world.carry()

    assert world.hub.entries == world.names()


def test_a_card_restored_from_an_older_image_starts_from_its_beginning(world: World) -> None:
    world.happen(3)
    world.carry()
    older = Journal(sqlite3.connect(":memory:", isolation_level=None))
    older.append(list(world.journal.facts())[:2])
    world.use(older)
    world.connect()
    world.wait(1)
    world.happen()
    world.carry()

    assert set(world.names()) <= set(world.hub.entries)
    assert world.hub.forks == 1
    assert world.link.settled


def test_a_head_from_elsewhere_is_answered_once_with_everything(world: World) -> None:
    world.happen(3)
    world.carry()
    stranger = Welcome(head="ab" * 32, wall_ms=0)

    counts = []
    for _ in range(3):
        world.to_locker.append(stranger)
        world.locker_hears()
        counts.append(world.sent(Batch))
        world.carry()

    assert counts == [1, 0, 0]


def test_asking_for_orders_greets_but_not_in_a_storm(world: World) -> None:
    world.carry()
    world.wait(RETRY_MS)

    asked = [len(world.link.ask(world.now_ms)) for _ in range(5)]

    assert asked == [1, 0, 0, 0, 0]
    world.wait(RETRY_MS)
    assert world.sent(Hello) == 1


def test_nothing_is_sent_and_nothing_is_due_without_a_connection(world: World) -> None:
    world.link.disconnected()

    world.to_hub.clear()
    world.happen()

    assert world.to_hub == []
    assert world.link.due_ms is None
    assert world.link.tick(world.now_ms + 10**6, 0.5) == []


def test_messages_that_are_not_for_the_link_change_nothing(world: World) -> None:
    world.carry()

    assert world.link.received(Presence(locker="elm", run="r", online=True), world.now_ms) == []
    assert world.link.settled


@pytest.mark.parametrize("cut_after", range(6))
def test_a_cut_at_any_step_of_a_report_heals(world: World, cut_after: int) -> None:
    world.happen(2)
    steps = [world.hub_hears, world.locker_hears] * 3
    for step in steps[:cut_after]:
        if world.to_hub or world.to_locker:
            step()
    world.link.disconnected()
    world.happen()
    world.connect()
    world.carry()

    assert world.hub.entries == world.names()
    assert world.link.settled
