"""Boards in software speak as real ones were seen to: known frames in, known frames and coils out, faults on wish."""

from __future__ import annotations

import pytest

from locker.twin.boards.answers import Answer, Dialect
from locker.twin.boards.board import SILENCE_MS, Board
from locker.twin.boards.bus import clash
from locker.twin.boards.eight_a import EightA
from locker.twin.boards.faults import GARBAGE
from locker.twin.boards.kerong import Cu16, Cu48
from locker.twin.boards.waveshare import Waveshare
from locker.twin.boards.winnsen import Winnsen
from locker.twin.boards.wkly import Wkly


def hear(dialect: Dialect, request: str, now_ms: int = 0) -> list[Answer]:
    return Board("board", dialect).hear(bytes.fromhex(request), now_ms)


def reply(dialect: Dialect, request: str, *shorted: int) -> str:
    """What the board says when the inputs of these channels are shorted."""
    (answer,) = hear(dialect, request)
    readings = [n in shorted for n in range(1, dialect.inputs + 1)]
    return answer.say(readings).hex(" ").upper() if answer.say else ""


def pulsed(dialect: Dialect, request: str) -> list[tuple[int, int | None]]:
    return [(switch.channel, switch.for_ms) for answer in hear(dialect, request) for switch in answer.switches]


@pytest.mark.parametrize(
    ("dialect", "request_frame", "shorted", "said"),
    [
        (Cu48(0), "02 00 00 50 03 55", (1, 2, 3, 47, 48), "02 00 2A 65 07 00 00 00 00 C0 03 5B"),
        (Cu48(1), "02 01 00 50 03 56", (24,), "02 01 2A 65 00 00 80 00 00 00 03 15"),
        (Cu16(0), "02 00 30 03 35", range(2, 17), "02 00 35 FE FF 00 00 03 37"),
        (Cu16(0), "02 F0 32 03 27", (), "02 00 36 00 00 00 00 03 3B"),
        (EightA(1), "8A 01 01 11 9B", (), "8A 01 01 00 8A"),
        (EightA(1), "80 01 01 33 B3", (1,), "80 01 01 11 91"),
        (EightA(1), "80 01 01 33 B3", (), "80 01 01 00 80"),
        (EightA(1), "80 01 00 33 B2", (1, 9, 17), "80 01 01 01 01 33 B3"),
        (EightA(1), "80 01 00 33 B2", (2,), "80 01 00 00 02 33 B0"),
        (EightA(1, order="low_first"), "80 01 00 33 B2", (2,), "80 01 02 00 00 33 B0"),
        (Wkly(0), "57 4B 4C 59 09 00 82 01 83", (), "57 4B 4C 59 0B 00 82 00 01 00 81"),
        (Wkly(0), "57 4B 4C 59 09 00 83 01 82", (), "57 4B 4C 59 0B 00 83 00 01 00 80"),
        (Wkly(0, relays=4), "57 4B 4C 59 08 00 84 85", (2, 3), "57 4B 4C 59 0E 00 84 00 04 00 01 01 00 87"),
        (Winnsen(1), "90 06 12 01 05 03", (5,), "90 07 92 01 00 05 03"),
        (Waveshare(1), "01 05 02 00 00 07 8D B0", (), "01 05 02 00 00 07 8D B0"),
        (Waveshare(1), "01 05 00 FF 00 00 FD FA", (), "01 05 00 FF 00 00 FD FA"),
        (Waveshare(1), "01 02 00 00 00 08 79 CC", (1, 8), "01 02 01 81 61 E8"),
        (Waveshare(7), "00 03 40 00 00 01 90 1B", (), "00 03 02 00 07 C4 46"),
    ],
)
def test_known_requests_get_the_known_replies(
    dialect: Dialect, request_frame: str, shorted: tuple[int, ...], said: str
) -> None:
    assert reply(dialect, request_frame, *shorted) == said


@pytest.mark.parametrize(
    ("dialect", "request_frame", "coils"),
    [
        (Cu48(0), "02 00 00 51 03 56", [(1, 500)]),
        (Cu16(1), "02 13 31 03 49", [(4, 500)]),
        (Cu16(0), "02 0F 31 03 45", [(16, 500)]),
        (EightA(1), "8A 01 02 11 98", [(2, 300)]),
        (EightA(1), "90 01 02 02 02 93", [(2, 300), (10, 300), (18, 300)]),
        (EightA(1), "9B 01 01 11 8A", [(1, 0)]),
        (Wkly(10), "57 4B 4C 59 09 0A 82 01 89", [(1, 500)]),
        (Wkly(0), "57 4B 4C 59 0C 00 80 03 01 02 03 86", [(1, 500), (2, 500), (3, 500)]),
        (Winnsen(1), "90 06 05 01 05 03", [(5, 500)]),
        (Waveshare(1), "01 05 02 00 00 05 0C 71", [(1, 500)]),
        (Waveshare(1), "01 05 00 00 FF 00 8C 3A", [(1, None)]),
    ],
)
def test_known_requests_move_the_known_coils(
    dialect: Dialect, request_frame: str, coils: list[tuple[int, int | None]]
) -> None:
    assert pulsed(dialect, request_frame) == coils


