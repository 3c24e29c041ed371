"""People who don't give up: whatever a machine does in the middle of it, they come back and go on."""

from __future__ import annotations

from hub_service.handlers.views import ParcelView
from tests.crash_points.town import CardMachine, CrashTown

PATIENCE = 6


def back(town: CrashTown, machine: CardMachine) -> bool:
    """Power comes back if it has gone; whether it had."""
    gone = not machine.powered
    machine.fuse.mend()
    if gone:
        town.wait(5)
        machine.switch_on()
        assert machine.powered, "a locker starts from what a power cut has left"
    town.wait(1)
    return gone


def shut_all(town: CrashTown, machine: CardMachine) -> None:
    """Whoever is there shuts what is open."""
    for n in sorted(machine.steel.open):
        machine.shut(n)
        town.wait(1)


def courier(town: CrashTown, machine: CardMachine, parcel: ParcelView) -> None:
    """Sees to it that the parcel is in."""
    for _ in range(PATIENCE):
        if machine.steel.open and not lies_anywhere(machine, parcel):
            town.put(machine, parcel, min(machine.steel.open))
        shut_all(town, machine)
        if lies_anywhere(machine, parcel):
            break
        machine.scan(parcel.tracking_number)
        town.door_opens(machine, needed=False)
    assert lies_anywhere(machine, parcel), f"a courier has no way on: {machine.shown}"


def recipient(town: CrashTown, machine: CardMachine, parcel: ParcelView) -> None:
    """Sees to it that the parcel is out."""
    ticket = town.seen(parcel).ticket
    for _ in range(PATIENCE):
        machine.take(parcel.id)
        shut_all(town, machine)
        if not lies_anywhere(machine, parcel):
            break
        machine.scan(ticket or parcel.ticket)
        town.door_opens(machine, needed=False)
    assert not lies_anywhere(machine, parcel), f"a recipient has no way on: {machine.shown}"


def look(town: CrashTown, machine: CardMachine) -> None:
    """Some minutes later an operator looks into whatever is in doubt."""
    town.wait(200)
    town.inspect(machine)
    town.wait(1)


def lies_anywhere(machine: CardMachine, parcel: ParcelView) -> bool:
    """Whether the parcel is in some compartment."""
    return any(parcel.id in inside for inside in machine.steel.inside.values())
