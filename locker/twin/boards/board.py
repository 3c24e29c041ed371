"""One board on a bus: it listens for frames of its make, and its replies may be spoiled. Pure: times come in."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

from locker.twin.boards.answers import NOTHING, Answer, Dialect, Readings
from locker.twin.boards.faults import Faults

SILENCE_MS = 30
"""A frame that breaks off is forgotten after so much silence, or the next one would be taken for its end."""
HEARD_MAX = 512


@dataclass(slots=True)
class Board:
    """A make's language with a name, ears and faults. `heard` are the frames that have reached it, newest last."""

    name: str
    dialect: Dialect
    faults: Faults = field(default_factory=Faults)
    heard: list[bytes] = field(default_factory=list)
    _received: bytes = b""
    _last_ms: int = 0

    def hear(self, data: bytes, now_ms: int) -> list[Answer]:
        """Bytes have come over the bus, for whomever; returns what this board does about them."""
        if now_ms - self._last_ms > SILENCE_MS:
            self._received = b""
        self._last_ms = now_ms
        self._received += data
        return [self._understand(frame, now_ms) for frame in self._frames()]

    def speak(self, answer: Answer, readings: Readings) -> list[tuple[int, bytes]]:
        """The reply that is due now, as pieces with their delays (ms)."""
        reply = answer.say(readings) if answer.say else b""
        if not reply:
            return []
        return self.faults.spoil(reply, self.dialect.unasked(1, readings), self.dialect.readdressed(reply))

    def _understand(self, frame: bytes, now_ms: int) -> Answer:
        if "silence" not in self.faults.left:
            return self.dialect.hear(frame, now_ms)
        # Only what was meant for it counts as missed, and it must leave no trace in what the board knows.
        if deepcopy(self.dialect).hear(frame, now_ms) is not NOTHING:
            self.faults.miss()
        return NOTHING

    def _frames(self) -> list[bytes]:
        frames = []
        while self._received:
            length = self.dialect.length(self._received)
            if length > len(self._received):
                break
            # What begins no frame of this make is noise to it, or another make's.
            frame, self._received = self._received[: length or 1], self._received[length or 1 :]
            if length:
                frames.append(frame)
        self.heard = [*self.heard, *frames][-HEARD_MAX:]
        return frames
