"""What every handler needs: the store, the keys, the time and chance of one hub."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hub_service.domain.courtesy import Courtesy
from hub_service.domain.draws import Draws
from hub_service.handlers.code_stock import CodeStock
from hub_service.measures import Measures
from hub_service.store import clock_offset, keys, lockers, staff
from hub_service.store.database import Store
from hub_service.store.databases import open_store
from hub_service.store.keys import Keys
from hub_service.store.location import Server
from locker.wire.access_tag import access_tag

_log = logging.getLogger(__name__)
HASHES_AT_ONCE = 2
"""Each takes 19 MiB and 25 ms of a core; more at once would only wait for each other."""


class Clock(Protocol):
    """Tells the time."""

    def now_ms(self) -> int: ...


class SystemClock:
    """The time of this machine."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class MovedClock:
    """The demo's time: another clock's, moved forward by what the store says, so that a restart keeps it."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self.moved_s = clock_offset.read(store)

    def now_ms(self) -> int:
        return self._clock.now_ms() + self.moved_s * 1000

    def move(self, forward_s: int) -> None:
        """Lets so many seconds pass at once."""
        assert forward_s >= 0, "time goes forward"
        self.moved_s = clock_offset.add(self._store, forward_s)


@dataclass(frozen=True, slots=True)
class Hub:
    """One hub. `public_url` is how people reach its pages; `demo_links` the file that says where demo lockers are."""

    store: Store
    keys: Keys
    clock: Clock
    public_url: str = ""
    demo_links: Path | None = None
    courtesy: Courtesy = field(default_factory=Courtesy)
    private_webhooks: bool = False
    hashing: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(HASHES_AT_ONCE))
    measures: Measures = field(default_factory=Measures)
    draws: Draws = field(default_factory=lambda: Draws(secrets))
    stock: CodeStock = field(default_factory=CodeStock)

    def now_ms(self) -> int:
        return self.clock.now_ms()

    def now_s(self) -> int:
        return self.clock.now_ms() // 1000

    def tag(self, code: str, locker_id: str) -> str:
        """What a locker compares a typed code with. Slow: never inside a writing transaction."""
        with self.store.read() as db:
            key = lockers.code_key(db, self.store, locker_id)
        # Waiting here costs a thread; 64 hashes at once would cost 1.2 GiB.
        with self.hashing:
            return access_tag(code, key)

    def page_path(self, parcel_id: str) -> str:
        """Where a parcel's page is."""
        return f"/p/{self.store.vault.page_token(parcel_id)}"


def open_hub(
    data_dir: Path,
    database: Path | Server,
    *,
    public_url: str = "",
    links: Path | None = None,
    moved: bool = False,
    courtesy: Courtesy | None = None,
    private_webhooks: bool = False,
) -> Hub:
    """The hub whose keys and database lie there; with `moved` its time can be moved forward. Raises StoreError."""
    secret_keys = keys.load(data_dir)
    store = open_store(database, secret_keys.vault)
    clock = MovedClock(SystemClock(), store) if moved else SystemClock()
    if ended := staff.enter_codes(store, clock.now_ms() // 1000):
        _log.warning("%s passes had a recipient's PIN and have ended: give their holders new ones", ended)
    return Hub(store, secret_keys, clock, public_url, links, courtesy or Courtesy(), private_webhooks)
