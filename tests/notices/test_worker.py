"""A notice in the outbox reaches its channel: at least once, whatever is away, and without a word in the log."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from hub_service.notices.channels import Mailbox
from hub_service.notices.words import Message
from hub_service.notices.worker import Worker, words_of
from hub_service.store import outbox
from hub_service.store.database import Store


def test_a_notice_is_handed_over_once_with_its_key(
    store: Store, clock: Any, provider: Any, put: Callable[..., None]
) -> None:
    put()
    worker = Worker(store, provider, clock.now_ms)
    assert (worker.work(), worker.work()) == (1, 0)
    notice, message = provider.taken[0]
    assert notice.once == "ready/d1"
    assert message.subject == "Your parcel DP14711 is ready at Elm Street 12"


def test_what_fails_is_tried_again_later_and_for_ever(
    store: Store, clock: Any, provider: Any, put: Callable[..., None]
) -> None:
    put()
    provider.away = True
    worker = Worker(store, provider, clock.now_ms)
    for _ in range(30):
        assert worker.work() == 0
        clock.ms += outbox.RETRY_MAX_MS
    provider.away = False
    assert worker.work() == 1


def test_one_that_cannot_be_said_does_not_hold_up_the_others(
    store: Store, clock: Any, provider: Any, put: Callable[..., None]
) -> None:
    put(kind="invented_later", once="a")
    put(once="b")
    assert Worker(store, provider, clock.now_ms).work() == 1
    assert [notice.once for notice, _ in provider.taken] == ["b"]


def test_a_worker_that_dies_after_handing_over_leaves_it_to_another(
    store: Store, clock: Any, provider: Any, put: Callable[..., None]
) -> None:
    put()
    claimed = outbox.claim_due(store, clock.ms)
    assert len(claimed) == 1
    other = Worker(store, provider, clock.now_ms)
    assert other.work() == 0
    clock.ms += outbox.LEASE_MS
    assert other.work() == 1


def test_a_slow_mail_server_gets_each_notice_once_from_two_workers(
    store: Store, clock: Any, provider: Any, put: Callable[..., None]
) -> None:
    """Twenty mails of two seconds each take longer than whoever has claimed them may keep them."""
    for number in range(20):
        put(once=f"ready/d{number}")
    quick = type(provider)()
    other = Worker(store, quick, clock.now_ms)

    class Slow:
        def deliver(self, notice: outbox.Notice, message: Message) -> None:
            clock.ms += 2_000
            other.work()
            provider.deliver(notice, message)

    Worker(store, Slow(), clock.now_ms).work()
    keys = [notice.once for notice, _ in provider.taken + quick.taken]
    assert sorted(keys) == sorted({f"ready/d{number}" for number in range(20)})
    assert {notice.attempts for notice, _ in provider.taken} == {1}, "what was given back wasn't tried"


def test_who_is_stopped_ends_what_is_under_way_and_gives_back_the_rest(
    store: Store, clock: Any, provider: Any, put: Callable[..., None]
) -> None:
    put(once="a")
    put(once="b")
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        def deliver(self, notice: outbox.Notice, message: Message) -> None:
            begun.set()
            assert go_on.wait(10)
            provider.deliver(notice, message)

    async def stopped() -> None:
        running = asyncio.create_task(Worker(store, Slow(), clock.now_ms).run())
        assert await asyncio.to_thread(begun.wait, 5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        go_on.set()
        await asyncio.get_running_loop().shutdown_default_executor()

    asyncio.run(stopped())
    assert [notice.once for notice, _ in provider.taken] == ["a"]
    assert [notice.once for notice in outbox.claim_due(store, clock.ms)] == ["b"], "at once, and without a lease"


def test_what_waits_for_longest_is_told_first(store: Store, clock: Any, put: Callable[..., None]) -> None:
    """In the order in which it is due, so that all that was told already costs nothing."""
    put(once="a worker died with it")
    put(once="its server was away")
    died, away = outbox.claim_due(store, clock.ms)
    outbox.mark_failed(store, away.id, clock.ms, "away")
    clock.ms += outbox.LEASE_MS
    (first,) = outbox.claim_due(store, clock.ms, limit=1)
    assert first.id == away.id > died.id


def test_the_log_names_neither_the_person_nor_the_code(
    store: Store, clock: Any, provider: Any, put: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    put()
    provider.away = True
    with caplog.at_level(logging.DEBUG):
        Worker(store, provider, clock.now_ms).work()
    assert "notice 1 (ready)" in caplog.text
    for secret in ("mira", "4829", "1357", "DP14711", "/p/0f"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("channel", "subject"), [("email", "Your parcel DP14711 is ready at Elm Street 12"), ("sms", "")]
)
def test_the_mailbox_keeps_a_message_once_as_its_channel_would_show_it(
    store: Store, clock: Any, put: Callable[..., None], channel: str, subject: str
) -> None:
    put(channel=channel)
    mailbox, twice = Mailbox(store, clock.now_ms), outbox.claim_due(store, clock.ms)
    worker = Worker(store, mailbox, clock.now_ms)
    mailbox.deliver(twice[0], words_of(twice[0], None))
    clock.ms += outbox.LEASE_MS
    worker.work()
    kept = outbox.mailbox(store)
    assert [mail.subject for mail in kept] == [subject]
    assert "4829 1357" in kept[0].body


def test_a_running_worker_sends_what_is_written_meanwhile(
    store: Store, clock: Any, provider: Any, put: Callable[..., None]
) -> None:
    async def told() -> None:
        running = asyncio.create_task(Worker(store, provider, clock.now_ms).run())
        try:
            for occasion in ("a", "b"):
                put(once=occasion)
                assert await asyncio.to_thread(provider.came.wait, 5)
                provider.came.clear()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(told())
    assert [notice.once for notice, _ in provider.taken] == ["a", "b"]
