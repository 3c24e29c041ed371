"""A town with something worth stealing in it, and ways to attack it."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub_service.app import build
from hub_service.handlers import sites
from hub_service.handlers.views import ParcelView
from tests.pair.machine import Machine
from tests.pair.town import Town

with warnings.catch_warnings():
    # It would rather have another HTTP client than the one that everything here uses.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """Two lockers. Shared by the tests of a module: an attack that changed something would show in the next one."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        town = Town(Path(folder))
        town.locker("elm", "S S M L", "left of the bakery")
        town.locker("oak", "M M", "beside the café")
        yield town
        town.stop()


@pytest.fixture(scope="module")
def elm(town: Town) -> Machine:
    """The locker that is attacked."""
    return town.lockers["elm"]


@pytest.fixture(scope="module")
def loot(town: Town, elm: Machine) -> ParcelView:
    """A parcel that lies in elm."""
    parcel = town.announce("ada", "elm")
    town.deposit(elm, parcel)
    elm.choose("done")
    town.settle()
    return town.seen(parcel)


@pytest.fixture(scope="module")
def web(town: Town) -> Iterator[httpx.Client]:
    """A program with an API key, and ill will."""
    with TestClient(build(town.hub, demo=True), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(town.hub, 'attacker')}"
        yield client
