"""The town's pages on a port of the loopback, and the system's Chromium in front of them."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, sync_playwright

TOWN = Path(__file__).parents[1] / "web" / "town.py"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
STOP_TIMEOUT_S = 10.0


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Any]:
    # Test folders are no packages: a plain module is found by its path.
    spec = importlib.util.spec_from_file_location("town_for_browsers", TOWN)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    built = module.Town(tmp_path)
    yield built
    built.close()


@pytest.fixture
def url(town: Any) -> Iterator[str]:
    """Where the town's pages are served."""
    server = uvicorn.Server(uvicorn.Config(town.app(), log_level="warning", lifespan="off", ws="none"))
    # It listens before the server runs: whoever is early waits in its queue.
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(STOP_TIMEOUT_S)
    listener.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Not for the whole session: as long as it lives, no other test of this process can run an event loop.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a fresh browser window; widths and heights in CSS pixels."""
    opened: list[BrowserContext] = []

    def window(width: int = 390, height: int = 800, **settings: Any) -> BrowserContext:
        opened.append(chromium.new_context(viewport={"width": width, "height": height}, **settings))
        return opened[-1]

    yield window
    for context in opened:
        context.close()
