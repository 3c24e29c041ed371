"""Scanners that send codes as they are: with no commands at all, with Honeywell's, with Datalogic's."""

from __future__ import annotations

from dataclasses import dataclass, field

from locker.twin.scanners.device import AS_MADE, Code, Manner

ACK, NAK, ENQ = b"\x06", b"\x15", b"\x05"


@dataclass(slots=True)
class Plain:
    """It reads whatever is held before it, and understands nothing. Zebra's scanners do so in their plain CDC mode."""

    manner: Manner = AS_MADE
    told: list[str] = field(default_factory=list)
    on: bool = False

    @property
    def lit(self) -> bool:
        return self.on or not self.manner.triggered

    def hear(self, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 - it doesn't listen
        return b""

    def see(self, code: Code, now_ms: int) -> bytes:  # noqa: ARG002 - it has no clock
        if not self.lit:
            return b""
        # A trigger lasts until something was read.
        self.on = False
        return self.manner.spelled(code)

    def due(self, now_ms: int) -> bytes:  # noqa: ARG002 - nothing is acknowledged
        return b""

    def switch(self, on: bool) -> None:
        self.on = on
        self.told.append("on" if on else "off")


@dataclass(slots=True)
class Honeywell(Plain):
    """`16 54 0D` triggers, `16 55 0D` stops, `16 4D 0D` begins a setting that ends with a full stop."""

    received: bytes = b""

    def hear(self, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 - it has no clock
        self.received += data
        answers = b""
        while b"\x16" in self.received:
            self.received = self.received[self.received.index(b"\x16") :]
            if len(self.received) < 3:
                break
            head, rest = self.received[:3], self.received[3:]
            if head == b"\x16M\r" and not (b"." in rest or b"!" in rest):
                break
            answer, self.received = self._obey(head, rest)
            answers += answer
        return answers

    def _obey(self, head: bytes, rest: bytes) -> tuple[bytes, bytes]:
        if head == b"\x16M\r":
            at = min(rest.find(end) % (len(rest) + 1) for end in (b".", b"!"))
            setting, end = rest[:at], rest[at : at + 1]
            self.told.append(setting.decode("ascii", "replace"))
            known = setting[:1].isalpha()
            return setting + (ACK if known else ENQ) + end, rest[at + 1 :]
        if head in (b"\x16T\r", b"\x16U\r"):
            self.switch(head == b"\x16T\r")
        return b"", rest


@dataclass(slots=True)
class Datalogic(Plain):
    """Single letters: E enable, D disable, T trigger, X release, F "not on file" - a bad beep."""

    enabled: bool = True

    @property
    def lit(self) -> bool:
        return self.enabled and (self.on or not self.manner.triggered)

    def hear(self, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 - it has no clock
        for letter in data.decode("latin-1"):
            if letter in "TX":
                self.switch(letter == "T")
            elif letter in "ED":
                self.enabled = letter == "E"
                self.told.append("enabled" if self.enabled else "disabled")
            elif letter in "BF":
                self.told.append("good" if letter == "B" else "bad")
        return b""
