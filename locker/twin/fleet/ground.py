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
from locker.twin.ports import free_port
from locker.twin.processes import Processes
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

    hub_urls: tuple[str, ...]
    api_key: str
    broker: Broker
    processes: Processes | None = None
    names: tuple[str, ...] = ()
    watched: dict[str, int] = field(default_factory=dict)
    """Other processes of this machine that matter, such as a database, by their ids."""

    more_keys: tuple[str, ...] = ()
    """Of further carriers: each key has a rate of its own."""

    def use(self) -> dict[str, Use]:
        """What each process that was started here, or is watched, uses with its children."""
        pids = {name: self.processes.pid(name) for name in self.names} if self.processes else {}
        return {name: use_of(pid) for name, pid in (pids | self.watched).items()}

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
    workers: int = 1
    database: str = ""
    """postgresql://... of an empty database; SQLite where there is none."""

    watched: dict[str, int] = field(default_factory=dict)
    hub: tuple[str, ...] = ("hub_service",)
    """What is run as a worker: the module, and words before its own."""


async def start_here(plan: Local) -> tuple[Ground, list[Identity]]:
    """Starts a broker and a hub on free ports of the loopback, and makes all lockers known."""
    if plan.workers > 1 and not plan.database:
        raise FleetError("several workers need one database that all of them reach: name it with --database")
    shutil.rmtree(plan.folder, ignore_errors=True)
    processes = Processes(plan.folder)
    data, broker = str(plan.folder / "hub"), Broker("127.0.0.1", free_port())
    server = ("--database", plan.database) if plan.database else ()
    try:
        made = await processes.ask("init", "hub_service", "init", "--data-dir", data, *server)
        # What doesn't need each other starts at once: a worker alone takes seconds to read its modules.
        introduced, _ = await asyncio.gather(
            asyncio.to_thread(_introduced, plan, data),
            processes.start("broker", *_broker_words(), "--port", str(broker.port)),
        )
        names = tuple(f"hub-{number}" for number in range(1, plan.workers + 1)) if plan.workers > 1 else ("hub",)
        urls = tuple(await asyncio.gather(*[_worker(processes, name, plan, broker) for name in names]))
    except BaseException:
        await processes.stop()
        raise
    return Ground(urls, made["api_key"], broker, processes, (*names, "broker"), plan.watched), introduced


async def _worker(processes: Processes, name: str, plan: Local, broker: Broker) -> str:
    words = ("run", "--data-dir", str(plan.folder / "hub"), "--port", "0", "--broker-port", str(broker.port))
    told = await processes.start(name, *plan.hub, *words, *(("--broker-shared",) if plan.workers > 1 else ()))
    return str(told["hub_url"])


def known_there(plan: Local) -> list[Identity]:
    """Lockers that were made known to somebody's hub by its operator. Raises FleetError with what is still to do."""
    folder = plan.folder
    wishes_file, keys_file, made_file = (folder / name for name in ("lockers.jsonl", "keys.json", "made.jsonl"))
    if not wishes_file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        wishes, keys = wished(plan)
        keys_file.touch(mode=0o600)
        keys_file.write_text(json.dumps([key.private_bytes_raw().hex() for key in keys]))
        wishes_file.write_text("".join(json.dumps(wish) + "\n" for wish in wishes))
    if not made_file.exists():
        raise FleetError(
            f"make the lockers known first: on the hub's machine\n  ./run hub add-lockers --data-dir ... <"
            f" {wishes_file} > {made_file}\nand then call this again"
        )
    wishes = [json.loads(line) for line in wishes_file.read_text().splitlines()]
    if len(wishes) != plan.lockers:
        raise FleetError(f"{wishes_file} names {len(wishes)} lockers: say --lockers {len(wishes)}, or another --folder")
    keys = [Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)) for key in json.loads(keys_file.read_text())]
    return list(identities(made_file.read_text().splitlines(), wishes, keys, plan.compartments))


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
        hint = " (--database has to be an empty one)" if plan.database else ""
        raise FleetError(f"the hub doesn't take the lockers: {done.stderr.strip()}{hint}")
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
