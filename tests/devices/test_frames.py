"""`locker boards`: what an installer sees who wants to know what would be sent, and what came back."""

from __future__ import annotations

import pytest

from locker.cli import main


def ran(capsys: pytest.CaptureFixture[str], line: str) -> tuple[int, str, str]:
    """The exit code of `locker boards LINE`, and what it says."""
    try:
        code = main(["boards", *line.split()])
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("line", "frame"),
    [
        ("--protocol waveshare --board 1 --lock 1 unlock", "01 05 02 00 00 05 0C 71"),
        ("--protocol 8a --board 1 --lock 1 unlock", "8A 01 01 11 9B"),
        ("--protocol 8a --board 1 --lock 50 --channels 50 unlock", "8A 01 32 11 A8"),
        ("--protocol 8a --board 1 --lock 1 status", "80 01 01 33 B3"),
        ("--protocol wkly --board 0 --lock 1 status", "57 4B 4C 59 09 00 83 01 82"),
        ("--protocol winnsen --board 1 --lock 5 status", "90 06 12 01 05 03"),
        ("--protocol kerong-cu48 --board 0 --lock 7 status", "02 00 00 50 03 55"),
        ("--protocol kerong-cu48 --board 9 --lock 48 unlock", "02 09 2F 51 03 8E"),
        ("--protocol kerong-cu16 --board 1 --lock 4 unlock", "02 13 31 03 49"),
        ("--protocol waveshare --board 1 --lock 3 status", "01 02 00 00 00 08 79 CC"),
        ("--protocol waveshare --board 1 --lock 32 --channels 32 unlock", "01 05 02 1F 00 05 3D B7"),
        ("--protocol kerong-cu48 --board 0 status", "02 00 00 50 03 55"),
    ],
)
def test_the_bytes_that_would_be_sent(capsys: pytest.CaptureFixture[str], line: str, frame: str) -> None:
    assert ran(capsys, f"frame {line}") == (0, frame + "\n", "")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--protocol kerong-cu48 --board 0 --lock 49 unlock", "lock 49 is out of range: 1 to 48"),
        ("--protocol kerong-cu48 --board 10 --lock 1 unlock", "address 10 is out of range: 0 to 9"),
        ("--protocol kerong-cu16 --board 0 --lock 17 unlock", "lock 17 is out of range: 1 to 16"),
        ("--protocol 8a --board 1 --lock 0 unlock", "lock 0 is out of range: 1 to 24"),
        ("--protocol 8a --board 1 --lock 25 unlock", "lock 25 is out of range: 1 to 24"),
        ("--protocol 8a --board 1 --lock 51 --channels 51 unlock", "channels 51 is out of range: 1 to 50"),
        ("--protocol wkly --board 32 --lock 1 status", "address 32 is out of range: 0 to 31"),
        ("--protocol winnsen --board 0 --lock 1 status", "address 0 is out of range: 1 to 4"),
        ("--protocol waveshare --board 1 --lock 9 unlock", "lock 9 is out of range: 1 to 8"),
        ("--protocol waveshare --board 0 --lock 1 unlock", "address 0 is out of range: 1 to 247"),
        ("--protocol 8a --board -1 --lock 1 unlock", "address -1 is out of range: 1 to 32"),
        ("--protocol 8a --board 1 unlock", "unlock needs --lock: 1 to 24; no command opens all"),
        ("--protocol 8b --board 1 --lock 1 unlock", "kerong-cu16"),
        ("--protocol 8a --board one --lock 1 unlock", "invalid int value"),
    ],
)
def test_what_cannot_be_sent_is_an_error_that_names_the_range(
    capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    code, out, err = ran(capsys, f"frame {line}")
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--protocol 8a 80 01 01 01 01 33 B3", "locks 1, 9, 17 shut; locks 2 to 8, 10 to 16, 18 to 24 open"),
        ("--protocol 8a 8A010100 8A", "Board 1 unlocks lock 1; its switch then read open"),
        ("--protocol 8a --order low_first 80 01 00 00 02 33 B0", "lock 18 shut"),
        ("--protocol 8a FA FD 82 01 01 00 82", "lock 1 is open. 2 bytes belong to no frame."),
        ("--protocol kerong-cu48 02 00 30 51 03 86", "DANGER, unlock every lock it reaches"),
        ("--protocol wkly 57 4B 4C 59 0E 00 84 00 04 00 01 01 FF 78", "lock 4 with a broken switch"),
        ("--protocol winnsen 90 07 85 01 05 02 03", "Board 1 didn't unlock lock 5: its coil has to cool first."),
        ("--protocol waveshare 01 85 02 C3 51", "Board 1 refuses: no such channel."),
    ],
)  # fmt: skip
def test_what_came_back_is_explained(capsys: pytest.CaptureFixture[str], line: str, said: str) -> None:
    code, out, err = ran(capsys, f"decode {line}")
    assert (code, err) == (0, "")
    assert said in out and out.count("\n") == 1


def test_a_broken_frame_is_told_with_what_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "decode --protocol kerong-cu16 02 10 30 03 3E")
    assert (code, out) == (1, "Not understood: the sum is 3E, but it has to be 45.\n")


@pytest.mark.parametrize("hex_", ["80 01 ZZ", "8A0", "hello", "80" * 300])
def test_rubbish_is_an_error(capsys: pytest.CaptureFixture[str], hex_: str) -> None:
    code, out, err = ran(capsys, f"decode --protocol 8a {hex_}")
    assert (code, out) == (2, "")
    assert err.startswith("locker boards: ")
