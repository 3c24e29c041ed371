"""What a locker's daemon costs the small computer that it runs on: memory, idle processor time, time until it serves.

The daemons are the demo's: one on pins, one on a lock board, one on Modbus, each with a twin around it, a page that is
watched, a broker and a hub. The daemon on pins alone is started again to time it, with a thousand facts to replay.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from bench import long_journal
from bench.board import Board
from bench.deposit_to_notice import ended, introduce, say
from bench.drain import heard
from bench.site import SITE
from hub_service.handlers.hub import open_hub
from hub_service.settings import DATABASE
from locker.settings import Settings, load
from locker.twin.demo import bring_up
from locker.twin.fleet.gauges import descendants, use_of
from locker.twin.ports import free_port
from locker.twin.processes import Processes
from locker.twin.sites import Wiring, config
from locker.twin.stage import Stage

FACTS = 1_000
IDLE_S, REST_S = 12.0, 8.0
LOOK_S, TIMEOUT_S = 0.002, 60.0
WRONG_PIN = "00000000"
IMPORTS = (
    "import time; began = time.perf_counter(); import locker.cli, locker.unneeded; locker.unneeded.leave_out();"
    "import locker.assembly, locker.devices.gpio;"
    "print(time.perf_counter() - began)"
)


def measure(folder: Path, starts: int) -> dict[str, object]:
    """Brings the demo up and looks at its daemons; then starts one so many times."""
    folder.mkdir(parents=True)
    # As on an installed locker, where pip has compiled everything: whoever compiles at each start is slower and bigger.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    for _ in range(2):
        subprocess.run([sys.executable, "-c", IMPORTS], stdout=subprocess.DEVNULL, check=True)
    return asyncio.run(_at_rest(folder / "demo")) | _starting(folder / "starts", starts)


async def _at_rest(folder: Path) -> dict[str, object]:
    async with httpx.AsyncClient(timeout=20.0) as web, httpx.AsyncClient(timeout=20.0) as api:
        stage = Stage(folder, True, Processes(folder / "logs"), api, web)
        try:
            await bring_up(stage, mosquitto=True)
            pids = {place.id: _daemon_of(stage.processes.pid(f"twin-{place.id}")) for place in stage.lockers}
            await asyncio.sleep(REST_S)
            closed = await _idle(pids)
            memory = {name: _status_mb(pid, "VmRSS") for name, pid in pids.items()}
            async with contextlib.AsyncExitStack() as pages:
                for place in stage.lockers:
                    await pages.enter_async_context(_watched(web, place.kiosk_url))
                watched = await _idle(pids)
                peaks = {place.id: await _peak_mb(web, place.kiosk_url, pids[place.id]) for place in stage.lockers}
        finally:
            await stage.processes.stop()
    return {
        "daemon_rss_mb": max(memory.values()),
        "daemon_peak_mb": max(peaks.values()),
        "daemon_idle_percent": max(watched.values()),
        "daemon_by_locker": {
            name: {"rss_mb": memory[name], "peak_mb": peaks[name], "idle_percent": closed[name],
                   "idle_watched_percent": watched[name]}
            for name in pids
        },
    }  # fmt: skip


def _daemon_of(twin: int) -> int:
    """The daemon below a twin: its first descendant; the guardian is below that."""
    return descendants(twin)[0]


async def _idle(pids: dict[str, int]) -> dict[str, float]:
    began, before = time.monotonic(), {name: use_of(pid).cpu_s for name, pid in pids.items()}
    await asyncio.sleep(IDLE_S)
    share = 100 / (time.monotonic() - began)
    return {name: round((use_of(pid).cpu_s - before[name]) * share, 2) for name, pid in pids.items()}


@asynccontextmanager
async def _watched(web: httpx.AsyncClient, kiosk_url: str) -> AsyncIterator[None]:
    """Somebody's browser shows the kiosk's page."""

    async def watch() -> None:
        async with web.stream("GET", f"{kiosk_url}/events", timeout=None) as events:
            async for _ in events.aiter_lines():
                pass

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _peak_mb(web: httpx.AsyncClient, kiosk_url: str, pid: int) -> float:
    """The most memory that the daemon has while it checks a PIN."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the kernel's high-water mark starts anew
    await web.post(f"{kiosk_url}/keys", json={"text": WRONG_PIN})
    deadline = time.monotonic() + 20
    while (await web.get(f"{kiosk_url}/state")).json()["screen"]["name"] != "refused":
        assert time.monotonic() < deadline, "the daemon doesn't answer a PIN"
        await asyncio.sleep(0.02)
    return _status_mb(pid, "VmHWM")


