"""What goes wrong: each seed draws which kinds and how often; when all is healed, everything is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from locker.cabinet.events import DeviceFailed, DeviceRecovered, MainsSeen
from locker.twin.physics import CantBeDone
from tests.simulation.broker import HUB, Weather
from tests.simulation.machine import Machine
from tests.simulation.world import DAY_MS, MINUTE_MS, SECOND_MS, Script

if TYPE_CHECKING:
    from tests.simulation.town import Town

ALONE = "30 days alone"
MOMENTS_MAX = 60
"""A process that is to end does so after at most so many writes, syncs, pulses or sends."""


class Faults:
    """All kinds of fault; `counts` says how often each was injected."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.chance = town.world.draw("faults")
        self.on = True
        self.kinds: dict[str, Callable[[Machine], Script]] = {
            "weather": self.weather, "partition": self.partition, "one way": self.one_way,
            "broker restart": self.broker, "replay": self.replay, "forged message": self.forge,
            "power cut": self.power_cut, "power cut in a moment": self.power_cut_soon, "kill": self.kill,
            "hub crash": self.hub_crash, "hub crash in a moment": self.hub_crash_soon, "disk full": self.disk_full,
            "disk fails": self.disk_fails, "hub disk full": self.hub_disk_full, "hub disk fails": self.hub_disk_fails,
            "old card": self.old_card, "new hardware": self.new_hardware,
            "clock at 1970": self.clock_1970, "clock jumps": self.clock_jumps,
            "clock steps back": self.clock_back, "clock drifts": self.clock_drifts, "jam": self.jam,
            "stiff door": self.stiff, "weld": self.weld,
            "dead sensor": self.dead_sensor, "cut sensor": self.cut_sensor, "flicker": self.flicker,
            "loose wire": self.loose_wire, "silent bus": self.silent_bus, "mains out": self.mains_out,
            "silent board": self.silent_board, "scanner": self.scanner, "crowbar": self.crowbar,
        }  # fmt: skip
        self.counts: Counter[str] = Counter(dict.fromkeys((*self.kinds, ALONE), 0))
        share = self.chance.choice((0.0, 0.2, 0.5, 0.9))
        rarer = self.chance.choice((2, 4, 8))
        self.chosen = {
            kind: rarer * self.chance.uniform(20, 300) for kind in self.kinds if self.chance.random() < share
        }

    def begin(self) -> None:
        """From now on things go wrong."""
        for kind, mean_s in self.chosen.items():
            self.town.world.go(self._again_and_again(kind, mean_s))

    def _again_and_again(self, kind: str, mean_s: float) -> Script:
        while self.on:
            yield round(self.chance.expovariate(1 / mean_s) * SECOND_MS) + 1
            if self.on:
                machine = self.chance.choice(list(self.town.machines.values()))
                self.counts[kind] += 1
                self.town.world.note("fault", kind, machine.name)
                yield from self.kinds[kind](machine)

    def heal(self) -> None:
        """Everything is whole again."""
        self.on = False
        town, broker = self.town, self.town.broker
        broker.weather = Weather()
        broker.deaf.clear()
        broker.mute.clear()
        town.hub.disk.full = town.hub.disk.failing = False
        town.hub.fuse.left = None
        town.hub.start()
        for machine in town.machines.values():
            self._mend(machine)

    def _mend(self, machine: Machine) -> None:
        machine.fuse.left = None
        machine.disk.full = machine.disk.failing = machine.scanner_out = False
        machine.clock.offset_ms, machine.clock.synchronised = 0, True
        self._mains(machine, True)
        if machine.bus_silent:
            self._bus(machine, False)
        machine.loose.clear()
        now_ms = self.town.world.now_ms
        for n, door in machine.steel.doors.items():
            machine.steel.cut(n, False)
            machine.steel.delay(n, 0)
            machine.glued.pop(n, None)
            machine.steel.mend_relay(n, now_ms)
            if door.jammed:
                machine.steel.free(n, now_ms)
            machine.edge(n)
        if machine.guardian_dead:
            self._guardian(machine, False)
        machine.steel_moves()
        machine.power(True)

    # The network

    def weather(self, _: Machine) -> Script:
        chance, broker = self.chance, self.town.broker
        broker.weather = Weather(
            chance.uniform(0, 0.3), chance.uniform(0, 0.5), chance.choice((20, 500, 5_000, 60_000))
        )
        yield chance.randrange(10, 240) * SECOND_MS
        broker.weather = Weather()

    def partition(self, machine: Machine) -> Script:
        yield from self._cut(self.chance.choice((machine.name, HUB)), deaf=True, mute=True)

    def one_way(self, machine: Machine) -> Script:
        deaf = self.chance.random() < 0.5
        yield from self._cut(self.chance.choice((machine.name, HUB)), deaf=deaf, mute=not deaf)

    def _cut(self, client: str, deaf: bool, mute: bool) -> Script:
        yield from self._cut_for(
            client, deaf, mute, self.chance.choice((SECOND_MS, 30 * SECOND_MS, 10 * MINUTE_MS, DAY_MS))
        )

    def _cut_for(self, client: str, deaf: bool, mute: bool, ms: int) -> Script:
        broker, session = self.town.broker, self.town.broker.sessions.get(client)
        if deaf:
            broker.deaf.add(client)
        if mute:
            broker.mute.add(client)
        yield 20 * SECOND_MS
        if session and not session.over:
            broker.end(session)
            session.broken()
        yield ms
        broker.deaf.discard(client)
        broker.mute.discard(client)

    def alone(self) -> None:
        """A locker or the hub will hear nothing for a month; people go on coming for a while after it."""
        machine = self.chance.choice(list(self.town.machines.values()))
        self.counts[ALONE] += 1
        self.town.world.note("fault", ALONE, machine.name)
        client = self.chance.choice((machine.name, machine.name, HUB))
        self.town.world.go(self._cut_for(client, True, True, 30 * DAY_MS + self.chance.randrange(10) * MINUTE_MS))

    def broker(self, _: Machine) -> Script:
        self.town.broker.restart()
        yield 0

    def replay(self, machine: Machine) -> Script:
        """A rogue broker says old things again, to whom it likes."""
        if self.town.broker.overheard:
            topic, raw = self.chance.choice(self.town.broker.overheard)
            if self.chance.random() < 0.3:
                topic = f"lockers/{machine.name}/{topic.rpartition('/')[2]}"
            self.town.broker.rogue(topic, raw)
        yield 0

    def forge(self, machine: Machine) -> Script:
        """A rogue broker changes what was said."""
        if self.town.broker.overheard:
            topic, raw = self.chance.choice(self.town.broker.overheard)
            digits = [at for at, byte in enumerate(raw) if 0x30 <= byte <= 0x39]
            at = self.chance.choice(digits)
            changed = raw[:at] + str((raw[at] - 0x30 + 1) % 10).encode() + raw[at + 1 :]
            self.town.broker.rogue(topic, changed)
        yield 0

    # Processes, mains and disks

    def power_cut(self, machine: Machine) -> Script:
        machine.power(False)
        yield self.chance.choice((2, 20, 300)) * SECOND_MS
        machine.power(True)

    def power_cut_soon(self, machine: Machine) -> Script:
        machine.fuse.left = self.chance.randrange(MOMENTS_MAX)
        yield self.chance.randrange(5, 60) * SECOND_MS
        machine.fuse.left = None
        machine.power(True)

    def kill(self, machine: Machine) -> Script:
        machine.kill()
        yield 0

    def hub_crash(self, _: Machine) -> Script:
        self.town.hub.crash(self.chance.random() < 0.5)
        yield 0

    def hub_crash_soon(self, _: Machine) -> Script:
        self.town.hub.fuse.left = self.chance.randrange(MOMENTS_MAX * 4)
        yield self.chance.randrange(5, 60) * SECOND_MS
        self.town.hub.fuse.left = None

    def disk_full(self, machine: Machine) -> Script:
        machine.disk.full = True
        yield self.chance.randrange(1, 60) * SECOND_MS
        machine.disk.full = False

    def disk_fails(self, machine: Machine) -> Script:
        machine.disk.failing = True
        yield self.chance.randrange(1, 30) * SECOND_MS
        machine.disk.failing = False

    def hub_disk_full(self, _: Machine) -> Script:
        self.town.hub.disk.full = True
        yield self.chance.randrange(1, 30) * SECOND_MS
        self.town.hub.disk.full = False

    def hub_disk_fails(self, _: Machine) -> Script:
        self.town.hub.disk.failing = True
        yield self.chance.randrange(1, 10) * SECOND_MS
        self.town.hub.disk.failing = False

    def old_card(self, machine: Machine) -> Script:
        """Somebody restores a locker's card from an image that they made a while ago."""
        image, computer = machine.disk.image(), machine.computers
        yield self.chance.choice((5, 60, 240)) * SECOND_MS
        if not self.on or computer != machine.computers:
            return
        machine.power(False)
        self.town.memory.restored(machine, image)
        yield self.chance.choice((2, 20)) * SECOND_MS
        machine.power(True)

    def new_hardware(self, machine: Machine) -> Script:
        """A dead computer is exchanged; what lies inside stays where it is."""
        machine.power(False)
        # Waited for, like other people: nobody leaves a locker in the middle of it.
        self.town.go(self._exchange(machine))
        yield 0

    def _exchange(self, machine: Machine) -> Script:
        yield self.chance.choice((30, 250)) * SECOND_MS
        while not self.town.replaced(machine):
            yield 2 * SECOND_MS
        # Nobody says that the boxes are empty: an operator looks into each of them.
        machine.power(True)

    # Clocks: the system may go on believing a wrong one

    def clock_1970(self, machine: Machine) -> Script:
        yield from self._wrong(machine, -(10**13))

    def clock_jumps(self, machine: Machine) -> Script:
        yield from self._wrong(machine, self.chance.choice((10 * 365 * DAY_MS, DAY_MS, 45_000)))

    def clock_back(self, machine: Machine) -> Script:
        yield from self._wrong(machine, self.chance.choice((-60 * MINUTE_MS, -DAY_MS, -45_000)))

    def clock_drifts(self, machine: Machine) -> Script:
        for _ in range(self.chance.randrange(5, 30)):
            machine.clock.offset_ms += self.chance.randrange(-2_000, 2_000)
            yield 10 * SECOND_MS
        machine.clock.offset_ms = 0

    def _wrong(self, machine: Machine, offset_ms: int) -> Script:
        machine.clock.offset_ms = offset_ms
        machine.clock.synchronised = self.chance.random() < 0.3
        yield self.chance.randrange(60, 1_200) * SECOND_MS
        machine.clock.offset_ms, machine.clock.synchronised = 0, True

    # Steel

    def _door(self, machine: Machine) -> int:
        return self.chance.choice(list(machine.steel.doors))

    def jam(self, machine: Machine) -> Script:
        n = self._door(machine)
        machine.steel.jam(n)
        yield self.chance.randrange(5, 600) * SECOND_MS
        machine.steel.free(n, self.town.world.now_ms)
        machine.steel_moves()

    def weld(self, machine: Machine) -> Script:
        """A relay sticks for less than a coil's limit: its current is cut by the board's own timer."""
        n = self._door(machine)
        machine.steel.weld(n)
        yield self.chance.randrange(5, 60) * SECOND_MS
        machine.steel.mend_relay(n, self.town.world.now_ms)
        machine.steel_moves()

    def stiff(self, machine: Machine) -> Script:
        """A seal that sticks: the door opens late, perhaps only after the locker has given it up."""
        n = self._door(machine)
        machine.steel.delay(n, self.chance.choice((600, 2_500, 4_500, 9_000)))
        yield self.chance.randrange(5, 300) * SECOND_MS
        machine.steel.delay(n, 0)

    def dead_sensor(self, machine: Machine) -> Script:
        n = self._door(machine)
        machine.glued[n] = machine.steel.doors[n].contact_open
        yield self.chance.randrange(5, 900) * SECOND_MS
        machine.lies(n)
        machine.glued.pop(n, None)
        machine.edge(n)

    def cut_sensor(self, machine: Machine) -> Script:
        n = self._door(machine)
        machine.steel.cut(n, True)
        if machine.process:
            machine.process.edge(n)
        yield self.chance.randrange(5, 900) * SECOND_MS
        machine.lies(n)
        machine.steel.cut(n, False)
        machine.edge(n)

    def loose_wire(self, machine: Machine) -> Script:
        n = self._door(machine)
        machine.loosen(n)
        yield self.chance.randrange(5, 900) * SECOND_MS
        machine.touches(n)

    def _bus(self, machine: Machine, silent: bool) -> None:
        machine.bus_silent = silent
        if machine.process:
            machine.process.bus(silent)

    def silent_bus(self, machine: Machine) -> Script:
        """Contacts on an expander that doesn't answer for a while; where they are on pins there is none."""
        if machine.by_bus and not machine.bus_silent:
            self._bus(machine, True)
            yield self.chance.choice((1, 10, 120)) * SECOND_MS
            if machine.bus_silent:
                self._bus(machine, False)
                for n in machine.steel.doors:
                    machine.lies(n)

    def _mains(self, machine: Machine, there: bool) -> None:
        if machine.mains != there:
            machine.mains = there
            machine.device(MainsSeen(there=there))

    def mains_out(self, machine: Machine) -> Script:
        """A battery feeds the computer, and no lock."""
        self._mains(machine, False)
        yield self.chance.choice((5, 60, 300)) * SECOND_MS
        self._mains(machine, True)

    def flicker(self, machine: Machine) -> Script:
        n = self._door(machine)
        for _ in range(self.chance.choice((0, 30))):
            # Half of them tremble just where somebody is.
            if at := machine.visited:
                n = at
                break
            yield SECOND_MS
        for _ in range(self.chance.randrange(4, 60)):
            machine.glued[n] = not machine.steel.doors[n].contact_open
            if machine.process:
                machine.process.edge(n)
            yield self.chance.randrange(10, 400)
            machine.lies(n)
            machine.glued.pop(n, None)
            machine.edge(n)
            yield self.chance.randrange(10, 400)

    def _guardian(self, machine: Machine, dead: bool) -> None:
        machine.guardian_dead = dead
        if dead:
            for n in machine.steel.doors:
                machine.relay(n, False)
        machine.device(DeviceFailed(device="locks") if dead else DeviceRecovered(device="locks"))

    def silent_board(self, machine: Machine) -> Script:
        if not machine.guardian_dead:
            self._guardian(machine, True)
            yield self.chance.randrange(1, 120) * SECOND_MS
            if machine.guardian_dead:
                self._guardian(machine, False)

    def scanner(self, machine: Machine) -> Script:
        machine.scanner_out = True
        yield self.chance.randrange(5, 120) * SECOND_MS
        machine.scanner_out = False

    def crowbar(self, machine: Machine) -> Script:
        n = self._door(machine)
        try:
            machine.steel.force_open(n, self.town.world.now_ms)
        except CantBeDone:
            return
        machine.steel_moves()
        self.town.careless_door(machine, n)
        yield 0
