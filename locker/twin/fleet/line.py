"""One locker's connection to the broker: paho's client, driven by the one event loop of the fleet.

Ten thousand of them fit a process: no thread and no `select` each, some 5 kB, and nothing that wakes up by itself.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from locker.uplink import KEEPALIVE_S
from locker.wire.topics import QOS, TO_LOCKER, topic

CONNECT_TIMEOUT_S = 10.0


class LineLost(Exception):
    """The broker isn't there, refuses, or has gone."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where it is, and how to log in."""

    host: str
    port: int
    username: str = ""
    password: str = ""


class Line:
    """One session. `heard` gets topic and payload of what comes; `lost` is called once when the session has ended."""

    def __init__(self, name: str, heard: Callable[[str, bytes], None], lost: Callable[[], None]) -> None:
        self._name = name
        self._heard = heard
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=True, reconnect_on_failure=False
        )
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._socket: Any = None  # a socket, or paho's own kind of one
        self._writing = False
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._message

    async def open(self, broker: Broker, will: tuple[str, bytes]) -> None:
        """Connects and subscribes. Raises LineLost."""
        client = self._client
        client.will_set(will[0], will[1], QOS, retain=True)
        if broker.username:
            client.username_pw_set(broker.username, broker.password)
        client.connect_timeout = CONNECT_TIMEOUT_S
        try:
            # Looks up the name and waits for the other side: in a thread, as the others go on talking.
            await asyncio.to_thread(client.connect, broker.host, broker.port, KEEPALIVE_S)
            self._watch(client.socket())
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._ready
        except (OSError, ValueError, TimeoutError) as error:
            self.close()
            raise LineLost(f"{type(error).__name__}: {error}") from error

    def send(self, where: str, raw: bytes, retain: bool) -> None:
        """Sends it, or as much of it as the socket takes now."""
        self._client.publish(where, raw, QOS, retain=retain)
        self._flush()

    def look_after(self) -> None:
        """Pings where it is quiet, and notices a broker that doesn't answer. Call it every few seconds."""
        if self._socket is not None:
            self._client.loop_misc()
            self._flush()

    def close(self) -> None:
        """Lets go without a word, as a power cut would; the broker publishes the last will."""
        found, self._socket = self._socket or self._client.socket(), None
        if found is not None and found.fileno() >= 0:
            self._unwatch(found)
            found.close()

    def _watch(self, found: Any) -> None:
        if found is None:
            raise OSError("the connection has ended while it was made")
        self._socket = found
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # From here on paho closes only within our calls, and says so before it does.
        self._client.on_socket_close = self._closed
        self._loop.add_reader(found, self._read)
        self._flush()

    def _unwatch(self, found: Any) -> None:
        self._loop.remove_reader(found)
        self._loop.remove_writer(found)
        self._writing = False

    def _closed(self, _client: mqtt.Client, _data: object, found: Any) -> None:
        self._unwatch(found)
        if self._socket is None:
            return
        self._socket = None
        if self._ready.done():
            self._loop.call_soon(self._lost)
        else:
            self._ready.set_exception(OSError("the broker has closed the connection"))

    def _read(self) -> None:
        self._client.loop_read()
        self._flush()

    def _flush(self) -> None:
        client = self._client
        if self._socket is not None and client.want_write():
            client.loop_write()
        # Only what the socket doesn't take at once is waited for: a look by the kernel for each message costs more.
        waiting = self._socket is not None and client.want_write()
        if self._socket is not None and waiting != self._writing:
            self._writing = waiting
            self._loop.add_writer(self._socket, self._flush) if waiting else self._loop.remove_writer(self._socket)

    def _connected(
        self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure and not self._ready.done():
            self._ready.set_exception(OSError(f"the broker refuses: {reason}"))
        elif (
            client.subscribe([(topic(self._name, channel), QOS) for channel in TO_LOCKER])[0]
            != MQTTErrorCode.MQTT_ERR_SUCCESS
        ):
            self.close()

    def _subscribed(self, *_: object) -> None:
        if not self._ready.done():
            self._ready.set_result(None)

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self._heard(message.topic, bytes(message.payload))
