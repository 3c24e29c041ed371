"""One seed from its first to its last moment: people and faults, then everything healed, then everybody served."""

from __future__ import annotations

import logging
import time
import traceback
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from hub_service.handlers import links
from tests.simulation import bugs, people, visitors
from tests.simulation.beginning import prepare
from tests.simulation.checkers import must
from tests.simulation.disk import FILES
from tests.simulation.faults import Faults
from tests.simulation.motions import Manners
from tests.simulation.stand_ins import stand_ins
from tests.simulation.town import Town
from tests.simulation.world import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Script, World

AGREE_MS = 60 * SECOND_MS
ROUNDS = (1, 1, 1, 1, 1, 1, 1, 1, 2, 3)
PARCELS = (1, 1, 1, 1, 2, 3)
LEAPS_MS = (HOUR_MS, 8 * HOUR_MS, DAY_MS, 4 * DAY_MS, 30 * DAY_MS)
PATIENCE_MS = (MINUTE_MS, 2 * MINUTE_MS, 3 * MINUTE_MS, 4 * MINUTE_MS, 10 * MINUTE_MS)
"""Most towns live a short while, a few a long one: what many short ones can't show, those do."""


@dataclass
class Outcome:
    """What became of one seed. `violation` is empty where nothing was found."""

    seed: int
    violation: str = ""
    where: str = ""
    trace: str = ""
    simulated_ms: int = 0
    lockers: int = 0
    steps: int = 0
    pulses: int = 0
    parcels: int = 0
    cpu_s: float = 0.0
    faults: dict[str, int] = field(default_factory=dict)
    cells: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def run(seed: int, bug: str = "", told: list[str] | None = None) -> Outcome:
    """Plays a seed. With `bug` one planted bug is switched on; `told` collects the trace in words."""
    outcome, began = Outcome(seed), time.process_time()
    logging.disable(logging.CRITICAL)
    prepare()
    world = World(seed)
    world.told = told
    with ExitStack() as stack:
        stack.callback(FILES.disks.clear)
        stack.enter_context(stand_ins(world))
        if bug:
            stack.enter_context(bugs.planted(bug))
        stories: list[Story] = []
        try:
            stories.append(Story(world))
            stories[0].play()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in a simulation is what it is for
            outcome.violation = f"{type(error).__name__}: {error}"
            outcome.where = _where(error)
        for story in stories:
            outcome.lockers, outcome.parcels = len(story.town.machines), len(story.town.parcels)
            outcome.pulses, outcome.faults = story.town.checker.pulses, dict(story.faults.counts)
        for disk in list(FILES.disks.values()):
            disk.unmount()
    outcome.trace, outcome.simulated_ms, outcome.steps = world.trace, world.now_ms, world.steps
    outcome.cells = sorted(world.cells)
    outcome.cpu_s = time.process_time() - began
    logging.disable(logging.NOTSET)
    return outcome


