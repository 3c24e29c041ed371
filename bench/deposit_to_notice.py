"""From a door that is pushed shut on a deposited parcel to the recipient's notice in the hub's outbox.

The whole way on the embedded parts: switch, debouncing, daemon, journal, broker, hub, commit. The outbox is read as any
other program would read it, so what is measured is when the notice is really there.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.board import Board
from bench.figures import Spread
from bench.site import SITE
from locker.settings import load
from locker.twin.ports import free_port
from locker.twin.sites import Wiring, config

LOOK_S, SETTLE_S = 0.001, 0.08
TIMEOUT_S = 30.0


def measure(folder: Path, deposits: int) -> dict[str, object]:
    """Deposits and collects so many parcels, one after the other; times in milliseconds."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        hub, broker_port = _hub(folder, stack)
        board = _locker(folder, stack, broker_port)
        outbox = sqlite3.connect(f"file:{next((folder / 'hub').glob('*.sqlite'))}?mode=ro", uri=True)
        stack.callback(outbox.close)
        # The hub promises room only where it knows compartments, which the locker tells.
        _until(lambda: hub.get(f"/v1/lockers/{SITE.id}").json()["free_by_size"], board)
        times_ns = [_deposit(hub, board, outbox, f"BENCH-{number}") for number in range(deposits)]
    spread = Spread.of_ns(times_ns)
    return {
        "deposit_to_notice_p99_ms": round(spread.p99_us / 1000, 1),
        "deposit_to_notice_ms": {name: round(us / 1000, 1) for name, us in spread.figures().items()},
        "deposits": len(times_ns),
    }


def _deposit(hub: httpx.Client, board: Board, outbox: sqlite3.Connection, label: str) -> int:
    answer = hub.post(
        "/v1/parcels",
        json={
            "tracking_number": label,
            "carrier": "bench",
            "recipient": {"name": "Ada", "email": "ada@example.org"},
            "size_mm": {"width": 300, "height": 60, "depth": 200},
            "locker_id": SITE.id,
        },
    )
    answer.raise_for_status()
    _until(lambda: hub.get(f"/v1/lockers/{SITE.id}").json()["orders_behind"] == 0, board)
    before = _ready_notices(outbox)
    n = _opened(board, label)
    time.sleep(SETTLE_S)
    shut_ns = time.perf_counter_ns()
    board.door(n, False)
    _until(lambda: _ready_notices(outbox) > before, board)
    took_ns = time.perf_counter_ns() - shut_ns
    n = _opened(board, answer.json()["pickup"]["ticket"])
    time.sleep(SETTLE_S)
    board.door(n, False)
    time.sleep(SETTLE_S)
    return took_ns


def _opened(board: Board, code: str) -> int:
    board.scan(code)
    n, _ = board.until_lock(True, TIMEOUT_S)
    board.door(n, True)
    board.until_lock(False, TIMEOUT_S)
    return n


def _ready_notices(outbox: sqlite3.Connection) -> int:
    found: int = outbox.execute("SELECT count(*) FROM notices_outbox WHERE kind = 'ready'").fetchone()[0]
    return found


def _until(holds: Callable[[], Any], board: Board) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not holds():
        board.serve(LOOK_S)
        if time.monotonic() > deadline:
            raise TimeoutError("the hub or the locker didn't answer; see the logs in build/bench")


def _hub(folder: Path, stack: ExitStack) -> tuple[httpx.Client, int]:
    data, port = str(folder / "hub"), free_port()
    made = say("hub_service", "init", "--data-dir", data)
    stack.enter_context(running(folder, "hub_service", "broker", "--port", str(port)))
    made_locker = introduce(folder, data)
    (folder / "keys.json").write_text(json.dumps(made_locker))
    words = ("run", "--data-dir", data, "--port", str(free_port()), "--broker-port", str(port))
    ready = stack.enter_context(running(folder, "hub_service", *words))
    client = httpx.Client(base_url=ready["hub_url"], headers={"Authorization": f"Bearer {made['api_key']}"}, timeout=20)
    return stack.enter_context(client), port


def introduce(folder: Path, data: str) -> dict[str, Any]:
    file = folder / "locker.toml"
    file.write_text(config(SITE, Wiring(broker_port=1, kiosk_port=0, hub_key="0" * 64), folder))
    public = say("locker", "init", "--config", str(file))["public_key"]
    words = ("--id", SITE.id, "--number", str(SITE.number), "--name", SITE.name, "--where", SITE.where)
    return say("hub_service", "add-locker", "--data-dir", data, *words, "--public-key", public)


def _locker(folder: Path, stack: ExitStack, broker_port: int) -> Board:
    keys = json.loads((folder / "keys.json").read_text())
    (folder / "code.key").write_text(keys["code_key"])
    file = folder / "locker.toml"
    wiring = Wiring(broker_port=broker_port, kiosk_port=free_port(), hub_key=keys["hub_public_key"])
    text = config(SITE, wiring, folder)
    file.write_text(text)
    board = Board(folder, load(file))
    stack.callback(board.close)
    file.write_text(text.replace(str(folder / "scanner"), str(board.scanner)) + "\n[locks]\npulse_ms = 50\n")
    say("locker", "commission", "--config", str(file))
    environment = os.environ | {"LOCKER_TWIN_SOCKET": str(board.socket_path), "GPIOZERO_PIN_FACTORY": "twin"}
    with (folder / "daemon.log").open("wb") as log:
        words = [sys.executable, "-m", "bench.restless", "daemon", "--config", str(file)]
        child = subprocess.Popen(words, stdout=log, stderr=log, env=environment)
    stack.callback(ended, child)
    return board


@contextmanager
def running(folder: Path, *words: str) -> Iterator[dict[str, Any]]:
    with (folder / f"{words[1]}.log").open("wb") as log:
        child = subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, stderr=log)
    try:
        assert child.stdout is not None
        yield json.loads(child.stdout.readline())
    finally:
        ended(child)


def ended(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    child.wait(TIMEOUT_S)
    if child.stdout:
        child.stdout.close()


def say(*words: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=True)
    last = (done.stdout.splitlines() or [""])[-1]
    said: dict[str, Any] = json.loads(last) if last.startswith("{") else {}
    return said
