"""A gpiozero pin factory whose pins end in the twin: the lowest thing that the locker's programs can notice.

Every claim and every level of an output goes to the twin at once, over the Unix socket that `LOCKER_TWIN_SOCKET` names.
Levels of inputs come back and are driven from a thread of their own, as edges on a Raspberry Pi are. A line belongs to
one process at a time, as the kernel has it.
"""

from __future__ import annotations

import errno
import logging
import os
import queue
import signal
import socket
import threading
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

log = logging.getLogger(__name__)

SOCKET_VARIABLE = "LOCKER_TWIN_SOCKET"
CLAIM_TIMEOUT_S = 5.0


class TwinPin(MockPin):  # type: ignore[misc]
    """One pin. Claimed as an input when it is made, let go when it is closed."""

    def __init__(self, factory: TwinPinFactory, info: Any) -> None:
        self._claimed = False
        super().__init__(factory, info)
        self._claim()
        self.factory.say(f"i {self._number}")

    def close(self) -> None:
        """Let the line go; the next use claims it again."""
        # gpiozero closes every pin once more when the program ends; that must not claim it again.
        if self._claimed:
            super().close()
            self._claimed = False
            self.factory.say(f"f {self._number}")

    def output_with_state(self, state: bool) -> None:
        """Claim the pin as an output at this level, in one step."""
        self._claim()
        self._function = "output"
        self._change_state(bool(state))
        self.factory.say(f"o {self._number} {int(self._state)}")

    def follow(self) -> None:
        """Take the level that the twin drives, or the pull's where nothing is connected."""
        if self._function != "input":
            return
        # A switch to ground or supply is stronger than the pin's own pull.
        level = self.factory.driven.get(self._number)
        if level if level is not None else self._pull == "up":
            self.drive_high()
        else:
            self.drive_low()

    def _claim(self) -> None:
        if not self._claimed:
            self.factory.claim(self._number)
            self._claimed = True

    def _set_function(self, value: str) -> None:
        self._claim()
        super()._set_function(value)
        # As lgpio does it: an output without a level begins low.
        if value == "output":
            self.output_with_state(False)
        else:
            self.factory.say(f"i {self._number}")

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        self.factory.say(f"o {self._number} {int(self._state)}")

    def _set_pull(self, value: str) -> None:
        with self.factory.lock:
            super()._set_pull(value)
            self.follow()


class TwinPinFactory(MockFactory):  # type: ignore[misc]
    """Pins of a Raspberry Pi 3B, wired to the twin."""

    def __init__(self) -> None:
        super().__init__(pin_class=TwinPin)
        self.driven: dict[int, bool] = {}
        self.lock = threading.RLock()
        self._claims: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(os.environ[SOCKET_VARIABLE])
        lines = self._socket.makefile("r", encoding="ascii")
        # The twin first says what it drives, so that the first look at a pin is right.
        for line in lines:
            if line == "ready\n":
                break
            self._drive(line)
        threading.Thread(target=self._listen, args=(lines,), daemon=True, name="twin-pins").start()

    def say(self, line: str) -> None:
        self._socket.sendall(f"{line}\n".encode("ascii"))

    def claim(self, number: int) -> None:
        """Take a line for this process; OSError where another one has it."""
        self.say(f"c {number}")
        try:
            answer = self._claims.get(timeout=CLAIM_TIMEOUT_S)
        except queue.Empty:
            raise OSError(errno.ETIMEDOUT, "the twin doesn't answer") from None
        if answer != "ok":
            raise OSError(errno.EBUSY, f"GPIO {number} is busy: another process has it")

    def _listen(self, lines: Any) -> None:
        for line in lines:
            self._drive(line)
        # Without its twin this program has no power supply: it must not live on as an orphan.
        os.kill(os.getpid(), signal.SIGKILL)

    def _drive(self, line: str) -> None:
        number, level = line.split()
        if level in ("ok", "busy"):
            self._claims.put(level)
            return
        # The listening thread and a program that has just made a pin must not both move it.
        with self.lock:
            if level == "-":
                self.driven.pop(int(number), None)
            else:
                self.driven[int(number)] = level == "1"
            for pin in tuple(self.pins.values()):
                if pin._number == int(number):
                    pin.follow()
