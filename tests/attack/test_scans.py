"""Bytes from the scanner, through its framing, into the cabinet: an answer on the screen, no pulse, no crash."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_service.handlers.views import ParcelView
from locker.devices.framing import Framing
from locker.kiosk.texts import LANGUAGES
from locker.wire import ticket
from locker.wire.facts import UnlockAuthorised
from tests.pair.machine import Machine
from tests.pair.town import Town

SAME_CODE_S = 1.5
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x66" * 32)
FUZZ = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def held_before(machine: Machine, data: bytes) -> None:
    """Somebody holds a code before the scanner that sends these bytes."""
    framing = Framing(SAME_CODE_S)
    scans = framing.feed(data, 0.0) + framing.gap(1.0)
    for scan in scans:
        machine.scan(scan.text)


def permissions(machine: Machine) -> int:
    """How many pulses were ever allowed."""
    return sum(isinstance(fact, UnlockAuthorised) for fact in machine.facts())


def refused(town: Town, machine: Machine, data: bytes) -> str:
    """What the screen says of these bytes; fails if anything opens."""
    before = permissions(machine)
    held_before(machine, data)
    shown = machine.shown
    town.wait(15)
    assert (permissions(machine), machine.steel.open) == (before, set())
    return shown


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"7" * 7_089, "unreadable"),
        (b"7" * 7_089 + b"\r", "unreadable"),
        (b"\x1b[2J\x1b[H\r", "unreadable"),
        (b"\x1b]0;owned\x07\r", "unreadable"),
        (b"%s%n%x\r", "unknown_code"),
        (b"'; DROP TABLE deliveries; --\r", "unknown_code"),
        (b"<script>alert(1)</script>\r", "unknown_code"),
        (b"../../etc/passwd\r", "unknown_code"),
        (b"${jndi:x}\r", "unknown_code"),
        (b"]Q1]Q1]Q1\r", "unknown_code"),
        (b"L1\r", "unreadable"),
        (b"L2\r", "unreadable"),
        (b"L2123456789\r", "unreadable"),
        ("\u202eparcel\r".encode(), "unreadable"),
        (b"\xff\xfe\xfd\r", "unknown_code"),
    ],
    ids=repr,
)
def test_rubbish_gets_its_answer(town: Town, elm: Machine, loot: ParcelView, data: bytes, answer: str) -> None:
    assert refused(town, elm, data) == answer
    for language in LANGUAGES.values():
        assert answer in language["refusals"], "every refusal has a sentence"


@pytest.mark.parametrize("data", [b"", b"\0\0\0\r\n", b"\r\r\r\n\n", b"\0" * 10_000])
def test_nothing_is_no_scan(town: Town, elm: Machine, data: bytes) -> None:
    town.wait(30)
    assert refused(town, elm, data) == "idle"


def test_half_a_ticket_and_two_tickets_are_none(town: Town, elm: Machine, loot: ParcelView) -> None:
    for text in (loot.ticket[:70], loot.ticket[:-1], loot.ticket * 2, loot.ticket + loot.pin):
        assert refused(town, elm, text.encode() + b"\r") == "unreadable"


def test_a_ticket_in_two_packets_with_a_pause_between_is_two_halves(town: Town, elm: Machine, loot: ParcelView) -> None:
    before = permissions(elm)
    framing = Framing(SAME_CODE_S)
    raw = loot.ticket.encode()
    scans = [*framing.feed(raw[:60], 0.0), *framing.gap(0.2), *framing.feed(raw[60:], 5.0), *framing.gap(5.2)]
    for scan in scans:
        elm.scan(scan.text)
    assert (elm.shown, permissions(elm)) == ("unreadable", before) or elm.shown == "unknown_code"


def test_a_forged_ticket_is_told_so(town: Town, elm: Machine, loot: ParcelView) -> None:
    genuine = ticket.read(loot.ticket)
    assert genuine is not None
    for forged in (genuine.ticket, replace(genuine.ticket, generation=99), replace(genuine.ticket, kid=9)):
        assert refused(town, elm, ticket.issue(forged, STRANGER).encode() + b"\r") == "forged"


def test_an_older_generation_is_outdated(town: Town, elm: Machine, loot: ParcelView) -> None:
    genuine = ticket.read(loot.ticket)
    assert genuine is not None
    old = ticket.issue(replace(genuine.ticket, generation=genuine.ticket.generation - 1), town.hub.keys.ticket.key)
    assert refused(town, elm, old.encode() + b"\r") == "outdated"


def test_a_ticket_of_another_locker_is_sent_there(town: Town, elm: Machine) -> None:
    elsewhere = town.announce("ben", "oak", "M")
    town.settle()
    town.deposit(town.lockers["oak"], elsewhere)
    assert refused(town, elm, elsewhere.ticket.encode() + b"\r") == "elsewhere"


def test_a_spent_ticket_opens_nothing(town: Town, elm: Machine) -> None:
    parcel = town.announce("cleo", "elm", "M")
    town.settle()
    town.deposit(elm, parcel)
    elm.choose("done")
    text = town.seen(parcel).ticket
    town.collect(elm, parcel)
    town.wait(200)
    assert refused(town, elm, text.encode() + b"\r") == "already_collected"


def test_a_label_of_a_parcel_inside_opens_nothing(town: Town, elm: Machine, loot: ParcelView) -> None:
    assert refused(town, elm, loot.tracking_number.encode() + b"\r") == "already_deposited"


@FUZZ
@given(st.binary(max_size=300))
def test_no_bytes_open_anything(town: Town, elm: Machine, loot: ParcelView, data: bytes) -> None:
    before = permissions(elm)
    held_before(elm, data)
    assert permissions(elm) == before


@FUZZ
@given(st.data())
def test_no_change_of_a_ticket_opens_anything(town: Town, elm: Machine, loot: ParcelView, data: st.DataObject) -> None:
    text = list(loot.ticket)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567l1 \x00é"))
    changed = "".join(text)
    before = permissions(elm)
    if changed != loot.ticket:
        held_before(elm, changed.encode())
    assert permissions(elm) == before


def test_afterwards_the_recipient_still_gets_the_parcel(town: Town, elm: Machine, loot: ParcelView) -> None:
    town.wait(60)
    assert town.collect(elm, loot)
    town.agree()
