"""From the last byte of a scan to the lock's pin, against the same parts called by hand in one thread.

The floor writes and reads the pseudo-terminal, verifies the ticket, makes one durable commit of what the daemon would
journal, and sets the pin through a guardian of its own. Both are measured in turn, at this process's end of the pins.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bench.board import Board
from bench.figures import Spread
from bench.site import SITE
from locker.cabinet.actions import Record
from locker.cabinet.cabinet import Cabinet
from locker.cabinet.events import Booted, Commissioned, Event, OrdersReceived
from locker.journal import Journal, open_file
from locker.settings import Settings, load
from locker.twin.sites import Wiring, config
from locker.wire import codec, ticket
from locker.wire.facts import Moment
from locker.wire.messages import FullState
from locker.wire.orders import Admit, Order, Site, Snapshot, TicketKey

READY_TIMEOUT_S, STEP_TIMEOUT_S = 30.0, 10.0
SETTLE_S = 0.03
PULSE_MS = 50


@dataclass(frozen=True, slots=True)
class Codes:
    """What is scanned: for each pickup the ticket that deposits it and the one that collects it."""

    pairs: list[tuple[str, str]]
    key: Ed25519PublicKey


def measure(folder: Path, scans: int) -> dict[str, object]:
    """Runs daemon and floor in turn; times in microseconds, the ratio of the 99th percentiles, and how many scans."""
    hub_key, codes = issued(scans // 2)
    with _locker(folder / "ours", "daemon", codes, hub_key) as ours, _floor(folder / "floor") as floor:
        daemon_ns, floor_ns = [], []
        for deposit, collect in codes.pairs:
            for code in (deposit, collect):
                daemon_ns.append(_scan(ours, code))
                floor_ns.append(floor.scan(code, codes.key))
    ours_spread, floor_spread = Spread.of_ns(daemon_ns), Spread.of_ns(floor_ns)
    return {
        "scan_to_lock_over_floor_p99": round(ours_spread.p99_us / floor_spread.p99_us, 3),
        "scan_to_lock_over_floor_p50": round(ours_spread.p50_us / floor_spread.p50_us, 3),
        "scan_to_lock_us": ours_spread.figures(),
        "floor_us": floor_spread.figures(),
        "scans": len(daemon_ns),
    }


def issued(pickups: int) -> tuple[Ed25519PrivateKey, Codes]:
    key = Ed25519PrivateKey.generate()
    pairs = []
    for number in range(1, pickups + 1):
        pickup = f"{number:016x}"
        both = [
            ticket.Ticket(
                type=kind, kid=1, home=SITE.number, pickup=pickup, generation=1, not_after_s=2**31,
                size_class="S" if kind == "deposit" else "", pin_tag="0" * 32 if kind == "deposit" else "",
            )
            for kind in ("deposit", "pickup")
        ]  # fmt: skip
        pairs.append((ticket.issue(both[0], key), ticket.issue(both[1], key)))
    return key, Codes(pairs, key.public_key())


def _scan(board: Board, code: str) -> int:
    """One scan at the daemon: how long until the lock's pin (ns). The door then opens and is shut again."""
    written_ns = board.scan(code)
    n, on_ns = board.until_lock(True, STEP_TIMEOUT_S)
    board.door(n, True)
    board.until_lock(False, STEP_TIMEOUT_S)
    time.sleep(SETTLE_S)
    board.door(n, False)
    time.sleep(SETTLE_S)
    return on_ns - written_ns


@contextmanager
def _locker(folder: Path, program: str, codes: Codes, hub_key: Ed25519PrivateKey) -> Iterator[Board]:
    settings, board = _set_up(folder)
    prefill(settings, codes, hub_key)
    child = start(program, folder, stdin=subprocess.DEVNULL)
    try:
        # Guardian and daemon both claim their lines; the scanner is open once nothing more is said for a while.
        _until_quiet(board)
        yield board
    finally:
        child.terminate()
        child.wait(STEP_TIMEOUT_S)
        board.close()


