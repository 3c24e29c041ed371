"""Whatever is held before the scanner: a clear answer, and nothing opens."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.wire.facts import Deposited
from tests.cabinet.conftest import Front, qr

RUBBISH = {
    "empty": "",
    "blanks": "  \t ",
    "nul": "P1\x00",
    "escape": "\x1b[2J",
    "7089 digits": "7" * 7089,
    "half a ticket": qr("ada")[:70],
    "a ticket and more": qr("ada") + "A",
    "lower case": "L1" + qr("ada")[2:].lower(),
    "half a staff code": "L21234",
    "separator only": "\x1d\x07",
}


@pytest.mark.parametrize("text", RUBBISH.values(), ids=RUBBISH.keys())
def test_rubbish_is_unreadable(front: Front, text: str) -> None:
    known = len(front.facts)
    front.scan(text)
    assert (front.shown, front.pulsed, front.kinds(known)) == ("unreadable", [], [])
    assert front.heard("no")


@pytest.mark.parametrize("text", ["https://example.org/p/1", "4006381333931", "]C1003", "Привет", "00\x1d12"])
def test_what_can_be_read_but_is_not_known_is_said_to_be_unknown(front: Front, text: str) -> None:
    front.scan(text)
    assert (front.shown, front.pulsed) == ("unknown_code", [])


def test_a_label_with_blanks_around_it_is_that_label(front: Front) -> None:
    front.announce("P1")
    front.scan(" P1\r\n")
    assert front.open == {1}


def test_a_ticket_signed_by_somebody_else_is_forged(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.scan(qr("ada", key=Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)))
    assert (front.shown, front.pulsed) == ("forged", [1])


def test_a_ticket_under_an_unknown_key_id_is_forged(front: Front) -> None:
    front.scan(qr("ada", kid=2))
    assert front.shown == "forged"


def test_no_flipped_bit_opens_anything(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    raw = base64.b32decode(qr("ada")[2:] + "=")
    for bit in range(0, len(raw) * 8, 5):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        front.scan("L1" + base64.b32encode(flipped).decode().rstrip("="))
        assert front.shown in ("forged", "unreadable")
    assert front.pulsed == [1]


def test_a_refusal_gives_way_to_where_the_visit_stands(front: Front) -> None:
    front.announce("P1")
    front.deposit("P1")
    front.scan("\x00")
    front.wait(11)
    assert front.shown == "next_parcel"


def test_typing_is_shown_and_forgotten(front: Front) -> None:
    from locker.cabinet.events import DigitsTyped

    front.happens(DigitsTyped(count=3))
    assert front.screen.params == {"count": 3}
    front.wait(21)
    assert front.shown == "idle"


SSCC = "376130321109103420"
SPELLINGS = [SSCC, f"00{SSCC}", f"(00){SSCC}", f"]C100{SSCC}", f"https://id.gs1.org/00/{SSCC}"]


@pytest.mark.parametrize("announced", SPELLINGS)
@pytest.mark.parametrize("printed", SPELLINGS)
def test_a_parcel_is_found_however_its_number_is_announced_and_printed(
    front: Front, announced: str, printed: str
) -> None:
    front.announce(announced, "ada")
    front.scan(printed)
    assert front.open == {1}
    front.shut()
    front.scan(printed)
    assert front.shown == "already_deposited"


def test_what_is_announced_letter_by_letter_comes_before_what_means_the_same(front: Front) -> None:
    front.announce(f"00{SSCC}", "ada")
    front.announce(SSCC, "ben")
    front.scan(SSCC)
    front.shut()
    assert front.last(Deposited).delivery == f"d-{SSCC}"


def test_a_mistyped_number_is_unknown_and_opens_nothing(front: Front) -> None:
    front.announce(SSCC, "ada")
    front.scan(f"]C100{SSCC[:-1]}1")
    assert (front.shown, front.pulsed) == ("unknown_code", [])


def test_a_withdrawn_parcel_is_forgotten_under_all_its_names(front: Front) -> None:
    front.announce("rr473124829gb", "ada")
    front.snapshot()
    front.scan("RR 473 124 829 GB")
    assert (front.shown, front.state.labels) == ("unknown_code", {})
