"""`locker twin`: a locker in software, with its daemon inside and hands over HTTP outside."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette

from locker.settings import Settings, SettingsError, load
from locker.twin import hands, page
from locker.twin.installation import Installation, Site

READY_TIMEOUT_S = 60.0
LOOK_S = 0.1


class TwinError(Exception):
    """The twin can't be had; the text says why."""


def main(argv: list[str] | None = None) -> int:
    """Runs a twin until it is told to stop. Prints one line of JSON when the kiosk answers."""
    options = _options(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s twin %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        asyncio.run(_run(options, _settings(options.config)))
    except (TwinError, SettingsError, OSError) as problem:
        print(f"twin: {problem}", file=sys.stderr)
        return 1
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="locker twin", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="the locker's config file; its broker is the twin")
    parser.add_argument("--port", type=int, default=0, help="where the hands listen (0: a free port)")
    parser.add_argument("--broker-host", default="127.0.0.1", help="the real broker")
    parser.add_argument("--broker-port", type=int, default=1883)
    parser.add_argument(
        "--pins-after-death", choices=("keep", "release"), default="keep",
        help="what the kernel does with an output whose process has died",
    )  # fmt: skip
    parser.add_argument("--power-on", action=argparse.BooleanOptionalAction, default=True, help="power from the start")
    parser.add_argument(
        "--restart", action=argparse.BooleanOptionalAction, default=True, help="restart a daemon that has died"
    )
    return parser.parse_args(argv)


def _settings(path: Path) -> Settings:
    settings = load(path)
    if settings.gpio.pin_factory != "twin":
        raise TwinError(f'{path}: gpio.pin_factory is "{settings.gpio.pin_factory}"; it must be "twin" for a twin')
    if not settings.kiosk.port or not settings.broker.port:
        raise TwinError(f"{path}: kiosk.port and broker.port must be given for a twin, not 0")
    return settings


async def _run(options: argparse.Namespace, settings: Settings) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    # Paths of Unix sockets are at most 107 bytes long: a short one of our own.
    with tempfile.TemporaryDirectory(prefix="locker-twin-") as folder:
        locker = Installation(
            Site(
                settings=settings,
                broker=(options.broker_host, options.broker_port),
                pins=Path(folder) / "pins",
                daemon=(sys.executable, "-m", "locker", "run", "--config", str(options.config)),
                keep_after_death=options.pins_after_death == "keep",
                restart=options.restart,
            )
        )
        async with httpx.AsyncClient(timeout=hands.KIOSK_TIMEOUT_S, trust_env=False) as web:
            app = hands.build(locker, web, page.routes())
            async with _served(app, options.port) as twin_url:
                try:
                    await locker.start()
                    await _until(stopped, _live(locker, web, twin_url, options.power_on))
                finally:
                    await locker.close()


async def _live(locker: Installation, web: httpx.AsyncClient, twin_url: str, power_on: bool) -> None:
    if power_on:
        await locker.switch(True)
        await _until_kiosk(locker, web)
    print(json.dumps({"twin_url": twin_url, "kiosk_url": locker.kiosk_url}), flush=True)
    await asyncio.Event().wait()


async def _until_kiosk(locker: Installation, web: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        if locker.exit_code is not None:
            raise TwinError(f"the daemon has ended with {locker.exit_code}; its own words are above")
        with contextlib.suppress(httpx.TransportError):
            if (await web.get(f"{locker.kiosk_url}/health")).is_success:
                return
        await asyncio.sleep(LOOK_S)
    raise TwinError(f"the kiosk at {locker.kiosk_url} didn't answer within {READY_TIMEOUT_S:.0f} s")


async def _until(stopped: asyncio.Event, life: Coroutine[None, None, None]) -> None:
    tasks = [asyncio.create_task(life), asyncio.create_task(stopped.wait())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Server(uvicorn.Server):
    """The hands' web server, which leaves signals to the twin."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def _served(app: Starlette, port: int) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", port)) as listening:
        # Pages that watch the twin's events never hang up by themselves.
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
        server = _Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


if __name__ == "__main__":
    sys.exit(main())