@pytest.mark.parametrize(
    ("dialect", "request_frame"),
    [
        (Cu48(0), "02 00 30 51 03 86"),
        (Cu48(3), "02 0A 30 51 03 90"),
        (Cu16(0), "02 00 33 03 38"),
        (EightA(1), "8A 01 00 11 9A"),
    ],
)
def test_frames_that_open_a_whole_board_do_so_one_lock_after_the_other(dialect: Dialect, request_frame: str) -> None:
    (answer,) = hear(dialect, request_frame)
    starts = [switch.after_ms for switch in answer.switches]
    assert len(starts) == dialect.relays
    assert starts == sorted(set(starts)), "a supply feeds one lock at a time"


@pytest.mark.parametrize(
    ("dialect", "request_frame"),
    [
        (Cu48(1), "02 00 00 51 03 56"),
        (Cu48(0), "02 00 00 51 03 57"),
        (Cu16(1), "02 00 31 03 36"),
        (EightA(2), "8A 01 01 11 9B"),
        (EightA(1), "8A 01 01 11 9C"),
        (Wkly(1), "57 4B 4C 59 09 0A 82 01 89"),
        (Winnsen(2), "90 06 05 01 05 03"),
        (Waveshare(2), "01 05 02 00 00 05 0C 71"),
        (Waveshare(1), "01 05 02 00 00 05 0C 72"),
        (Waveshare(1), "00 05 00 00 FF 00 8D EB"),
    ],
)
def test_what_is_for_another_board_or_damaged_moves_nothing_and_gets_no_reply(
    dialect: Dialect, request_frame: str
) -> None:
    assert [(answer.say, answer.switches) for answer in hear(dialect, request_frame)] in ([], [(None, ())])


def test_a_request_is_understood_in_pieces_and_behind_noise_but_not_after_a_pause() -> None:
    request = bytes.fromhex("8A 01 01 11 9B")
    board = Board("board", EightA(1))
    assert not any(answer.switches for byte in request[:4] for answer in board.hear(bytes([byte]), 0))
    assert board.hear(request[4:], 5)[0].switches
    assert board.hear(b"\x00\xff" + request, 100)[0].switches
    board.hear(request[:4], 200)
    assert not board.hear(request[4:], 201 + SILENCE_MS), "a frame that breaks off is forgotten"


def test_winnsen_lets_a_coil_cool_down() -> None:
    board = Board("board", Winnsen(1))
    request = bytes.fromhex("90 06 05 01 05 03")
    results = [board.speak(board.hear(request, now_ms)[0], [True] * 16)[0][1][5] for now_ms in (0, 600, 2_000)]
    assert results == [1, 2, 1]


def test_a_relay_board_takes_a_new_address() -> None:
    board = Board("board", Waveshare(1))
    board.hear(bytes.fromhex("00 06 40 00 00 02 1C 1A"), 0)
    assert board.dialect.address == 2


STATUS = bytes.fromhex("80 01 01 33 B3")
TOLD = bytes.fromhex("80 01 01 11 91")


def spoilt(board: Board) -> list[bytes]:
    return [data for _, data in board.speak(board.hear(STATUS, 0)[0], [True] * 24)]


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        ("mute", []),
        ("wrong_checksum", [TOLD[:-1] + b"\xc4"]),
        ("split", [TOLD[at : at + 1] for at in range(5)]),
        ("glue", []),
        ("garbage", [GARBAGE + TOLD]),
        ("late", [TOLD]),
        ("unsolicited", [bytes.fromhex("82 01 01 11 93"), TOLD]),
        ("foreign", [bytes.fromhex("80 02 01 11 92")]),
        ("short", [TOLD[:2]]),
    ],
)
def test_a_fault_spoils_one_reply_and_then_the_board_is_well(fault: str, arrives: list[bytes]) -> None:
    board = Board("board", EightA(1))
    board.faults.begin(fault, 1)  # type: ignore[arg-type]
    assert spoilt(board) == arrives
    assert spoilt(board) == ([TOLD] if fault != "glue" else [TOLD + TOLD])


def test_a_silent_board_moves_nothing_and_remembers_nothing() -> None:
    board = Board("board", Winnsen(1))
    board.faults.begin("silence", 1)
    request = bytes.fromhex("90 06 05 01 05 03")
    board.hear(bytes.fromhex("90 06 05 02 05 03"), 0)
    assert board.hear(request, 100)[0].switches == (), "it was another station's request that came first"
    assert board.hear(request, 200)[0].switches != ()


def test_two_that_speak_at_once_are_not_understood() -> None:
    assert clash(b"\x02\x00\xff", b"\x02\x00\xff", 0) != b"\x02\x00\xff"
    assert len(clash(b"\x02\x00", b"\x02\x00\xff", 1)) == 4
