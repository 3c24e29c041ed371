"""The three check sums of lock boards. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import xor


def sum_of(data: bytes) -> int:
    """The low byte of the sum (KERONG)."""
    return sum(data) & 0xFF


def xor_of(data: bytes) -> int:
    """All bytes, one XORed with the other (8A/80, WKLY)."""
    return reduce(xor, data, 0)


def crc16_of(data: bytes) -> bytes:
    """CRC-16 of Modbus, low byte first as it is sent."""
    return reduce(_shifted, data, 0xFFFF).to_bytes(2, "little")


def _table() -> Iterable[int]:
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
        yield crc


_CRC = tuple(_table())


def _shifted(crc: int, byte: int) -> int:
    return crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
