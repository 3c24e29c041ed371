"""What the demo has brought up: where hub and lockers are, and how to reach them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from locker.twin.person import Person
from locker.twin.processes import Processes


@dataclass(frozen=True, slots=True)
class LockerPlace:
    """One locker that runs."""

    id: str
    kiosk_url: str
    twin_url: str


@dataclass(slots=True)
class Stage:
    """What runs, and where. `api` talks to the hub with the demo's key."""

    folder: Path
    quiet: bool
    processes: Processes
    api: httpx.AsyncClient
    web: httpx.AsyncClient
    hub_url: str = ""
    api_key: str = ""
    broker_host: str = "127.0.0.1"
    """Or the nodes of a cluster, divided by commas."""

    broker_port: int = 0
    """0: a broker is started."""
    lockers: list[LockerPlace] = field(default_factory=list)
    by_way_of: dict[str, int] = field(default_factory=dict)
    """Ports that somebody reaches the broker by instead of its own, by locker's id or "hub"."""

    broker_qos: int = 1
    log_format: str = "text"
    """How hub and daemons write their logs: text or json."""

    database: str = ""
    """An empty PostgreSQL database (its URL) for the hub instead of a file."""

    workers: int = 1
    """So many equal hubs share the database and the broker."""

    worker_urls: list[str] = field(default_factory=list)

    courier_code: str = ""
    operator_code: str = ""

    def broker_port_for(self, who: str) -> int:
        """Where the hub or a locker finds the broker."""
        return self.by_way_of.get(who, self.broker_port)

    def person_at(self, locker: str) -> Person:
        """Somebody in front of this locker."""
        place = next(one for one in self.lockers if one.id == locker)
        return Person(self.web, place.twin_url, place.kiosk_url)

    def say(self, text: str) -> None:
        """Tells the person at the terminal how far we are."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)
