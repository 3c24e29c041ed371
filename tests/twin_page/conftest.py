"""A twin with two doors and a sham daemon, served on the loopback, and Chromium before its page."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from locker.settings import Broker, Compartment, Gpio, Hub, Identity, Kiosk, Scanner, Settings
from locker.twin import hands, page
from locker.twin.installation import Installation, Site
from locker.twin.ports import free_port

SHAM = Path(__file__).parents[1] / "twin" / "sham_daemon.py"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
STOP_TIMEOUT_S = 10.0


def settings(folder: Path) -> Settings:
    """Two doors above each other."""
    boxes = tuple(
        Compartment(
            n=n, lock_pin=2 * n, door_pin=2 * n + 1, size_class="M", width_mm=380, height_mm=200, depth_mm=640,
            x_mm=20, y_mm=20 + 220 * (n - 1), front_width_mm=380, front_height_mm=200,
        )
        for n in (1, 2)
    )  # fmt: skip
    secret = folder / "secret"
    return Settings(
        locker=Identity(id="one", number=1, data_dir=folder, signing_key_file=secret, code_key_file=secret),
        hub=Hub(public_key="0" * 64),
        broker=Broker(port=free_port()),
        kiosk=Kiosk(port=free_port()),
        gpio=Gpio(pin_factory="twin"),
        scanner=Scanner(port=folder / "scanner"),
        compartment=boxes,
    )


async def serve(site: Site, listener: socket.socket, stopped: threading.Event) -> None:
    """The twin's web server as `locker twin` runs it."""
    locker = Installation(site)
    await locker.start()
    await locker.switch(True)
    async with httpx.AsyncClient(trust_env=False) as web:
        app = hands.build(locker, web, page.routes())
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        with contextlib.suppress(asyncio.CancelledError):
            serving = asyncio.create_task(server.serve([listener]))
            await asyncio.to_thread(stopped.wait)
            server.should_exit = server.force_exit = True
            await serving
    await locker.close()


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where the twin is served."""
    stopped, chosen = threading.Event(), settings(tmp_path)
    with tempfile.TemporaryDirectory(prefix="twin-") as short, socket.create_server(("127.0.0.1", 0)) as listener:
        command = (sys.executable, str(SHAM), str(chosen.kiosk.port))
        site = Site(settings=chosen, broker=("127.0.0.1", free_port()), pins=Path(short) / "pins", daemon=command)
        # A loop of its own: Playwright's has this thread.
        thread = threading.Thread(target=lambda: asyncio.run(serve(site, listener, stopped)))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        stopped.set()
        thread.join(STOP_TIMEOUT_S)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Not for the whole session: as long as it lives, no other test of this process can run an event loop.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def twin(chromium: Browser, url: str) -> Iterator[Page]:
    """The twin's page. It may not break, and may ask this machine only."""
    opened = chromium.new_page(viewport={"width": 1440, "height": 900})
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else None)
    opened.on("request", lambda asked: None if "//127.0.0.1:" in asked.url else broken.append(asked.url))
    opened.goto(url)
    opened.get_by_role("button", name="Door 1, shut").wait_for()
    yield opened
    opened.close()
    assert broken == []
