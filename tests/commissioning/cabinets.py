"""A cabinet in software with real drivers on its cables, and hands that do what a check asks for."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from locker import settings as config
from locker.check import hold
from locker.check_faces import Console, Lines, prompt
from locker.check_file import opened
from locker.commissioning.wishes import Question, Result
from locker.twin.machine import Machine

PATIENCE_S = 60.0
HEAD = """\
# The locker in the yard; its boards hang on one cable.
[locker]
id = "yard"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"

[hub]
public_key = "{key}"

[gpio]
pin_factory = "twin"

[[bus]]
name = "left"
port = "{port}"
timeout_ms = 200

[[board]]
name = "a"
protocol = "8a"
bus = "left"
address = 1  # all switches off but the first

[[board]]
name = "b"
protocol = "8a"
bus = "left"
address = 2
"""
BOX = """
[[compartment]]
n = {n}
board = "{board}"
lock = {lock}
size_class = "M"
width_mm = 380
height_mm = 200
depth_mm = 600
x_mm = {x}
y_mm = {y}
front_width_mm = 380
front_height_mm = 200
"""


def written(folder: Path, doors: int = 6) -> Path:
    """A config file for two boards with half of the doors each."""
    half = doors // 2
    boxes = [
        BOX.format(
            n=n, board="a" if n <= half else "b", lock=(n - 1) % half + 1,
            x=400 * ((n - 1) // half), y=220 * ((n - 1) % half),
        )
        for n in range(1, doors + 1)
    ]  # fmt: skip
    path = folder / "locker.toml"
    path.write_text(HEAD.format(key="0" * 64, port=folder / "left") + "".join(boxes))
    return path


class Hands:
    """Somebody at the cabinet: reads the question, looks, acts, answers. `at` says what they do at a question first."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.at: dict[str, list[Callable[[], str | None]]] = {}

    def open_doors(self) -> list[int]:
        return [n for n, door in self._machine.steel.doors.items() if door.open]

    def shut_all(self) -> None:
        for n in self.open_doors():
            self._machine.act(lambda now_ms, n=n: self._machine.steel.close(n, now_ms))  # type: ignore[misc]

    def answer(self, question: Question) -> str | None:
        """None: the question answers itself."""
        if self.at.get(question.code):
            return self.at[question.code].pop(0)()
        match question.code:
            case "shut" | "shut_all":
                self.shut_all()
                return None if question.moves is not None else ""
            case "which":
                return " ".join(map(str, self.open_doors())) or "none"
            case "bus":
                return "leave"
            case _:
                return "yes" if "yes" in question.choices else ""


class Recorded(Console):
    """A console whose other end is a pair of hands; what stands on it is kept."""

    def __init__(self, hands: Hands) -> None:
        self.text = io.StringIO()
        super().__init__(self.text, Lines())
        self._hands = hands
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> str:
        self.put(prompt(question))
        self.asked.append(question)
        answer = self._hands.answer(question)
        if answer is None:
            await asyncio.Event().wait()
        assert answer is not None
        self.put(answer + "\n")
        return answer


def checked(
    path: Path, prepare: Callable[[Machine, Hands], None] = lambda *_: None
) -> tuple[Result, Recorded, Machine]:
    """One check of that config on a cabinet in software that `prepare` has been at."""

    async def go() -> tuple[Result, Recorded, Machine]:
        machine = Machine(config.load(path), True, lambda: None)
        with tempfile.TemporaryDirectory(prefix="twin-") as short:
            await machine.start(Path(short) / "pins")
            machine.power_on()
            hands = Hands(machine)
            prepare(machine, hands)
            face = Recorded(hands)
            try:
                return await hold(opened(path), face), face, machine
            finally:
                await machine.close()

    return asyncio.run(go())


@dataclass
class Spoken:
    """What a check said to a program: its exit code and its lines."""

    code: int
    lines: list[dict[str, object]]

    @property
    def found(self) -> list[tuple[object, object]]:
        return [(line["finding"], line["n"]) for line in self.lines if "finding" in line]


def checked_by_program(path: Path, prepare: Callable[[Machine, Hands], None] = lambda *_: None) -> Spoken:
    """As `checked`, but through the command, with questions and answers in JSON: pins need a process of their own."""

    async def go() -> Spoken:
        machine = Machine(config.load(path), True, lambda: None)
        with tempfile.TemporaryDirectory(prefix="twin-") as short:
            await machine.start(Path(short) / "pins")
            machine.power_on()
            hands = Hands(machine)
            prepare(machine, hands)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await _talk(path, hands, {"LOCKER_TWIN_SOCKET": f"{short}/pins"})
            finally:
                await machine.close()

    return asyncio.run(go())


async def _talk(path: Path, hands: Hands, environment: dict[str, str]) -> Spoken:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "locker", "check", "--json", "--config", str(path), env=os.environ | environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin and child.stdout
    lines: list[dict[str, object]] = []
    while line := await child.stdout.readline():
        lines.append(json.loads(line))
        if "question" in lines[-1]:
            asked = lines[-1]
            choices = asked["choices"]
            assert isinstance(choices, list)
            # By hand and by word: whichever comes first counts.
            answer = hands.answer(Question(str(asked["question"]), str(asked["text"]), tuple(choices))) or ""
            if not asked["answers_itself"]:
                child.stdin.write(json.dumps({"answer": answer}).encode() + b"\n")
    return Spoken(await child.wait(), lines)


def spoken(text: str) -> str:
    """A recording without what is true on one machine only."""
    return re.sub(r"(?:/[\w.-]+)+/(locker\.toml|left)", r"\1", text)
