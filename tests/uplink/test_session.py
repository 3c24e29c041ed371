"""The session with a real broker: signed both ways, heard again after every reconnect, a last will for dashboards."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiomqtt
import pytest
from amqtt.broker import Broker as EmbeddedBroker
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.settings import Broker
from locker.twin.ports import free_port
from locker.uplink import Keys, Uplink
from locker.wire import codec
from locker.wire.messages import Hello, Message, Presence, Welcome
from locker.wire.topics import topic

DEADLINE_S = 15.0
OWN, HUB = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
BROKERS = [pytest.param("embedded"), pytest.param("mosquitto", marks=pytest.mark.mosquitto)]


class Heard:
    """What the daemon would be told."""

    def __init__(self) -> None:
        self.sessions = 0
        self.online = False
        self.messages: list[Message] = []
        self._changed = asyncio.Event()

    def connected(self) -> None:
        """See `Listener`."""
        self.sessions += 1
        self.online = True
        self._changed.set()

    def disconnected(self) -> None:
        """See `Listener`."""
        self.online = False
        self._changed.set()

    def received(self, message: Message) -> None:
        """See `Listener`."""
        self.messages.append(message)
        self._changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something is the case."""
        async with asyncio.timeout(DEADLINE_S):
            while not holds():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def embedded(port: int) -> AsyncIterator[None]:
    """The broker of the default installation."""
    broker = EmbeddedBroker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    try:
        yield
    finally:
        await broker.shutdown()


@asynccontextmanager
async def mosquitto(port: int) -> AsyncIterator[None]:
    """The broker of real use."""
    words = ("-m", "locker.twin.mosquitto", "--port", str(port))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        yield
    finally:
        process.terminate()
        await process.communicate()


def broker_on(name: str, port: int) -> contextlib.AbstractAsyncContextManager[None]:
    """A broker by its name."""
    return (embedded if name == "embedded" else mosquitto)(port)


@asynccontextmanager
async def session(port: int) -> AsyncIterator[tuple[Uplink, Heard]]:
    """A locker's uplink, running."""
    presence = Presence(locker="elm", run="r1", online=True)
    uplink = Uplink(Broker(port=port), presence, Keys(OWN, HUB.public_key()), lambda: 0.0)
    heard = Heard()
    task = asyncio.create_task(uplink.run(heard))
    try:
        yield uplink, heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def hear(hub: aiomqtt.Client, kind: type[Message]) -> Message:
    """The next message of a kind that reaches the hub."""
    async with asyncio.timeout(DEADLINE_S):
        async for carried in hub.messages:
            message = codec.decode(carried.payload, OWN.public_key())
            if isinstance(message, kind):
                return message
    raise AssertionError("the hub's connection ended")


@pytest.mark.parametrize("name", BROKERS)
def test_both_sides_hear_each_other(name: str) -> None:
    async def story() -> None:
        port = free_port()
        async with broker_on(name, port), aiomqtt.Client("127.0.0.1", port) as hub, session(port) as (uplink, heard):
            await hub.subscribe("lockers/+/reports", qos=1)
            await heard.until(lambda: heard.online)
            uplink.send(Hello(locker="elm", run="r1", head="0" * 64))
            assert await hear(hub, Hello) == Hello(locker="elm", run="r1", head="0" * 64)

            welcome = Welcome(head="0" * 64, wall_ms=1, locker="elm")
            await hub.publish(topic("elm", "confirm"), codec.encode(welcome, HUB), qos=1)
            await heard.until(lambda: heard.messages == [welcome])

    asyncio.run(story())


@pytest.mark.parametrize("name", BROKERS)
def test_whatever_the_hub_has_not_signed_for_us_is_dropped(name: str) -> None:
    async def story() -> None:
        port = free_port()
        welcome = Welcome(head="0" * 64, wall_ms=1, locker="elm")
        async with broker_on(name, port), aiomqtt.Client("127.0.0.1", port) as hub, session(port) as (_, heard):
            await heard.until(lambda: heard.online)
            forged = codec.encode(welcome, OWN)
            misdirected = codec.encode(replace(welcome, locker="oak"), HUB)
            for raw in (b"", b"\xff\x00", b"{}", b'{"wire": 99}', b"[" * 50_000, forged, misdirected):
                await hub.publish(topic("elm", "orders"), raw, qos=1)
            await hub.publish(topic("elm", "confirm"), codec.encode(welcome, HUB), qos=1)
            await heard.until(lambda: bool(heard.messages))

            assert heard.messages == [welcome]
            assert heard.sessions == 1

    asyncio.run(story())


@pytest.mark.parametrize("name", BROKERS)
def test_after_the_broker_was_away_orders_are_heard_again(name: str) -> None:
    async def story() -> None:
        port = free_port()
        async with session(port) as (_, heard):
            async with broker_on(name, port):
                await heard.until(lambda: heard.online)
            await heard.until(lambda: not heard.online)
            async with broker_on(name, port), aiomqtt.Client("127.0.0.1", port) as hub:
                await heard.until(lambda: heard.online)
                welcome = Welcome(head="0" * 64, wall_ms=1, locker="elm")
                await hub.publish(topic("elm", "orders"), codec.encode(welcome, HUB), qos=1)
                await heard.until(lambda: heard.messages == [welcome])

            assert heard.sessions == 2

    asyncio.run(story())


@pytest.mark.parametrize("name", BROKERS)
def test_presence_is_kept_by_the_broker_and_its_last_will_names_the_run(name: str) -> None:
    async def story() -> None:
        port = free_port()
        async with broker_on(name, port), aiomqtt.Client("127.0.0.1", port) as hub:
            process = await cut_off_locker(port)
            await hub.subscribe("lockers/+/presence", qos=1)
            assert await hear(hub, Presence) == Presence(locker="elm", run="r1", online=True)
            async with aiomqtt.Client("127.0.0.1", port) as dashboard:
                await dashboard.subscribe("lockers/elm/presence")
                assert await hear(dashboard, Presence) == Presence(locker="elm", run="r1", online=True)
            process.kill()
            await process.wait()
            assert await hear(hub, Presence) == Presence(locker="elm", run="r1", online=False)

    asyncio.run(story())


LOCKER = """
import asyncio, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from locker.settings import Broker
from locker.uplink import Keys, Uplink
from locker.wire.messages import Presence

class Silent:
    def connected(self): print("connected", flush=True)
    def disconnected(self): pass
    def received(self, message): pass

async def main():
    own = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[2]))
    presence = Presence(locker="elm", run="r1", online=True)
    await Uplink(Broker(port=int(sys.argv[1])), presence, Keys(own, own.public_key()), lambda: 0.0).run(Silent())

asyncio.run(main())
"""


async def cut_off_locker(port: int) -> asyncio.subprocess.Process:
    """A locker in a process of its own that is connected, to be killed."""
    words = ("-c", LOCKER, str(port), OWN.private_bytes_raw().hex())
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        assert await process.stdout.readline() == b"connected\n"
    return process
