"""The shipped broker's settings, in a real Mosquitto: a locker's password gives nothing over another one."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import paho.mqtt.client as paho
import pytest

from locker.twin.ports import free_port
from locker.wire.topics import FROM_LOCKERS, TO_LOCKER, topic
from tests.deploy.certificate import certify
from tests.deploy.conftest import DEPLOY, as_nobody, given, played

pytestmark = pytest.mark.mosquitto
FOLDER = DEPLOY / "broker"
SEARCHED = os.environ.get("PATH", "") + ":/usr/sbin"
PATIENCE_S = 5.0
DEBIANS_OWN = """
pid_file {place}/mosquitto.pid

persistence true
persistence_location {place}/

log_dest file {place}/mosquitto.log

include_dir {place}/conf.d
"""
"""What Debian's package puts into /etc/mosquitto/mosquitto.conf: what stands there can't be said again in conf.d."""

SILENCE_S = 0.3
"""How long is waited for what mustn't come, after something that was said later has arrived."""


@dataclass
class Broker:
    """Mosquitto with the shipped files, on free ports."""

    folder: Path
    hub_port: int
    locker_port: int
    process: subprocess.Popen[bytes]
    passwords: dict[str, str]

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "ca.crt"))

    @asynccontextmanager
    async def locker(self, name: str, client_id: str = "", password: str = "") -> AsyncIterator[aiomqtt.Client]:
        """Somebody with a locker's password, at the lockers' door."""
        async with aiomqtt.Client(
            "127.0.0.1", self.locker_port, username=name, password=password or self.passwords[name],
            identifier=client_id or name, tls_context=self.trusted(), timeout=PATIENCE_S,
        ) as client:  # fmt: skip
            yield client

    @asynccontextmanager
    async def hub(self) -> AsyncIterator[aiomqtt.Client]:
        """A worker of the hub."""
        async with aiomqtt.Client(
            "127.0.0.1", self.hub_port, username="hub", password=self.passwords["hub"], timeout=PATIENCE_S
        ) as client:
            yield client

    def password(self, *words: str) -> str:
        """Runs the shipped script."""
        environment = os.environ | {
            "PATH": SEARCHED, "PASSWORDS": str(self.folder / "locker.passwords"),
            "RELOAD": f"kill -HUP {self.process.pid}",
        }  # fmt: skip
        done = subprocess.run(
            [FOLDER / "locker-password", *words], env=environment, capture_output=True, text=True, check=True
        )
        given(self.folder)
        return done.stdout.strip()


@pytest.fixture(scope="module")
def broker(place: Path) -> Iterator[Broker]:
    hub_port, locker_port = free_port(), free_port()
    for name in ("lockers.acl", "hub.acl"):
        shutil.copy(FOLDER / name, place / name)
    certify(place)
    (place / "locker.passwords").touch()
    subprocess.run([tool("mosquitto_passwd"), "-b", "-c", place / "hub.passwords", "hub", "of-the-hub"], check=True)
    text = (FOLDER / "mosquitto.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/mosquitto/parcel", str(place))
    text = text.replace("listener 1883 127.0.0.1", f"listener {hub_port} 127.0.0.1")
    text = text.replace("listener 8883", f"listener {locker_port} 127.0.0.1")
    (place / "conf.d").mkdir()
    (place / "conf.d" / "parcel.conf").write_text(text, encoding="utf-8")
    (place / "mosquitto.conf").write_text(DEBIANS_OWN.format(place=place), encoding="utf-8")
    given(place)
    process = subprocess.Popen([tool("mosquitto"), "-c", place / "mosquitto.conf"], cwd=place, **as_nobody())
    started = Broker(place, hub_port, locker_port, process, {"hub": "of-the-hub"})
    try:
        started.passwords |= {name: started.password(name) for name in ("ash", "elm")}
        yield started
    finally:
        process.terminate()
        process.wait(10)


def tool(name: str) -> str:
    found = shutil.which(name, path=SEARCHED)
    assert found, f"{name} comes with Mosquitto"
    return found


async def heard(client: aiomqtt.Client, last: bytes) -> list[tuple[str, bytes]]:
    """What has come until `last`, and in a moment after it."""
    found: list[tuple[str, bytes]] = []
    async with asyncio.timeout(PATIENCE_S):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            found.append((str(message.topic), message.payload))
            if message.payload == last:
                break
    try:
        async with asyncio.timeout(SILENCE_S):
            async for message in client.messages:
                found.append((str(message.topic), bytes(message.payload)))  # type: ignore[arg-type]
    except TimeoutError:
        pass
    return found


@played
async def test_a_locker_is_heard_on_its_own_channels_and_on_no_others(broker: Broker) -> None:
    async with broker.hub() as hub, broker.locker("ash") as ash:
        for channel in ("reports", "presence"):
            await hub.subscribe(f"lockers/+/{channel}", qos=1)
        for locker in ("elm", "ash"):
            for channel in (*FROM_LOCKERS, *TO_LOCKER):
                await ash.publish(topic(locker, channel), f"ash on {channel}".encode(), qos=1)
        await ash.publish("lockers/elm/reports/more", b"beside", qos=1)
        await ash.publish(topic("ash", "reports"), b"last", qos=1)
        found = await heard(hub, b"last")

    assert found == [
        ("lockers/ash/reports", b"ash on reports"), ("lockers/ash/presence", b"ash on presence"),
        ("lockers/ash/reports", b"last"),
    ]  # fmt: skip


