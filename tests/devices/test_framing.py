"""Whatever a scanner sends, and however it cuts it into pieces, becomes scans of one code each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker.devices.framing import BYTES_MAX, Framing, Scan

CODE = b"LTICKET0123"


def texts(framing: Framing, *pieces: bytes, at: float = 0.0) -> list[str]:
    return [scan.text for piece in pieces for scan in framing.feed(piece, at)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_each_terminator_ends_a_scan_at_once(end: bytes) -> None:
    framing = Framing(1.0)
    assert texts(framing, CODE + end) == [CODE.decode()]
    assert not framing.unfinished


def test_cr_and_lf_in_two_packets_are_one_end() -> None:
    assert texts(Framing(1.0), CODE + b"\r", b"\nOTHER\r", b"\n") == [CODE.decode(), "OTHER"]


def test_without_a_terminator_the_gap_ends_a_scan() -> None:
    framing = Framing(1.0)
    assert texts(framing, CODE[:4], CODE[4:]) == []
    assert framing.unfinished
    assert framing.gap(0.1) == [Scan(CODE.decode())]
    assert framing.gap(0.2) == []


def test_the_aim_prefix_is_split_off() -> None:
    assert Framing(1.0).feed(b"]Q1https://example\r]C1\x1d00376\r]?x\r", 0.0) == [
        Scan("https://example", "Q1"),
        Scan("\x1d00376", "C1"),
        Scan("]?x", ""),
    ]


def test_a_code_held_in_view_is_one_scan_until_it_was_away() -> None:
    framing = Framing(1.0)
    seen = [texts(framing, CODE + b"\r", at=at) for at in (0.0, 0.3, 0.9, 1.8, 3.0)]
    assert seen == [[CODE.decode()], [], [], [], [CODE.decode()]]


def test_two_codes_held_in_view_together_are_two_scans() -> None:
    framing = Framing(1.0)
    seen = [text for step in range(6) for text in texts(framing, b"AB"[step % 2 :][:1] + b"\r", at=step * 0.3)]
    assert seen == ["A", "B"]


def test_nul_is_dropped_and_what_is_no_utf8_is_latin() -> None:
    assert texts(Framing(1.0), b"A\0B\r", "Grüße\r".encode(), b"Gr\xfc\xdfe\x80\r") == ["AB", "Grüße", "Grüße\x80"]


def test_what_is_too_long_is_cut_at_the_gap_and_said() -> None:
    framing = Framing(1.0)
    assert texts(framing, b"7" * 7_000, b"7" * 89 + b"\rTAIL\r") == []
    assert framing.gap(1.0) == [Scan("7" * BYTES_MAX)]
    assert framing.overlong == 7_089 + len("TAIL")
    assert texts(framing, CODE + b"\r", at=2.0) == [CODE.decode()]


def test_half_a_code_is_forgotten_with_its_scanner() -> None:
    framing = Framing(1.0)
    framing.feed(CODE[:5], 0.0)
    framing.forget()
    assert texts(framing, CODE + b"\r") == [CODE.decode()]


@given(st.binary(max_size=300), st.lists(st.integers(1, 20)))
def test_no_bytes_break_it_and_pieces_make_no_difference(data: bytes, sizes: list[int]) -> None:
    whole, pieced = Framing(1.0), Framing(1.0)
    expected = whole.feed(data, 0.0) + whole.gap(0.0)
    got, rest = [], data
    for size in sizes:
        got += pieced.feed(rest[:size], 0.0)
        rest = rest[size:]
    assert got + pieced.feed(rest, 0.0) + pieced.gap(0.0) == expected
