"""Those who come to a locker: couriers, recipients, operators, the stubborn, the careless and the dishonest.

Each is a script; what it yields is how long it waits. People see the screen and the doors, nothing else.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from tests.simulation import visitors
from tests.simulation.machine import Machine
from tests.simulation.motions import Parcel, door, go, is_asked, say_done, show, shut, turn
from tests.simulation.world import SECOND_MS, Script

if TYPE_CHECKING:
    from tests.simulation.town import Town

LAUGHS_S = 90
"""How long somebody stays who opens doors for fun: until the last one, or until a door has been left open."""

RUBBISH = ("", " ", "\x00", "L1" + "A" * 7000, "L2123", "https://example.org/x", "\x1b[2J", "4006381333931", "L1BROKEN")


def bring(town: Town, parcel: Parcel) -> Script:
    """A courier puts a parcel in, if the locker lets it be."""
    machine = town.machines[parcel.locker]
    yield from turn(town, machine, pushy=0)
    before = set(machine.open_doors())
    code = parcel.ticket if parcel.sent else parcel.deposit_ticket or parcel.name
    town.presented(machine, "label", parcel.pickup)
    if (yield from show(town, machine, code, before)):
        yield from lay_in(town, machine, parcel, before)
    go(town, machine)
    if parcel.place == "courier" and not town.healed:
        yield town.chance.randrange(60, 600) * SECOND_MS
        if parcel.place == "courier":
            yield from bring(town, parcel)


def lay_in(town: Town, machine: Machine, parcel: Parcel, before: set[int]) -> Script:
    """Puts a parcel into the door that opens for it, or says what is wrong with that and waits for the next one."""
    n, complained = 0, set[int]()
    for _ in range(4):
        # One that stood open when they came is somebody else's.
        before &= set(machine.open_doors())
        n = door(machine, before, "deposit", n)
        n = 0 if n in before else n
        if not n and is_asked(machine, "deposit"):
            # Nobody sees what this door does, and it stays shut.
            machine.choose("not_open")
            yield 3 * SECOND_MS
            continue
        if not n or parcel.place != "courier":
            break
        # Parcels of one recipient may share a compartment: their labels bear the same name.
        strangers = [one for one in town.inside(machine, n) if one.pickup != parcel.pickup]
        if n in complained:
            yield from shut(town, machine, n)
        elif strangers:
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


def collect(town: Town, parcel: Parcel) -> Script:
    """A recipient comes with a code and takes whatever opens and is theirs."""
    machine = town.machines[parcel.locker]
    town.look_up(parcel)
    yield from turn(town, machine)
    before = set(machine.open_doors())
    town.world.note(machine.name, "comes", parcel.name)
    town.presented(machine, "pickup", parcel.pickup)
    yield from ask_for(town, machine, parcel, before)
    yield from reach_in(town, machine, parcel, before)
    if parcel.ticket and town.waiting(machine, parcel.pickup):
        # The wind has shut a door, or somebody who pushed in: for three minutes the same code opens it again.
        yield 3 * SECOND_MS
        town.presented(machine, "pickup", parcel.pickup)
        yield from show(town, machine, parcel.ticket, before)
        yield from reach_in(town, machine, parcel, before)
    town.gives_up(machine, parcel)
    go(town, machine)


def ask_for(town: Town, machine: Machine, parcel: Parcel, before: set[int]) -> Script:
    """With a telephone, somebody else's code, the PIN, or what always works in the end: the code on paper."""
    if parcel.page and town.chance.random() < town.manners.phone:
        yield from visitors.telephone(town, machine, parcel, before)
    elif parcel.page and town.chance.random() < town.manners.delegate:
        yield from visitors.stand_in(town, machine, parcel, before)
    elif parcel.pin and town.chance.random() < town.manners.pin:
        machine.press("clear")
        machine.press(parcel.pin)
        yield 2 * SECOND_MS
    if parcel.ticket and not door(machine, before):
        # Guessers may have closed the keypad.
        yield from show(town, machine, parcel.ticket, before)


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
        yield from insist(town, machine, n)
        yield town.chance.randrange(500, 8_000)
        yield from shut(town, machine, n)
        yield from say_done(town, machine, n)
    for _ in range(8 if town.waiting(machine, parcel.pickup) and machine.screen()[0] in ("opening", "stuck") else 0):
        # Who is told that a door sticks pulls at it for a while.
        yield 2 * SECOND_MS
        for n in [n for n in town.waiting(machine, parcel.pickup) if n in machine.open_doors()]:
            town.take(machine, n, parcel.pickup)
            yield from shut(town, machine, n)


def insist(town: Town, machine: Machine, n: int) -> Iterator[int]:
    """Whoever isn't in a hurry sees that the screen is wrong about an open door, and says so."""
    for _ in range(8 if town.chance.random() < 0.3 else 0):
        if machine.screen()[0] != "opening":
            break
        yield SECOND_MS
    if machine.screen()[:2] == ("stuck", n) and n in machine.open_doors():
        machine.choose("it_opened")


def retrieve(town: Town, machine: Machine) -> Script:
    """A courier takes back what has expired."""
    yield from turn(town, machine)
    town.presented(machine, "courier", "swift")
    machine.press("clear")
    machine.press(town.staff.courier)
    yield 2 * SECOND_MS
    for _ in range(6):
        before = set(machine.open_doors())
        name, _, params = machine.screen()
        if name == "courier_menu" and params.get("retrieve"):
            machine.choose("retrieve")
        elif params.get("purpose") != "retrieve":
            # Who is shown a door takes out what is there, whoever has pressed the button.
            break
        n = yield from emptying(machine, before)
        if not n:
            break
        town.take(machine, n, "")
        yield from shut(town, machine, n)
        yield from say_done(town, machine, n)
        yield SECOND_MS
    go(town, machine)


def emptying(machine: Machine, before: set[int]) -> Generator[int, None, int]:
    """Waits for the door that is to be emptied; one that falls shut too early is opened again, if its lock has rest."""
    yield 3 * SECOND_MS
    for _ in range(40):
        n = door(machine, before)
        name = machine.screen()[0]
        if n or name not in ("courier_menu", "stuck"):
            return n
        machine.choose("again" if name == "courier_menu" else "not_open")
        yield 4 * SECOND_MS
        if machine.screen()[0] == "courier_menu":
            break
    return 0


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
    for _ in range(20):
        # Whoever is responsible doesn't leave a door open in front of strangers.
        if machine.shut(n):
            break
        yield 3 * SECOND_MS
    else:
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
    """A code that was shared still opens what is left of its pickup, one door after the other; nobody takes it."""
    before = set(machine.open_doors())
    town.presented(machine, "pickup", parcel.pickup)
    machine.scan(parcel.ticket)
    for second in range(LAUGHS_S):
        yield SECOND_MS
        for n in set(machine.open_doors()) - before:
            before.add(n)
            town.forget(machine, n, parcel.pickup)
            town.careless_door(machine, n)
        if second >= 8 and machine.screen()[0] not in ("opening", "open", "please_close"):
            break


def forged(town: Town, ticket: str) -> str:
    """A ticket with one character changed."""
    at = town.chance.randrange(2, len(ticket))
    others = sorted(set("ABCDEFGHJKMNPQRS2345679") - {ticket[at]})
    return ticket[:at] + town.chance.choice(others) + ticket[at + 1 :]