@pytest.mark.parametrize("wish", ["lockers/elm/orders", "lockers/+/orders", "#", "$SYS/#", "lockers/elm/#"])
@played
async def test_a_locker_hears_nothing_that_is_for_another(broker: Broker, wish: str) -> None:
    async with broker.hub() as hub, broker.locker("ash") as ash, broker.locker("elm") as elm:
        await elm.subscribe(topic("elm", "orders"), qos=1)
        await ash.subscribe([(wish, 1), (topic("ash", "confirm"), 1)])
        for channel in TO_LOCKER:
            await hub.publish(topic("elm", channel), b"for elm", qos=1)
        await elm.publish(topic("elm", "reports"), b"of elm", qos=1)
        await hub.publish(topic("ash", "confirm"), b"last", qos=1)
        at_ash = await heard(ash, b"last")
        at_elm = await heard(elm, b"for elm")

    assert set(at_ash) == {("lockers/ash/confirm", b"last")}
    assert at_elm == [("lockers/elm/orders", b"for elm")]


@played
async def test_a_locker_that_calls_itself_by_anothers_id_throws_nobody_off(broker: Broker) -> None:
    async with broker.hub() as hub, broker.locker("elm") as elm:
        await elm.subscribe(topic("elm", "orders"), qos=1)
        async with broker.locker("ash", client_id="elm") as ash:
            await ash.publish(topic("ash", "state"), b"here", qos=1)
        await hub.publish(topic("elm", "orders"), b"still there", qos=1)
        assert await heard(elm, b"still there") == [("lockers/elm/orders", b"still there")]


@played
async def test_two_workers_of_the_hub_are_there_at_once(broker: Broker) -> None:
    async with broker.hub() as one, broker.hub() as other, broker.locker("ash") as ash:
        for worker in (one, other):
            await worker.subscribe("lockers/+/reports", qos=1)
        await ash.publish(topic("ash", "reports"), b"to both", qos=1)
        assert await heard(one, b"to both") == await heard(other, b"to both")


@played
async def test_workers_may_share_what_lockers_report(broker: Broker) -> None:
    async with broker.hub() as one, broker.hub() as other, broker.locker("ash") as ash:
        for worker in (one, other):
            await worker.subscribe("$share/hub/lockers/+/reports", qos=1)
            await worker.subscribe("lockers/+/presence", qos=1)
        for number in range(20):
            await ash.publish(topic("ash", "reports"), str(number).encode(), qos=1)
        await ash.publish(topic("ash", "presence"), b"last", qos=1)
        found = [message for worker in (one, other) for message in await heard(worker, b"last")]

    reports = sorted(int(payload) for where, payload in found if where.endswith("reports"))
    assert reports == list(range(20)), "each once"


@pytest.mark.parametrize(("name", "password"), [("hub", "of-the-hub"), ("ash", "guessed"), ("", "")])
@played
async def test_nobody_comes_in_by_the_lockers_door_without_a_lockers_password(
    broker: Broker, name: str, password: str
) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with broker.locker(name, client_id="somebody", password=password or " "):
            pass


@played
async def test_a_locker_cant_come_in_by_the_hubs_door(broker: Broker) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client("127.0.0.1", broker.hub_port, username="ash", password=broker.passwords["ash"]):
            pass


@played
async def test_a_revoked_locker_is_off_the_bus_within_five_seconds(broker: Broker) -> None:
    password = broker.password("oak")
    with pytest.raises(aiomqtt.MqttError):
        async with broker.locker("oak", password=password) as oak:
            broker.password("--end", "oak")
            async with asyncio.timeout(PATIENCE_S):
                async for _ in oak.messages:
                    pass
    with pytest.raises(aiomqtt.MqttError):
        async with broker.locker("oak", password=password):
            pass


def test_a_slow_subscriber_loses_nothing_that_was_acknowledged(broker: Broker) -> None:
    """Mosquitto's defaults lose three of four here: 1000 are kept, and 20 are under way."""
    many, seen, held = 2_000, set[bytes](), list[paho.MQTTMessage]()
    all_sent, done = threading.Event(), threading.Event()

    def on_message(client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        # Whatever comes before all are sent isn't answered: that worker is busy.
        held.append(message)
        if all_sent.is_set():
            answer(client)

    def answer(client: paho.Client) -> None:
        while held:
            message = held.pop()
            seen.add(message.payload)
            client.ack(message.mid, message.qos)
        if len(seen) == many:
            done.set()

    slow = worker(broker, manual_ack=True)
    slow.on_message = on_message
    slow.subscribe("lockers/+/reports", qos=1)
    asyncio.run(flood(broker, many))
    all_sent.set()
    answer(slow)
    assert done.wait(20), f"{many - len(seen)} of {many} were dropped"
    slow.disconnect()
    slow.loop_stop()


async def flood(broker: Broker, many: int) -> None:
    async with broker.locker("elm") as elm:
        for number in range(many):
            await elm.publish(topic("elm", "reports"), str(number).encode(), qos=1)


def worker(broker: Broker, manual_ack: bool = False) -> paho.Client:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, manual_ack=manual_ack)
    client.username_pw_set("hub", broker.passwords["hub"])
    connected = threading.Event()
    client.on_connect = lambda *_: connected.set()
    client.connect("127.0.0.1", broker.hub_port)
    client.loop_start()
    assert connected.wait(PATIENCE_S)
    return client


def test_the_files_name_each_channel_once() -> None:
    lockers = (FOLDER / "lockers.acl").read_text(encoding="utf-8")

    assert re.findall(r"^pattern write lockers/%u/(\w+)$", lockers, flags=re.MULTILINE) == list(FROM_LOCKERS)
    assert re.findall(r"^pattern read lockers/%u/(\w+)$", lockers, flags=re.MULTILINE) == list(TO_LOCKER)


def test_an_odd_name_gets_no_password(broker: Broker) -> None:
    for name in ("Elm", "elm/#", "", "+"):
        with pytest.raises(subprocess.CalledProcessError):
            broker.password(name)
