"""GM65 modules and their like: zones of bytes that are read, written and saved, and a code that may follow at once."""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import dataclass, field

from locker.twin.scanners.device import AS_MADE, Code, Manner

READ, WRITE, SAVE = 7, 8, 9
SKIP_CRC = b"\xab\xcd"
MODE, START, TAIL = 0x00, 0x02, 0x60
COMMAND, CONTINUOUS, SENSING = 1, 2, 3
SINGLE_READ_MS = 5_000
TAILS = {0: b"\r", 1: b"\r\n", 2: b"\t", 3: b""}


def reply(data: bytes) -> bytes:
    """`02 00 00 LEN DATA CRC`; the checksum is over what stands between the start and itself."""
    told = bytes([0x00, len(data)]) + data
    return b"\x02\x00" + told + crc_hqx(told, 0).to_bytes(2)


def _factory_zones() -> bytearray:
    zones = bytearray(0x100)
    zones[MODE], zones[TAIL] = 0xD4 | CONTINUOUS, 0x60
    return zones


@dataclass(slots=True)
class Gm65:
    """One module. Its end of a code comes from its own zones; from the factory it has none."""

    manner: Manner = AS_MADE
    told: list[str] = field(default_factory=list)
    zones: bytearray = field(default_factory=_factory_zones)
    started_ms: int | None = None
    received: bytes = b""

    @property
    def lit(self) -> bool:
        return self.zones[MODE] & 3 in (CONTINUOUS, SENSING) or self.started_ms is not None

    def hear(self, data: bytes, now_ms: int) -> bytes:
        self.received += data
        answers = b""
        while b"\x7e\x00" in self.received:
            self.received = self.received[self.received.index(b"\x7e\x00") :]
            # A command of this family has at least its head, an address and a checksum.
            if len(self.received) < 8 or len(self.received) < 8 + self._data_length():
                break
            end = 8 + self._data_length()
            one, self.received = self.received[:end], self.received[end:]
            answers += self._obey(one, now_ms)
        return answers

    def see(self, code: Code, now_ms: int) -> bytes:
        late = self.started_ms is not None and now_ms > self.started_ms + SINGLE_READ_MS
        if late:
            self.started_ms = None
        if not self.lit:
            return b""
        self.started_ms = None
        tail = TAILS[self.zones[TAIL] >> 5 & 3]
        return Manner(tail, self.manner.aim).spelled(code)

    def due(self, now_ms: int) -> bytes:  # noqa: ARG002 - nothing is acknowledged
        return b""

    def _data_length(self) -> int:
        return self.received[3]

    def _obey(self, command: bytes, now_ms: int) -> bytes:
        kind, address, data = command[2], int.from_bytes(command[4:6]), command[6:-2]
        if command[-2:] not in (SKIP_CRC, crc_hqx(command[2:-2], 0).to_bytes(2)):
            return b""
        if kind == READ and data:
            return reply(bytes(self.zones[address : address + (data[0] or 256)]))
        if kind == WRITE and address + len(data) <= len(self.zones):
            self.zones[address : address + len(data)] = data
            self._notice(address, data, now_ms)
            return reply(b"\x00")
        if kind == SAVE:
            self.told.append("saved")
            return reply(b"\x00")
        return b""

    def _notice(self, address: int, data: bytes, now_ms: int) -> None:
        if address != START:
            self.told.append(f"zone {address:02x} {data.hex()}")
            return
        self.started_ms = now_ms if data[0] & 1 else None
        self.told.append("on" if data[0] & 1 else "off")
