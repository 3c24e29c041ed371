"""Newland's scanners: `~ SOH 0000 # TAG SUB DATA ; ETX`, answered with STX in place of `~` and a verdict at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from locker.devices.scanners.dialect import AnswerFilter, Heard

ANSWER = re.compile(rb"\x02\x01[^\x03]{0,60}\x03")
BEGUN = re.compile(rb"\x02(?:\x01[^\x03]*)?\Z")


def command(setting: bytes) -> bytes:
    """One setting, until the power goes (`@` in place of `#` would keep it)."""
    return b"~\x010000#" + setting + b";\x03"


@dataclass(slots=True)
class Newland:
    """Command mode and its trigger."""

    _answers: AnswerFilter = field(default_factory=lambda: AnswerFilter(ANSWER, BEGUN))

    def begin(self, triggered: bool) -> bytes:
        return command(b"SCNMOD0") if triggered else b""

    def trigger(self, on: bool) -> bytes:
        return command(b"SCNTRG1" if on else b"SCNTRG0")

    def signal(self, good: bool) -> bytes:  # noqa: ARG002 - it beeps by itself
        return b""

    def feed(self, data: bytes) -> Heard:
        return Heard(self._answers.feed(data))

    def gap(self) -> Heard:
        return Heard(self._answers.gap())
