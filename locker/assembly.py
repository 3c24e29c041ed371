"""Puts the daemon together - real devices, the kiosk's server, the uplink - and takes it apart again."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import secrets
import signal
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from gpiozero import GPIOZeroError
from uvicorn.config import Config
from uvicorn.server import Server

from locker import memory, telemetry
from locker.accessories import Accessories, open_accessories
from locker.clock import Clock
from locker.daemon import Chances, Daemon, Ports
from locker.devices.banks import open_banks
from locker.devices.gpio import GpioPanel
from locker.devices.guardian_child import GuardianChild
from locker.journal import Journal, open_file
from locker.kiosk.app import Watched, build
from locker.settings import Settings, SettingsError, secret
from locker.supervision import notify
from locker.uplink import Keys, Uplink
from locker.wire.messages import Presence

JOURNAL = "journal.sqlite"


async def run(settings: Settings, config_path: Path, guardian: GuardianChild | None = None) -> int:
    """Serves people until it is told to stop (0) or something fails that only a new start can mend (1).

    `guardian` is one that was started while the daemon was loaded.
    """
    keys = Keys(
        Ed25519PrivateKey.from_private_bytes(secret(settings, "signing_key_file")),
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(settings.hub.public_key)),
    )
    listening = _listen(settings)
    chances = Chances(id=lambda: secrets.token_hex(8), share=random.random)
    journal = Journal(open_file(settings.locker.data_dir / JOURNAL))
    daemon = Daemon(settings, journal, Clock(), chances, secret(settings, "code_key_file"))
    presence = Presence(locker=settings.locker.id, run=daemon.run, online=True)
    uplink = Uplink(settings.broker, presence, keys, chances.share)
    daemon.send, daemon.alive = uplink.send, lambda: notify("WATCHDOG=1")
    daemon.boot(await _open_ports(settings, config_path, daemon, guardian))
    _settle()
    accessories = _open_accessories(settings, daemon)
    server = _KioskServer(daemon)
    try:
        notify("READY=1")
        services = [*(service() for service in accessories.running), uplink.run(daemon), server.serve([listening])]
        return await _until_stopped(daemon, services)
    finally:
        await daemon.close()
        await accessories.close()


def _settle() -> None:
    # What was loaded and replayed stays: a collection that walks through it would hold up a scan by milliseconds.
    # Nothing is collected before: hardly anything is garbage yet, and to find that out takes 30 ms of the start.
    gc.freeze()
    memory.give_back_now()


class _KioskServer(Server):
    """The kiosk's web server, which leaves signals to the daemon."""

    def __init__(self, daemon: Daemon) -> None:
        app = build(daemon.front, Watched(daemon.missing, daemon.measures.page))
        super().__init__(Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


async def _until_stopped(daemon: Daemon, services: list[Coroutine[None, None, None]]) -> int:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    tasks = [loop.create_task(service) for service in services]
    stop = loop.create_task(told.wait())
    ends: list[asyncio.Future[Any]] = [stop, daemon.failed, *tasks]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    # The locks first: whatever has happened, they are off before anything else is taken down.
    await daemon.close()
    # Its complaint about each page that is being watched would look like a fault.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
    for task in (stop, *tasks):
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            telemetry.stopped(result)
    return 0 if told.is_set() else 1


def _open_accessories(settings: Settings, daemon: Daemon) -> Accessories:
    try:
        return open_accessories(settings, daemon)
    except (GPIOZeroError, ImportError, OSError) as error:
        raise _no_pins(error) from error


async def _open_ports(settings: Settings, config_path: Path, daemon: Daemon, guardian: GuardianChild | None) -> Ports:
    try:
        locks, sensors = await open_banks(settings, config_path, daemon.take, guardian)
        return Ports(locks, sensors, GpioPanel(settings.gpio))
    except (GPIOZeroError, ImportError, OSError) as error:
        raise _no_pins(error) from error


def _no_pins(error: Exception) -> SettingsError:
    what = f"{type(error).__name__}: {error}"
    return SettingsError(f"the pins can't be used ({what}); look at gpio.pin_factory and who else has them")


def _listen(settings: Settings) -> socket.socket:
    kiosk = settings.kiosk
    try:
        return socket.create_server((kiosk.host, kiosk.port))
    except OSError as error:
        raise SettingsError(
            f"the kiosk can't listen on {kiosk.host}:{kiosk.port} ({error.strerror}); "
            "choose another kiosk.port or stop what uses it"
        ) from error
