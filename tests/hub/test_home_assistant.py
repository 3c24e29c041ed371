"""Lockers appear in Home Assistant: by retained messages on a real broker, and once more when it has started anew."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiomqtt
import jinja2
import pytest
from amqtt.broker import Broker

from hub_service import home_assistant
from hub_service.broker import _config
from hub_service.domain.home_assistant import Device, discovery
from hub_service.handlers.hub import Hub
from hub_service.home_assistant import Discovery
from hub_service.locker_link import Bus
from locker.twin.ports import free_port
from locker.wire.topics import topic

ELM = Device(locker_id="elm", name="Elm Street", where="by the door", compartments=(1, 2, 3))
STATE: dict[str, Any] = {
    "body": {
        "compartments": [
            {"n": 1, "content": "empty", "door": "shut", "faults": [], "in_service": True},
            {"n": 2, "content": "occupied", "door": "left_open", "faults": ["jammed"], "in_service": True},
            {"n": 3, "content": "uncertain", "door": "unseen", "faults": [], "in_service": True},
        ]
    }
}


def shown(part: str) -> str:
    """What Home Assistant makes of a locker's state: it renders the same templates."""
    template = discovery(ELM)["components"][part]["value_template"]
    return jinja2.Environment().from_string(template).render(value_json=STATE)


def test_every_value_is_found_in_what_lockers_say() -> None:
    assert [shown(part) for part in ("free", "occupied", "faulty")] == ["1", "1", "1"]
    assert [shown(part) for part in ("door_1", "door_2", "door_3")] == ["OFF", "ON", "None"]
    message = discovery(ELM)
    assert message["state_topic"] == topic("elm", "state")
    names = [part["unique_id"] for part in message["components"].values()]
    assert len(set(names)) == len(names) and all("elm" in name for name in names)
    assert {part["platform"] for part in message["components"].values()} == {"sensor", "binary_sensor"}


def test_a_locker_is_made_known_kept_and_told_again_after_a_start(
    hub: Hub, set_up: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up("elm")
    monkeypatch.setattr(home_assistant, "BIRTH_PAUSE_S", 0.0)
    monkeypatch.setattr(home_assistant, "LOOK_S", 0.05)

    async def story(port: int, client: aiomqtt.Client) -> None:
        first = await anext(client.messages)
        assert str(first.topic) == "homeassistant/device/parcel_locker_elm/config"
        assert json.loads(_text(first))["device"]["name"] == "Elm Street"
        set_up("oak")
        assert "oak" in str((await anext(client.messages)).topic)
        await client.publish("homeassistant/status", "online", qos=1)
        again: set[str] = set()
        # Any of them may come twice: what was said for the new locker may still be on its way.
        while len(again) < 2:
            again.add(str((await anext(client.messages)).topic))
        async with aiomqtt.Client("127.0.0.1", port) as late:
            await late.subscribe("homeassistant/device/+/config", qos=1)
            assert (await anext(late.messages)).retain

    asyncio.run(asyncio.wait_for(_with_broker(hub, story), 30))


async def _with_broker(hub: Hub, story: Callable[[int, aiomqtt.Client], Awaitable[None]]) -> None:
    port = free_port()
    broker = Broker(_config("127.0.0.1", port))
    await broker.start()
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("homeassistant/device/+/config", qos=1)
        task = asyncio.create_task(Discovery(hub, Bus("127.0.0.1", port)).run())
        await story(port, client)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await broker.shutdown()


def _text(message: aiomqtt.Message) -> str:
    assert isinstance(message.payload, bytes)
    return message.payload.decode()
