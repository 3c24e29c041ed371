"""What parts are told that only follow what happens: the scanner's trigger, the beacon at a door, the camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from locker.cabinet.actions import Action, Beep, Record, Sound
from locker.cabinet.cabinet import Cabinet
from locker.wire.facts import Deposited


@dataclass(frozen=True, slots=True)
class Signs:
    """How things stand once an event is dealt with.

    `attended`: somebody is at the locker. `open_doors`: which stand open. `sounds`: those that it made, in order;
    `deposits`: compartments into which something was put just now.
    """

    attended: bool
    open_doors: frozenset[int]
    sounds: tuple[Sound, ...] = ()
    deposits: tuple[int, ...] = ()


Onlooker = Callable[[Signs], None]
"""Called behind everything that an event asks for, so that it delays no door; a broken device is no error here."""


class Onlookers:
    """All of them. Nothing is worked out while there are none."""

    def __init__(self) -> None:
        self._all: list[Onlooker] = []

    def add(self, onlooker: Onlooker) -> None:
        self._all.append(onlooker)

    def look_on(self, cabinet: Cabinet, actions: list[Action]) -> None:
        """An event is dealt with; these actions came of it."""
        if not self._all:
            return
        facts = [action.fact for action in actions if isinstance(action, Record)]
        signs = Signs(
            attended=cabinet.attended,
            open_doors=cabinet.open_doors,
            sounds=tuple(action.sound for action in actions if isinstance(action, Beep)),
            deposits=tuple(fact.n for fact in facts if isinstance(fact, Deposited)),
        )
        for onlooker in self._all:
            onlooker(signs)
