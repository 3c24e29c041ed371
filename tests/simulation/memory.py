"""What lockers whose card was restored from an older image have forgotten: which facts, and what nobody can know.

Until such a locker has heard of it from the hub, it believes an older world. What it does to the compartments that
were used meanwhile proves nothing; afterwards they have to be in doubt, as far as the hub had been told of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.disk import survivor
from tests.simulation.machine import Machine

if TYPE_CHECKING:
    from tests.simulation.town import Town


class Memory:
    """What restored cards have forgotten."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.abandoned: dict[str, set[str]] = {}
        self._forgotten: set[tuple[str, int]] = set()

    def restored(self, machine: Machine, image: dict[str, bytes]) -> None:
        """The card of a locker that has no power is replaced."""
        known, before = digests(image), digests(machine.disk.image())
        lost = [digest for digest in before if digest not in known]
        machine.disk.restore(image)
        machine.other_card = True
        self.abandoned.setdefault(machine.name, set()).update(lost)
        told = {
            row["digest"] for row in self._town.rows("SELECT digest FROM reports WHERE locker_id = ?", machine.name)
        }
        for n in machine.steel.doors:
            self._forgotten.add((machine.name, n))
            if not set(lost) <= told:
                # Of what only the card knew nobody knows any more.
                for parcel in self._town.inside(machine, n):
                    parcel.stray = True

    def doubtful(self, machine: Machine, n: int) -> bool:
        """Whether a locker still acts on what an old card says about a compartment."""
        return (machine.name, n) in self._forgotten

    def learned(self, machine: Machine) -> None:
        """A locker and the hub agree again."""
        self._forgotten = {(name, n) for name, n in self._forgotten if name != machine.name}


def digests(image: dict[str, bytes]) -> list[str]:
    """The entries of the journal on a card (none on a new one)."""
    if not image:
        return []
    with survivor(image) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'").fetchall():
            return []
        return [digest.hex() for (digest,) in connection.execute("SELECT digest FROM entries ORDER BY position")]
