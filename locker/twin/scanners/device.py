"""What every scanner has: a light, something that it was told, and a code before its window. Pure: times come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Code:
    """A printed code: its content as bytes, and its AIM identifier without `]` ("Q1"; empty: an image of none)."""

    content: bytes
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Manner:
    """How this one is set up: what ends a code, whether it names the symbology, whether it waits for a trigger."""

    end: bytes = b"\r"
    aim: bool = True
    triggered: bool = False

    def spelled(self, code: Code) -> bytes:
        """The code as plain scanners send it."""
        return (f"]{code.aim}".encode("ascii") if self.aim and code.aim else b"") + code.content + self.end


AS_MADE = Manner()
"""Ends with CR, names the symbology, reads all the time."""


class Device(Protocol):
    """One scanner. `told` are the things that it was told, newest last: "on", "off", "good", "bad", a setting."""

    manner: Manner
    told: list[str]

    @property
    def lit(self) -> bool:
        """Whether it reads what is held before it."""

    def hear(self, data: bytes, now_ms: int) -> bytes:
        """Bytes have come from the program; returns what it answers."""

    def see(self, code: Code, now_ms: int) -> bytes:
        """A code is held before it; returns what it sends (nothing while it is dark)."""

    def due(self, now_ms: int) -> bytes:
        """What it sends again because nobody has acknowledged it."""
