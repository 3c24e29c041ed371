"""DE2120 modules: commands `^_^NAME.`, each answered with one byte, ACK or NAK."""

from __future__ import annotations

from dataclasses import dataclass

from locker.devices.scanners.dialect import Heard

ANSWERS = b"\x06\x15"


def command(name: bytes) -> bytes:
    return b"^_^" + name + b"."


@dataclass(slots=True)
class De2120:
    """Reads when it is told to, or by motion as it was set up by hand."""

    def begin(self, triggered: bool) -> bytes:
        return command(b"SCMMAN") if triggered else b""

    def trigger(self, on: bool) -> bytes:
        return command(b"SCAN" if on else b"SLEEP")

    def signal(self, good: bool) -> bytes:  # noqa: ARG002 - it beeps by itself
        return b""

    def feed(self, data: bytes) -> Heard:
        # Neither byte stands in a printed code.
        return Heard(data.translate(None, ANSWERS))

    def gap(self) -> Heard:
        return Heard()
