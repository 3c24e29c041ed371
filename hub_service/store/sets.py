"""Statements about many rows at once, in a few lengths only: a database plans each different text anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def marks(values: Sequence[object]) -> str:
    """The question marks of `IN (...)` for these values, of which there is at least one, as `filled` gives them."""
    return ", ".join("?" * _length(values))


def filled(values: Sequence[T]) -> tuple[T, ...]:
    """The values, the last one repeated until there are as many as there are marks."""
    assert values, "nothing is in an empty set: don't ask"
    return (*values, *(values[-1] for _ in range(_length(values) - len(values))))


def _length(values: Sequence[object]) -> int:
    return 1 << (len(values) - 1).bit_length()
