"""The steel side of a bench: pins as a socket and a scanner as a pseudo-terminal, all in one thread of this process.

Speaks what `locker.twin.lines` speaks, but only notes when a lock's pin goes on, as early as this process can know.
"""

from __future__ import annotations

import os
import pty
import selectors
import socket
import time
import tty
from pathlib import Path

from locker.settings import Settings


class Board:
    """The pins and the scanner of one locker. Doors are closed until `door` says otherwise."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.socket_path = folder / "pins.socket"
        self._on = b"1" if settings.gpio.relay_active_high else b"0"
        self._lock_of = {box.lock_pin: box.n for box in settings.compartment if box.lock_pin}
        self._door_pins = {box.n: box.door_pin for box in settings.compartment if box.door_pin}
        self._levels = dict.fromkeys(self._door_pins.values(), 0)
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.socket_path))
        self._listener.listen()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._holders: dict[socket.socket, bytes] = {}
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.scanner = Path(os.ttyname(self.slave))

    def door(self, n: int, is_open: bool) -> None:
        """Moves a door's switch."""
        pin = self._door_pins[n]
        self._levels[pin] = int(is_open)
        for holder in self._holders:
            holder.sendall(f"{pin} {int(is_open)}\n".encode())

    def scan(self, text: str) -> int:
        """Writes a scan to the scanner's line; returns when its last byte was written (ns)."""
        os.write(self.master, text.encode() + b"\r")
        return time.perf_counter_ns()

    def until_lock(self, on: bool, timeout_s: float) -> tuple[int, int]:
        """Waits until a lock's pin goes on (or off); returns its compartment and when this was known (ns)."""
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            for n, level, at_ns in self.serve(left_s):
                if level == on:
                    return n, at_ns
        raise TimeoutError(f"no lock went {'on' if on else 'off'} within {timeout_s} s")

    def serve(self, timeout_s: float) -> list[tuple[int, bool, int]]:
        """Hears what the programs say of their lines; each change of a lock's pin with its time (ns)."""
        changes = []
        for key, _ in self._selector.select(timeout_s):
            at_ns = time.perf_counter_ns()
            if key.fileobj is self._listener:
                self._accept()
                continue
            assert isinstance(key.fileobj, socket.socket)
            changes += [(n, level, at_ns) for n, level in self._heard(key.fileobj)]
        return changes

    def close(self) -> None:
        """Lets go of everything."""
        for one in (*self._holders, self._listener):
            one.close()
        self._selector.close()
        os.close(self.master)
        os.close(self.slave)

    def _accept(self) -> None:
        holder, _ = self._listener.accept()
        self._holders[holder] = b""
        self._selector.register(holder, selectors.EVENT_READ)
        levels = "".join(f"{pin} {level}\n" for pin, level in self._levels.items())
        holder.sendall(f"{levels}ready\n".encode())

    def _heard(self, holder: socket.socket) -> list[tuple[int, bool]]:
        data = holder.recv(65_536)
        if not data:
            self._selector.unregister(holder)
            del self._holders[holder]
            return []
        *lines, self._holders[holder] = (self._holders[holder] + data).split(b"\n")
        said = [line.split() for line in lines]
        # Nobody contends for a line here: every claim is granted.
        holder.sendall(b"".join(b"%s ok\n" % words[1] for words in said if words[0] == b"c"))
        return [
            (self._lock_of[int(words[1])], words[2] == self._on)
            for words in said
            if words[0] == b"o" and int(words[1]) in self._lock_of
        ]
