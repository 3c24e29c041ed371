"""Carries messages between the daemon and the broker: one clean MQTT session after another, for ever.

What is said, and what is said again, is `link`'s to decide. Nothing is kept here for later: what can't be sent now is
dropped, and the link repeats it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import aiomqtt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from locker import telemetry
from locker.settings import Broker
from locker.wire import addresses, codec
from locker.wire.messages import Message, Presence, Welcome
from locker.wire.topics import RETAINED, TO_LOCKER, read_topic, topic, topic_of

KEEPALIVE_S = 15
"""Short enough that a dead connection is noticed within half a minute, on both sides."""

PAUSE_S, PAUSE_S_MAX = 1.0, 30.0
SPREAD_S_MAX = 60.0
"""Whatever the hub says of its fleet: nobody waits longer for orders than a minute after the broker is back."""

_WAITING_MAX = 64
_HEARD_MAX = 256
"""So many messages wait while earlier ones are obeyed; what comes on top is dropped, and the hub says it again."""


class Listener(Protocol):
    """Who wants to know what comes."""

    def connected(self) -> None:
        """A session has begun; what is sent from now on goes out."""

    def disconnected(self) -> None:
        """The session has ended."""

    def received(self, message: Message) -> None:
        """The hub has said this, to us."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The locker's own key, with which it signs, and the hub's, which it believes."""

    own: Ed25519PrivateKey
    hub: Ed25519PublicKey


class Uplink:
    """The locker's connection to the broker. `chance` gives numbers from 0 to 1, to spread reconnects of a fleet."""

    def __init__(self, broker: Broker, presence: Presence, keys: Keys, chance: Callable[[], float]) -> None:
        self._broker = broker
        self._presence = presence
        self._keys = keys
        self._chance = chance
        self._failures = 0
        self._turn = 0
        self._spread_s = 0.0
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(_WAITING_MAX)

    def send(self, message: Message) -> None:
        """Sends a message if there is a session and it isn't stuck."""
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            telemetry.warn("not_sent", kind=message.kind, why="the connection is stuck")

    async def run(self, listener: Listener) -> None:
        """Connects, converses, and connects again, until cancelled."""
        while True:
            try:
                async with self._client() as client:
                    await self._converse(client, listener)
            except* Exception as group:  # noqa: BLE001 - the loop's edge: a locker serves people without a hub, too
                self._failures += 1
                if self._failures == 1:
                    telemetry.warn("broker_lost", why=_first(group))
            # Whatever has ended it, the next node of a cluster is as good.
            self._turn += 1
            await asyncio.sleep(pause_s(self._failures, self._chance(), self._spread_s))

    async def _converse(self, client: aiomqtt.Client, listener: Listener) -> None:
        locker = self._presence.locker
        qos: int = self._broker.qos
        await client.subscribe([(topic(locker, channel), qos) for channel in TO_LOCKER])
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self.send(self._presence)
        host, port = self._address
        telemetry.tell("broker_reached", host=host, port=port)
        listener.connected()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._speak(client))
                tasks.create_task(self._listen(client, listener))
        finally:
            listener.disconnected()

    async def _speak(self, client: aiomqtt.Client) -> None:
        while True:
            message = await self._waiting.get()
            where = topic_of(self._presence.locker, message.kind)
            channel = where.rpartition("/")[2]
            raw = codec.encode(message, self._keys.own)
            await client.publish(where, raw, qos=self._broker.qos, retain=channel in RETAINED)

    async def _listen(self, client: aiomqtt.Client, listener: Listener) -> None:
        async for carried in client.messages:
            try:
                message = self._read(str(carried.topic), carried.payload)
            except codec.WireError as error:
                telemetry.warn("message_dropped", code=error.code, topic=carried.topic)
                continue
            self._failures = 0
            if isinstance(message, Welcome):
                self._spread_s = min(message.spread_s, SPREAD_S_MAX)
            listener.received(message)

    def _read(self, where: str, payload: object) -> Message:
        address = read_topic(where)
        if address is None or address.channel not in TO_LOCKER:
            raise codec.WireError("misplaced", "the broker has sent what nobody subscribed to")
        message = codec.decode(payload if isinstance(payload, bytes) else b"", self._keys.hub)
        # A signature says who wrote it. A broker that hands us another locker's orders mustn't get them obeyed.
        if message.locker != self._presence.locker:
            raise codec.WireError("misdirected", "this message is for another locker")
        return message

    @property
    def _address(self) -> tuple[str, int]:
        return addresses.address(self._broker.host, self._broker.port, self._turn)

    def _client(self) -> aiomqtt.Client:
        gone = Presence(locker=self._presence.locker, run=self._presence.run, online=False)
        where = topic_of(gone.locker, gone.kind)
        password = self._broker.password_file
        return aiomqtt.Client(
            *self._address,
            username=self._broker.username or None,
            password=password.read_text(encoding="utf-8").strip() if password else None,
            # The broker ends an older session of the same name: a half-dead one can't speak for us any more.
            identifier=self._presence.locker,
            clean_session=True,
            keepalive=KEEPALIVE_S,
            max_queued_incoming_messages=_HEARD_MAX,
            will=aiomqtt.Will(where, codec.encode(gone, self._keys.own), self._broker.qos, retain=True),
            tls_context=ssl.create_default_context() if self._broker.tls else None,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )


def pause_s(failures: int, chance: float, spread_s: float = 0.0) -> float:
    """How long to wait before the next attempt, after so many in a row that have failed (1: a session has ended).

    `chance` (0 to 1) spreads the lockers of a fleet, over `spread_s` where the hub has said that there are many.
    """
    usual_s = min(PAUSE_S_MAX, PAUSE_S * 2.0 ** min(max(failures - 1, 0), 8))
    if failures <= 1:
        # They have lost the broker in the same second; whoever draws a small number is back in half a second.
        return usual_s / 2 + chance * max(usual_s / 2, spread_s)
    return max(usual_s, spread_s) * (0.5 + chance / 2)


def _first(group: BaseExceptionGroup[BaseException]) -> str:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else f"{type(error).__name__}: {error}"
