"""The content of a QR code: what it names, and that the hub has signed it.

A ticket is 84 bytes (a deposit ticket 101), base32 in upper case behind `L1`, so that it stays in a QR code's dense
alphabet and survives scanners that type: 137 characters are a 41x41 symbol at level M, 164 a 45x45 one.

    type 1 | key id 1 | home locker 4 | pickup 8 | generation 2 | not after 4 | [size 1 | PIN tag 16] | signature 64

Whether a ticket opens something is the cabinet's to say: by what lies inside, never by the clock.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = "L1"
_CONTEXT = b"parcel-locker/ticket/1/"
_BODY = struct.Struct(">BBI8sHI")
_DEPOSIT = struct.Struct(">B16s")
_SIGNATURE_BYTES = 64
_TYPES: dict[int, Literal["pickup", "deposit"]] = {1: "pickup", 2: "deposit"}
_TYPE_NUMBERS = {name: number for number, name in _TYPES.items()}
_SIZES = ("XS", "S", "M", "L", "XL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a ticket says. `home` is a locker's number, `pickup` 16 hex digits, `not_after_s` Unix time in seconds.

    Only a deposit ticket has a size class and a PIN tag (32 hex digits; all zeros: no PIN).
    """

    type: Literal["pickup", "deposit"] = "pickup"
    kid: int
    home: int
    pickup: str
    generation: int
    not_after_s: int
    size_class: str = ""
    pin_tag: str = ""


@dataclass(frozen=True, slots=True)
class SignedTicket:
    """A ticket as read, not yet believed."""

    ticket: Ticket
    body: bytes
    signature: bytes

    def signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the holder of this key has signed exactly this content."""
        try:
            key.verify(self.signature, _CONTEXT + self.body)
        except InvalidSignature:
            return False
        return True


def issue(ticket: Ticket, key: Ed25519PrivateKey) -> str:
    """The text of the QR code. Raises ValueError or struct.error where a value doesn't fit its field."""
    body = _BODY.pack(
        _TYPE_NUMBERS[ticket.type], ticket.kid, ticket.home, _exactly(8, ticket.pickup), ticket.generation,
        ticket.not_after_s,
    )  # fmt: skip
    if ticket.type == "deposit":
        body += _DEPOSIT.pack(_SIZES.index(ticket.size_class), _exactly(16, ticket.pin_tag))
    signed = body + key.sign(_CONTEXT + body)
    return PREFIX + base64.b32encode(signed).decode().rstrip("=")


def read(text: str) -> SignedTicket | None:
    """The ticket in a scanned text, still to be verified, or None if the text isn't exactly one ticket."""
    if not text.startswith(PREFIX) or len(text) not in _LENGTHS:
        return None
    encoded = text.removeprefix(PREFIX)
    try:
        raw = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    except (binascii.Error, ValueError):
        return None
    # Base32 leaves some bits of its last letter unused: only one spelling of a ticket is a ticket.
    if base64.b32encode(raw).decode().rstrip("=") != encoded:
        return None
    return _parse(raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:])


def delivery_of(ticket: Ticket) -> str:
    """The name of the one delivery that a deposit ticket stands for, while the locker has no order about it."""
    return f"{ticket.pickup}.{ticket.generation}"


def _parse(body: bytes, signature: bytes) -> SignedTicket | None:
    if len(body) < _BODY.size:
        return None
    number, kid, home, pickup, generation, not_after_s = _BODY.unpack(body[: _BODY.size])
    kind = _TYPES.get(number)
    size_class, pin_tag = "", ""
    if kind is None or len(body) != _BODY.size + (_DEPOSIT.size if kind == "deposit" else 0):
        return None
    if kind == "deposit":
        size, tag = _DEPOSIT.unpack(body[_BODY.size :])
        if size >= len(_SIZES):
            return None
        size_class, pin_tag = _SIZES[size], tag.hex()
    ticket = Ticket(
        type=kind, kid=kid, home=home, pickup=pickup.hex(), generation=generation, not_after_s=not_after_s,
        size_class=size_class, pin_tag=pin_tag,
    )  # fmt: skip
    return SignedTicket(ticket, body, signature)


def _exactly(length: int, digits: str) -> bytes:
    # `struct` would cut what is too long and fill what is too short: the ticket would name somebody else.
    raw = bytes.fromhex(digits)
    if len(raw) != length:
        raise ValueError(f"{2 * length} hex digits are needed, not {len(digits)}")
    return raw


def _text_length(raw_bytes: int) -> int:
    return len(PREFIX) + -(-raw_bytes * 8 // 5)


_LENGTHS = {
    _text_length(_BODY.size + _SIGNATURE_BYTES),
    _text_length(_BODY.size + _DEPOSIT.size + _SIGNATURE_BYTES),
}
