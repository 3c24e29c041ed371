"""Being one of many services on a machine: one daemon a locker, and word to systemd that it is alive."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process has this locker's data."""


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Keeps every other process away from this locker's data; the kernel lets go when the process ends, however."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "locker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"another process uses {data_dir}; stop the locker's daemon first") from None
        yield


def notify(text: str) -> None:
    """Tells systemd something (`READY=1`, `WATCHDOG=1`), if it has asked for it."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        # A name that begins with @ lies in the kernel, not in a folder.
        place = "\0" + address[1:] if address.startswith("@") else address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notice, contextlib.suppress(BlockingIOError):
            # Whoever doesn't read what it is told keeps nobody at the locker waiting; the next beat comes in a second.
            notice.setblocking(False)
            notice.sendto(text.encode(), place)
