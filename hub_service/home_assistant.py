"""Makes lockers known to Home Assistant by retained messages, and again whenever it has started anew."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from dataclasses import dataclass, field

import aiomqtt

from hub_service.domain import home_assistant
from hub_service.domain.home_assistant import Device
from hub_service.handlers import looks
from hub_service.handlers.hub import Hub
from hub_service.locker_link import Bus
from locker.wire import topics

LOOK_S = 60.0
"""How soon a locker that is new, or was described anew, is made known."""

PAUSE_S = 5.0
BIRTH_PAUSE_S = 3.0
"""Home Assistant is busy when it has just started, and all that it knows answers at once."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Discovery:
    """Tells a broker of the hub's lockers until cancelled; retained, so nothing is lost while nobody listens."""

    hub: Hub
    bus: Bus
    told: dict[str, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Stays connected; a broker that was away may have forgotten everything."""
        while True:
            try:
                await self._session()
            except (aiomqtt.MqttError, OSError):
                _log.warning("no broker to tell Home Assistant by")
            await asyncio.sleep(PAUSE_S)

    async def _session(self) -> None:
        async with aiomqtt.Client(
            *self.bus.address(0), username=self.bus.username, password=self.bus.password, clean_session=True
        ) as client:
            self.told.clear()
            await client.subscribe(home_assistant.BIRTH_TOPIC, qos=topics.QOS)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow_births(client))
                tasks.create_task(self._follow_lockers(client))

    async def _follow_births(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            # A retained one is from a start that is over.
            if message.payload == b"online" and not message.retain:
                await asyncio.sleep(random.uniform(0, BIRTH_PAUSE_S))
                self.told.clear()
                await self._tell(client)

    async def _follow_lockers(self, client: aiomqtt.Client) -> None:
        while True:
            await self._tell(client)
            await asyncio.sleep(LOOK_S)

    async def _tell(self, client: aiomqtt.Client) -> None:
        for device in await asyncio.to_thread(devices, self.hub):
            text = json.dumps(home_assistant.discovery(device))
            if self.told.get(device.locker_id) != text:
                await client.publish(home_assistant.topic(device.locker_id), text, qos=topics.QOS, retain=True)
                self.told[device.locker_id] = text


def devices(hub: Hub) -> list[Device]:
    """The lockers that have told what they consist of."""
    return [
        Device(
            locker_id=view.id, name=view.name, where=view.where, compartments=tuple(one.n for one in view.compartments)
        )
        for view in looks.lockers(hub)
        if view.compartments
    ]
