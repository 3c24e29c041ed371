"""The shipped settings of a NATS cluster on three real nodes: what is said at one is heard at another; one may die."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import aiomqtt
import pytest

from locker.wire.topics import topic
from tests.deploy.conftest import played
from tests.failover.nats import Cluster

pytestmark = pytest.mark.nats
PATIENCE_S, AGAIN_S = 60.0, 3.0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.stop()


async def heard(cluster: Cluster, word: bytes) -> None:
    """Says it until it is heard: right after a node's death the others may still be agreeing on who leads."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            # Who isn't answered while they agree, or is cut off, comes again, as hub and lockers do.
            with suppress(aiomqtt.MqttError, TimeoutError):
                await said(cluster, word)
                return


async def said(cluster: Cluster, word: bytes) -> None:
    """A locker says it at one node, and the hub hears it at another."""
    async with (
        aiomqtt.Client("127.0.0.1", cluster.mqtt["b"], identifier="hub") as hub,
        aiomqtt.Client("127.0.0.1", cluster.mqtt["c"], identifier="elm") as elm,
    ):
        await hub.subscribe("lockers/+/reports", qos=1, timeout=AGAIN_S)
        await elm.publish(topic("elm", "reports"), word, qos=1, timeout=AGAIN_S)
        async with asyncio.timeout(AGAIN_S):
            async for message in hub.messages:
                if message.payload == word:
                    return


@played
async def test_what_is_said_at_one_node_is_heard_at_another_and_a_third_may_die(cluster: Cluster) -> None:
    await heard(cluster, b"while all live")
    cluster.kill("a")
    await heard(cluster, b"with two of three")
