"""A journal in a temporary folder, and facts to write into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from locker.journal import Journal, open_file
from locker.wire.facts import Fact, Moment, Opened

OpenJournal = Callable[[], Journal]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal lies."""
    return tmp_path / "journal.sqlite"


@pytest.fixture
def open_journal(path: Path) -> OpenJournal:
    """Opens the journal, as a start of the daemon does."""
    return lambda: Journal(open_file(path))


@pytest.fixture
def opened() -> Callable[[int], Fact]:
    """A fact that differs from others by its number."""
    return lambda n: Opened(at=Moment(run_ms=n, wall_ms=1_000 + n), n=n)
