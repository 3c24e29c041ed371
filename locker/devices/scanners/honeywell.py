"""Honeywell's scanners and those that speak like them: SYN T CR reads, SYN U CR stops, SYN M CR begins a setting."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from locker.devices.scanners.dialect import AnswerFilter, Heard

# `!` changes a setting until the power goes; a full stop would wear out the scanner's memory at every start.
MANUAL_TRIGGER = b"\x16M\rTRGMOD0!"
ANSWER = re.compile(rb"TRGMOD0[\x05\x06\x15]!")
BEGUN = re.compile(rb"T(?:R(?:G(?:M(?:O(?:D(?:0[\x05\x06\x15]?)?)?)?)?)?)?\Z")


@dataclass(slots=True)
class Honeywell:
    """Its triggers need the manual trigger mode; a good read is signalled by the scanner itself."""

    _answers: AnswerFilter = field(default_factory=lambda: AnswerFilter(ANSWER, BEGUN))
    _asked: bool = False

    def begin(self, triggered: bool) -> bytes:
        self._asked = triggered
        return MANUAL_TRIGGER if triggered else b""

    def trigger(self, on: bool) -> bytes:
        return b"\x16T\r" if on else b"\x16U\r"

    def signal(self, good: bool) -> bytes:  # noqa: ARG002 - it beeps by itself
        return b""

    def feed(self, data: bytes) -> Heard:
        return Heard(self._answers.feed(data) if self._asked else data)

    def gap(self) -> Heard:
        return Heard(self._answers.gap())
