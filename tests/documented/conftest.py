"""The generator of the reference pages."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    """What `scripts/reference.py` defines."""
    return runpy.run_path(str(ROOT / "scripts" / "reference.py"))


@pytest.fixture(scope="session")
def meanings() -> dict[str, str]:
    """The sentence for each option."""
    found: dict[str, str] = runpy.run_path(str(ROOT / "scripts" / "meanings.py"))["MEANINGS"]
    return found
