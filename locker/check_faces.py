"""Who is asked: a person at a console, a program that speaks JSON, or a file of answers."""

from __future__ import annotations

import asyncio
import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TextIO

from locker.commissioning.findings import Finding
from locker.commissioning.wishes import Question

WIDTH = 96
ANSWER_BYTES_MAX = 200


class Interrupted(Exception):
    """Nobody answers any more."""


class Face(Protocol):
    """What an interview needs of people."""

    async def ask(self, question: Question) -> str:
        """Their answer; raises Interrupted. Cancelled when the question has answered itself."""
        ...

    def tell(self, what: str | Finding) -> None:
        """Show something."""
        ...


class Lines:
    """Standard input, line by line, without holding up the loop."""

    def __init__(self) -> None:
        self._reader: asyncio.StreamReader | None = None

    async def next(self) -> str:
        if self._reader is None:
            reader = self._reader = asyncio.StreamReader(limit=4_096)
            await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        line = await self._reader.readline()
        if not line:
            raise Interrupted
        return line[:ANSWER_BYTES_MAX].decode("utf-8", "replace").strip()


class Console:
    """Sentences on a terminal."""

    def __init__(self, out: TextIO, lines: Lines) -> None:
        self._out = out
        self._lines = lines

    async def ask(self, question: Question) -> str:
        self.put(prompt(question))
        return await self._lines.next()

    def tell(self, what: str | Finding) -> None:
        self.put(shown(what) + "\n")

    def put(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Json:
    """One JSON object a line, both ways: `question` is answered by `{"answer": ...}`, `told` needs no answer."""

    def __init__(self, out: TextIO, lines: Lines) -> None:
        self._out = out
        self._lines = lines

    async def ask(self, question: Question) -> str:
        asked = {"question": question.code, "text": question.text, "choices": question.choices}
        self._put(asked | {"default": question.default, "n": question.n, "answers_itself": question.moves is not None})
        while True:
            line = await self._lines.next()
            try:
                return str(json.loads(line)["answer"])
            except (ValueError, KeyError, TypeError):
                self._put({"told": 'an answer is a line such as {"answer": "yes"}'})

    def tell(self, what: str | Finding) -> None:
        if isinstance(what, Finding):
            self._put({"finding": what.code, "told": what.what, "next": what.next, "n": what.n, "mended": what.mended})
        else:
            self._put({"told": what})

    def _put(self, what: dict[str, object]) -> None:
        self._out.write(json.dumps(what) + "\n")
        self._out.flush()


class Answers(Console):
    """Answers from a file, one a line; `#` begins a comment, and a question that answers itself takes none."""

    def __init__(self, out: TextIO, path: Path) -> None:
        super().__init__(out, Lines())
        self._answers = _answers(path.read_text(encoding="utf-8"))

    async def ask(self, question: Question) -> str:
        self.put(prompt(question))
        if question.moves is not None:
            await asyncio.Event().wait()
        answer = next(self._answers, None)
        if answer is None:
            raise Interrupted
        self.put(answer + "\n")
        return answer


def prompt(question: Question) -> str:
    """A question as it stands on a console."""
    choices = f" [{'/'.join(question.choices)}]" if question.choices else ""
    default = f" ({question.default})" if question.default else ""
    return f"? {question.text}{choices}{default} "


def shown(what: str | Finding) -> str:
    """Something told as it stands on a console: findings with their code, and what to do next below."""
    if isinstance(what, str):
        return what
    lines = textwrap.wrap(f"! {what.code}: {what.what}", WIDTH, subsequent_indent="  ")
    lines += textwrap.wrap(f"-> {what.next}", WIDTH, initial_indent="  ", subsequent_indent="     ")
    return "\n".join(lines)


def _answers(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            yield line.strip()
