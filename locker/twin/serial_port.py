"""The other end of a serial cable: a pseudo-terminal whose master the twin holds, behind a symbolic link."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import struct
import termios
import tty
from collections.abc import Callable
from pathlib import Path

PIECE_GAP_S = 0.005
LOOK_S = 0.002
HANDOVER_S = 0.02
READ_BYTES = 4_096


class SerialPort:
    """A serial device at `path`. Unplugged, the link is gone and whoever has it open reads an error.

    `hear` gets what the program writes to the device; without it that is lost on nobody.
    """

    def __init__(self, path: Path, hear: Callable[[bytes], None] | None = None) -> None:
        self._path = path
        self._hear = hear
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
        self._open()

    def replug(self) -> None:
        """Out and in again so quickly that the new device appears before the old one's node is free: another name."""
        old = self._master, self._slave
        self._stop_hearing()
        self._open()
        for fd in old:
            if fd is not None:
                os.close(fd)

    def _open(self) -> None:
        self._master, self._slave = pty.openpty()
        # Raw from the start: an echo would look like a scanner that answers itself.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._unlink()
        self._path.symlink_to(os.ttyname(self._slave))
        if self._hear:
            asyncio.get_running_loop().add_reader(self._master, self._readable, self._master)

    def unplug(self) -> None:
        self._unlink()
        self._stop_hearing()
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

    def put(self, data: bytes) -> None:
        """Deliver bytes at once. What finds no room, or no plug, is lost, as on a wire."""
        if self._master is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._master, data)

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

    def _readable(self, master: int) -> None:
        assert self._hear is not None
        with contextlib.suppress(BlockingIOError):
            self._hear(os.read(master, READ_BYTES))

    def _stop_hearing(self) -> None:
        if self._hear and self._master is not None:
            asyncio.get_running_loop().remove_reader(self._master)

    def _unlink(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
