"""Statements about many rows at once, in a few lengths only: a database plans each different text anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
ROWS_MAX = 64


def marks(values: Sequence[object]) -> str:
    """The question marks of `IN (...)` for these values, of which there is at least one, as `filled` gives them."""
    return ", ".join("?" * _length(values))


def pairs(values: Sequence[object]) -> str:
    """The same for `(a, b) IN (...)`, where each value is a pair."""
    return f"VALUES {', '.join(['(?, ?)'] * _length(values))}"


def filled(values: Sequence[T]) -> tuple[T, ...]:
    """The values, the last one repeated until there are as many as there are marks."""
    assert values, "nothing is in an empty set: don't ask"
    return (*values, *(values[-1] for _ in range(_length(values) - len(values))))


def rows(width: int, count: int) -> str:
    """The question marks of `VALUES ...` for so many rows."""
    return ", ".join([f"({', '.join('?' * width)})"] * count)


def chunks(found: Sequence[T]) -> Iterator[Sequence[T]]:
    """What is to be written, some at once: as many as a power of two, so that nothing is there twice."""
    start = 0
    while start < len(found):
        size = min(ROWS_MAX, 1 << (len(found) - start).bit_length() - 1)
        yield found[start : start + size]
        start += size


def _length(values: Sequence[object]) -> int:
    return 1 << (len(values) - 1).bit_length()
