"""One serial port with lock boards behind it: sends a frame, hears what comes, and notices that the port has gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import termios
from pathlib import Path

import serial

from locker.devices.boards.said import BYTES_MAX

BITS_A_BYTE = 10
READ_BYTES = 256
# 3.5 characters of silence end a frame; a millisecond more for clocks that differ. At 9 600 baud that is the 5 ms that
# were enough for every board that anybody has reported on.
SILENCE_CHARACTERS, SLACK_S = 3.5, 0.001


class PortGone(OSError):
    """The port can't be used: unplugged, or somebody else's."""


class BusPort:
    """Opened by `open`, used by one task. `heard` is what has come since the last frame was sent."""

    def __init__(self, path: Path, baud: int) -> None:
        self._path = path
        self._baud = baud
        self._port: serial.Serial | None = None
        self._lost = ""
        self._news = asyncio.Event()
        self.heard = b""
        self.heard_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._port is not None

    @property
    def silence_s(self) -> float:
        return SILENCE_CHARACTERS * BITS_A_BYTE / self._baud + SLACK_S

    def wire_s(self, count: int) -> float:
        """How long so many bytes are on the wire."""
        return count * BITS_A_BYTE / self._baud

    def open(self) -> None:
        """Raises PortGone. The path is looked up anew, so that a replugged adapter is found by its link."""
        self.close()
        try:
            # Exclusive: two programs on one bus would each get half of an answer.
            self._port = serial.Serial(str(self._path), self._baud, timeout=0, write_timeout=0, exclusive=True)
        except (OSError, ValueError, termios.error) as error:
            raise PortGone(f"{type(error).__name__}: {error}") from error
        self._lost, self.heard = "", b""
        asyncio.get_running_loop().add_reader(self._port.fileno(), self._readable, self._port.fileno())

    def close(self) -> None:
        # Closed at once when it is lost: a device that is held open gets another name when it is plugged in again.
        if self._port:
            asyncio.get_running_loop().remove_reader(self._port.fileno())
            with contextlib.suppress(OSError, termios.error):
                self._port.close()
            self._port = None

    def send(self, frame: bytes) -> None:
        """Forgets what has come before, and sends. Raises PortGone."""
        if self._port is None:
            raise PortGone("it isn't open")
        try:
            # Late answers lie in the kernel as well as here.
            termios.tcflush(self._port.fileno(), termios.TCIFLUSH)
            self.heard = b""
            sent = os.write(self._port.fileno(), frame)
        except (OSError, termios.error) as error:
            raise PortGone(f"{type(error).__name__}: {error}") from error
        if sent != len(frame):
            raise PortGone("it doesn't take what is sent")

    async def more(self, until: float) -> bool:
        """Waits for more bytes, until a time of the loop's clock; whether any came. Raises PortGone."""
        self._news.clear()
        if not self._lost:
            try:
                async with asyncio.timeout_at(until):
                    await self._news.wait()
            except TimeoutError:
                return False
        if self._lost:
            raise PortGone(self._lost)
        return True

    def _readable(self, fd: int) -> None:
        try:
            data = os.read(fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(str(error))
            return
        if not data:
            self._lose("the device has gone")
            return
        # A board that babbles must not fill the memory: the newest bytes are those that may be an answer.
        self.heard = (self.heard + data)[-BYTES_MAX:]
        self.heard_at = asyncio.get_running_loop().time()
        self._news.set()

    def _lose(self, why: str) -> None:
        # The reader goes at once: a dead device is readable for ever.
        if self._port:
            asyncio.get_running_loop().remove_reader(self._port.fileno())
        self._lost = why
        self._news.set()
