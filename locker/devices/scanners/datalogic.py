"""Datalogic's host commands: single letters, never answered."""

from __future__ import annotations

from dataclasses import dataclass

from locker.devices.scanners.dialect import Heard

ENABLE, TRIGGER, RELEASE, NOT_ON_FILE = b"E", b"T", b"X", b"F"


@dataclass(slots=True)
class Datalogic:
    """It has a signal for a bad read only: a good one it has beeped for already."""

    def begin(self, triggered: bool) -> bytes:  # noqa: ARG002 - its trigger mode is set with its own codes
        # Whoever talked to it before may have disabled it.
        return ENABLE

    def trigger(self, on: bool) -> bytes:
        return TRIGGER if on else RELEASE

    def signal(self, good: bool) -> bytes:
        return b"" if good else NOT_ON_FILE

    def feed(self, data: bytes) -> Heard:
        return Heard(data)

    def gap(self) -> Heard:
        return Heard()
