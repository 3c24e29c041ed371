"""What a frame from a lock board says, in the same words for every make, and what every codec can do. Pure.

`shut` is by the usual meaning of the protocol's switches; whether a board's are inverted its config says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

# The longest frame of any board, with room for an echo, a late frame and garbage before it.
BYTES_MAX = 256


@dataclass(frozen=True, slots=True)
class Switches:
    """Which locks are shut (None: the board says that the switch is broken). `items`: what presence sensors see."""

    address: int
    shut: Mapping[int, bool | None]
    items: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The board has taken (or refused) a command to unlock. None: the frame doesn't tell."""

    address: int
    lock: int
    accepted: bool = True
    shut: bool | None = None
    pulse_ms: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A switch has changed; told by the board without being asked."""

    address: int
    lock: int
    shut: bool | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The board has understood a request and doesn't do it. `reads`: it was asked for switches, not to do anything."""

    address: int
    why: str
    reads: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """A frame that goes to a board: an echo of ours, or another master's. Never an answer."""

    address: int
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A valid frame from a board that answers nothing we ask."""

    address: int
    text: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """No frame of this protocol; `why` says what is wrong with it."""

    why: str


Said = Switches | Unlocked | Changed | Refused | Command | Remark | Unclear


class Codec(Protocol):
    """One protocol for boards with a given number of channels."""

    asks_each: bool
    """Whether the status of each lock has to be asked for by itself."""
    answers_unlock: bool
    """Whether the board says anything after it was told to unlock."""

    def unlock(self, address: int, lock: int, pulse_ms: int = 500) -> bytes:
        """The frame that releases one lock. Raises OutOfRange; no argument means "all"."""
        ...

    def status(self, address: int, lock: int | None = None) -> bytes:
        """The frame that asks for one lock's switch where the protocol can, else for all of the board."""
        ...

    def at_start(self, address: int) -> bytes:
        """What makes sure that nothing is energised (empty: the board sees to that itself)."""
        ...

    def decode(self, frame: bytes) -> Said:
        """What exactly one frame says."""
        ...

    def lengths(self, data: bytes) -> Iterable[int]:
        """How long a frame that begins with `data` may be, longest first; nothing where none can begin."""
        ...

    def is_whole(self, said: Said) -> bool:
        """Whether nothing that comes behind can belong to this frame."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One frame for a board, and what an answer to it has to be about.

    `locks` are those whose switch is asked for, `alone` whether the answer must be about no other; `repeats` is whether
    the answer is the same frame once more.
    """

    address: int
    frame: bytes
    locks: frozenset[int] = frozenset()
    alone: bool = False
    repeats: bool = False
    unlocks: int | None = None
    pulse_ms: int | None = None


def is_answer(request: Request, said: Said) -> bool:
    """Whether this frame answers this request, and not an earlier one, or somebody else's."""
    match said:
        case Unlocked():
            same_pulse = said.pulse_ms is None or said.pulse_ms == request.pulse_ms
            return said.address == request.address and said.lock == request.unlocks and same_pulse
        case Switches():
            fits = said.shut.keys() == request.locks if request.alone else request.locks <= said.shut.keys()
            return request.unlocks is None and said.address == request.address and bool(request.locks) and fits
        case Refused():
            # A late refusal to be read must not pass for a lock that got no current.
            return said.address == request.address and said.reads == bool(request.locks)
        case Command():
            return request.repeats and said.address == request.address
        case _:
            return False


def find(codec: Codec, data: bytes) -> list[tuple[Said, int]]:
    """Every frame in what has come, with its length: behind garbage, behind an echo, several in one piece."""
    found: list[tuple[Said, int]] = []
    at = 0
    while at < len(data):
        said, length = _first(codec, data[at:])
        if length:
            found.append((said, length))
        at += max(1, length)
    return found


def _first(codec: Codec, data: bytes) -> tuple[Said, int]:
    for length in codec.lengths(data):
        said = codec.decode(data[:length]) if length <= len(data) else Unclear("cut off")
        if not isinstance(said, Unclear):
            return said, length
    return Unclear("no frame begins here"), 0


def explain(said: Said) -> str:
    """One sentence for people."""
    match said:
        case Switches():
            return f"Board {said.address} says: {_switches(said)}."
        case Unlocked(accepted=False):
            return f"Board {said.address} didn't unlock lock {said.lock}: {said.why}."
        case Unlocked():
            pulse = f" for {said.pulse_ms} ms" if said.pulse_ms else ""
            switch = "" if said.shut is None else f"; its switch then read {'shut' if said.shut else 'open'}"
            return f"Board {said.address} unlocks lock {said.lock}{pulse}{switch} (command and answer look alike)."
        case Changed():
            return f"Board {said.address} tells, without being asked, that lock {said.lock} is {_state(said.shut)}."
        case Refused():
            return f"Board {said.address} refuses: {said.why}."
        case Command():
            return f"A command to board {said.address}: {said.text}."
        case Remark():
            return f"Board {said.address} says: {said.text}."
        case Unclear():
            return f"Not understood: {said.why}."


def _switches(said: Switches) -> str:
    states = [
        (f"lock{{}} {{}} {word}", [n for n, shut in said.shut.items() if shut is value]) for word, value in _WORDS
    ]
    parts = [text.format("s" * (len(row) > 1), spans(row)) for text, row in states if row]
    if items := [n for n, seen in said.items.items() if seen]:
        parts.append(f"something lies behind {spans(items)}")
    return "; ".join(parts) or "nothing about any lock"


_WORDS = (("shut", True), ("open", False), ("with a broken switch", None))


def _state(shut: bool | None) -> str:
    return next(word for word, value in _WORDS if value is shut)


def spans(numbers: Iterable[int]) -> str:
    """Numbers in rising order, runs of them shortened: "1 to 8, 17"."""
    runs: list[list[int]] = []
    for n in sorted(numbers):
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def bits(data: Iterable[int]) -> dict[int, bool]:
    """Numbered from 1, the lowest bit of the first byte first."""
    return {8 * place + bit + 1: bool(byte >> bit & 1) for place, byte in enumerate(data) for bit in range(8)}
