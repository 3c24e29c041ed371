"""Whom the link believes: each locker about itself, by its own key, and nobody else."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.locker_link import Bus, LockerLink
from locker.wire import facts
from locker.wire.codec import encode
from locker.wire.messages import Batch, Confirm, Hello, Message, Orders, Presence
from locker.wire.topics import topic, topic_of

SetUp = Callable[..., Any]


@pytest.fixture
def elm_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def link(hub: Hub, set_up: SetUp, elm_key: Ed25519PrivateKey) -> LockerLink:
    """The link of a hub that knows elm's key, and another locker."""
    for locker_id in ("elm", "oak"):
        set_up(locker_id)
    with hub.store.write() as db:
        public = elm_key.public_key().public_bytes_raw().hex()
        db.execute("UPDATE lockers SET public_key = ? WHERE id = 'elm'", (public,))
    return LockerLink(hub, Bus("127.0.0.1", 1))


def test_a_batch_is_answered_once_it_is_committed(hub: Hub, link: LockerLink, elm_key: Ed25519PrivateKey) -> None:
    with hub.store.read() as db:
        head = db.execute("SELECT head FROM lockers WHERE id = 'elm'").fetchone()["head"]
    raw = {"kind": "visit_ended", "visit": "v", "how": "done", "at": {"run_ms": 1, "wall_ms": 1, "trusted": False}}
    ((to, answer),) = link.taken_all(
        [(topic("elm", "reports"), encode(Batch(locker="elm", parent=head, facts=(raw,)), elm_key))]
    )
    assert (to, answer.kind) == ("elm", "confirm")
    with hub.store.read() as db:
        assert db.execute("SELECT head FROM lockers WHERE id = 'elm'").fetchone()["head"] == answer.known  # type: ignore[union-attr]


@pytest.mark.parametrize(("about", "on"), [("oak", "elm"), ("elm", "oak"), ("oak", "oak"), ("nobody", "nobody")])
@pytest.mark.parametrize("kind", [Presence, Hello, Batch])
def test_a_key_is_good_for_its_own_locker_only(
    hub: Hub, link: LockerLink, elm_key: Ed25519PrivateKey, kind: type[Message], about: str, on: str
) -> None:
    before = looks.events(hub, limit=1000)
    online = [view.online for view in looks.lockers(hub)]
    messages: dict[type, Message] = {
        Presence: Presence(locker=about, run="00000000000000aa", online=False),
        Hello: Hello(locker=about, run="cc" * 8, head="0" * 64),
        Batch: Batch(
            locker=about, parent="0" * 64, facts=({"kind": "pin_refused", "at": {"run_ms": 1, "wall_ms": 1}},)
        ),
    }
    assert list(link.taken_all([(topic(on, "reports"), encode(messages[kind], elm_key))])) == []
    assert looks.events(hub, limit=1000) == before
    assert [view.online for view in looks.lockers(hub)] == online


def test_what_the_hub_says_is_not_obeyed_by_the_hub(link: LockerLink, elm_key: Ed25519PrivateKey) -> None:
    echo = Orders(locker="elm", epoch="e", first=1, parent="0" * 64, orders=())
    assert list(link.taken_all([(topic("elm", "reports"), encode(echo, elm_key))])) == []


@pytest.mark.parametrize("rubbish", [b"", b"\x00", b"{}", b"[" * 100_000, b'{"wire": 2}', b'{"wire": 1, "body": {}}'])
@pytest.mark.parametrize("where", ["lockers/elm/reports", "lockers/+/reports", "lockers/elm/reports/x", "", "a/b/c"])
def test_rubbish_is_dropped_with_its_code_and_nothing_of_its_content(
    link: LockerLink, caplog: pytest.LogCaptureFixture, rubbish: bytes, where: str
) -> None:
    with caplog.at_level(logging.INFO):
        assert list(link.taken_all([(where, rubbish)])) == []
    assert "Traceback" not in caplog.text


def test_the_log_of_a_whole_delivery_holds_no_secrets(
    hub: Hub, set_up: SetUp, send: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    locker = set_up()
    with caplog.at_level(logging.DEBUG):
        parcel = send()
        strange = facts.Deposited(at=locker.at, n=2, visit="v", delivery="d_unknown", pickup="00" * 8)
        locker.tell(locker.deposits(parcel, 1), strange, locker.collects(parcel, 1))
    assert "parked" in caplog.text
    for secret in (parcel.pin, parcel.ticket, parcel.page_path, "ada1@example.org", parcel.recipient_name):
        assert secret not in caplog.text


class AwayBroker:
    """Far away: it acknowledges nothing before it has `expected` messages."""

    def __init__(self, expected: int) -> None:
        self.topics: list[str] = []
        self._expected, self._has_all = expected, asyncio.Event()

    async def publish(self, where: str, _raw: bytes, qos: int) -> None:
        assert qos > 0
        self.topics.append(where)
        if len(self.topics) == self._expected:
            self._has_all.set()
        await self._has_all.wait()


def test_what_is_said_together_costs_one_way_to_the_broker_and_back_and_keeps_its_order(link: LockerLink) -> None:
    messages: list[tuple[str, Message]] = []
    for n in range(20):
        messages += [(f"elm-{n}", Confirm(locker=f"elm-{n}", known="0" * 64))]
        messages += [(f"elm-{n}", Orders(locker=f"elm-{n}", epoch="e", first=1, parent="0" * 64, orders=()))]
    broker = AwayBroker(len(messages))

    async def say() -> None:
        async with asyncio.timeout(10):
            await link._send(broker, messages)  # type: ignore[arg-type]

    asyncio.run(say())
    assert broker.topics == [topic_of(locker_id, message.kind) for locker_id, message in messages]


class Answered:
    """A broker that says when it has got an answer."""

    def __init__(self) -> None:
        self.has_one = asyncio.Event()

    async def publish(self, _where: str, _raw: bytes, qos: int) -> None:
        self.has_one.set()


def test_lockers_are_answered_while_all_other_threads_wait(link: LockerLink, elm_key: Ed25519PrivateKey) -> None:
    """A mail server that is slow, or whatever else the hub's threads are kept by, is no matter of theirs."""
    hello = Hello(locker="elm", run="cc" * 8, head="0" * 64)
    go_on = threading.Event()

    async def story() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        kept = loop.run_in_executor(None, go_on.wait, 20)
        heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        heard.put_nowait((topic("elm", "reports"), encode(hello, elm_key)))
        broker = Answered()
        taking = asyncio.create_task(link._take(broker, heard))  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(10):
                await broker.has_one.wait()
        finally:
            go_on.set()
            taking.cancel()
            await asyncio.gather(kept, taking, return_exceptions=True)

    asyncio.run(story())
    link.close()
