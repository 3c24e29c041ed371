"""The real scanner driver, in a process, on a pseudo-terminal: every terminator, held codes, a plug that is pulled."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b""], ids=["cr", "lf", "crlf", "none"])
def test_a_code_is_read_whatever_ends_it_and_however_it_is_cut(play: Any, end: bytes) -> None:
    async def story(bench: Any) -> None:
        await bench.scanner.send(b"]Q1FIRST" + end)
        await bench.until("the first code", lambda: bench.last("scan Q1 FIRST"))
        await bench.scanner.send(b"SECOND" + end, pieces=4)
        await bench.until("the second code", lambda: bench.last("scan - SECOND"))
        assert bench.count("scan") == 2

    play(story)


def test_a_code_held_in_view_is_one_scan(play: Any) -> None:
    async def story(bench: Any) -> None:
        for _ in range(5):
            await bench.scanner.send(b"HELD\r")
        await bench.scanner.send(b"OTHER\r")
        await bench.until("the other code", lambda: bench.last("scan - OTHER"))
        assert bench.count("scan - HELD") == 1

    play(story)


def test_a_scanner_that_was_unplugged_is_found_again(play: Any) -> None:
    async def story(bench: Any) -> None:
        await bench.scanner.send(b"HALF A CO")
        await bench.scanner.read_by_somebody()
        bench.scanner.unplug()
        await bench.until("the loss to be told", lambda: bench.last("DeviceFailed(device='scanner'"))
        bench.scanner.plug_in()
        await bench.until("the return to be told", lambda: bench.last("DeviceRecovered(device='scanner'"))
        await bench.scanner.send(b"WHOLE\r")
        await bench.until("a code", lambda: bench.last("scan"))
        assert bench.last("scan") == "scan - WHOLE"

    play(story)


def test_seven_thousand_digits_and_rubbish_do_no_harm(play: Any) -> None:
    async def story(bench: Any) -> None:
        await bench.scanner.send(b"7" * 7_089 + b"\r")
        await bench.until("an answer", lambda: bench.last("scan - 777"))
        await bench.scanner.send(bytes(range(256)) + b"\r")
        await bench.scanner.send(b"STILL ALIVE\r")
        await bench.until("a code", lambda: bench.last("scan - STILL ALIVE"))

    play(story)
