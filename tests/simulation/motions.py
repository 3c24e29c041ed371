"""What everybody does at a locker: waits for a turn, shows a code, looks for the open door, shuts it, says so, leaves.

People see the screen and the doors, nothing else. Each motion is a script; what it yields is how long it takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulation.machine import Machine
from tests.simulation.world import SECOND_MS, Script

if TYPE_CHECKING:
    from tests.simulation.town import Town

PATIENCE_S = 12
IMPATIENT = 0.1
"""So many of those before whom a door doesn't open say so in each second."""


@dataclass(eq=False)
class Parcel:
    """A thing of cardboard. `place` is where it is, `stray` says that somebody left it where it doesn't belong.

    `sent`: whoever puts it in sends it, and a courier takes it out.
    """

    name: str
    who: str
    locker: str
    size: str
    id: str = ""
    pickup: str = ""
    ticket: str = ""
    pin: str = ""
    deposit_ticket: str = ""
    page: str = ""
    sent: bool = False
    place: str = "courier"
    n: int = 0
    stray: bool = False


@dataclass
class Manners:
    """How people of this seed are."""

    stubborn: float = 0.0
    careless: float = 0.0
    pin: float = 0.3
    by_ticket: float = 0.1
    phone: float = 0.0
    delegate: float = 0.0


@dataclass
class Staff:
    """The codes of those who work here."""

    courier: str
    operator: str


@dataclass
class Queue:
    """How many stand in front of each locker: mostly one."""

    standing: Counter[str] = field(default_factory=Counter)


def turn(town: Town, machine: Machine, pushy: float = 0.02) -> Script:
    """Waits until nobody else stands there; a few push in."""
    while town.queue.standing[machine.name] and (town.healed or town.chance.random() >= pushy):
        yield 3 * SECOND_MS
    town.queue.standing[machine.name] += 1


def leave(town: Town, machine: Machine) -> None:
    """Makes way for the next."""
    town.queue.standing[machine.name] -= 1


def door(machine: Machine, before: set[int], purpose: str = "", last: int = 0) -> int:
    """The open door that the screen names for this purpose, or has named before; 0: none."""
    name, n, params = machine.screen()
    doors = machine.open_doors()
    if n in doors and name in ("opening", "open", "please_close") and (not purpose or params.get("purpose") == purpose):
        return n
    if last in doors:
        return last
    # Whoever only takes what is theirs looks into any door that has just opened.
    new = [one for one in doors if one not in before]
    return new[0] if len(new) == 1 and not purpose else 0


def is_asked(machine: Machine, purpose: str) -> bool:
    """Whether the screen asks what a door did that the locker can't see."""
    name, _, params = machine.screen()
    return name == "open" and params.get("seen") is False and params.get("purpose") == purpose


def go(town: Town, machine: Machine) -> None:
    """Ends the visit, and doesn't say that a door did what it didn't."""
    if machine.screen()[2].get("seen") is not False:
        machine.choose("done")
    leave(town, machine)
    for n in machine.open_doors():
        # One that opened too late, or that nobody was sent to.
        town.careless_door(machine, n)


def show(town: Town, machine: Machine, text: str, before: set[int]) -> Generator[int, None, bool]:
    """Scans until a door opens or patience ends; the stubborn scan again and again. Whether the locker said yes."""
    accepted = False
    for second in range(PATIENCE_S):
        if second == 0 or town.chance.random() < town.manners.stubborn:
            accepted = machine.scan(text) or accepted
        yield SECOND_MS
        if door(machine, before):
            break
        if second > 2 and town.chance.random() < IMPATIENT and machine.screen()[0] in ("opening", "open", "stuck"):
            machine.choose("not_open")
    return accepted


def say_done(town: Town, machine: Machine, n: int) -> Iterator[int]:
    """Answers the screen where it asks what a door did."""
    for _ in range(3):
        yield SECOND_MS
        name, at, params = machine.screen()
        if name == "open" and at == n and params.get("seen") is False:
            again = params.get("purpose") in ("collect", "reopen") and town.chance.random() < town.manners.careless
            machine.choose("not_open" if again else "done")


def shut(town: Town, machine: Machine, n: int) -> Iterator[int]:
    """Pushes a door shut, sooner or later."""
    if town.chance.random() < town.manners.careless / 4:
        town.careless_door(machine, n)
        return
    for _ in range(3):
        yield town.chance.randrange(400, 3_000)
        if machine.shut(n):
            return
    town.careless_door(machine, n)
