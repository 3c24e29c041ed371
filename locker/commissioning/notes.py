"""What a check has seen so far: kept after every door, so that it can be stopped and gone on with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from locker.commissioning.plan import Place


@dataclass(frozen=True, slots=True)
class Observation:
    """One pulse: which doors opened, and what each switch that moved said afterwards (shut, by its make's meaning)."""

    lock: Place
    opened: tuple[int, ...] = ()
    moved: tuple[tuple[Place, bool | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Notes:
    """`wiring` says of which wiring these notes are."""

    wiring: str = ""
    observations: tuple[Observation, ...] = ()

    def seen(self, lock: Place) -> Observation | None:
        """What came of a lock's newest pulse."""
        return next((one for one in reversed(self.observations) if one.lock == lock), None)

    def with_one(self, observation: Observation) -> Notes:
        others = tuple(one for one in self.observations if one.lock != observation.lock)
        return replace(self, observations=(*others, observation))


_NOTES = TypeAdapter(Notes)


def to_json(notes: Notes) -> bytes:
    return _NOTES.dump_json(notes, indent=1)


def from_json(text: bytes) -> Notes:
    """Notes that can't be read are no notes: the check then begins anew."""
    try:
        return _NOTES.validate_json(text)
    except ValidationError:
        return Notes()
