"""The samples of everything that is said, and the golden files that were made of them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings

HERE = Path(__file__).parent

# A busy machine is no finding, and a finding must come back on the next run.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """`samples.py` beside this file."""
    spec = importlib.util.spec_from_file_location("wire_samples", HERE / "samples.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def key(samples: ModuleType) -> Ed25519PrivateKey:
    """The key that signed the golden messages."""
    found: Ed25519PrivateKey = samples.KEY
    return found


@pytest.fixture(scope="session")
def golden() -> dict[str, dict[str, Any]]:
    """Each golden file of each released version: `v1/message.hello.json` and what it holds."""
    files = sorted((HERE / "golden").glob("v*/*.json"))
    return {f"{path.parent.name}/{path.name}": json.loads(path.read_text(encoding="utf-8")) for path in files}
