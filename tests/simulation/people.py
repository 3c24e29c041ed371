"""Those who come to a locker: couriers, recipients, operators, the stubborn, the careless and the dishonest.

Each is a script; what it yields is how long it waits. People see the screen and the doors, nothing else.
"""

from __future__ import annotations

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

RUBBISH = ("", " ", "\x00", "L1" + "A" * 7000, "L2123", "https://example.org/x", "\x1b[2J", "4006381333931", "L1BROKEN")


@dataclass(eq=False)
class Parcel:
    """A thing of cardboard. `place` is where it is, `stray` says that somebody left it where it doesn't belong."""

    name: str
    who: str
    locker: str
    size: str
    id: str = ""
    pickup: str = ""
    ticket: str = ""
    pin: str = ""
    deposit_ticket: str = ""
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


@dataclass
class Staff:
    """The codes of those who work here."""

    courier: str
    operator: str


@dataclass
class Queue:
    """Who stands in front of a locker."""

    taken: set[str] = field(default_factory=set)


def turn(town: Town, machine: Machine, pushy: float = 0.02) -> Script:
    """Waits until nobody else stands there; a few push in."""
    while machine.name in town.queue.taken and (town.healed or town.chance.random() >= pushy):
        yield 3 * SECOND_MS
    town.queue.taken.add(machine.name)


def leave(town: Town, machine: Machine) -> None:
    """Makes way for the next."""
    town.queue.taken.discard(machine.name)


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
            beeped = machine.scan(text)
            accepted = accepted or (beeped and machine.screen()[0] in ("opening", "open"))
        yield SECOND_MS
        if door(machine, before):
            break
        if second > 2 and town.chance.random() < IMPATIENT and machine.screen()[0] in ("opening", "open", "stuck"):
            machine.choose("not_open")
    return accepted


def bring(town: Town, parcel: Parcel) -> Script:
    """A courier puts a parcel in, if the locker lets it be."""
    machine = town.machines[parcel.locker]
    yield from turn(town, machine, pushy=0)
    before = set(machine.open_doors())
    complained: set[int] = set()
    code = parcel.deposit_ticket or parcel.name
    town.presented(machine, "label", parcel.pickup)
    accepted = yield from show(town, machine, code, before)
    n = 0
    for _ in range(4 if accepted else 0):
        n = door(machine, before, "deposit", n)
        if not n or parcel.place != "courier":
            break
        inside = machine.steel.doors[n].content
        if n in complained:
            yield from shut(town, machine, n)
        elif inside:
            machine.choose("occupied")
            yield from shut(town, machine, n)
        elif town.chance.random() < town.manners.careless / 3:
            complained.add(n)
            machine.choose("too_small")
            yield from shut(town, machine, n)
        else:
            unseen = machine.misses(n)
            town.put(machine, n, parcel)
            yield town.chance.randrange(500, 6_000)
            yield from shut(town, machine, n)
            yield from say_done(town, machine, n)
            # A contact that never moved makes the locker believe that this door stayed shut; nobody can tell it.
            parcel.stray = parcel.stray or unseen or n in machine.glued
        yield 2 * SECOND_MS
    go(town, machine)
    if parcel.place == "courier" and not town.healed:
        yield town.chance.randrange(60, 600) * SECOND_MS
        if parcel.place == "courier":
            yield from bring(town, parcel)


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


def collect(town: Town, parcel: Parcel) -> Script:
    """A recipient comes with a code and takes whatever opens and is theirs."""
    machine = town.machines[parcel.locker]
    town.look_up(parcel)
    yield from turn(town, machine)
    before = set(machine.open_doors())
    town.world.note(machine.name, "comes", parcel.name)
    town.presented(machine, "pickup", parcel.pickup)
    if parcel.pin and town.chance.random() < town.manners.pin:
        machine.press("clear")
        machine.press(parcel.pin)
        yield 2 * SECOND_MS
    if parcel.ticket and not door(machine, before):
        # Guessers may have closed the keypad; the code on paper or telephone always works.
        yield from show(town, machine, parcel.ticket, before)
    yield from reach_in(town, machine, parcel, before)
    if parcel.place == "inside" and parcel.ticket:
        # The wind has shut the door, perhaps: for three minutes the same code opens it again.
        yield 3 * SECOND_MS
        yield from show(town, machine, parcel.ticket, before)
        yield from reach_in(town, machine, parcel, before)
    town.gives_up(machine, parcel)
    go(town, machine)


def reach_in(town: Town, machine: Machine, parcel: Parcel, before: set[int]) -> Script:
    """Takes out of every door that opens what belongs to this recipient."""
    for _ in range(6):
        yield 2 * SECOND_MS
        n = door(machine, before)
        if not n:
            break
        if town.chance.random() < town.manners.careless / 5:
            town.forget(machine, n, parcel.pickup)
        else:
            town.take(machine, n, parcel.pickup)
        if machine.screen()[:2] == ("stuck", n):
            machine.choose("it_opened")
        yield town.chance.randrange(500, 8_000)
        yield from shut(town, machine, n)
        yield from say_done(town, machine, n)
    for _ in range(8 if parcel.place == "inside" and machine.screen()[0] in ("opening", "stuck") else 0):
        # Who is told that a door sticks pulls at it for a while.
        yield 2 * SECOND_MS
        if parcel.n in machine.open_doors() and parcel.place == "inside":
            town.take(machine, parcel.n, parcel.pickup)
            yield from shut(town, machine, parcel.n)


