"""What lock boards say and are told: one file a protocol, each a pure codec without port, clock or memory.

A new protocol is one new file with a `Codec`, a line in `codec_of` and its ranges in `locker.wiring.MAKES`.
"""

from __future__ import annotations

from locker.devices.boards.said import Codec
from locker.wiring import MAKES, Board, OutOfRange, ProtocolName, StatusOrder


def codec_of(protocol: ProtocolName, channels: int | None = None, status_order: StatusOrder | None = None) -> Codec:
    """The codec of a protocol, for boards with so many locks (none: as many as is usual).

    Raises OutOfRange where there are no such boards.
    """
    make = MAKES[protocol]
    count = make.channels if channels is None else channels
    if why := make.why_not_channels(count):
        raise OutOfRange(why)
    # Deferred: a locker has one make, and no use for the others in its memory.
    match protocol:
        case "kerong-cu48":
            from locker.devices.boards.kerong_cu48 import KerongCu48

            return KerongCu48(count)
        case "kerong-cu16":
            from locker.devices.boards.kerong_cu16 import KerongCu16

            return KerongCu16(count)
        case "8a":
            from locker.devices.boards.xor_8a import Xor8a

            return Xor8a(count, status_order)
        case "wkly":
            from locker.devices.boards.wkly import Wkly

            return Wkly(count)
        case "winnsen":
            from locker.devices.boards.winnsen import Winnsen

            return Winnsen(count)
        case "waveshare":
            return _waveshare(count, count)


def codec_for(board: Board) -> Codec:
    """The codec of a board as the config file describes it."""
    if board.protocol == "waveshare":
        return _waveshare(board.locks, board.inputs)
    return codec_of(board.protocol, board.locks, board.status_order)


def _waveshare(locks: int, inputs: int) -> Codec:
    from locker.devices.boards.waveshare import Waveshare

    return Waveshare(locks, inputs)