class Story:
    """The days of one town."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.town = Town(world)
        self.chance = world.draw("story")
        self.faults = Faults(self.town)
        self.town.manners = Manners(
            stubborn=self.chance.choice((0, 0, 0.5)), careless=self.chance.choice((0, 0.05, 0.3)),
            pin=self.chance.random(), by_ticket=self.chance.choice((0, 0.3)),
            phone=self.chance.choice((0, 0.2, 0.7)), delegate=self.chance.choice((0, 0.2, 0.7)),
        )  # fmt: skip

    def play(self) -> None:
        """Safety, then liveness."""
        town = self.town
        must(town.wait(AGREE_MS, town.settled), "P6: not even the beginning settles")
        self.faults.begin()
        for _ in range(self.chance.choice(ROUNDS)):
            self._a_busy_time()
            town.wait(self.chance.choice(PATIENCE_MS), town.at_rest)
            # In a leap no clock ticks: nobody's pulse or permission may last for days only because of that.
            if town.wait(3 * MINUTE_MS, town.is_still):
                town.checker.before_a_leap()
                if self.chance.random() < 0.1:
                    self.faults.alone()
                    town.wait(30 * SECOND_MS)
                    if town.wait(3 * MINUTE_MS, town.is_still):
                        self.world.leap(30 * DAY_MS)
                    self._a_busy_time()
                    town.wait(self.chance.choice(PATIENCE_MS), town.at_rest)
                else:
                    self.world.leap(self.chance.choice(LEAPS_MS))
        self.faults.heal()
        town.healed = True
        town.quiet()
        must(town.wait(AGREE_MS, town.settled), f"P6: no agreement within 60 s: {self._behind()}")
        for machine in town.machines.values():
            town.memory.learned(machine)
            town.checker.same(machine)
        self._everybody_is_served()
        must(town.wait(AGREE_MS, town.settled), f"P6: no agreement at the end: {self._behind()}")
        town.checker.agree()

    def _a_busy_time(self) -> None:
        town, chance = self.town, self.chance
        machines = list(town.machines.values())
        for _ in range(chance.choice(PARCELS)):
            who = f"{chance.choice(('ada', 'ben', 'cleo', 'dan', 'eve'))}"
            size = chance.choice(("XS", "S", "S", "M"))
            machine = chance.choice(machines)
            at_home = chance.random() < 0.15
            self._later(town.announce(who, machine, size, at_home))
        for machine in machines:
            if chance.random() < 0.4:
                self._later(people.pester(town, machine))
            if chance.random() < 0.2:
                self._later(town.drop_off(machine, chance.choice(("XS", "S", "M"))))
            if chance.random() < 0.1:
                self._later(visitors.from_afar(town, machine))
            if chance.random() < 0.3:
                self._later(people.inspect(town, machine))
            if chance.random() < 0.3:
                self._later(people.retrieve(town, machine))
        for parcel in [one for one in town.parcels if one.place == "inside" and not one.sent and chance.random() < 0.6]:
            self._later(people.collect(town, parcel))

    def _later(self, script: Script) -> None:
        self.town.go(script, self.chance.randrange(90) * SECOND_MS)

    def _everybody_is_served(self) -> None:
        """Operators mend what is in doubt; then each recipient comes, and each code opens."""
        town = self.town
        town.manners = Manners(phone=town.manners.phone, delegate=town.manners.delegate)
        for _ in range(3):
            for machine in town.machines.values():
                town.go(people.inspect(town, machine))
            town.quiet()
            # A contact that trembled has to be quiet for a minute, a coil that worked for two.
            town.wait(MINUTE_MS, town.is_still)
            self.world.leap(130 * SECOND_MS)
            if all(town.is_sound(machine) for machine in town.machines.values()):
                break
        self.town.checker.nothing_lies_forgotten()
        waiting = [one for one in town.parcels if one.place == "inside" and not one.stray]
        for _ in range(2):
            # The wind may shut a door before its recipient has reached in: for three minutes the same code opens it.
            for parcel in [one for one in waiting if one.place == "inside"]:
                machine = town.machines[parcel.locker]
                town.go(people.retrieve(town, machine) if parcel.sent else people.collect(town, parcel))
            town.wait(2 * MINUTE_MS * len(waiting), town.at_rest)
        for came in waiting:
            must(came.place != "inside", f"I12: {came.name} can't be collected at {came.locker} {came.n}: "
                                         f"{town.machines[came.locker].screen()}")  # fmt: skip

    def _behind(self) -> list[str]:
        town, told = self.town, [f"hub {self.town.hub.up} {self.town.hub.session is not None}"]
        told.append(f"behind {self.town.hub.ask(links.behind)}")
        for name, machine in town.machines.items():
            told.append(f"{name} {machine.powered} {machine.daemon and machine.daemon._link.settled}")
        return told


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    inner = [f for f in frames if "/tests/simulation/" not in f.filename] or list(frames)
    return " < ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in reversed(inner[-6:]))
