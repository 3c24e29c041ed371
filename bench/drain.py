"""A locker that was cut off for a month is connected again: how long until the hub knows everything, once and in order.

Also how long its daemon takes from the start of its process until it serves people, with all of that in its journal.
The locker's daemon, the broker and the hub are processes of their own, on files; nobody is in front of the locker.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from bench import long_journal
from bench.board import Board
from bench.deposit_to_notice import ended, introduce, running, say
from bench.site import SITE
from hub_service.handlers.hub import open_hub
from hub_service.settings import DATABASE
from locker.journal import Journal, read_file
from locker.settings import Settings, load
from locker.twin.ports import free_port
from locker.twin.sites import Wiring, config

STARTS = 5
LOOK_S = 0.02
TIMEOUT_S = 900.0


def measure(folder: Path, count: int, broker: str = "embedded", starts: int = STARTS) -> dict[str, object]:
    """Drains `count` facts, then starts the daemon again some times; seconds."""
    folder.mkdir(parents=True)
    hub_folder, port = folder / "hub", free_port()
    say("hub_service", "init", "--data-dir", str(hub_folder))
    made = introduce(folder, str(hub_folder))
    (folder / "code.key").write_text(made["code_key"])
    settings = _settings(folder, port, made["hub_public_key"])
    path = _month(folder, settings, count)
    words = ("hub_service", "broker") if broker == "embedded" else ("locker.twin.mosquitto",)
    with ExitStack() as stack:
        stack.enter_context(running(folder, *words, "--port", str(port)))
        stack.enter_context(running(folder, "hub_service", "run", "--data-dir", str(hub_folder), "--port", "0",
                                    "--broker-port", str(port)))  # fmt: skip
        first_s, drain_s = _drained(folder, settings, path, count)
        assert _told(hub_folder / DATABASE, path) == [], "something was lost, doubled or parked"
    ready_s = [_ready(folder, settings) for _ in range(starts)]
    return {
        "drain_facts": count,
        "drain_s": round(drain_s, 1),
        "drain_100k_s": round(drain_s * 100_000 / count, 1),
        "ready_s": round(statistics.median(ready_s), 2),
        "ready_without_checkpoint_s": round(first_s, 2),
    }


def _month(folder: Path, settings: Settings, count: int) -> Path:
    database = folder / "hub" / DATABASE
    hub = open_hub(folder / "hub", database)
    with closing(hub.store):
        long_journal.announced(hub, SITE.id)
    epoch, orders = long_journal.orders_of(database, SITE.id)
    return long_journal.written(settings, orders, epoch, count)


def _settings(folder: Path, port: int, hub_key: str) -> Settings:
    file, wiring = folder / "locker.toml", Wiring(broker_port=port, kiosk_port=free_port(), hub_key=hub_key)
    file.write_text(config(SITE, wiring, folder).replace(str(folder / "scanner"), ""))
    return load(file)


def _drained(folder: Path, settings: Settings, path: Path, count: int) -> tuple[float, float]:
    """How long until the daemon was ready, and from then until the hub had all that was in the journal."""
    with closing(Journal(read_file(path))._connection) as journal:
        (last,) = journal.execute("SELECT digest FROM entries WHERE position = ?", (count,)).fetchone()
    with _daemon(folder, settings) as ready_s:
        began = time.monotonic()
        with closing(sqlite3.connect(f"file:{folder / 'hub' / DATABASE}?mode=ro", uri=True)) as hub:
            while not hub.execute("SELECT 1 FROM reports WHERE digest = ?", (last.hex(),)).fetchone():
                assert time.monotonic() - began < TIMEOUT_S, "the hub doesn't hear; see the logs beside the data"
                time.sleep(LOOK_S)
        return ready_s, time.monotonic() - began


def _ready(folder: Path, settings: Settings) -> float:
    with _daemon(folder, settings) as ready_s:
        return ready_s


@contextmanager
def _daemon(folder: Path, settings: Settings) -> Iterator[float]:
    """Runs the locker's daemon; the seconds from the start of its process until it said that it serves people."""
    (folder / "pins.socket").unlink(missing_ok=True)
    with ExitStack() as stack:
        notice = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        address = folder / "notify.socket"
        address.unlink(missing_ok=True)
        notice.bind(str(address))
        notice.setblocking(False)
        board = Board(folder, settings)
        stack.callback(board.close)
        environment = os.environ | {
            "LOCKER_TWIN_SOCKET": str(board.socket_path), "GPIOZERO_PIN_FACTORY": "twin", "NOTIFY_SOCKET": str(address),
        }  # fmt: skip
        log, began = stack.enter_context((folder / "daemon.log").open("ab")), time.monotonic()
        words = [sys.executable, "-m", "locker", "run", "--config", str(folder / "locker.toml")]
        child: Any = subprocess.Popen(words, stdout=log, stderr=log, env=environment)
        stack.callback(ended, child)
        while b"READY=1" not in heard(notice):
            assert child.poll() is None and time.monotonic() - began < TIMEOUT_S, "the daemon didn't come up"
            board.serve(LOOK_S)
        yield time.monotonic() - began


def heard(notice: socket.socket) -> bytes:
    try:
        return notice.recv(4_096)
    except BlockingIOError:
        return b""


def _told(database: Path, path: Path) -> list[str]:
    """What the hub and the journal don't agree on; the daemon's own later facts may be told or not."""
    with closing(sqlite3.connect(database)) as hub:
        rows = hub.execute("SELECT digest, state FROM reports WHERE locker_id = ? ORDER BY position", (SITE.id,))
        told = rows.fetchall()
    journalled = [digest for _, digest, _ in Journal(read_file(path)).entries()]
    parked = [f"{digest[:8]} is {state}" for digest, state in told if state != "applied"]
    wrong = [] if [digest for digest, _ in told] == journalled[: len(told)] else ["the order of what was told"]
    return [*wrong, *parked]
