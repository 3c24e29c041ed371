"""Zebra's packet mode (SSI), which GM67 modules speak too: every packet is summed and acknowledged, in both ways."""

from __future__ import annotations

from dataclasses import dataclass, field

from locker.twin.scanners.device import AS_MADE, Code, Manner

ACK, NAK, DECODED = 0xD0, 0xD1, 0xF3
START, STOP, ENABLE, DISABLE, BEEP, SETTINGS = 0xE4, 0xE5, 0xE9, 0xEA, 0xE6, 0xC6
HOST, SCANNER = 0x04, 0x00
AGAIN, MORE = 0x01, 0x02
RESEND_MS, RESENDS_MAX = 1_000, 3
DATA_MAX = 240
TYPES = {"A0": 0x01, "C0": 0x03, "I0": 0x06, "E4": 0x0A, "E0": 0x0B, "C1": 0x0F, "L0": 0x11, "d1": 0x1B, "Q1": 0x1C}
GOOD_BEEP = 0x00


def packet(opcode: int, data: bytes = b"", status: int = 0, source: int = SCANNER) -> bytes:
    """`LEN OPCODE SRC STATUS data CKSUM16`: the length without the checksum, which is the negated sum."""
    told = bytes([4 + len(data), opcode, source, status]) + data
    return told + (-sum(told) & 0xFFFF).to_bytes(2)


@dataclass(slots=True)
class Ssi:
    """One scanner in packet mode. What the program doesn't acknowledge it sends again, three times at most."""

    manner: Manner = AS_MADE
    told: list[str] = field(default_factory=list)
    on: bool = False
    enabled: bool = True
    waiting: list[bytes] = field(default_factory=list)
    sent_ms: int = 0
    resends: int = 0
    received: bytes = b""

    @property
    def lit(self) -> bool:
        return self.enabled and (self.on or not self.manner.triggered)

    def hear(self, data: bytes, now_ms: int) -> bytes:
        self.received += data
        answers = b""
        while self.received and len(self.received) >= self.received[0] + 2:
            length = self.received[0] + 2
            one, self.received = self.received[:length], self.received[length:]
            if length < 6 or (sum(one[:-2]) + int.from_bytes(one[-2:])) & 0xFFFF:
                answers += packet(NAK, b"\x01")
            else:
                answers += self._obey(one[1], one[4:-2], now_ms)
        return answers

    def see(self, code: Code, now_ms: int) -> bytes:
        if not self.lit or self.waiting:
            return b""
        self.on = False
        data = bytes([TYPES.get(code.aim, 0x00)]) + code.content
        pieces = [data[at : at + DATA_MAX] for at in range(0, len(data), DATA_MAX)]
        last = len(pieces) - 1
        self.waiting = [packet(DECODED, piece, MORE if at < last else 0) for at, piece in enumerate(pieces)]
        self.sent_ms, self.resends = now_ms, 0
        return self.waiting[0]

    def due(self, now_ms: int) -> bytes:
        if not self.waiting or now_ms < self.sent_ms + RESEND_MS:
            return b""
        if self.resends == RESENDS_MAX:
            self.waiting.clear()
            return b""
        self.sent_ms, self.resends = now_ms, self.resends + 1
        return self._again()

    def _again(self) -> bytes:
        first = self.waiting[0]
        return packet(first[1], first[4:-2], first[3] | AGAIN)

    def _obey(self, opcode: int, data: bytes, now_ms: int) -> bytes:
        if opcode == ACK:
            self.waiting = self.waiting[1:]
            self.sent_ms, self.resends = now_ms, 0
            return self.waiting[0] if self.waiting else b""
        if opcode == NAK:
            return self._again() if self.waiting else b""
        match opcode:
            case 0xE4 | 0xE5:
                self.on = opcode == START
                self.told.append("on" if self.on else "off")
            case 0xE9 | 0xEA:
                self.enabled = opcode == ENABLE
                self.told.append("enabled" if self.enabled else "disabled")
            case 0xE6:
                self.told.append("good" if data[:1] == bytes([GOOD_BEEP]) else "bad")
            case 0xC6:
                self.told.append("setting " + data.hex())
            case _:
                return packet(NAK, b"\x02")
        return packet(ACK)
