"""The `locker boards` command: which bytes a lock board would be sent, and what its bytes mean. Touches no hardware."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import get_args

from locker.devices.boards import codec_of
from locker.devices.boards.said import BYTES_MAX, Codec, Unclear, explain, find
from locker.wiring import MAKES, OutOfRange, ProtocolName, StatusOrder

NOT_UNDERSTOOD, WRONG = 1, 2
PULSE_MS = 500


def main(argv: Sequence[str]) -> int:
    """Runs one verb. 0: done; 1: bytes that are no frame of this protocol; 2: what was asked for can't be."""
    arguments = _parser().parse_args(list(argv))
    try:
        line, code = (_frame if arguments.verb == "frame" else _decode)(arguments)
    except (OutOfRange, ValueError) as error:
        sys.stderr.write(f"locker boards: {error}\n")
        return WRONG
    sys.stdout.write(line + "\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="locker boards", description=__doc__)
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB", dest="verb")
    frame = verbs.add_parser("frame", help="print the bytes that would be sent, hex, one line")
    decode = verbs.add_parser("decode", help="explain bytes that came from a board")
    for one in (frame, decode):
        one.add_argument("--protocol", required=True, choices=tuple(MAKES))
        one.add_argument("--channels", type=int, metavar="N", help="locks of the board (8a 24, wkly 24, waveshare 8)")
    frame.add_argument("--board", type=int, required=True, metavar="B", help="the board's address")
    frame.add_argument("--lock", type=int, metavar="L", help="the lock, counted from 1")
    frame.add_argument("what", choices=("unlock", "status"))
    decode.add_argument("--order", choices=get_args(StatusOrder), help="8a: which locks the first byte is about")
    decode.add_argument("hex", nargs="+", metavar="HEX", help="the bytes, with or without spaces")
    return parser


def _frame(arguments: argparse.Namespace) -> tuple[str, int]:
    codec = _codec(arguments.protocol, arguments.channels, None)
    if arguments.what == "status":
        frame = codec.status(arguments.board, arguments.lock)
    elif arguments.lock is None:
        channels = arguments.channels or MAKES[arguments.protocol].channels
        raise OutOfRange(f"unlock needs --lock: 1 to {channels}; no command opens all")
    else:
        frame = codec.unlock(arguments.board, arguments.lock, PULSE_MS)
    return frame.hex(" ").upper(), 0


def _decode(arguments: argparse.Namespace) -> tuple[str, int]:
    data = _bytes(" ".join(arguments.hex))
    codec = _codec(arguments.protocol, arguments.channels, arguments.order)
    whole = codec.decode(data)
    if not isinstance(whole, Unclear):
        return explain(whole), 0
    found = find(codec, data)
    if not found:
        return explain(whole), NOT_UNDERSTOOD
    # A capture holds more than one frame, or begins in the middle of one.
    rest = len(data) - sum(length for _, length in found)
    left = f" {rest} bytes belong to no frame." if rest else ""
    return " ".join(explain(said) for said, _ in found) + left, 0


def _codec(protocol: ProtocolName, channels: int | None, order: StatusOrder | None) -> Codec:
    return codec_of(protocol, channels, order)


def _bytes(text: str) -> bytes:
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"this is not hex, as in 8A 01 01 11 9B: {text[:60]!r}") from None
    if not 1 <= len(data) <= BYTES_MAX:
        raise ValueError(f"{len(data)} bytes are out of range: 1 to {BYTES_MAX}")
    return data
