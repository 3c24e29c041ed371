"""What a make of scanner has to say for itself. A dialect is pure: bytes come in, texts and answers go out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

ANSWER_MAX = 64
"""No answer of a scanner to a command of ours is longer."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a scanner's bytes were: `text` belongs to codes as they are printed, `reply` is to be sent back to it."""

    text: bytes = b""
    reply: bytes = b""


class Dialect(Protocol):
    """One make. What it has no command for is empty bytes, which are not sent."""

    def begin(self, triggered: bool) -> bytes:
        """What is sent whenever its port was opened; `triggered`: it shall read only while it is told to."""

    def trigger(self, on: bool) -> bytes:
        """Starts or stops reading."""

    def signal(self, good: bool) -> bytes:
        """Lets the scanner say that a code was taken, or that it wasn't."""

    def feed(self, data: bytes) -> Heard:
        """Bytes have come."""

    def gap(self) -> Heard:
        """Nothing has come for a while: what was held back is decided now."""


@dataclass(slots=True)
class Plain:
    """A scanner that is told nothing: it reads by itself, and everything that it sends is codes."""

    def begin(self, triggered: bool) -> bytes:  # noqa: ARG002 - it has no such command
        return b""

    def trigger(self, on: bool) -> bytes:  # noqa: ARG002
        return b""

    def signal(self, good: bool) -> bytes:  # noqa: ARG002 - it beeps by itself
        return b""

    def feed(self, data: bytes) -> Heard:
        return Heard(data)

    def gap(self) -> Heard:
        return Heard()


@dataclass(slots=True)
class AnswerFilter:
    """Takes the answers to commands out of a stream of codes.

    `whole` is an answer, `begun` the beginning of one at the end of what has come. What may still become an answer is
    held back; the gap decides that it didn't.
    """

    whole: re.Pattern[bytes]
    begun: re.Pattern[bytes]
    _held: bytes = field(default=b"")

    def feed(self, data: bytes) -> bytes:
        data = self.whole.sub(b"", self._held + data)
        begun = self.begun.search(data)
        at = begun.start() if begun and len(data) - begun.start() <= ANSWER_MAX else len(data)
        self._held = data[at:]
        return data[:at]

    def gap(self) -> bytes:
        held, self._held = self._held, b""
        # Half an answer begins with a control character, which no code does.
        return b"" if held[:1] < b" " else held
