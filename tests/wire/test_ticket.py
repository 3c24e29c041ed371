"""A ticket is the hub's word and nobody else's: no bit, no field, no other spelling of it opens anything."""

from __future__ import annotations

import base64
import struct
from dataclasses import replace
from typing import Any

import pytest
import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from locker.wire import ticket
from locker.wire.ticket import Ticket

HUB = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
PICKUP = Ticket(kid=1, home=3, pickup="00112233445566aa", generation=2, not_after_s=1_800_000_000)
DEPOSIT = replace(PICKUP, type="deposit", size_class="M", pin_tag="5c" * 16)
BOTH = pytest.mark.parametrize("content", [PICKUP, DEPOSIT], ids=["pickup", "deposit"])
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def believed(text: str) -> Ticket | None:
    """The content of a text, if it is a ticket that the hub has signed."""
    found = ticket.read(text)
    return found.ticket if found is not None and found.signed_by(HUB.public_key()) else None


def spelled(raw: bytes) -> str:
    """Bytes as the text of a ticket."""
    return "L1" + base64.b32encode(raw).decode().rstrip("=")


def raw_of(text: str) -> bytes:
    """The bytes of a ticket's text."""
    encoded = text.removeprefix("L1")
    return base64.b32decode(encoded + "=" * (-len(encoded) % 8))


@BOTH
def test_a_ticket_says_what_the_hub_wrote(content: Ticket) -> None:
    assert believed(ticket.issue(content, HUB)) == content


@BOTH
def test_only_the_hub_is_believed(content: Ticket) -> None:
    assert ticket.read(ticket.issue(content, STRANGER)) is not None
    assert believed(ticket.issue(content, STRANGER)) is None


@pytest.mark.parametrize(("content", "octets", "letters", "modules"), [(PICKUP, 84, 137, 41), (DEPOSIT, 101, 164, 45)])
def test_a_ticket_fits_a_qr_code_that_every_scanner_reads(
    content: Ticket, octets: int, letters: int, modules: int
) -> None:
    text = ticket.issue(content, HUB)
    assert (len(raw_of(text)), len(text)) == (octets, letters)
    code: Any = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    assert len(code.get_matrix()) == modules


@pytest.mark.parametrize(("content", "bits"), [(PICKUP, 672), (DEPOSIT, 808)])
def test_no_single_flipped_bit_is_believed(content: Ticket, bits: int) -> None:
    raw = raw_of(ticket.issue(content, HUB))
    assert len(raw) * 8 == bits
    for bit in range(bits):
        changed = bytearray(raw)
        changed[bit // 8] ^= 0x80 >> bit % 8
        assert believed(spelled(bytes(changed))) is None, f"bit {bit}"


@pytest.mark.parametrize(
    "change",
    [
        {"home": 4},
        {"pickup": "00112233445566ab"},
        {"generation": 3},
        {"not_after_s": 1_900_000_000},
        {"kid": 2},
        {"type": "deposit", "size_class": "XL", "pin_tag": "00" * 16},
    ],
)
def test_a_field_of_another_ticket_is_not_believed(change: dict[str, Any]) -> None:
    genuine = raw_of(ticket.issue(PICKUP, HUB))
    other = raw_of(ticket.issue(replace(PICKUP, **change), HUB))
    assert believed(spelled(other[:-64] + genuine[-64:])) is None
    assert believed(spelled(genuine[:-64] + other[-64:])) is None


def test_a_signature_over_something_else_is_not_a_ticket() -> None:
    """The context keeps a signed message, or a signature by another program, from becoming a ticket."""
    body = raw_of(ticket.issue(PICKUP, HUB))[:-64]
    for context in (b"", b"parcel-locker/message/1/", b"parcel-locker/ticket/2/"):
        assert believed(spelled(body + HUB.sign(context + body))) is None


@BOTH
def test_a_ticket_has_one_spelling(content: Ticket) -> None:
    text = ticket.issue(content, HUB)
    for other in (text.lower(), f" {text}", f"{text}\n", text + "=", text[:-1], f"{text}A", text[2:], f"L2{text[2:]}"):
        assert ticket.read(other) is None
    neighbours = [text[:-1] + letter for letter in ALPHABET if letter != text[-1]]
    # Some of them decode to the very same bytes: the last letter has bits to spare.
    assert [believed(other) for other in neighbours] == [None] * 31


@BOTH
def test_a_letter_outside_the_alphabet_is_no_ticket(content: Ticket) -> None:
    text = ticket.issue(content, HUB)
    for letter in "0189-_ =\x00é１":
        assert ticket.read(text[:20] + letter + text[21:]) is None


@given(st.text(max_size=200) | st.text(ALPHABET, min_size=135, max_size=135).map("L1".__add__))
@example("L1" + "A" * 135)
@example("L1" + "7" * 162)
def test_no_text_crashes_the_reader_or_is_believed(text: str) -> None:
    assert believed(text) is None


def test_a_type_or_size_of_the_future_is_no_ticket_here() -> None:
    for number in (0, 3, 255):
        assert ticket.read(spelled(bytes([number]) + raw_of(ticket.issue(PICKUP, HUB))[1:])) is None
    raw = bytearray(raw_of(ticket.issue(DEPOSIT, HUB)))
    raw[20] = 5
    assert ticket.read(spelled(bytes(raw))) is None


@pytest.mark.parametrize(
    "change",
    [
        {"pickup": "0011"},
        {"pickup": "00112233445566aabb"},
        {"pickup": "not hex digits!!"},
        {"generation": 65_536},
        {"generation": -1},
        {"home": 2**32},
        {"kid": 256},
        {"not_after_s": 2**32},
        {"size_class": "XXL"},
        {"pin_tag": "5c"},
        {"pin_tag": "5c" * 17},
    ],
)
def test_a_value_that_does_not_fit_is_never_cut_to_fit(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, struct.error)):
        ticket.issue(replace(DEPOSIT, **change), HUB)


def test_a_deposit_ticket_names_one_delivery() -> None:
    assert ticket.delivery_of(DEPOSIT) == "00112233445566aa.2"
    assert ticket.delivery_of(replace(DEPOSIT, generation=3)) == "00112233445566aa.3"