def _status_mb(pid: int, field: str) -> float:
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return round(int(lines[field].split()[0]) / 1024, 1)


def _starting(folder: Path, starts: int) -> dict[str, object]:
    """How long a start takes until the daemon serves people, as a multiple of what its imports take alone."""
    folder.mkdir(parents=True)
    hub_folder = folder / "hub"
    say("hub_service", "init", "--data-dir", str(hub_folder))
    made = introduce(folder, str(hub_folder))
    (folder / "code.key").write_text(made["code_key"])
    settings = _settings(folder, free_port(), made["hub_public_key"])
    hub = open_hub(hub_folder, hub_folder / DATABASE)
    with contextlib.closing(hub.store):
        long_journal.announced(hub, SITE.id)
    epoch, orders = long_journal.orders_of(hub_folder / DATABASE, SITE.id)
    long_journal.written(settings, orders, epoch, FACTS)
    ready: list[float] = []
    imports: list[float] = []
    # Alternating: whatever else the machine does hits both alike.
    for _ in range(starts):
        done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
        imports.append(float(done.stdout))
        ready.append(_ready_s(folder, settings))
    return {
        "daemon_imports_s": round(statistics.median(imports), 3),
        "daemon_ready_s": round(statistics.median(ready), 3),
        "daemon_ready_over_imports": round(statistics.median(ready) / statistics.median(imports), 2),
    }


def _settings(folder: Path, port: int, hub_key: str) -> Settings:
    file, wiring = folder / "locker.toml", Wiring(broker_port=port, kiosk_port=free_port(), hub_key=hub_key)
    file.write_text(config(SITE, wiring, folder))
    return load(file)


def _ready_s(folder: Path, settings: Settings) -> float:
    """From the start of the process until the kiosk has answered and then shown what became of a scan."""
    for name in ("pins.socket", "notify.socket", "scanner"):
        (folder / name).unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        board = Board(folder, settings)
        stack.callback(board.close)
        (folder / "scanner").symlink_to(board.scanner)
        told = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        told.bind(str(folder / "notify.socket"))
        told.setblocking(False)
        environment = os.environ | {
            "LOCKER_TWIN_SOCKET": str(board.socket_path), "GPIOZERO_PIN_FACTORY": "twin",
            "NOTIFY_SOCKET": str(folder / "notify.socket"),
        }  # fmt: skip
        log = stack.enter_context((folder / "daemon.log").open("ab"))
        words = [sys.executable, "-m", "locker", "run", "--config", str(folder / "locker.toml")]
        kiosk = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{settings.kiosk.port}", trust_env=False))
        began = time.monotonic()
        child: Any = subprocess.Popen(words, stdout=log, stderr=log, env=environment)
        stack.callback(ended, child)
        _until(lambda: b"READY=1" in heard(told), board, child)
        _until(lambda: _screen(kiosk) == "idle", board, child)
        board.scan("NOBODY-KNOWS-THIS")
        _until(lambda: _screen(kiosk) == "refused", board, child)
        return time.monotonic() - began


def _screen(kiosk: httpx.Client) -> str:
    try:
        return str(kiosk.get("/state").json()["screen"]["name"])
    except httpx.TransportError:
        return ""


def _until(holds: Callable[[], bool], board: Board, child: Any) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not holds():
        assert child.poll() is None and time.monotonic() < deadline, "the daemon didn't come up; see its log"
        board.serve(LOOK_S)
