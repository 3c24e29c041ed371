"""What an interview wishes for - from boards, doors and people - and what comes of it. One wish at a time."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from locker.commissioning.findings import Finding
from locker.commissioning.notes import Notes
from locker.commissioning.plan import Place, Plan
from locker.wiring import Board

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listen:
    """Ask one board for its state, at this speed; nothing moves. `quick` gives up after a fifth of a second."""

    board: Board
    baud: int
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """`garbage`: bytes came that make no sense; `gone`: the port can't be used, `why` says how."""

    how: Literal["answer", "silence", "garbage", "gone"]
    why: str = ""


Readings = Mapping[Place, bool | None]
"""Whether each switch says shut, by the usual meaning of its make, before any `inverted` (None: nothing is known)."""


def moved(before: Readings, after: Readings) -> tuple[tuple[Place, bool | None], ...]:
    """The switches that read differently now, and what they say; a board that was silent once has moved nothing."""
    return tuple((place, shut) for place, shut in after.items() if place in before and before[place] != shut)


@dataclass(frozen=True, slots=True)
class Look:
    """Read all switches. With `since`, wait until one differs from that and rests, at most `within_s`."""

    plan: Plan
    since: Readings | None = None
    within_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    shut: Readings


@dataclass(frozen=True, slots=True)
class Pulse:
    """Energise one lock, once. Only ever wished for behind a person's yes."""

    plan: Plan
    lock: Place


@dataclass(frozen=True, slots=True)
class Pulsed:
    """Whether the pulse was given, as far as the board or the guardian says."""

    given: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something only hands or eyes can tell. An empty answer means `default`.

    With `moves` the question answers itself (with the default) once a switch differs from these readings. `n` is the
    door that it is about, for the picture.
    """

    code: str
    text: str
    choices: tuple[str, ...] = ()
    default: str = ""
    n: int = 0
    moves: Readings | None = None
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Said:
    text: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Something to be shown; needs no answer."""

    what: str | Finding


@dataclass(frozen=True, slots=True)
class ReadCode:
    """Wait for the scanner to read something."""

    within_s: float


@dataclass(frozen=True, slots=True)
class CodeRead:
    """`text` is empty when nothing came. `symbology` is the AIM identifier without its bracket, if there was one."""

    text: str = ""
    symbology: str = ""


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep these notes, so that the check can go on another time."""

    notes: Notes


@dataclass(frozen=True, slots=True)
class Compare:
    """What would change in the config file."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Difference:
    """As lines; empty where nothing changes. `wrong`: why this could be no config file."""

    text: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """Write the config file; the old one stays beside it."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Written:
    old: str


Wish = Listen | Look | Pulse | Question | Tell | ReadCode | Keep | Compare | Write
Answer = Heard | Seen | Pulsed | Said | CodeRead | Difference | Written | None
Steps = Generator[Wish, Answer, T]
"""A part of the interview: yields wishes, is sent what came of them, and returns what it has found out."""


@dataclass(frozen=True, slots=True)
class Result:
    """How an interview ended: what was found, in the order of finding, and whether the file was written."""

    plan: Plan
    findings: tuple[Finding, ...] = field(default=())
    written: bool = False


def listen(board: Board, baud: int, quick: bool = False) -> Steps[Heard]:
    answer = yield Listen(board, baud, quick)
    assert isinstance(answer, Heard)
    return answer


def look(plan: Plan, since: Readings | None = None, within_s: float = 0.0) -> Steps[Readings]:
    answer = yield Look(plan, since, within_s)
    assert isinstance(answer, Seen)
    return answer.shut


def ask(question: Question) -> Steps[str]:
    """The answer, one of the question's choices where it has any; asked again until it is."""
    while True:
        answer = yield question
        assert isinstance(answer, Said)
        text = answer.text.strip().lower() or question.default
        if not question.choices or text in question.choices:
            return text
        yield Tell(f"That is no answer here; say {', '.join(question.choices)}.")
