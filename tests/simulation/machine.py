"""One locker as it stands on the pavement: steel, mains, card and cable, whatever runs inside."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

import apsw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.cabinet.events import Event
from locker.daemon import Daemon
from locker.journal import Journal, JournalError
from locker.settings import Compartment, Identity, Settings
from locker.settings import Hub as HubSection
from locker.twin.physics import CantBeDone, Steel
from locker.uplink import Keys
from tests.simulation.broker import Broker
from tests.simulation.disk import Disk
from tests.simulation.process import Process
from tests.simulation.signatures import Signs
from tests.simulation.world import MONDAY_MS, SECOND_MS, Fuse, Violation, World

STARTS_MS = 5 * SECOND_MS
JOLT_MS = 600
"""A loose wire touches again so soon after its lock was pulsed, at the latest."""

INSIDE_MM = {"XS": 60, "S": 90, "M": 200, "L": 420, "XL": 860}


class Watcher:
    """Who looks at the steel from outside (`checkers`)."""

    def pulsed(self, machine: Machine, n: int) -> None:
        """A lock is about to be energised."""

    def released(self, machine: Machine, n: int, on_ms: int) -> None:
        """It isn't any more."""

    def opened(self, machine: Machine, journal: Journal, other_card: bool) -> None:
        """A start has opened its journal, perhaps one on another card."""

    def recorded(self, machine: Machine, journal: Journal, facts: int) -> None:
        """A journal has got so many facts, and they are durable."""


