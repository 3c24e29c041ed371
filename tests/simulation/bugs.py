"""Planted bugs."""

from contextlib import contextmanager
from collections.abc import Iterator


@contextmanager
def planted(name: str) -> Iterator[None]:
    yield
