"""What is taken away while people go on: the database's primary, the broker with all it holds, a node of a cluster."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Protocol

from locker.twin.stage import Stage
from tests.failover.nats import NAMES, Cluster
from tests.servers.postgresql import PostgreSQL, on_disk
from tests.servers.shipped import beside, script, settings

NOTICED_S = 3.0
"""So long a watcher takes until it is sure that a primary is gone."""

AWAY_S = 5.0
FOLLOWS_S, LOOK_S = 30.0, 0.1


class Blow(Protocol):
    """One thing that can be taken away. `mosquitto` says whether the stage starts a broker of its own."""

    mosquitto: bool

    def prepare(self, stage: Stage) -> None:
        """What has to run before hub and lockers do."""

    async def strike(self, stage: Stage) -> None:
        """Takes it away, and does what an operator or a watcher would do then."""

    def stop(self) -> None:
        """Everything that was prepared ends."""


class Postgres:
    """The primary dies; its synchronous standby becomes the primary."""

    mosquitto = True

    def __init__(self) -> None:
        self.primary = PostgreSQL(
            durable=True, folder=on_disk(),
            settings=settings() | {"shared_buffers": "64MB", "archive_command": "true"},
        )  # fmt: skip
        folder = beside(self.primary, "standby")
        script("standby", self.primary.url(), folder / "data", "second")
        self.standby = PostgreSQL(durable=True, folder=folder, settings={"shared_buffers": "64MB"})

    def prepare(self, stage: Stage) -> None:
        self.primary.run("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'")
        self.primary.run("SELECT pg_reload_conf()")
        deadline = time.monotonic() + FOLLOWS_S
        while not self.primary.run("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'quorum'"):
            assert time.monotonic() < deadline, "the standby doesn't follow"
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        stage.database = f"postgresql://hub@{hosts}/postgres?target_session_attrs=read-write"
        stage.workers = 2

    async def strike(self, stage: Stage) -> None:
        self.primary.stop(signal.SIGKILL)
        await asyncio.sleep(NOTICED_S)
        await asyncio.to_thread(script, "promote", self.standby.data, self.standby.url())

    def stop(self) -> None:
        self.primary.remove()
        self.standby.remove()


class Broker:
    """Mosquitto dies with all sessions, queues and retained messages; an empty one takes its place."""

    mosquitto = True

    def prepare(self, stage: Stage) -> None:
        """It is started with everything else, and keeps nothing on a disk."""

    async def strike(self, stage: Stage) -> None:
        await stage.processes.kill("broker")
        await asyncio.sleep(AWAY_S)
        await stage.processes.again("broker")

    def stop(self) -> None:
        """It ends with everything else."""


class Nats:
    """The node dies that everybody is connected to; two others go on, and it comes back later."""

    mosquitto = False

    def __init__(self, folder: Path) -> None:
        self.cluster = Cluster(folder)

    def prepare(self, stage: Stage) -> None:
        self.cluster.start()
        stage.broker_host, stage.broker_qos = self.cluster.hosts, 0
        stage.broker_port = self.cluster.mqtt[NAMES[0]]

    async def strike(self, stage: Stage) -> None:
        self.cluster.kill(NAMES[0])
        await asyncio.sleep(4 * AWAY_S)
        self.cluster.start_node(NAMES[0])

    def stop(self) -> None:
        self.cluster.stop()