@dataclass(slots=True)
class _Floor:
    board: Board
    guardian: socket.socket
    store: sqlite3.Connection
    n: int = 1

    def scan(self, code: str, key: Ed25519PublicKey) -> int:
        """The same parts by hand (ns)."""
        begun_ns = self.board.scan(code)
        text = b""
        while not text.endswith(b"\r"):
            text += os.read(self.board.slave, 4_096)
        signed = ticket.read(text.decode().strip())
        assert signed is not None and signed.signed_by(key)
        fact = json.dumps({"kind": "unlock_authorised", "n": self.n, "pickup": signed.ticket.pickup, "pad": "x" * 300})
        self.store.execute("BEGIN IMMEDIATE")
        self.store.execute("INSERT INTO facts (fact) VALUES (?)", (fact,))
        self.store.execute("COMMIT")
        self.guardian.send(b"pulse %d %d\n" % (self.n, PULSE_MS))
        _, on_ns = self.board.until_lock(True, STEP_TIMEOUT_S)
        self.board.until_lock(False, STEP_TIMEOUT_S)
        self.guardian.recv(4_096)
        self.n = self.n % sum(map(len, SITE.columns)) + 1
        return on_ns - begun_ns


@contextmanager
def _floor(folder: Path) -> Iterator[_Floor]:
    _, board = _set_up(folder)
    ours, theirs = socket.socketpair()
    child = start("guardian", folder, stdin=theirs.fileno())
    theirs.close()
    store = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        store.execute(f"PRAGMA {pragma}")
    store.execute("CREATE TABLE facts (position INTEGER PRIMARY KEY, fact TEXT)")
    try:
        _until_quiet(board)
        ours.recv(4_096)
        yield _Floor(board, ours, store)
    finally:
        ours.close()
        child.wait(STEP_TIMEOUT_S)
        store.close()
        board.close()


def _set_up(folder: Path) -> tuple[Settings, Board]:
    folder.mkdir(parents=True)
    for name in ("signing.key", "code.key"):
        (folder / name).write_text("11" * 32)
    # Nobody listens at the broker's port: the locker is offline, as it has to be good at.
    text = config(SITE, Wiring(broker_port=9, kiosk_port=0, hub_key="22" * 32), folder)
    file = folder / "locker.toml"
    file.write_text(text + f"\n[locks]\npulse_ms = {PULSE_MS}\n")
    board = Board(folder, load(file))
    quick = text.replace('pin_factory = "twin"', 'pin_factory = "twin"\ndebounce_ms = 5')
    quick = quick.replace(str(folder / "scanner"), str(board.scanner))
    file.write_text(quick + f"\n[locks]\npulse_ms = {PULSE_MS}\n")
    return load(file), board


def prefill(settings: Settings, codes: Codes, hub_key: Ed25519PrivateKey) -> None:
    """A journal as a commissioned locker has it: looked into, and told of its keys and pickups."""
    settings.locker.data_dir.mkdir(exist_ok=True)
    public = hub_key.public_key().public_bytes_raw().hex()
    orders: list[Order] = [Site(name="Bench", keys=(TicketKey(kid=1, public_key=public),))]
    orders += [Admit(pickup=f"{number:016x}", generation=1) for number in range(1, len(codes.pairs) + 1)]
    state = FullState(
        locker=settings.locker.id, epoch="bench", number=1, digest="33" * 32,
        snapshot=codec.snapshot_to_json(Snapshot(orders=tuple(orders))),
    )  # fmt: skip
    specs = tuple(box.spec() for box in settings.compartment)
    events: list[Event] = [
        Booted(
            run="44" * 8, locker=settings.locker.id, number=settings.locker.number, software="bench",
            compartments=specs, doors_open={spec.n: False for spec in specs},
        ),
        Commissioned(),
        OrdersReceived(message=state),
    ]  # fmt: skip
    cabinet, connection = Cabinet(), open_file(settings.locker.data_dir / "journal.sqlite")
    actions = [action for event in events for action in cabinet.step(event, Moment(run_ms=1, wall_ms=1))]
    Journal(connection).append([action.fact for action in actions if isinstance(action, Record)])
    connection.close()


def start(program: str, folder: Path, stdin: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {"LOCKER_TWIN_SOCKET": str(folder / "pins.socket"), "GPIOZERO_PIN_FACTORY": "twin"}
    words = [sys.executable, "-m", "bench.restless", program, "--config", str(folder / "locker.toml")]
    with (folder / f"{program}.log").open("wb") as log:
        return subprocess.Popen(words, stdin=stdin, stdout=log, stderr=log, env=environment)


def _until_quiet(board: Board) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    quiet_since = time.monotonic()
    spoken = False
    while time.monotonic() < deadline:
        if board.serve(0.1):
            spoken, quiet_since = True, time.monotonic()
        if spoken and time.monotonic() - quiet_since > 2:
            return
    raise TimeoutError("the programs didn't claim their lines; see the logs in build/bench")
