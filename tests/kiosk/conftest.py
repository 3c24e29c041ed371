"""A kiosk with a front in memory: reached without a network, and on a port of the loopback with Chromium before it."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from locker.kiosk.app import build

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
STOP_TIMEOUT_S = 10.0


def _stand_in() -> ModuleType:
    # Test folders are no packages: a plain module is found by its path.
    name = "kiosk_stand_in"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("stand_in.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


STAND_IN = _stand_in()


@pytest.fixture
def front() -> Any:
    """A daemon's face that shows what a test tells it to."""
    return STAND_IN.StandIn()


@pytest.fixture
def big_cabinet() -> list[dict[str, Any]]:
    """Forty-eight compartments."""
    boxes: list[dict[str, Any]] = STAND_IN.cabinet(8, 6)
    return boxes


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def web(front: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The kiosk's HTTP interface, without a network."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build(front)), base_url="http://kiosk") as client:
        yield client


@pytest.fixture
def url(front: Any) -> Iterator[str]:
    """Where the kiosk is served."""
    server = uvicorn.Server(uvicorn.Config(build(front), log_level="critical", lifespan="off", ws="none"))
    # It listens before the server runs: whoever is early waits in its queue.
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    # Pages listen for as long as they are open: nobody waits for them.
    server.should_exit = server.force_exit = True
    thread.join(STOP_TIMEOUT_S)
    listener.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Not for the whole session: as long as it lives, no other test of this process can run an event loop.
    if shutil.which("chromium") is None:
        pytest.skip("Chromium is missing: install Debian's package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()
