"""Every make of scanner: what it is told, and how its answers are told from the codes that people show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker.devices.framing import Framing
from locker.devices.scanners import gm65, ssi
from locker.devices.scanners.dialect import Dialect
from locker.devices.scanners.gm65 import Gm65
from locker.devices.scanners.makes import DIALECTS
from locker.twin.scanners.de2120 import De2120
from locker.twin.scanners.device import Code, Device, Manner
from locker.twin.scanners.gm65 import Gm65 as SoftGm65
from locker.twin.scanners.newland import Newland
from locker.twin.scanners.plain import Datalogic, Honeywell, Plain
from locker.twin.scanners.ssi import Ssi

WAITS = Manner(triggered=True)
LABEL = Code(b"00376130321109103420", "C1")
DEVICES = {
    "plain": Plain, "zebra": Plain, "zebra-ssi": Ssi, "honeywell": Honeywell, "newland": Newland,
    "datalogic": Datalogic, "gm65": SoftGm65, "gm67": Ssi, "de2120": De2120,
}  # fmt: skip
TRIGGERED = ("zebra-ssi", "honeywell", "newland", "datalogic", "gm67", "de2120")


def said(text: str) -> bytes:
    return bytes.fromhex(text)


def talk(dialect: Dialect, device: Device, command: bytes, code: Code | None = None, piece: int = 4_096) -> list[str]:
    """Tells the device something, shows it a code, and returns what the program makes of all that it sends."""
    framing, heard = Framing(0.0), []
    sent = device.hear(command, 0) + (device.see(code, 10) if code else b"")
    while sent:
        reply = b""
        for at in range(0, len(sent), piece):
            got = dialect.feed(sent[at : at + piece])
            heard += framing.feed(got.text, 0.0)
            reply += got.reply
        sent = device.hear(reply, 20)
    heard += framing.feed(dialect.gap().text, 0.0) + framing.gap(0.0)
    return [f"{scan.symbology} {scan.text}" for scan in heard]


def test_each_make_has_a_dialect_and_a_device_to_try_it_on() -> None:
    assert DIALECTS.keys() == DEVICES.keys()


@pytest.mark.parametrize("piece", [1, 3, 4_096], ids=["bytes", "pieces", "whole"])
@pytest.mark.parametrize("make", DIALECTS)
def test_a_code_behind_an_answer_is_that_code_and_nothing_else(make: str, piece: int) -> None:
    dialect, device = DIALECTS[make](), DEVICES[make]()
    assert talk(dialect, device, dialect.begin(False), LABEL, piece) == ["C1 00376130321109103420"]


@pytest.mark.parametrize("piece", [1, 3, 4_096], ids=["bytes", "pieces", "whole"])
@pytest.mark.parametrize("make", TRIGGERED)
def test_it_reads_while_somebody_is_there_and_not_afterwards(make: str, piece: int) -> None:
    dialect, device = DIALECTS[make](), DEVICES[make](WAITS)
    assert talk(dialect, device, dialect.begin(True), LABEL, piece) == []
    assert talk(dialect, device, dialect.trigger(True), LABEL, piece) == ["C1 00376130321109103420"]
    talk(dialect, device, dialect.trigger(True) + dialect.trigger(False))
    assert talk(dialect, device, b"", LABEL, piece) == []


def test_a_gm65_is_put_into_command_mode_and_started() -> None:
    dialect, device = Gm65(), SoftGm65()
    assert talk(dialect, device, dialect.begin(True), LABEL) == []
    assert talk(dialect, device, dialect.trigger(True), LABEL) == ["C1 00376130321109103420"]
    assert device.told == ["zone 00 d5", "on"]


def test_in_presentation_mode_a_scanner_stays_as_it_was_set_up() -> None:
    told = {make: dialect().begin(False) for make, dialect in DIALECTS.items()}
    assert {make for make, command in told.items() if command} == {"zebra-ssi", "datalogic"}, "these may be disabled"


def test_commands_are_those_of_the_makers() -> None:
    assert DIALECTS["honeywell"]().trigger(True) == said("16 54 0D")
    assert DIALECTS["honeywell"]().trigger(False) == said("16 55 0D")
    assert DIALECTS["newland"]().trigger(True) == b"~\x010000#SCNTRG1;\x03"
    assert DIALECTS["newland"]().trigger(False) == b"~\x010000#SCNTRG0;\x03"
    assert DIALECTS["de2120"]().trigger(True) == b"^_^SCAN."
    assert DIALECTS["de2120"]().trigger(False) == b"^_^SLEEP."
    assert (DIALECTS["datalogic"]().trigger(True), DIALECTS["datalogic"]().trigger(False)) == (b"T", b"X")
    assert ssi.packet(ssi.START_SESSION) == said("04 E4 04 00 FF 14")
    assert ssi.packet(ssi.STOP_SESSION) == said("04 E5 04 00 FF 13")
    assert ssi.packet(ssi.NAK, ssi.DAMAGED) == said("05 D1 04 00 01 FF 25")
    assert gm65.save() == said("7E 00 09 01 00 00 00 DE C8")
    assert gm65.write(gm65.BAUD, 0x39, 0x01) == said("7E 00 08 02 00 2A 39 01 A7 EA")


def test_a_gm65s_answer_is_taken_out_before_the_code_that_follows_it_at_once() -> None:
    dialect = Gm65()
    assert dialect.feed(said("02 00 00 01 00 33 31") + b"P1\r").text == b"P1\r"
    assert dialect.feed(said("02 00 00 01")).text == b""
    assert dialect.feed(said("00 33 31") + b"P2\r").text == b"P2\r"
    assert dialect.feed(said("02 00 00 04") + b"PARCEL3\r").text.endswith(b"PARCEL3\r"), "a wrong checksum eats no code"


def test_good_and_bad_reads_are_signalled_where_the_device_can() -> None:
    for make, expected in (("datalogic", ["bad"]), ("zebra-ssi", ["good", "bad"])):
        dialect, device = DIALECTS[make](), DEVICES[make]()
        device.hear(dialect.signal(True), 0)
        device.hear(dialect.signal(False), 0)
        assert device.told == expected


def test_a_packet_that_comes_again_because_its_ack_was_lost_is_one_code() -> None:
    dialect, device = DIALECTS["zebra-ssi"](), Ssi()
    first = dialect.feed(device.see(LABEL, 0))
    again = dialect.feed(device.due(1_000))
    assert (first.text, again.text) == (b"]C100376130321109103420\r", b"")
    assert first.reply == again.reply == said("04 D0 04 00 FF 28")


def test_a_damaged_packet_is_asked_for_again_and_then_read() -> None:
    dialect, device = DIALECTS["zebra-ssi"](), Ssi()
    sent = bytearray(device.see(LABEL, 0))
    sent[7] ^= 0x10
    heard = dialect.feed(bytes(sent))
    rest = dialect.gap()
    assert heard.text + rest.text == b"" and said("05 D1 04 00 01 FF 25") in heard.reply + rest.reply
    assert dialect.feed(device.hear(said("05 D1 04 00 01 FF 25"), 10)).text == b"]C100376130321109103420\r"


def test_an_echoing_line_is_no_conversation() -> None:
    dialect = DIALECTS["zebra-ssi"]()
    for command in (dialect.begin(False), dialect.trigger(True), ssi.packet(ssi.NAK, ssi.DAMAGED)):
        heard = dialect.feed(command)
        assert (heard.text, heard.reply, dialect.gap().reply) == (b"", b"", b"")


def test_a_long_code_in_several_packets_is_one_code() -> None:
    dialect, device = DIALECTS["zebra-ssi"](), Ssi()
    assert talk(dialect, device, b"", Code(b"7" * 700, "Q1")) == ["Q1 " + "7" * 700]


def test_a_code_without_an_end_is_not_kept_back_by_what_might_have_been_an_answer() -> None:
    bare = Manner(end=b"")
    for make in ("honeywell", "newland", "gm65", "gm67", "de2120"):
        dialect = DIALECTS[make]()
        dialect.begin(True)
        assert talk(dialect, Plain(bare), b"", Code(b"LOT 7 TRGT")) == [" LOT 7 TRGT"], make


@given(st.sampled_from(sorted(DIALECTS)), st.lists(st.binary(max_size=80), max_size=8))
def test_no_bytes_break_a_dialect_and_none_are_kept_for_ever(make: str, pieces: list[bytes]) -> None:
    dialect = DIALECTS[make]()
    dialect.begin(True)
    for piece in pieces:
        heard = dialect.feed(piece)
        # Whatever comes in, no more than one answer goes out: a babbling device can't start a storm.
        assert len(heard.reply) <= 7
    dialect.gap()
    assert dialect.feed(b"").text == b""


@given(st.sampled_from(sorted(set(DIALECTS) - {"zebra-ssi"})), st.text(alphabet="ABT0179-./ :()]", min_size=1))
def test_printable_codes_pass_through_unchanged(make: str, text: str) -> None:
    dialect = DIALECTS[make]()
    dialect.begin(True)
    code = text.encode() + b"\r"
    got = b"".join(dialect.feed(bytes([byte])).text for byte in code)
    assert got + dialect.gap().text == code
