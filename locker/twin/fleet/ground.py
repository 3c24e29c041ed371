"""What a fleet stands on: a broker and a hub, either somebody's or started here, and its lockers made known there."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from locker.twin.fleet.gauges import Use, use_of
from locker.twin.fleet.line import Broker
from locker.twin.fleet.locker import Identity
from locker.twin.mosquitto import SEARCHED
from locker.twin.processes import Processes, free_port
from locker.uplink import Keys
from locker.wire.facts import CompartmentSpec, SizeClass

CLASSES: tuple[SizeClass, ...] = ("S", "S", "M", "M", "L")
INSIDE_MM = {"S": 90, "M": 200, "L": 420}
COUNTRY = (49.5, 54.0, 14.5, 23.5)
"""From south to north and from west to east, in degrees: lockers stand anywhere in it."""


class FleetError(Exception):
    """The fleet can't begin; the text says what to do."""


@dataclass(slots=True)
class Ground:
    """Where broker and hub are, and the processes of them that run here (none where they are somebody's)."""

    hub_url: str
    api_key: str
    broker: Broker
    processes: Processes | None = None
    names: tuple[str, ...] = ()

    def use(self) -> dict[str, Use]:
        """What each process that was started here uses."""
        if self.processes is None:
            return {}
        return {name: use_of(self.processes.pid(name)) for name in self.names}

    async def stop(self) -> None:
        """Ends what was started here."""
        if self.processes:
            await self.processes.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A hub of one's own on this machine: its folder, which is emptied."""

    folder: Path
    lockers: int
    compartments: int = 20
    seed: int = 0
    secrets: dict[str, Ed25519PrivateKey] = field(default_factory=dict)


async def start_here(plan: Local) -> tuple[Ground, list[Identity]]:
    """Starts a broker and a hub on free ports of the loopback, and makes all lockers known."""
    shutil.rmtree(plan.folder, ignore_errors=True)
    processes = Processes(plan.folder)
    data, port = str(plan.folder / "hub"), free_port()
    try:
        made = await processes.ask("init", "hub_service", "init", "--data-dir", data)
        await processes.start("broker", *_broker_words(), "--port", str(port))
        identities = await asyncio.to_thread(_introduced, plan, data)
        words = ("--data-dir", data, "--port", "0", "--broker-port", str(port))
        told = await processes.start("hub", "hub_service", "run", *words)
    except BaseException:
        await processes.stop()
        raise
    return Ground(told["hub_url"], made["api_key"], Broker("127.0.0.1", port), processes, ("hub", "broker")), identities


def _broker_words() -> tuple[str, ...]:
    if shutil.which("mosquitto", path=SEARCHED):
        return ("locker.twin.mosquitto",)
    return ("hub_service", "broker")


def _introduced(plan: Local, data: str) -> list[Identity]:
    wishes, keys = wished(plan)
    done = subprocess.run(
        [sys.executable, "-m", "hub_service", "add-lockers", "--data-dir", data],
        input="\n".join(map(json.dumps, wishes)), capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise FleetError(f"the hub doesn't take the lockers: {done.stderr.strip()}")
    return list(identities(done.stdout.splitlines(), wishes, keys, plan.compartments))


def wished(plan: Local) -> tuple[list[dict[str, Any]], list[Ed25519PrivateKey]]:
    """What a hub has to be told of new lockers, and their own keys."""
    chance = random.Random(plan.seed)
    south, north, west, east = COUNTRY
    keys = [Ed25519PrivateKey.generate() for _ in range(plan.lockers)]
    wishes = [
        {
            "id": f"fleet-{number:05d}", "number": number, "name": f"Fleet {number}", "where": "",
            "public_key": key.public_key().public_bytes_raw().hex(), "latitude": round(chance.uniform(south, north), 5),
            "longitude": round(chance.uniform(west, east), 5),
        }
        for number, key in enumerate(keys, 1)
    ]  # fmt: skip
    return wishes, keys


def identities(
    lines: list[str], wishes: list[dict[str, Any]], keys: list[Ed25519PrivateKey], compartments: int
) -> Iterator[Identity]:
    """The lockers that `hub add-lockers` has answered for, a line of JSON each."""
    specs = tuple(_spec(n) for n in range(1, compartments + 1))
    for line, wish, own in zip(lines, wishes, keys, strict=True):
        said = json.loads(line)
        hub = Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["hub_public_key"]))
        yield Identity(wish["id"], wish["number"], Keys(own, hub), bytes.fromhex(said["code_key"]), specs)


def _spec(n: int) -> CompartmentSpec:
    size = CLASSES[n % len(CLASSES)]
    return CompartmentSpec(n=n, size_class=size, width_mm=380, height_mm=INSIDE_MM[size], depth_mm=640)
