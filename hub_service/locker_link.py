"""The bus, seen from the hub: takes what lockers say, answers after the commit, sends orders as soon as they exist.

The broker is trusted with nothing: every message is checked against its sender's key, and lost ones are sent again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aiomqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub_service import telemetry
from hub_service.handlers import links, orders, reports
from hub_service.handlers.hub import Hub
from locker.wire import topics
from locker.wire.codec import WireError, decode, encode
from locker.wire.messages import Batch, Hello, Message, Presence

RECONNECT_FIRST_S, RECONNECT_MAX_S = 0.2, 30.0
RESEND_FIRST_S, RESEND_MAX_S = 2.0, 60.0
WAITING_MAX = 2_000
"""So many messages wait while earlier ones are handled; what comes on top is dropped, and its locker says it again."""

CHECK_S = 1.0
"""How often lockers that are behind are looked for, apart from every commit of this process."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bus:
    """Where the broker is, and how to log in."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None


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
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _sent: dict[str, _Sent] = field(default_factory=dict)

    async def run(self) -> None:
        """Stays connected until cancelled; each new connection subscribes anew."""
        self._wake_on_commits()
        pause_s = RECONNECT_FIRST_S
        while True:
            try:
                await self._session()
            except* (aiomqtt.MqttError, OSError):
                _log.warning("no broker at %s:%s", self.bus.host, self.bus.port)
            if self.connected.is_set():
                pause_s = RECONNECT_FIRST_S
            self.connected.clear()
            self.hub.measures.connected.set(0)
            # All hub workers lose a broker at once; chance keeps them from coming back at once.
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))
            pause_s = min(pause_s * 2, RECONNECT_MAX_S)

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
            self.bus.host,
            self.bus.port,
            username=self.bus.username,
            password=self.bus.password,
            clean_session=True,
            max_queued_incoming_messages=WAITING_MAX,
        ) as client:
            # A clean session: whatever the broker remembers of us from before is nothing to rely on.
            for channel in ("reports", "presence"):
                await client.subscribe(topics.everyone(channel), qos=topics.QOS)
            self.connected.set()
            self.hub.measures.connected.set(1)
            self.hub.measures.connects.inc()
            _log.info("connected to the broker at %s:%s", self.bus.host, self.bus.port)
            # Either ends with the connection; the other one then ends with it.
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(client))
                tasks.create_task(self._push(client))

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            payload = message.payload
            if isinstance(payload, bytes):
                await self._send(client, await asyncio.to_thread(self.taken, str(message.topic), payload))

    def taken(self, topic: str, payload: bytes) -> Sequence[tuple[str, Message]]:
        """What to answer, and to whom, after everything in the message is committed; nothing for what is no good."""
        address = topics.read_topic(topic)
        if address is None:
            return []
        try:
            message = self._verified(address.locker, payload)
            with self.hub.measures.batch_s.labels(message.kind).time(), telemetry.when_committed():
                answers = self._answers(address.locker, message)
            if isinstance(message, Batch):
                self._told(message)
            return answers
        except WireError as error:
            self.hub.measures.refused.labels(error.code).inc()
            _log.warning("dropped a message of %s: %s", address.locker, error.code)
        except Exception:  # noqa: BLE001 - one message that can't be handled must not end the link; it comes again
            self.hub.measures.refused.labels("fault").inc()
            _log.exception("couldn't take a message of %s", address.locker)
        return []

    def _told(self, batch: Batch) -> None:
        # After the commit. Each visit once: its facts are in the locker's journal and in the store.
        kinds = [str(fact.get("kind"))[:40] for fact in batch.facts]
        self.hub.measures.took(kinds)
        visits = {str(fact.get("visit") or ""): None for fact in batch.facts}
        for visit in visits if batch.facts else ():
            told = [kind for fact, kind in zip(batch.facts, kinds, strict=True) if (fact.get("visit") or "") == visit]
            telemetry.tell("reports_taken", cause=visit, locker=batch.locker, kinds=",".join(told))

    def _verified(self, locker_id: str, payload: bytes) -> Message:
        public_key = links.public_key(self.hub, locker_id)
        if public_key is None:
            raise WireError("unknown_locker", "no locker of this name is known")
        message = decode(payload, Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)))
        if isinstance(message, Hello | Batch | Presence) and message.locker == locker_id:
            return message
        raise WireError("misplaced", "this kind of message, or its sender, doesn't belong on this topic")

    def _answers(self, locker_id: str, message: Message) -> list[tuple[str, Message]]:
        if isinstance(message, Presence):
            reports.presence(self.hub, message)
            return []
        assert isinstance(message, Hello | Batch), "others were sorted out"
        answers = [(locker_id, answer) for answer in reports.take(self.hub, locker_id, message)]
        if isinstance(message, Hello):
            self._greeted(locker_id)
        return answers

    def _greeted(self, locker_id: str) -> None:
        # The answer holds the orders that are due: they needn't be pushed once more right away.
        up_to = dict(links.behind(self.hub)).get(locker_id, ("", 0, 0))
        self._sent[locker_id] = _Sent(up_to, time.monotonic() + RESEND_FIRST_S)

    async def _push(self, client: aiomqtt.Client) -> None:
        while True:
            self._news.clear()
            await self._send(client, await asyncio.to_thread(self._due))
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
        for locker_id, message in messages:
            self.hub.measures.sent.labels(message.kind).inc()
            raw = encode(message, self.hub.keys.message)
            await client.publish(topics.topic_of(locker_id, message.kind), raw, qos=topics.QOS)
