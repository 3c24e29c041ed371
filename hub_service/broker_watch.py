"""What the broker says of itself, where it does (Mosquitto: `$SYS`): how many are connected, and what it dropped.

A broker that drops messages loses nothing for good, because lockers and hub repeat what isn't answered; but it means
that its queues are too short, and everything takes longer.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools

import aiomqtt

from hub_service.locker_link import Bus
from hub_service.measures import Measures

DROPPED, CLIENTS = "$SYS/broker/publish/messages/dropped", "$SYS/broker/clients/connected"
AGAIN_S = 30.0


async def run(bus: Bus, measures: Measures) -> None:
    """Listens until cancelled; a broker that doesn't tell is asked for nothing else."""
    for turn in itertools.count():
        with contextlib.suppress(aiomqtt.MqttError, OSError):
            await _listen(bus, measures, turn)
        await asyncio.sleep(AGAIN_S)


async def _listen(bus: Bus, measures: Measures, turn: int) -> None:
    async with aiomqtt.Client(*bus.address(turn), username=bus.username, password=bus.password) as client:
        for topic in (DROPPED, CLIENTS):
            await client.subscribe(topic)
        async for message in client.messages:
            payload = message.payload
            if isinstance(payload, bytes) and payload.isdigit():
                gauge = measures.broker_dropped if str(message.topic) == DROPPED else measures.broker_clients
                gauge.set(int(payload))
