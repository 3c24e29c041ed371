"""Breaks byte sequences: a valid one is bent, cut, doubled, glued to another one, or replaced by noise. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

BYTES_MAX = 96
# What has broken parsers before: ends, escapes, all ones, the borders of signed bytes.
SPECIAL = b"\x00\xff\x7f\x80\x02\x03\x0d\x0a\x1d\x1b\x10\x33\x11"
Repair = Callable[[bytes], bytes]


def broken(seeds: Sequence[bytes], repair: Repair | None, chance: Random) -> bytes:
    """One sequence. `repair` mends a check sum, so that what lies behind that check is reached as well."""
    dice = chance.random()
    if dice < 0.1:
        return chance.randbytes(int(chance.random() * 48))
    data = bytearray(chance.choice(seeds))
    for _ in range(1 + int(chance.random() * 3)):
        _once(data, seeds, chance)
    whole = bytes(data[:BYTES_MAX])
    return repair(whole) if repair is not None and dice > 0.55 else whole


def _once(data: bytearray, seeds: Sequence[bytes], chance: Random) -> None:
    place = int(chance.random() * (len(data) + 1))
    match int(chance.random() * 8):
        case 0 if place < len(data):
            data[place] ^= 1 << int(chance.random() * 8)
        case 1 if place < len(data):
            data[place] = int(chance.random() * 256)
        case 2 if place < len(data):
            data[place] = chance.choice(SPECIAL)
        case 3:
            data[place:place] = bytes([chance.choice(SPECIAL)])
        case 4:
            del data[place : place + 1 + int(chance.random() * 4)]
        case 5:
            del data[place:]
        case 6:
            data += chance.choice(seeds)
        case _:
            data[:0] = chance.randbytes(int(chance.random() * 6))
