"""What the daemon needs of its devices, in four small protocols. Whoever drives hardware provides them.

All are used from the daemon's event loop only. A driver reports through the callback that it was given, never from
another thread and never with an exception.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from locker.cabinet.events import (
    ContentSeen,
    DeviceFailed,
    DeviceRecovered,
    DoorClosed,
    DoorOpened,
    LatchMoved,
    PulseEnded,
    SensorFailed,
    SensorRecovered,
)

DeviceEvent = (
    DoorOpened
    | DoorClosed
    | SensorFailed
    | SensorRecovered
    | LatchMoved
    | ContentSeen
    | PulseEnded
    | DeviceFailed
    | DeviceRecovered
)
Tell = Callable[[DeviceEvent], None]
TellScan = Callable[[str, str], None]
"""Called with the text of a scan and its AIM symbology identifier (or "")."""


class Locks(Protocol):
    """Releases doors."""

    def unlock(self, n: int, pulse_ms: int) -> None:
        """Ask for one pulse; its end is told as `PulseEnded`."""

    async def close(self) -> None:
        """De-energise everything and let go."""


class DoorSensors(Protocol):
    """Knows which doors are open."""

    def read(self) -> dict[int, bool | None]:
        """Whether each door is open (None: the sensor says nothing that can be believed)."""

    async def close(self) -> None:
        """Let go of the inputs."""


class Scanner(Protocol):
    """Reads codes, and finds its device again after it was unplugged."""

    async def run(self) -> None:
        """Read until cancelled."""


class Panel(Protocol):
    """The lamp and the buzzer."""

    def light(self, on: bool) -> None:
        """Switch the lamp."""

    def beep(self, pattern_ms: tuple[int, ...]) -> None:
        """Sound the buzzer: on, off, on, ... for these times."""

    async def close(self) -> None:
        """Silence."""