class WallClock:
    """The machine's own idea of the time; `synchronised` is the file that says whether it is believed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.offset_ms = 0
        self.synchronised = True

    def wall_ns(self) -> int:
        return max(0, MONDAY_MS + self._world.now_ms + self.offset_ms) * 1_000_000

    def count_ns(self) -> int:
        return self._world.now_ms * 1_000_000

    def exists(self) -> bool:
        return self.synchronised


class Machine:
    """A locker as it stands on the pavement, whatever runs inside."""

    def __init__(self, world: World, broker: Broker, watcher: Watcher, name: str, number: int, classes: str) -> None:
        self.world, self.broker, self.watcher, self.name, self.number = world, broker, watcher, name, number
        self.chance = world.draw(name)
        self.fuse = Fuse()
        self.disk = Disk(f"{name}-{id(self)}", self.fuse.touch)
        self.clock = WallClock(world)
        self.boxes = [_box(n, size, self.chance) for n, size in enumerate(classes.split(), 1)]
        self.steel = Steel([box.n for box in self.boxes])
        self.glued: dict[int, bool] = {}
        self.guardian_dead = self.scanner_out = self.bus_silent = False
        self.by_bus, self.mains = self.chance.random() < 0.5, True
        self.loose: set[int] = set()
        self.powered, self.process = False, None  # type: bool, Process | None
        self.starts = self.dropped = self.computers = 0
        self.other_card = False
        self.on_since: dict[int, int] = {}
        self.lied_ms: dict[int, int] = {}
        self._steel_due: int | None = None

    def introduce(self, hub_key_hex: str, keys: Keys, code_key: bytes) -> None:
        """Its installer gives it its config and keys."""
        nowhere = Path("/nowhere")
        self.keys, self.code_key = keys, code_key
        self.settings = Settings(
            locker=Identity(
                id=self.name, number=self.number, data_dir=nowhere, signing_key_file=nowhere, code_key_file=nowhere
            ),
            hub=HubSection(public_key=hub_key_hex),
            compartment=tuple(self.boxes),
        )

    @property
    def daemon(self) -> Daemon | None:
        """Whoever serves people now."""
        return self.process.daemon if self.process and hasattr(self.process, "daemon") else None

    @property
    def journal(self) -> Journal | None:
        """The journal of the daemon that runs."""
        return self.process.journal if self.daemon and self.process else None

    # Mains

    def power(self, on: bool) -> None:
        """The mains come or go."""
        if on == self.powered:
            return
        self.powered = on
        self.world.note(self.name, "power", on)
        if on:
            self._begin()
            return
        self._finish()
        self.steel.power_cut(self.world.now_ms)
        self.disk.lose_power(self.chance)

    def kill(self) -> None:
        """The process is killed; its supervisor starts it again."""
        if self.process:
            self.ended(None)

    def ended(self, fault: Exception | None) -> None:
        """The daemon has stopped."""
        self.world.note(self.name, "ended", type(fault).__name__)
        if fault is not None and not isinstance(fault, apsw.Error | JournalError):
            # Only its disk may end a daemon.
            raise fault
        if "damaged" in str(fault):
            raise Violation(f"I9: the journal of {self.name} can't be believed: {fault}")
        self._finish()
        self.disk.unmount()
        self.world.after(STARTS_MS, self._begin)

    def _begin(self) -> None:
        if self.powered and self.process is None:
            self.fuse.blown, self.fuse.left = False, None
            self.starts += 1
            self.process = Process(self)
            self.process.enter(self.process.start)

    def _finish(self) -> None:
        process, self.process = self.process, None
        if process:
            process.end()

    # Steel

    def relay(self, n: int, on: bool) -> None:
        """The guardian switches one line."""
        self.steel.relay(n, on, self.world.now_ms)
        # A relay that sticks is the steel's doing; what counts is what was commanded.
        if on:
            self.on_since.setdefault(n, self.world.now_ms)
            if n in self.loose:
                self.world.after(self.chance.randrange(JOLT_MS), lambda: self.touches(n))
        elif n in self.on_since:
            self.watcher.released(self, n, self.world.now_ms - self.on_since.pop(n))
        self.steel_moves()

    def steel_moves(self) -> None:
        """Something was done to the steel: what follows from it will happen."""
        due_ms = self.steel.next_ms
        if due_ms is not None and (self._steel_due is None or due_ms < self._steel_due):
            self._steel_due = due_ms
            self.world.after(due_ms - self.world.now_ms, self._advance)

    def _advance(self) -> None:
        self._steel_due = None
        for edge in self.steel.advance(self.world.now_ms):
            self.edge(edge.n)
        self.steel_moves()

    def level(self, n: int) -> bool:
        """What the contact's pin says: a cut wire reads as open."""
        door = self.steel.doors[n]
        return True if door.cut else self.glued.get(n, door.contact_open)

    def loosen(self, n: int) -> None:
        """A contact's wire comes off; the next jerk of the lock lets it touch again."""
        self.loose.add(n)
        self.steel.cut(n, True)
        if self.process:
            self.process.edge(n)

    def touches(self, n: int) -> None:
        """A wire that had come off makes contact again."""
        if n in self.loose:
            self.loose.discard(n)
            self.lies(n)
            self.steel.cut(n, False)
            self.edge(n)

    def device(self, event: Event) -> None:
        """One of the locker's devices has news for whoever runs."""
        if self.process:
            self.process.take(event)

    def lies(self, n: int) -> None:
        """From now on a contact doesn't say what its door does, or it just has ceased to lie."""
        self.lied_ms[n] = self.world.now_ms

    def edge(self, n: int) -> None:
        """A contact's level may have changed."""
        if self.process and n not in self.glued and not self.steel.doors[n].cut:
            self.process.edge(n)

    # Hands

    def scan(self, text: str) -> bool:
        """Holds a code before the scanner; whether it says yes: a visit begins, not somebody else's goes on."""
        if self.process is None or self.scanner_out:
            return False
        before = self._visit()
        self.world.tell(self.name, "scan", text[:20])
        self._as_daemon(lambda daemon: daemon.scanned(text, ""))
        return self._visit() not in ("", before)

    def _visit(self) -> str:
        talk = self.daemon._cabinet._desk.talk if self.daemon else None
        return talk.visit if talk else ""

    def press(self, keys: str) -> None:
        """Types on the kiosk."""
        for key in keys:
            self._as_daemon(lambda daemon, key=key: daemon.front.press(key))  # type: ignore[misc]

    def _as_daemon(self, work: Callable[[Daemon], None]) -> None:
        process = self.process
        if process and hasattr(process, "daemon"):
            process.enter(lambda: work(process.daemon))

    def choose(self, choice: str, n: int = 0) -> None:
        """Presses a button of the kiosk."""
        self.world.tell(self.name, "choose", choice, n)
        self._as_daemon(lambda daemon: daemon.front.choose(choice, n))

    def screen(self) -> tuple[str, int, dict[str, Any]]:
        """What the kiosk shows: name, door, parameters; "dark" while nothing runs."""
        if self.daemon is None:
            return "dark", 0, {}
        # The picture would say the same, and copies all compartments for it.
        screen = self.daemon._cabinet.screen
        return screen.name, screen.n, dict(screen.params)

    @property
    def shown_number(self) -> str:
        """What the screen shows to whoever stands in front of it with a telephone ("": nothing now)."""
        daemon = self.daemon
        return daemon._cabinet.number if daemon and daemon.front.online else ""

    def wrong_number(self, chance: Random) -> str:
        """One that the screen doesn't show, and hasn't shown lately."""
        shown = self.daemon._cabinet._desk.afar.numbers if self.daemon else ()
        return next(one for one in iter(lambda: f"{chance.randrange(1000):03}", "") if one not in shown)

    @property
    def visited(self) -> int:
        """The door that somebody's visit is at (0: none)."""
        talk = self.daemon._cabinet._desk.talk if self.daemon else None
        return talk.n if talk and talk.n in self.steel.doors else 0

    def open_doors(self) -> list[int]:
        """Which doors stand open, for anybody to see."""
        return [n for n, door in self.steel.doors.items() if door.open]

    def misses(self, n: int) -> bool:
        """Whether the locker takes a door that stands open for shut: its contact says so, and nobody can tell it."""
        box = self.daemon._cabinet.state.boxes[n] if self.daemon else None
        return n in self.glued or (box is not None and not box.open and not box.faults & {"sensor", "flicker"})

    def shut(self, n: int) -> bool:
        """Pushes a door shut; whether it stays so."""
        try:
            self.steel.close(n, self.world.now_ms)
        except CantBeDone:
            return False
        self.steel_moves()
        return not self.steel.doors[n].open


def keys_of(world: World, computer: str, hub: Any) -> Keys:
    """The keys of a locker's computer: nobody's luck."""
    secret = blake2b(computer.encode(), digest_size=32).digest()
    own: Any = Signs(world.signatures, Ed25519PrivateKey.from_private_bytes(secret))
    return Keys(own, hub)


def _box(n: int, size: str, chance: Any) -> Compartment:
    return Compartment(
        n=n, lock_pin=2 * n, door_pin=2 * n + 1, size_class=size, width_mm=380, height_mm=INSIDE_MM[size],
        depth_mm=640, holds_child=size in ("L", "XL"), reach=chance.choice(("low", "middle", "high")),
    )  # fmt: skip
