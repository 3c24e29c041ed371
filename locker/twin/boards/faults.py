"""What can be wrong with a board's replies, as switches. Pure: a reply comes in, what arrives instead goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

ReplyFault = Literal[
    "silence",  # no reply, and no lock moves: the board has no power, or its cable is off
    "mute",  # it does what it is told, but its reply gets lost
    "wrong_checksum",
    "split",  # every byte comes alone
    "glue",  # a reply is held back and comes together with the next one
    "garbage",  # some bytes stand before the reply
    "late",  # the reply comes when nobody waits for it any more
    "unsolicited",  # a frame that nobody has asked for comes in between
    "foreign",  # the reply says that another board speaks
    "short",  # the reply breaks off
]
REPLY_FAULTS: tuple[ReplyFault, ...] = get_args(ReplyFault)
GARBAGE = bytes.fromhex("FA FD 99 99")
LATE_MS = 1_500
SPLIT_MS = 2
FOR_EVER = -1


@dataclass(slots=True)
class Faults:
    """The faults of one board's replies, each with how many replies it spoils yet (`FOR_EVER`: until mended)."""

    left: dict[ReplyFault, int] = field(default_factory=dict)
    late_ms: int = LATE_MS
    held: bytes = b""

    def begin(self, fault: ReplyFault, times: int = 0) -> None:
        """From now on, for so many replies (0: until mended)."""
        self.left[fault] = times or FOR_EVER

    def mend(self) -> None:
        self.left.clear()
        self.held = b""

    def miss(self) -> None:
        """A silent board has noticed nothing of a request."""
        self._strikes("silence")

    def spoil(self, reply: bytes, unasked: bytes, readdressed: bytes) -> list[tuple[int, bytes]]:
        """What comes instead of a reply: pieces, each with how long after the reply's time it comes (ms)."""
        if not reply or self._strikes("mute"):
            return []
        told = readdressed if self._strikes("foreign") else reply
        if self._strikes("wrong_checksum"):
            told = told[:-1] + bytes([told[-1] ^ 0x55])
        if self._strikes("short"):
            told = told[: len(told) // 2]
        if self._strikes("garbage"):
            told = GARBAGE + told
        if self.held:
            told, self.held = self.held + told, b""
        elif self._strikes("glue"):
            # Kept; the next one brings it along.
            told, self.held = b"", told
        late_ms = self.late_ms if self._strikes("late") else 0
        before = [(0, unasked)] if self._strikes("unsolicited") else []
        if self._strikes("split"):
            return before + [(late_ms + at * SPLIT_MS, told[at : at + 1]) for at in range(len(told))]
        return before + ([(late_ms, told)] if told else [])

    def _strikes(self, fault: ReplyFault) -> bool:
        left = self.left.get(fault, 0)
        if left == 1:
            del self.left[fault]
        elif left > 1:
            self.left[fault] = left - 1
        return left != 0
