"""The bus, seen from the hub: takes what lockers say, answers after the commit, sends orders as soon as they exist.

What comes is `intake`'s; what is lost on the way is sent again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import aiomqtt

from hub_service.handlers import links, opening, orders
from hub_service.handlers.hub import Hub
from hub_service.intake import Answer, Intake
from locker.wire import addresses, topics
from locker.wire.codec import encode
from locker.wire.messages import Message, Welcome

RECONNECT_FIRST_S, RECONNECT_MAX_S = 0.2, 30.0
RESEND_FIRST_S, RESEND_MAX_S = 2.0, 60.0
WAITING_MAX = 2_000
"""So many messages wait while earlier ones are handled; what comes on top is dropped, and its locker says it again."""

TAKEN_AT_ONCE = 200
"""So many messages share a transaction at most."""

SENT_AT_ONCE = 100
"""So many messages are with the broker before it has taken the first of them: one way there and back for all."""

SHARE = "$share/hub"
"""Under this name all workers of a hub subscribe together."""

THREADS = 4
"""Its own: lockers wait for no mail server, and for nothing else that holds the hub's other threads up. One takes, one
sends; what a connection that was lost has left at work may last a while longer."""

CHECK_S = 1.0
"""How often lockers that are behind are looked for, apart from every commit of this process."""

LINGER_S = 0.01
BUSY_S = 0.05
"""Whoever has taken something so lately waits a moment before the next: twice as many at once cost hardly more."""

COUNT_EVERY_S = 60.0

Done = TypeVar("Done")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bus:
    """Where the broker is, and how to log in."""

    host: str
    """Or several, of which any will do (`addresses`)."""

    port: int
    username: str | None = None
    password: str | None = None
    shared: bool = False
    """The broker gives each report to one worker (Mosquitto 2 and others); else all hear it, and one takes it."""

    qos: int = topics.QOS
    """0 where a broker's own repeating does harm (decision 223)."""

    def address(self, turn: int) -> tuple[str, int]:
        """Where to try it next."""
        return addresses.address(self.host, self.port, turn)

    def subscriptions(self) -> tuple[str, str]:
        # Presence stays everybody's: brokers keep back what is retained from those who share.
        told = topics.everyone("reports")
        return f"{SHARE}/{told}" if self.shared else told, topics.everyone("presence")


@dataclass(slots=True)
class _Sent:
    """What a locker was sent last, and when it counts as lost."""

    up_to: tuple[str, int, int] = ("", 0, 0)
    again_s: float = 0.0
    times: int = 0


