"""A locker for the fault matrix: the real daemon and drivers on boards and a scanner in software, in virtual time.

Three compartments on one lock board: Ada's parcel is in the first, Ben's in the second, the third is empty and must
never be pulsed.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.cabinet.events import ChoiceMade, CodeEntered, Commissioned, Event, OrdersReceived
from locker.clock import Clock
from locker.daemon import Chances, Daemon, Ports
from locker.devices.banks import Banks, Switches, open_banks
from locker.devices.scanner import SerialScanner
from locker.journal import Journal
from locker.settings import Settings
from locker.twin.machine import Machine
from locker.twin.physics import CantBeDone, Door
from locker.twin.serial_port import SerialPort
from locker.wire import codec, ticket
from locker.wire.access_tag import access_tag
from locker.wire.chain import GENESIS
from locker.wire.facts import Fact
from locker.wire.messages import FullState
from locker.wire.orders import Admit, Expect, Pass, Passes, Site, Snapshot, TicketKey

HUB = Ed25519PrivateKey.from_private_bytes(b"h" * 32)
HUB_PUBLIC = HUB.public_key().public_bytes_raw().hex()
CODE_KEY, OPERATOR = b"c" * 32, "99887766"
OPERATOR_TAG = access_tag(OPERATOR, CODE_KEY)
PICKUPS = {"ada": "00000000000000aa", "ben": "00000000000000bb"}
BOARD = "locks"
STEP_S, PATIENCE_S = 0.05, 30.0
TRIES = 6
SIZE = {"size_class": "M", "width_mm": 400, "height_mm": 200, "depth_mm": 600}


@dataclass(frozen=True, slots=True)
class Variant:
    """Which board the scene has, as in the config file."""

    protocol: str = "8a"
    address: int = 1
    channels: int = 8
    inputs: int = 0


def qr(who: str) -> str:
    """The ticket of somebody's pickup."""
    return ticket.issue(ticket.Ticket(kid=1, home=1, pickup=PICKUPS[who], generation=1, not_after_s=2**31), HUB)


def settings(folder: Path, variant: Variant) -> Settings:
    """The config file of the scene."""
    secret = str(folder / "secret")
    board = {"name": BOARD, "protocol": variant.protocol, "bus": "rs485", "address": variant.address}
    sizes = {"channels": variant.channels} | ({"inputs": variant.inputs} if variant.inputs else {})
    return Settings.model_validate(
        {
            "locker": {"id": "elm", "number": 1, "data_dir": str(folder), "signing_key_file": secret,
                       "code_key_file": secret},
            "hub": {"public_key": HUB_PUBLIC},
            "scanner": {"port": str(folder / "scanner")},
            "bus": [{"name": "rs485", "port": str(folder / "bus"), "poll_ms": 1_000}],
            "board": [board | sizes],
            "compartment": [{"n": n, "board": BOARD, "lock": n, **SIZE} for n in (1, 2, 3)],
        }
    )  # fmt: skip


class NoPanel:
    """Neither lamp nor buzzer."""

    def light(self, on: bool) -> None:
        """See `Panel`."""

    def beep(self, pattern_ms: tuple[int, ...]) -> None:
        """See `Panel`."""

    async def close(self) -> None:
        """See `Panel`."""


