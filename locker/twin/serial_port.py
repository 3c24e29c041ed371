"""The other end of the scanner's cable: a pseudo-terminal whose master the twin holds, behind a symbolic link."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import struct
import termios
import tty
from pathlib import Path

PIECE_GAP_S = 0.005
LOOK_S = 0.002
HANDOVER_S = 0.02


class SerialPort:
    """A serial device at `path`. Unplugged, the link is gone and whoever has it open reads an error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._master: int | None = None
        self._slave: int | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def plugged(self) -> bool:
        return self._master is not None

    @property
    def unread(self) -> int:
        """How many delivered bytes nobody has read yet."""
        if self._slave is None:
            return 0
        (waiting,) = struct.unpack("i", fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)))
        return int(waiting)

    def plug_in(self) -> None:
        """The device appears; it is a new one each time, as with USB."""
        if self._master is not None:
            return
        self._master, self._slave = pty.openpty()
        # Raw from the start: an echo would look like a scanner that answers itself.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._unlink()
        self._path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        self._unlink()
        for fd in (self._master, self._slave):
            if fd is not None:
                os.close(fd)
        self._master = self._slave = None

    async def read_by_somebody(self) -> None:
        """Waits until everything that was delivered has been read."""
        # The kernel hands bytes from the master to the slave in its own time.
        await asyncio.sleep(HANDOVER_S)
        while self.unread:
            await asyncio.sleep(LOOK_S)

    def discard(self) -> None:
        if self._slave is not None:
            termios.tcflush(self._slave, termios.TCIFLUSH)

    async def send(self, data: bytes, pieces: int = 1) -> None:
        """Deliver bytes, in so many pieces with a short gap between them, as fast as somebody reads them.

        Returns when they are delivered, not when they are read (see `unread`). Raises BrokenPipeError when the device
        is, or gets, unplugged.
        """
        size = max(1, -(-len(data) // pieces))
        async with self._one_at_a_time:
            for start in range(0, len(data), size):
                if start:
                    await asyncio.sleep(PIECE_GAP_S)
                await self._write(data[start : start + size])

    async def _write(self, data: bytes) -> None:
        while data:
            if self._master is None:
                raise BrokenPipeError("the scanner is unplugged")
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                await asyncio.sleep(PIECE_GAP_S)

    def _unlink(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
