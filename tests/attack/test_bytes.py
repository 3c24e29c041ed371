"""Broken bytes into every parser: nothing crashes, nothing asks for a pulse, nothing grows. At length: ./run attack."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from tests.attack.fuzz_bytes import attack
from tests.attack.mutations import broken
from tests.attack.parsers import Parser, parsers

CASES = 20_000


@pytest.mark.parametrize("name", [parser.name for parser in parsers()])
def test_broken_bytes_open_nothing_break_nothing_and_are_forgotten(name: str) -> None:
    parser = next(parser for parser in parsers() if parser.name == name)
    assert attack(parser, 1, CASES).fault == ""


def test_the_attack_bites() -> None:
    """A parser that keeps, and one that stumbles, are found."""
    kept: list[bytes] = []

    def keeping() -> Callable[[bytes], None]:
        return lambda data: kept.append(data * 2)

    def stumbling() -> Callable[[bytes], None]:
        return lambda data: data[3] if data[:2] == b"ab" else None  # type: ignore[return-value, func-returns-value]

    assert "keeps" in attack(Parser("keeping", (b"abcdef",), keeping), 1, CASES).fault
    assert "IndexError" in attack(Parser("stumbling", (b"abcdef",), stumbling), 1, CASES).fault


def test_a_seed_is_the_same_attack_again() -> None:
    one, two = ([broken((b"abc", b"defg"), None, Random(5)) for _ in range(3)] for _ in range(2))
    assert one == two