def retrieve(town: Town, machine: Machine) -> Script:
    """A courier takes back what has expired."""
    yield from turn(town, machine)
    town.presented(machine, "courier", "swift")
    machine.press("clear")
    machine.press(town.staff.courier)
    yield 2 * SECOND_MS
    for _ in range(6):
        name, _, params = machine.screen()
        if name != "courier_menu" or not params.get("retrieve"):
            break
        before = set(machine.open_doors())
        machine.choose("retrieve")
        yield 3 * SECOND_MS
        n = door(machine, before)
        if not n:
            break
        town.take(machine, n, "")
        yield from shut(town, machine, n)
        yield from say_done(town, machine, n)
        yield SECOND_MS
    go(town, machine)


def inspect(town: Town, machine: Machine) -> Script:
    """An operator mends what is broken, and looks into every compartment that is in doubt or has a fault."""
    yield from turn(town, machine, pushy=0)
    for n in machine.open_doors():
        yield from shut(town, machine, n)
    town.presented(machine, "operator", "")
    machine.scan("L2" + town.staff.operator)
    yield 2 * SECOND_MS
    if machine.screen()[0] == "operator_menu":
        for n, wrong in sorted(machine.screen()[2]["compartments"].items()):
            if wrong:
                yield from look_into(town, machine, n)
    go(town, machine)


def look_into(town: Town, machine: Machine, n: int) -> Iterator[int]:
    """One compartment: what is inside, and is its door as it should be?"""
    before = set(machine.open_doors())
    machine.choose("inspect", n)
    for _ in range(8):
        yield SECOND_MS
        if door(machine, before):
            break
    if n not in machine.open_doors():
        if town.chance.random() < 0.5:
            town.mend(machine, n)
            machine.choose("repaired", n)
            yield SECOND_MS
        machine.choose(town.chance.choice(("done", "not_open")))
        yield SECOND_MS
        return
    believed = town.believed(machine, n)
    there = {town.delivery_of(name) for name in machine.steel.doors[n].content}
    if believed != there:
        town.to_the_office(machine, n)
    if not machine.shut(n):
        return
    yield SECOND_MS
    yield from say_done(town, machine, n)
    if machine.screen()[0] == "inspected" and town.chance.random() < 0.05:
        # Did I really look into that corner?
        machine.choose("inspect", n)
        yield 3 * SECOND_MS
        machine.shut(n)
        yield from say_done(town, machine, n)
    if machine.screen()[0] == "inspected":
        machine.choose("holds_parcel" if machine.steel.doors[n].content else "is_empty")
        yield SECOND_MS
        if not town.is_broken(machine, n):
            machine.choose("repaired", n)
            yield SECOND_MS


def pester(town: Town, machine: Machine) -> Script:
    """Somebody with time: rubbish, forged and foreign codes, codes that were used before, guessed PINs."""
    for _ in range(town.chance.randrange(2, 12)):
        yield town.chance.randrange(300, 20_000)
        kind = town.chance.random()
        if kind < 0.3:
            machine.scan(town.chance.choice(RUBBISH))
        elif kind < 0.5:
            machine.press(f"{town.chance.randrange(10**8):08}")
        elif kind < 0.7 and (used := [one for one in town.parcels if one.ticket and one.place == "recipient"]):
            yield from open_for_fun(town, machine, town.chance.choice(used))
        elif kind < 0.9 and (known := [one.ticket for one in town.parcels if one.ticket]):
            machine.scan(forged(town, town.chance.choice(known)))
        else:
            machine.choose(
                town.chance.choice(("done", "help", "back", "retrieve", "inspect", "not_open", "is_empty")), 1
            )
    machine.press("clear")


def open_for_fun(town: Town, machine: Machine, parcel: Parcel) -> Script:
    """A code that was shared still opens what is left of its pickup; nobody takes it."""
    before = set(machine.open_doors())
    town.presented(machine, "pickup", parcel.pickup)
    machine.scan(parcel.ticket)
    for _ in range(8):
        yield SECOND_MS
        for n in set(machine.open_doors()) - before:
            town.forget(machine, n, parcel.pickup)
            town.careless_door(machine, n)


def forged(town: Town, ticket: str) -> str:
    """A ticket with one character changed."""
    at = town.chance.randrange(2, len(ticket))
    others = sorted(set("ABCDEFGHJKMNPQRS2345679") - {ticket[at]})
    return ticket[:at] + town.chance.choice(others) + ticket[at + 1 :]
