"""Newland's scanners: commands `~ SOH 0000 @ TAG SUB DATA ; ETX`, answered with a verdict before the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from locker.twin.scanners.plain import ACK, ENQ, NAK, Plain

COMMAND = re.compile(rb"[~\x02]\x01([0-9]{4})([@#])([^;\x03]*);\x03", re.DOTALL)
NAME = re.compile(rb"([A-Z]{6})(.*)", re.DOTALL)
KNOWN = {b"SCNTRG", b"SCNMOD", b"ORTSET", b"RRDDUR", b"TSUENA", b"TSUSET", b"AIMENA", b"QRYFWV", b"BEPPWR", b"GRBENA"}


@dataclass(slots=True)
class Newland(Plain):
    """`SCNTRG1` and `SCNTRG0` switch it; what it doesn't know it refuses; `*` after a name asks for the value."""

    received: bytes = b""
    kept: dict[bytes, bytes] = field(default_factory=dict)

    def hear(self, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 - it has no clock
        self.received += data
        answers = b""
        while command := COMMAND.search(self.received):
            self.received = self.received[command.end() :]
            answers += self._obey(command[1], command[2], command[3])
        return answers

    def _obey(self, which: bytes, how: bytes, text: bytes) -> bytes:
        said = b";".join(self._verdict(one) for one in text.split(b";"))
        return b"\x02\x01" + which + how + said + b";\x03"

    def _verdict(self, setting: bytes) -> bytes:
        name = NAME.fullmatch(setting)
        if name is None or name[1] not in KNOWN:
            return setting + ENQ
        if name[2] == b"*":
            return name[1] + self.kept.get(name[1], b"0") + ACK
        if name[1] == b"SCNTRG" and name[2] not in (b"0", b"1"):
            return setting + NAK
        self._keep(name[1], name[2])
        return setting + ACK

    def _keep(self, name: bytes, value: bytes) -> None:
        self.kept[name] = value
        if name == b"SCNTRG":
            self.switch(value == b"1")
        else:
            self.told.append((name + value).decode("ascii", "replace"))