@dataclass(slots=True)
class LockerLink:
    """Carries between the bus and the handlers; holds nothing that would be missed after a crash."""

    hub: Hub
    bus: Bus
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    _wake: Callable[[], None] | None = None
    _turn: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _sent: dict[str, _Sent] = field(default_factory=dict)
    _counted: tuple[float, int] = (0.0, 0)
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "locker-link"))

    async def run(self) -> None:
        """Stays connected until cancelled; each new connection subscribes anew."""
        self._wake_on_commits()
        pause_s = RECONNECT_FIRST_S
        while True:
            try:
                await self._session()
            except* (aiomqtt.MqttError, OSError):
                _log.warning("no broker at %s:%s", *self.bus.address(self._turn))
            # Whatever has ended it, the next node of a cluster is as good.
            self._turn += 1
            if self.connected.is_set():
                pause_s = RECONNECT_FIRST_S
            self.connected.clear()
            self.hub.measures.connected.set(0)
            # All hub workers lose a broker at once; chance keeps them from coming back at once.
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))
            pause_s = min(pause_s * 2, RECONNECT_MAX_S)

    def close(self) -> None:
        """Waits for what is still being taken; afterwards nothing of the link uses the store any more."""
        self._threads.shutdown()

    def _wake_on_commits(self) -> None:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._news.set)

        # Once, however often the link starts again: the store keeps every callback that it is given.
        if self._wake is None:
            self.hub.store.on_commit(lambda: self._wake() if self._wake else None)
        self._wake = wake

    async def _session(self) -> None:
        async with aiomqtt.Client(
            *self.bus.address(self._turn),
            username=self.bus.username,
            password=self.bus.password,
            clean_session=True,
            max_queued_incoming_messages=WAITING_MAX,
            max_inflight_messages=SENT_AT_ONCE,
            max_concurrent_outgoing_calls=SENT_AT_ONCE,
            # Else a short message waits in the kernel until the broker has acknowledged the one before: 40 ms each.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        ) as client:
            client.pending_calls_threshold = SENT_AT_ONCE  # fewer are no reason to warn
            # A clean session: whatever the broker remembers of us from before is nothing to rely on.
            for topic in self.bus.subscriptions():
                await client.subscribe(topic, qos=self.bus.qos)
            self.connected.set()
            self.hub.measures.connected.set(1)
            self.hub.measures.connects.inc()
            _log.info("connected to the broker at %s:%s", *self.bus.address(self._turn))
            # Either ends with the connection; the other one then ends with it.
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(client))
                tasks.create_task(self._push(client))

    async def _listen(self, client: aiomqtt.Client) -> None:
        heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(TAKEN_AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            taking = tasks.create_task(self._take(client, heard))
            async for message in client.messages:
                if isinstance(message.payload, bytes):
                    await heard.put((str(message.topic), message.payload))
            taking.cancel()

    async def _take(self, client: aiomqtt.Client, heard: asyncio.Queue[tuple[str, bytes]]) -> None:
        taken_s = -BUSY_S
        while True:
            some = [await heard.get()]
            # A single locker that tells something is answered at once.
            if time.monotonic() < taken_s + BUSY_S:
                await asyncio.sleep(LINGER_S)
            # What has come while the last ones were taken is taken together: the busier, the cheaper each.
            while not heard.empty():
                some.append(heard.get_nowait())
            await self._send(client, await self._beside(self.taken_all, some))
            taken_s = time.monotonic()

    async def _beside(self, work: Callable[..., Done], *args: object) -> Done:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    def taken_all(self, heard: Sequence[tuple[str, bytes]]) -> Sequence[Answer]:
        """What to answer, and to whom, after all that came together is committed; nothing for what is no good."""
        answers = [(locker_id, self._spread(answer)) for locker_id, answer in Intake(self.hub).taken(heard)]
        greeted = [locker_id for locker_id, answer in answers if isinstance(answer, Welcome)]
        # The answer holds the orders that are due: they needn't be pushed once more right away.
        for locker_id, up_to in links.positions(self.hub, greeted).items():
            self._sent[locker_id] = _Sent(up_to, time.monotonic() + RESEND_FIRST_S)
        return answers

    def _spread(self, answer: Message) -> Message:
        if not isinstance(answer, Welcome):
            return answer
        counted_s, spread_s = self._counted
        # A fleet doesn't grow by the second, and to count it for each greeting would cost more than the greeting.
        if time.monotonic() >= counted_s:
            spread_s = links.spread_s(self.hub)
            self._counted = time.monotonic() + COUNT_EVERY_S, spread_s
        return replace(answer, spread_s=spread_s)

    async def _push(self, client: aiomqtt.Client) -> None:
        while True:
            # What is committed in the next moment as well is looked for once: the busier, the cheaper each.
            await asyncio.sleep(LINGER_S)
            self._news.clear()
            # First what somebody waits for in front of a door.
            await self._send(client, await self._beside(opening.knocks, self.hub))
            await self._send(client, await self._beside(self._due))
            try:
                await asyncio.wait_for(self._news.wait(), CHECK_S)
            except TimeoutError:
                continue

    def _due(self) -> list[tuple[str, Message]]:
        found: list[tuple[str, Message]] = []
        now_s = time.monotonic()
        for locker_id, up_to in links.behind(self.hub):
            sent = self._sent.setdefault(locker_id, _Sent())
            if sent.up_to == up_to and now_s < sent.again_s:
                continue
            sent.times = sent.times + 1 if sent.up_to == up_to else 0
            sent.up_to = up_to
            # A locker that hangs isn't helped by more of the same.
            sent.again_s = now_s + min(RESEND_FIRST_S * 2 ** min(sent.times, 10), RESEND_MAX_S)
            try:
                message = orders.due(self.hub, locker_id)
            except Exception:  # noqa: BLE001 - one locker's orders must not keep all others from theirs
                _log.exception("couldn't find the orders of %s", locker_id)
                continue
            if message is not None:
                found.append((locker_id, message))
        return found

    async def _send(self, client: aiomqtt.Client, messages: Sequence[tuple[str, Message]]) -> None:
        async with asyncio.TaskGroup() as sending:
            # Tasks begin in this order, and so nobody hears an answer before one that was given earlier.
            for locker_id, message in messages:
                self.hub.measures.sent.labels(message.kind).inc()
                raw = encode(message, self.hub.keys.message)
                where = topics.topic_of(locker_id, message.kind)
                sending.create_task(client.publish(where, raw, qos=self.bus.qos))
