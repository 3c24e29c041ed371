"""DE2120 modules: commands `^_^NAME.`, answered with one byte."""

from __future__ import annotations

import re
from dataclasses import dataclass

from locker.twin.scanners.plain import ACK, NAK, Plain

COMMAND = re.compile(rb"\^_\^(\x04?)([A-Z0-9]{2,16})\.")
KNOWN = re.compile(r"SCAN|SLEEP|SCM(MAN|CNT|MDH)|CNTALW[0-3]|CIDENA[01]|PORVIC|232UTF[01]|(BEPSUC|BEPPWR)[01]|DEFALT")


@dataclass(slots=True)
class De2120(Plain):
    """`SCAN` lights it, `SLEEP` darkens it; a question has 04 before its name."""

    received: bytes = b""

    def hear(self, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 - it has no clock
        self.received += data
        answers = b""
        while command := COMMAND.search(self.received):
            self.received = self.received[command.end() :]
            answers += self._obey(command[2].decode("ascii"), is_question=bool(command[1]))
        return answers

    def _obey(self, name: str, is_question: bool) -> bytes:
        if is_question:
            return b"DE2120 V1.0\r" if name == "SPYFW" else NAK
        if not KNOWN.fullmatch(name):
            return NAK
        if name in ("SCAN", "SLEEP"):
            self.switch(name == "SCAN")
        else:
            self.told.append(name)
        return ACK
