"""Scanners in software answer as their makers say: triggers, settings, packets that are acknowledged, zones."""

from __future__ import annotations

import pytest

from locker.twin.scanners.de2120 import De2120
from locker.twin.scanners.device import Code, Device, Manner
from locker.twin.scanners.gm65 import Gm65
from locker.twin.scanners.newland import Newland
from locker.twin.scanners.plain import Datalogic, Honeywell, Plain
from locker.twin.scanners.ssi import RESEND_MS, RESENDS_MAX, Ssi

QR = Code(b"HELLO", "Q1")
WAITS = Manner(triggered=True)


def said(text: str) -> bytes:
    return bytes.fromhex(text)


@pytest.mark.parametrize(
    ("device", "on", "off", "answer"),
    [
        (Honeywell(WAITS), said("16 54 0D"), said("16 55 0D"), b""),
        (Datalogic(WAITS), b"T", b"X", b""),
        (Newland(WAITS), b"~\x010000#SCNTRG1;\x03", b"~\x010000#SCNTRG0;\x03", b"\x02\x010000#SCNTRG1\x06;\x03"),
        (De2120(WAITS), b"^_^SCAN.", b"^_^SLEEP.", b"\x06"),
        (Ssi(WAITS), said("04 E4 04 00 FF 14"), said("04 E5 04 00 FF 13"), said("04 D0 00 00 FF 2C")),
    ],
    ids=["honeywell", "datalogic", "newland", "de2120", "ssi"],
)
def test_a_scanner_that_waits_for_its_trigger_reads_once_behind_it(
    device: Device, on: bytes, off: bytes, answer: bytes
) -> None:
    assert device.see(QR, 0) == b""
    assert device.hear(on, 0) == answer
    assert device.lit
    assert b"HELLO" in device.see(QR, 10)
    assert device.see(QR, 20) == b"", "one trigger is one reading"
    device.hear(on, 30)
    device.hear(off, 40)
    assert device.see(QR, 50) == b""
    assert device.told == ["on", "on", "off"]


def test_commands_are_understood_however_they_are_cut() -> None:
    for device, command in (
        (Honeywell(WAITS), said("16 54 0D")),
        (Newland(WAITS), b"~\x010000#SCNTRG1;\x03"),
        (De2120(WAITS), b"^_^SCAN."),
        (Ssi(WAITS), said("04 E4 04 00 FF 14")),
        (Gm65(), said("7E 00 08 01 00 02 01 AB CD")),
    ):
        for byte in b"\x00" * (not isinstance(device, Ssi)) + command:
            device.hear(bytes([byte]), 0)
        assert device.told == ["on"], type(device).__name__


def test_settings_are_acknowledged_or_refused() -> None:
    assert Honeywell().hear(b"\x16M\rTRGMOD0.", 0) == b"TRGMOD0\x06."
    assert Newland().hear(b"~\x010000@SCNMOD0;\x03", 0) == b"\x02\x010000@SCNMOD0\x06;\x03"
    assert Newland().hear(b"~\x010000@NONSEN1;\x03", 0) == b"\x02\x010000@NONSEN1\x05;\x03"
    assert De2120().hear(b"^_^CIDENA1.^_^NONSENSE.", 0) == b"\x06\x15"
    assert De2120().hear(b"^_^\x04SPYFW.", 0).startswith(b"DE2120")


def test_a_plain_scanner_ends_and_names_its_codes_as_it_is_set_up() -> None:
    assert Plain().see(QR, 0) == b"]Q1HELLO\r"
    assert Plain(Manner(end=b"\r\n", aim=False)).see(QR, 0) == b"HELLO\r\n"


def test_bad_reads_are_signalled() -> None:
    datalogic, zebra = Datalogic(), Ssi()
    datalogic.hear(b"F", 0)
    zebra.hear(said("05 E6 04 00 00 FF 11"), 0)
    assert (datalogic.told, zebra.told) == (["bad"], ["good"])


def test_a_packet_that_nobody_acknowledges_comes_again_but_not_for_ever() -> None:
    scanner = Ssi()
    first = scanner.see(QR, 0)
    assert first == said("0A F3 00 00 1C 48 45 4C 4C 4F FD 73")
    assert scanner.due(RESEND_MS - 1) == b""
    again = [scanner.due(RESEND_MS * (at + 1)) for at in range(RESENDS_MAX + 1)]
    assert [one[:4].hex() for one in again if one] == ["0af30001"] * RESENDS_MAX
    scanner.see(QR, 10_000)
    scanner.hear(said("04 D0 04 00 FF 28"), 10_010)
    assert scanner.due(60_000) == b""


def test_a_damaged_packet_is_asked_for_again() -> None:
    assert Ssi().hear(said("04 E4 04 00 FF 15"), 0) == said("05 D1 00 00 01 FF 29")
    scanner = Ssi()
    scanner.see(QR, 0)
    assert scanner.hear(said("05 D1 04 00 01 FF 25"), 10)[3] == 1, "marked as sent again"


def test_a_long_code_comes_in_packets_one_acknowledged_after_the_other() -> None:
    scanner = Ssi()
    got = scanner.see(Code(b"7" * 500, "Q1"), 0)
    content = b""
    while got:
        content += got[4:-2]
        got = scanner.hear(said("04 D0 04 00 FF 28"), 1)
    assert content == b"\x1c" + b"7" * 500


def test_gm65_zones_are_read_written_and_saved() -> None:
    module = Gm65()
    assert module.hear(said("7E 00 09 01 00 00 00 DE C8"), 0) == said("02 00 00 01 00 33 31")
    assert module.hear(said("7E 00 08 02 00 2A 39 01 A7 EA"), 0) == said("02 00 00 01 00 33 31")
    assert module.hear(said("7E 00 07 01 00 2A 02 AB CD"), 0)[4:6] == b"\x39\x01"
    assert module.hear(said("7E 00 09 01 00 00 00 DE C9"), 0) == b"", "a wrong checksum gets no answer"


def test_gm65_has_no_terminator_until_it_is_told_one_and_waits_for_its_start_in_command_mode() -> None:
    module = Gm65()
    assert module.see(QR, 0) == b"]Q1HELLO"
    module.hear(said("7E 00 08 01 00 60 01 AB CD"), 0)
    assert module.see(QR, 0) == b"]Q1HELLO\r"
    module.hear(said("7E 00 08 01 00 00 D5 AB CD"), 0)
    assert module.see(QR, 0) == b""
    module.hear(said("7E 00 08 01 00 02 01 AB CD"), 0)
    assert module.see(QR, 6_000) == b"", "a start is good for five seconds"
    module.hear(said("7E 00 08 01 00 02 01 AB CD"), 7_000)
    assert module.see(QR, 8_000) == b"]Q1HELLO\r"
