"""A gpiozero pin factory whose pins end in the twin: the lowest thing that the locker's programs can notice.

Every claim and every level of an output goes to the twin at once, over the Unix socket that `LOCKER_TWIN_SOCKET` names.
Levels of inputs come back and are driven from a thread of their own, as edges on a Raspberry Pi are.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

log = logging.getLogger(__name__)

SOCKET_VARIABLE = "LOCKER_TWIN_SOCKET"


class TwinPin(MockPin):  # type: ignore[misc]
    """One pin. Claimed as an input when it is made, as the kernel does it."""

    def __init__(self, factory: TwinPinFactory, info: Any) -> None:
        super().__init__(factory, info)
        self.factory.say(f"i {self._number}")

    def output_with_state(self, state: bool) -> None:
        """Claim the pin as an output at this level, in one step."""
        self._function = "output"
        self._change_state(bool(state))
        self.factory.say(f"o {self._number} {int(self._state)}")

    def follow(self) -> None:
        """Take the level that the twin drives, or the pull's where nothing is connected."""
        if self._function != "input":
            return
        level = self.factory.driven.get(self._number)
        if level if level is not None else self._pull == "up":
            self.drive_high()
        else:
            self.drive_low()

    def _set_function(self, value: str) -> None:
        super()._set_function(value)
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
        """Tell the twin, before anything else happens."""
        self._socket.sendall(f"{line}\n".encode("ascii"))

    def _listen(self, lines: Any) -> None:
        for line in lines:
            self._drive(line)
        # Without its twin this program has no power supply: it must not live on as an orphan.
        os.kill(os.getpid(), signal.SIGKILL)

    def _drive(self, line: str) -> None:
        number, level = line.split()
        with self.lock:
            if level == "-":
                self.driven.pop(int(number), None)
            else:
                self.driven[int(number)] = level == "1"
            for pin in tuple(self.pins.values()):
                if pin._number == int(number):
                    pin.follow()
