"""The network cable: bytes pass through it, it can be pulled in the middle of them, and it comes back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from locker.twin.network import Network
from locker.twin.ports import free_port


def with_cable(story: Callable[[Network, int], Awaitable[None]]) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    async def go() -> None:
        far = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = free_port()
        cable = Network(("127.0.0.1", port), far.sockets[0].getsockname()[:2])
        await cable.plug_in()
        try:
            await story(cable, port)
        finally:
            await cable.close()
            far.close()

    asyncio.run(asyncio.wait_for(go(), 10))


async def say(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    answer = await reader.readexactly(len(data))
    writer.close()
    return answer


def test_bytes_pass_both_ways() -> None:
    async def story(_: Network, port: int) -> None:
        assert await say(port, b"hello") == b"hello"

    with_cable(story)


def test_pulled_it_breaks_what_is_connected_and_refuses_what_is_new() -> None:
    async def story(cable: Network, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"x")
        await reader.readexactly(1)
        await cable.unplug()
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read(1) == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    with_cable(story)


def test_it_can_be_pulled_and_put_in_again_and_again() -> None:
    async def story(cable: Network, port: int) -> None:
        for _ in range(5):
            await cable.unplug()
            assert not cable.up
            await cable.plug_in()
            await cable.plug_in()
            assert await say(port, b"back") == b"back"

    with_cable(story)


def test_a_broker_that_is_away_ends_the_connection_only() -> None:
    async def go() -> None:
        cable = Network(("127.0.0.1", port := free_port()), ("127.0.0.1", free_port()))
        await cable.plug_in()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read(1) == b""
        writer.close()
        await cable.close()

    asyncio.run(asyncio.wait_for(go(), 10))
