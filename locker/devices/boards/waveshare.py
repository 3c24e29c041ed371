"""Waveshare Modbus RTU relays (8, 16, 32) and their digital inputs; also boards that have inputs only.

    pulse    AA 05 02 NN TT TT CRC       relay NN (from 0) on for T x 100 ms, timed by the board; the answer is the same
    inputs   AA 02 00 00 00 CC CRC       answer AA 02 BYTES D.. CRC; 1 = input active
    all off  AA 05 00 FF 00 00 CRC       at the start

The usual libraries write a coil as on or off only: sent to 0200 that would be 109 minutes of current.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from locker.devices.boards.said import Command, Refused, Remark, Said, Switches, Unclear, Unlocked, bits
from locker.devices.boards.sums import crc16_of
from locker.wiring import BOARD_PULSE_MS_MAX, MAKES, OutOfRange, checked

MAKE = MAKES["waveshare"]
READ_RELAYS, READ_INPUTS, READ_REGISTERS, WRITE_RELAY, WRITE_REGISTER = 1, 2, 3, 5, 6
PULSE, ALL_RELAYS = 0x0200, 0x00FF
STEP_MS = 100
STEPS_MAX = BOARD_PULSE_MS_MAX // STEP_MS
SHORT, FAULT_BYTES, INPUT_BYTES_MAX = 8, 5, 4
FAULT = 0x80
FAULTS = {1: "no such function", 2: "no such channel", 3: "no such value", 4: "it has failed"}
SWITCHED = {0xFF00: "on", 0x0000: "off", 0x5500: "the other way"}


@dataclass(frozen=True, slots=True)
class Waveshare:
    """Codec for boards with so many relays and so many inputs."""

    channels: int = MAKE.channels
    inputs: int = MAKE.channels
    asks_each = False
    answers_unlock = True

    def unlock(self, address: int, lock: int, pulse_ms: int = 500) -> bytes:
        checked(MAKE, address, lock, self.channels)
        if not 1 <= pulse_ms <= BOARD_PULSE_MS_MAX:
            raise OutOfRange(f"pulse {pulse_ms} ms is out of range: 1 to {BOARD_PULSE_MS_MAX}")
        return _framed(address, WRITE_RELAY, PULSE + lock - 1, -(-pulse_ms // STEP_MS))

    def status(self, address: int, lock: int | None = None) -> bytes:
        # Reading relays while they work has upset boards in the field; only inputs say anything about a door.
        checked(MAKE, address, lock, self.inputs)
        return _framed(address, READ_INPUTS, 0, self.inputs)

    def at_start(self, address: int) -> bytes:
        checked(MAKE, address, None, self.channels)
        return _framed(address, WRITE_RELAY, ALL_RELAYS, 0) if self.channels else b""

    def lengths(self, data: bytes) -> Iterable[int]:
        if len(data) < 3 or data[0] > MAKE.addresses[-1]:
            return ()
        if data[1] in (READ_RELAYS, READ_INPUTS, READ_REGISTERS):
            return (SHORT, data[2] + 5) if data[2] != 3 else (SHORT,)
        if data[1] in (WRITE_RELAY, WRITE_REGISTER):
            return (SHORT,)
        return (FAULT_BYTES,) if data[1] & FAULT else ()

    def is_whole(self, said: Said) -> bool:  # noqa: ARG002 - every frame has or says its length
        return True

    def decode(self, frame: bytes) -> Said:
        if len(frame) < FAULT_BYTES or len(frame) not in self.lengths(frame):
            return Unclear(f"{len(frame)} bytes; no frame that begins like this has so many")
        if frame[-2:] != crc16_of(frame[:-2]):
            return Unclear(f"the CRC is {frame[-2:].hex(' ').upper()}, not {crc16_of(frame[:-2]).hex(' ').upper()}")
        address, function = frame[:2]
        # Address 0 is everybody: it may be told something, and never says anything.
        if address not in MAKE.addresses and len(frame) != SHORT:
            return Unclear(f"no board has address {address}")
        if function & FAULT:
            reads = function & ~FAULT in (READ_RELAYS, READ_INPUTS, READ_REGISTERS)
            return Refused(address, FAULTS.get(frame[2], f"fault {frame[2]}"), reads)
        says_length = address in MAKE.addresses and len(frame) == frame[2] + 5
        if function == READ_INPUTS and says_length and 1 <= frame[2] <= INPUT_BYTES_MAX:
            return Switches(address, bits(frame[3:-2]))
        return _other(frame) if len(frame) != SHORT else _short(frame)


def _framed(address: int, function: int, where: int, value: int) -> bytes:
    frame = bytes([address, function]) + where.to_bytes(2, "big") + value.to_bytes(2, "big")
    return frame + crc16_of(frame)


def _short(frame: bytes) -> Said:
    address, function = frame[:2]
    where, value = int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big")
    match function:
        case 5 if address and PULSE <= where < PULSE + MAKE.channels_max and 1 <= value <= STEPS_MAX:
            return Unlocked(address, where - PULSE + 1, pulse_ms=value * STEP_MS)
        case 5 if where == ALL_RELAYS and value == 0:
            return Command(address, "switch every relay off")
        case 5 if where < MAKE.channels_max and value in SWITCHED:
            return Command(address, f"switch relay {where + 1} {SWITCHED[value]}; this program never sends that")
        case 6:
            return Command(address, f"write {value:04X} into register {where:04X}")
        case 1 | 2 | 3:
            what = {1: "relay", 2: "input", 3: "register"}[function]
            return Command(address, f"tell the state of {value} {what}s from {where:04X}")
        case _:
            return Command(address, "switch relays in a way that this program never uses")


def _other(frame: bytes) -> Said:
    what = {READ_RELAYS: "relays", READ_REGISTERS: "registers"}.get(frame[1])
    if what is None or len(frame) != frame[2] + 5:
        return Unclear("no such reply")
    return Remark(frame[0], f"its {what} hold {frame[3:-2].hex(' ').upper()}")
