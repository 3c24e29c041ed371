"""People who came with the hub's newer ways: with a telephone, with a code of their own, with something to send.

And an operator at a desk far away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub_service.handlers import delegates, opening, remote
from hub_service.handlers.delegates import DelegateView
from hub_service.handlers.hub import Hub
from tests.simulation.machine import Machine
from tests.simulation.motions import PATIENCE_S, Parcel, door, show
from tests.simulation.world import SECOND_MS, Script

if TYPE_CHECKING:
    from tests.simulation.town import Town

GUESS = 0.2
"""So many who stand there with a telephone are somewhere else, and guess the number."""

HEARS_MS = 5 * SECOND_MS


def telephone(town: Town, machine: Machine, parcel: Parcel, before: set[int]) -> Script:
    """A recipient reads the number on the screen and has the door opened from the parcel's page."""
    number, n = machine.shown_number, town.page_says(parcel)
    if not number or not n:
        return
    if town.chance.random() < GUESS:
        number = machine.wrong_number(town.chance)
    town.hub.ask(lambda hub: opening.by_phone(hub, parcel.page, n, number))
    for _ in range(PATIENCE_S):
        yield SECOND_MS
        if door(machine, before):
            return


def stand_in(town: Town, machine: Machine, parcel: Parcel, before: set[int]) -> Script:
    """Somebody else was asked to come, with a code of their own, which this locker has heard of or not."""
    asked = town.hub.ask(lambda hub: _asked(hub, parcel.page))
    yield HEARS_MS
    if not asked:
        return
    if town.chance.random() < town.manners.pin:
        machine.press("clear")
        machine.press(asked.pin.replace(" ", ""))
        yield 2 * SECOND_MS
    else:
        yield from show(town, machine, asked.text, before)
    if town.chance.random() < 0.5:
        town.hub.ask(lambda hub: delegates.end(hub, parcel.page, asked.id))


def _asked(hub: Hub, page: str) -> DelegateView | None:
    delegates.ask(hub, page, "Eve")
    known = [one for one in delegates.of_page(hub, page)[1] if not one.ended]
    return known[-1] if known else None


def from_afar(town: Town, machine: Machine) -> Script:
    """An operator has a door opened, where nobody stands; some passer-by shuts it."""
    n = town.chance.choice(list(machine.steel.doors))
    before = set(machine.open_doors())
    town.presented(machine, "operator", "")
    way = town.chance.choice(("reason", "emergency"))
    wish = remote.Wish(locker_id=machine.name, n=n, way=way, reason="it smells", who="olga")
    town.hub.ask(lambda hub: remote.ask(hub, wish))
    for _ in range(2 * PATIENCE_S):
        yield SECOND_MS
        if n in set(machine.open_doors()) - before:
            town.careless_door(machine, n)
            return