class Scene:
    """One locker, its people, and what it has told them. Used inside a virtual-time loop."""

    def __init__(self, folder: Path, variant: Variant) -> None:
        self.settings = settings(folder, variant)
        self.machine = Machine(self.settings, True, lambda: None)
        self.scanner = SerialPort(folder / "scanner")
        self.card = sqlite3.connect(":memory:", isolation_level=None)
        self.wall_offset_s = 0
        self.shown: list[str] = []
        self.told: list[Event] = []
        self._folder = folder
        self._ids = itertools.count(1)
        self._tasks: list[asyncio.Task[None]] = []
        self._short = tempfile.TemporaryDirectory(prefix="twin-")

    async def begin(self) -> None:
        """Powers everything up, and lets couriers bring two parcels."""
        await self.machine.start(Path(self._short.name) / "pins")
        self.machine.power_on()
        self.scanner.plug_in()
        await self.start()
        self._prepare()
        for n, label in enumerate(("LABEL-ada", "LABEL-ben"), 1):
            self.daemon.scanned(label, "")
            await self.until(lambda n=n: self.door(n).contact_open and self.phase(n) == "open")  # type: ignore[misc]
            await self.shut(n)
            await self.until(lambda n=n: self.phase(n) == "shut")  # type: ignore[misc]
        self.choose("done")
        # The coils rest for as long as they have to between two pulses.
        await self.pass_time(3)

    async def start(self) -> None:
        """The daemon starts on what is on the card."""
        loop = asyncio.get_running_loop()
        self.journal = Journal(self.card)
        clock = Clock(
            self._folder / "synchronised",
            lambda: int(loop.time() * 1e9),
            lambda: int((1_800_000_000 + loop.time() + self.wall_offset_s) * 1e9),
        )
        chances = Chances(lambda: f"{next(self._ids):016x}", lambda: 0.5)
        self.daemon = Daemon(self.settings, self.journal, clock, chances, CODE_KEY)
        self.locks, self.switches = await open_banks(self.settings, self._folder / "locker.toml", self._take)
        self.daemon.boot(Ports(self.locks, self.switches, NoPanel()))
        scanner = SerialScanner(self.settings.scanner, self.daemon.scanned, self._take)
        self._tasks = [loop.create_task(scanner.run()), loop.create_task(self._look())]

    async def kill(self) -> None:
        """The daemon is gone without a last word: its timers stop, its files close, nothing is said to any board."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        banks: Banks = self.locks
        await banks.close()
        await self.daemon.close()

    async def end(self) -> None:
        await self.kill()
        self.scanner.unplug()
        await self.machine.close()
        self._short.cleanup()
        assert not self.daemon.failed.done(), f"the daemon has stopped: {self.daemon.failed.result()!r}"

    # What is there to see

    def facts(self) -> list[Fact]:
        """The whole journal."""
        return list(self.journal.facts())

    def door(self, n: int) -> Door:
        """The steel."""
        return self.machine.steel.doors[n]

    def phase(self, n: int) -> str:
        """What the cabinet makes of a door."""
        return str(self._box(n)["door"])

    def faults(self, n: int) -> tuple[str, ...]:
        """What the cabinet takes to be wrong with a compartment."""
        faults: tuple[str, ...] = self._box(n)["faults"]
        return faults

    @property
    def screen(self) -> dict[str, Any]:
        """What the screen shows."""
        shown = self.daemon.front.picture()["screen"]
        assert isinstance(shown, dict)
        return shown

    # Hands

    def scan(self, who: str) -> None:
        """Somebody holds their code before the scanner."""
        self.scanner.put(qr(who).encode("ascii") + b"\r")

    def choose(self, choice: str, n: int = 0) -> None:
        self.daemon.front.choose(choice, n)

    async def shut(self, n: int) -> None:
        """A hand pushes the door until it stays shut, or gives up."""
        for _ in range(TRIES):
            try:
                self.machine.act(lambda now_ms: self.machine.steel.close(n, now_ms))
                return
            except CantBeDone:
                await self.pass_time(0.5)

    def at_steel(self, hand: Callable[[int], Any]) -> None:
        """Something that hands or rust do to a door."""
        self.machine.act(hand)

    def at_board(self, what: str, **more: int) -> None:
        """Something that happens to the lock board."""
        self.machine.boards.do(BOARD, what, **more)

    def repair(self) -> None:
        """An operator goes through everything that has a fault."""
        self.daemon.take(CodeEntered(tag=OPERATOR_TAG, visit="repair"))
        for n in (1, 2, 3):
            if self.faults(n):
                self.daemon.take(ChoiceMade(choice="repaired", n=n))
        self.choose("done")

    async def pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def until(self, holds: Callable[[], object], within_s: float = PATIENCE_S) -> None:
        """Waits until something is so."""
        deadline = asyncio.get_running_loop().time() + within_s
        while not holds():
            assert asyncio.get_running_loop().time() < deadline, f"waited {within_s} s; {self.shown} {self.told[-12:]}"
            await asyncio.sleep(STEP_S)

    def _take(self, event: Event) -> None:
        self.told.append(event)
        self.daemon.take(event)

    async def _look(self) -> None:
        version = -1
        while True:
            name = str(self.screen["params"].get("refusal", self.screen["name"]))
            if not self.shown or self.shown[-1] != name:
                self.shown.append(name)
            version = int(str(self.daemon.front.picture()["version"]))
            await self.daemon.front.changed(version)

    def _box(self, n: int) -> dict[str, Any]:
        boxes = self.daemon.front.picture()["compartments"]
        assert isinstance(boxes, list)
        box: dict[str, Any] = boxes[n - 1]
        return box

    def _prepare(self) -> None:
        orders: list[Any] = [
            Site(name="Elm", where="left", keys=(TicketKey(kid=1, public_key=HUB_PUBLIC),)),
            Passes(passes=(Pass(tag=OPERATOR_TAG, party="operator", who="olga", carrier=""),)),
        ]  # fmt: skip
        for who, pickup in PICKUPS.items():
            size = {"width_mm": 300, "height_mm": 100, "depth_mm": 300}
            orders += [
                Expect(delivery=f"d-{who}", pickup=pickup, labels=(f"LABEL-{who}",), **size),
                Admit(pickup=pickup, generation=1, pin_tag="0" * 32),
            ]
        snapshot = codec.snapshot_to_json(Snapshot(orders=tuple(orders)))
        full = FullState(epoch="e1", number=1, digest=GENESIS, snapshot=snapshot)
        for event in (OrdersReceived(message=full), Commissioned()):
            self.daemon.take(event)


__all__ = ["BOARD", "Scene", "Switches", "Variant", "qr"]
