"""The town of `town.py`, and a browser without JavaScript in it."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from hub_service.handlers import users

with warnings.catch_warnings():
    # It would rather have another HTTP client than the one that everything here uses.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient


def _town_module() -> ModuleType:
    # Test folders are no packages: a plain module beside the tests is found by its path.
    spec = importlib.util.spec_from_file_location("town_for_pages", Path(__file__).with_name("town.py"))
    assert spec and spec.loader
    module = sys.modules.setdefault(spec.name, importlib.util.module_from_spec(spec))
    if not hasattr(module, "Town"):
        spec.loader.exec_module(module)
    return module


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Any]:
    built = _town_module().Town(tmp_path)
    yield built
    built.close()


@pytest.fixture
def visitor(town: Any) -> Iterator[httpx.Client]:
    """Somebody at the demo's pages."""
    with TestClient(town.app()) as client:
        yield client


@pytest.fixture
def stranger(town: Any) -> Iterator[httpx.Client]:
    """Somebody at the pages of a hub that isn't a demo."""
    with TestClient(town.app(demo=False)) as client:
        yield client


@pytest.fixture
def at_desk(town: Any, stranger: httpx.Client) -> Callable[[Any], httpx.Client]:
    """Signs a browser in as a new user who has the role that is asked for, and its name as login."""

    def come_in(role: Any) -> httpx.Client:
        user = users.add(town.hub, role, role, "shell")
        assert isinstance(user, users.NewUser)
        stranger.post("/operate/sign-in", data={"login": role, "password": user.password})
        stranger.post("/operate/password", data={"password": "four unrelated words here"})
        return stranger

    return come_in
