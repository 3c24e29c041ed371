"""The power goes at every gap between two actions of a story; people finish it, and everybody agrees on what is true.

The number of gaps is found by playing on until the power isn't cut any more, so that none is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

import pytest

from hub_service.handlers.views import ParcelView
from locker.wire.facts import Collected
from tests.pair.machine import Machine
from tests.pair.town import Town

Found = Callable[[int], Town]
PATIENCE = 6
QUICK, SLOW = 0, 120
"""How long a door takes to spring open: with the pulse, or so late that the power may go first."""

InTheDark = Literal["wait", "only_shut", "go_on"]
PEOPLE = pytest.mark.parametrize(("in_the_dark", "spring_ms"), [("wait", SLOW), ("only_shut", QUICK), ("go_on", QUICK)])


class Cut:
    """A town whose locker loses its power at one gap."""

    def __init__(self, town: Town, machine: Machine, in_the_dark: InTheDark) -> None:
        self.town, self.machine, self.in_the_dark = town, machine, in_the_dark
        self.was_cut = False
        self.hands: Callable[[], object] = lambda: None
        """What the person does at an open door."""

    def after(self, gap: int) -> None:
        """Power will go at this gap, counted from now."""
        self.machine.gaps_left = gap

    def mind(self) -> None:
        """Gives the power back, if it has gone; the hands may go on before."""
        if not self.machine.powered:
            self.was_cut = True
            if self.in_the_dark != "wait":
                if self.in_the_dark == "go_on":
                    self.hands()
                for n in sorted(self.machine.steel.open):
                    self.machine.shut(n)
            self.town.wait(5)
            self.machine.switch_on()
            self.town.wait(1)

    def finished(self) -> bool:
        """Whether the story was over before the power went."""
        survived = self.machine.gaps_left is not None
        self.machine.gaps_left = None
        return survived and not self.was_cut


def deposit(cut: Cut, parcel: ParcelView) -> None:
    """A courier who doesn't give up: whatever the locker does, the parcel goes in."""
    machine, town = cut.machine, cut.town
    for _ in range(PATIENCE):
        cut.hands()
        shut_all(cut)
        if machine.content(1) == "occupied":
            break
        machine.scan(parcel.tracking_number)
        town.door_opens(machine, needed=False)
        cut.mind()
    shut_all(cut)
    assert lies_anywhere(machine, parcel), "a courier stands in front of a locker with no way on"


def collect(cut: Cut, parcel: ParcelView, ticket: str) -> None:
    """A recipient who doesn't give up."""
    machine, town = cut.machine, cut.town
    for _ in range(PATIENCE):
        cut.hands()
        shut_all(cut)
        if not lies_anywhere(machine, parcel):
            break
        machine.scan(ticket)
        town.door_opens(machine, needed=False)
        cut.mind()
    shut_all(cut)
    assert not lies_anywhere(machine, parcel), "a recipient stands in front of a locker with no way on"


def shut_all(cut: Cut) -> None:
    """Whoever is there shuts what is open."""
    for n in sorted(cut.machine.steel.open):
        cut.machine.shut(n)
        cut.town.wait(1)
        cut.mind()


def lay_in(cut: Cut, parcel: ParcelView) -> None:
    """Puts the parcel behind the open door, unless it is in already."""
    if cut.machine.steel.open and not lies_anywhere(cut.machine, parcel):
        cut.town.put(cut.machine, parcel, min(cut.machine.steel.open))


def lies_anywhere(machine: Machine, parcel: ParcelView) -> bool:
    """Whether the parcel is in some compartment."""
    return any(parcel.id in inside for inside in machine.steel.inside.values())


def cuts(town_of: Found, in_the_dark: InTheDark, spring_ms: int) -> Iterator[tuple[Cut, int]]:
    """The same story again and again, each time cut one gap later, until it is over without a cut."""
    town, gap = town_of(0), 0
    machine = town.locker("elm", "S M")
    machine.steel.spring_ms = spring_ms
    while True:
        cut = Cut(town, machine, in_the_dark)
        yield cut, gap
        if cut.finished():
            break
        gap += 1
        town.wait(300)
    assert gap >= 8, "a story has more gaps than that"


@PEOPLE
def test_at_every_gap_of_a_deposit(town_of: Found, in_the_dark: InTheDark, spring_ms: int) -> None:
    for cut, gap in cuts(town_of, in_the_dark, spring_ms):
        town, machine = cut.town, cut.machine
        parcel = town.announce("ada", "elm")
        town.settle()
        cut.hands = partial(lay_in, cut, parcel)
        cut.after(gap)
        machine.scan(parcel.tracking_number)
        town.wait(1)
        cut.mind()
        deposit(cut, parcel)
        town.wait(1)
        cut.mind()
        machine_gaps, machine.gaps_left = machine.gaps_left, None
        town.wait(120)
        town.inspect(machine)
        town.agree()
        assert town.status(parcel) == "ready_for_pickup", f"gap {gap}"
        assert town.notices(parcel).count("ready") == 1
        assert town.collect(machine, parcel)
        town.agree()
        assert town.status(parcel) == "collected", f"gap {gap}"
        machine.gaps_left = machine_gaps


@PEOPLE
def test_at_every_gap_of_a_collection(town_of: Found, in_the_dark: InTheDark, spring_ms: int) -> None:
    for cut, gap in cuts(town_of, in_the_dark, spring_ms):
        town, machine = cut.town, cut.machine
        parcel = town.announce("ada", "elm")
        town.deposit(machine, parcel)
        machine.choose("done")
        town.settle()
        begin = len(machine.facts())
        ticket = town.seen(parcel).ticket
        cut.hands = partial(machine.take, parcel.id)
        cut.after(gap)
        machine.scan(ticket)
        town.wait(1)
        cut.mind()
        collect(cut, parcel, ticket)
        town.wait(1)
        cut.mind()
        machine_gaps, machine.gaps_left = machine.gaps_left, None
        town.wait(120)
        town.inspect(machine)
        town.agree()
        # Taken out in the dark, before the opening was on the disk: nobody can say by whom, so a person is asked.
        was_seen = any(isinstance(fact, Collected) for fact in machine.facts()[begin:])
        assert town.status(parcel) == ("collected" if was_seen else "needs_attention"), f"gap {gap}"
        assert was_seen or in_the_dark == "go_on"
        assert [machine.content(n) for n in (1, 2)] == ["empty", "empty"]
        machine.gaps_left = machine_gaps


def test_a_deposit_that_was_cut_off_goes_on_after_its_recipient_looked_in(town_of: Found) -> None:
    """Two parcels for one person: the first is in, the power goes at the second one, and its recipient is quicker."""
    town = town_of(0)
    machine = town.locker("elm", "S M")
    first, second = town.announce("ada", "elm"), town.announce("ada", "elm")
    town.deposit(machine, first)
    machine.gaps_left = 2
    machine.scan(second.tracking_number)
    town.wait(5)
    machine.switch_on()
    town.collect(machine, first)
    town.wait(200)
    town.deposit(machine, second)
    town.agree()
