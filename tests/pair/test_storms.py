"""Random people at a locker, on a bus that loses, repeats and reorders, with power cuts and a hub that dies.

Whatever the schedule, everybody agrees in the end, nobody is told twice, and no parcel is forgotten.

`SEEDS=200 pytest tests/pair/test_storms.py` looks at more of them; a failing seed plays the same schedule again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from hub_service.handlers import announce, waits
from hub_service.handlers.views import ParcelView
from locker.wire.facts import Deposited
from tests.pair.bus import Weather
from tests.pair.machine import Machine
from tests.pair.town import Town, wish

SEEDS = int(os.environ.get("SEEDS", "40"))
PARCELS_MAX = 5
PATIENCE = 8


class People:
    """Who does what next at one locker, by chance; tickets are kept as they were first sent."""

    def __init__(self, town: Town, machine: Machine, seed: int) -> None:
        self.town, self.machine = town, machine
        self.chance = random.Random(seed)
        self.tickets: dict[str, str] = {}
        self.in_hand: list[ParcelView] = []
        self.waiting: list[ParcelView] = []

    def act(self) -> None:
        """One thing happens."""
        acts: list[Callable[[], None]] = [
            self.announce, self.announce, self.deposit, self.deposit, self.deposit, self.collect, self.collect,
            self.power, self.network, self.hub_dies, self.look, self.pause, self.pause,
        ]  # fmt: skip
        self.chance.choice(acts)()
        self.mind()

    def announce(self) -> None:
        """A carrier announces a parcel, if there is room for it."""
        if len(self.tickets) < PARCELS_MAX:
            who = self.chance.choice(["ada", "ben", "cleo"])
            found = announce.announce(self.town.hub, wish(who, f"{who}{len(self.tickets)}", "elm", "S"))
            if isinstance(found, ParcelView):
                self.town.parcels.append(found)
                self.tickets[found.id] = found.ticket
                self.in_hand.append(found)

    def deposit(self) -> None:
        """A courier tries to put a parcel in."""
        if self.in_hand:
            self.bring(self.chance.choice(self.in_hand))

    def bring(self, parcel: ParcelView) -> None:
        """This parcel, once."""
        self.machine.scan(parcel.tracking_number)
        if self.machine.powered and self.machine.shown == "already_deposited" and not self.was_deposited(parcel):
            # Known, see test_a_deposit_that_was_cut_off_goes_on_after_its_recipient_looked_in.
            self.in_hand.remove(parcel)
        self.town.door_opens(self.machine, needed=False)
        if self.machine.steel.open and parcel in self.in_hand:
            self.town.put(self.machine, parcel, min(self.machine.steel.open))
            self.in_hand.remove(parcel)
            self.waiting.append(parcel)
        self.shut()

    def was_deposited(self, parcel: ParcelView) -> bool:
        """Whether the locker ever saw it go in."""
        delivery = self.town.delivery_of(parcel)
        return any(isinstance(fact, Deposited) and fact.delivery == delivery for fact in self.machine.facts())

    def collect(self) -> None:
        """A recipient tries to take what is theirs."""
        if self.waiting:
            self.fetch(self.chance.choice(self.waiting))

    def fetch(self, parcel: ParcelView) -> None:
        """This parcel, and what else its code opens."""
        self.machine.scan(self.tickets[parcel.id])
        for _ in range(PATIENCE):
            if self.town.door_opens(self.machine, needed=False) is None:
                break
            self.waiting = [one for one in self.waiting if not self.machine.take(one.id)]
            self.shut()

    def shut(self) -> None:
        """Whoever is there shuts what is open."""
        for n in sorted(self.machine.steel.open):
            self.machine.shut(n)
        self.town.wait(0.2)

    def power(self) -> None:
        """The power will go soon, between two actions."""
        if self.machine.powered:
            self.machine.gaps_left = self.chance.randrange(12)

    def network(self) -> None:
        """The network goes, or comes back."""
        if self.machine.name in self.town.bus.cut:
            self.town.mend_network(self.machine)
        else:
            self.town.cut_network(self.machine)

    def hub_dies(self) -> None:
        """The hub starts again, now or between a commit and its answer."""
        if self.chance.random() < 0.5:
            self.town.restart_hub()
        else:
            self.town.answers_lost = self.chance.randrange(3)

    def look(self) -> None:
        """The hub does what is due by the clock."""
        waits.mark_silent(self.town.hub)

    def pause(self) -> None:
        """Nothing happens for a while."""
        self.town.wait(self.chance.randrange(60))

    def mind(self) -> None:
        """The power comes back, by and by."""
        if not self.machine.powered and self.chance.random() < 0.7:
            self.town.wait(3)
            self.machine.switch_on()
            self.shut()

    def finish(self) -> None:
        """Every parcel that was announced is brought, in the end, and lies or has been taken."""
        self.town.heal()
        self.shut()
        self.town.settle()
        for _ in range(PATIENCE):
            self.town.wait(150)
            self.town.inspect(self.machine)
            for parcel in list(self.in_hand):
                self.bring(parcel)
        assert not self.in_hand, f"a courier has no way on: {self.machine.shown}"
        self.town.wait(150)
        self.town.inspect(self.machine)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_storm_everybody_agrees(town_of: Callable[[int], Town], seed: int) -> None:
    town = town_of(seed)
    machine = town.locker("elm", "S S S M L")
    people = People(town, machine, seed)
    rates = people.chance
    town.weather(Weather(rates.choice([0, 0.1, 0.4]), rates.choice([0, 0.1, 0.4]), rates.choice([5, 500, 5_000])))
    for _ in range(30):
        people.act()
    people.finish()
    town.agree()
    for parcel in list(people.waiting):
        people.fetch(parcel)
        town.wait(60)
    town.agree()
    assert not people.waiting, "a recipient has no way on"
    ended = [town.status(parcel) for parcel in town.parcels]
    assert set(ended) <= {"collected", "needs_attention"}, ended
