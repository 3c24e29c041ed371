"""A cabinet that was wired by hand, with mistakes, and an installer who does and sees what an honest one would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from locker.commissioning.findings import Finding
from locker.commissioning.interview import interview
from locker.commissioning.notes import Notes
from locker.commissioning.plan import Box, Place, Plan, Size, mirrored
from locker.commissioning.wishes import (
    Answer,
    CodeRead,
    Compare,
    Difference,
    Heard,
    Keep,
    Listen,
    Look,
    Pulse,
    Pulsed,
    Question,
    ReadCode,
    Result,
    Said,
    Seen,
    Tell,
    Wish,
    Write,
    Written,
)
from locker.wiring import Board, Bus

SIZE = Size("M", 380, 200, 600)


def plan_of(count: int = 6, protocol: str = "8a") -> Plan:
    """Boards a and b of one make on one bus, half of the doors on each."""
    boards = [
        Board.model_validate({"name": name, "protocol": protocol, "bus": "left", "address": address})
        for name, address in (("a", 1), ("b", 2))
    ]
    half = (count + 1) // 2
    boxes = []
    for n in range(1, count + 1):
        place = Place("board", "a" if n <= half else "b", n if n <= half else n - half)
        boxes.append(Box(n, place, place, SIZE))
    return Plan((Bus.model_validate({"name": "left", "port": "/dev/left"}),), tuple(boards), tuple(boxes))


@dataclass
class Wall:
    """What is really wired. `address` and `baud` are what each board is set to; places are the doors' real ones."""

    plan: Plan
    lock: dict[Place, list[int]] = field(default_factory=dict)
    switch: dict[int, Place] = field(default_factory=dict)
    inverted: set[int] = field(default_factory=set)
    reversed_boards: set[str] = field(default_factory=set)
    address: dict[str, int] = field(default_factory=dict)
    baud: dict[str, int] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    stuck_open: set[int] = field(default_factory=set)
    jammed: set[int] = field(default_factory=set)
    hooks: dict[Place, int] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)
    energised: list[Place] = field(default_factory=list)
    code: CodeRead = field(default_factory=lambda: CodeRead("123456", "C1"))

    def __post_init__(self) -> None:
        for box in self.plan.boxes:
            self.lock[box.lock] = [box.n]
            assert box.switch
            self.switch[box.n] = box.switch
        for board in self.plan.boards:
            self.address[board.name] = board.address
            self.baud[board.name] = 9_600

    def hear(self, wish: Listen) -> Heard:
        same_bus = {board.name for board in self.plan.boards if board.bus == wish.board.bus}
        here = [name for name in same_bus if self.address[name] == wish.board.address]
        if not here:
            return Heard("silence")
        clean = len(here) == 1 and self.baud[here[0]] == wish.baud
        return Heard("answer" if clean else "garbage")

    def read(self) -> dict[Place, bool | None]:
        """Every channel of every board, as its bits come."""
        readings: dict[Place, bool | None] = {
            Place("board", board.name, channel): False for board in self.plan.boards for channel in range(1, 25)
        }
        readings |= {place: n not in self.open for place, n in self.hooks.items()}
        for n, place in self.switch.items():
            if place.name in self.reversed_boards:
                place = place._replace(channel=mirrored(self.plan.board(place.name), place.channel))
            shut = n not in self.open and n not in self.stuck_open
            readings[place] = (n in self.inverted) if n in self.dead else shut != (n in self.inverted)
        return readings

    def pulse(self, lock: Place) -> Pulsed:
        self.energised.append(lock)
        address = self.address[lock.name]
        for name, own in self.address.items():
            if own == address:
                self.open |= set(self.lock.get(lock._replace(name=name), [])) - self.jammed
        return Pulsed(True)


@dataclass
class Installer:
    """Answers as an honest person does. `mend` is called when a board is to be mended, `say` overrules a question."""

    wall: Wall
    mend: Callable[[], None] | None = None
    say: dict[str, list[str]] = field(default_factory=dict)
    told: list[str | Finding] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def answer(self, question: Question) -> str:
        self.asked.append(question)
        if self.say.get(question.code):
            return self.say[question.code].pop(0)
        match question.code:
            case "bus":
                if self.mend:
                    self.mend()
                    self.mend = None
                    return "again"
                return "take" if "take" in question.choices else "leave"
            case "shut_all" | "shut":
                self.wall.open.clear()
                return ""
            case "which":
                return " ".join(map(str, sorted(self.wall.open))) or "none"
            case _:
                return "yes" if "yes" in question.choices else ""

    @property
    def found(self) -> list[str]:
        return [one.code for one in self.told if isinstance(one, Finding)]


@dataclass
class Checked:
    """An interview that was held."""

    result: Result | None
    installer: Installer


Check = Callable[..., Checked]


@pytest.fixture(scope="session")
def check() -> Check:
    """Holds an interview about a wall."""

    def hold(
        wall: Wall, installer: Installer | None = None, plan: Plan | None = None, notes: Notes | None = None
    ) -> Checked:
        person = installer or Installer(wall)
        steps = interview(plan or wall.plan, notes or Notes())
        answer: Answer = None
        while True:
            try:
                wish = steps.send(answer)
            except StopIteration as end:
                return Checked(end.value, person)
            answer = fulfil(wall, person, wish)

    return hold


def fulfil(wall: Wall, person: Installer, wish: Wish) -> Answer:
    """What comes of one wish."""
    match wish:
        case Listen():
            return wall.hear(wish)
        case Look():
            return Seen(wall.read())
        case Pulse():
            return wall.pulse(wish.lock)
        case Question():
            return Said(person.answer(wish))
        case Tell():
            person.told.append(wish.what)
        case ReadCode():
            return wall.code
        case Keep():
            person.notes = wish.notes
        case Compare():
            return Difference("" if wish.plan == wall.plan else "+ something")
        case Write():
            return Written("locker.toml.old")
    return None
