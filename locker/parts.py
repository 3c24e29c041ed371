"""The parts around the doors, as the config file describes them: keys, cards, thermometers, inputs, beacon, camera.

All of them are optional; what has no pin, port or command isn't there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from locker.wiring import Section

Pin = Annotated[int, Field(ge=0, le=53)]
Number = Annotated[int, Field(ge=1, le=999)]


class PinPad(Section):
    """A USB number pad. `device` is its input device, or a pattern (`/dev/input/by-id/*-event-kbd`)."""

    device: Path | None = None


class CardReader(Section):
    """An RDM6300 or alike on a serial port (or a pattern), for staff. A card never opens anything by itself."""

    port: Path | None = None
    baud: Annotated[int, Field(ge=1_200, le=921_600)] = 9_600


class Wiegand(Section):
    """A keypad or card reader with two data lines, at 3.3 V (most give 5 V: a level shifter has to stand between)."""

    data0_pin: Pin | None = None
    data1_pin: Pin | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.data0_pin is None) != (self.data1_pin is None):
            raise ValueError("data0_pin and data1_pin belong together")
        return self


class Inputs(Section):
    """Mains-fail contact and the loop around the case. A cut wire reads as trouble in both."""

    mains_pin: Pin | None = None
    mains_there_is_high: bool = True
    mains_debounce_ms: Annotated[int, Field(ge=100, le=10_000)] = 1_000
    tamper_pin: Pin | None = None
    tamper_debounce_ms: Annotated[int, Field(ge=20, le=10_000)] = 200


class Thermometer(Section):
    """One DS18B20 and the cooled compartments that it speaks for; `path` is its file in sysfs."""

    path: Path
    compartments: Annotated[tuple[Number, ...], Field(min_length=1)]
    warm_c: Annotated[float, Field(ge=-40, le=60)] = 8.0
    warm_after_min: Annotated[float, Field(ge=0, le=240)] = 10.0
    spoils_after_min: Annotated[float, Field(ge=0, le=2_880)] = 120.0
    poll_s: Annotated[float, Field(ge=0.05, le=600)] = 30.0


class Beacon(Section):
    """A lamp and a ticking sounder near the doors, for those who can't read the screen or can't find the door."""

    lamp_pin: Pin | None = None
    tick_pin: Pin | None = None


class Camera(Section):
    """A still program that is run after each deposit, with the picture's path as its last word. Pictures stay here.

    Off as long as `command` is empty. Where it points, what the law says of it, and a sign are the operator's.
    """

    command: tuple[str, ...] = ()
    keep_days: Annotated[int, Field(ge=1, le=90)] = 14
    quota_mb: Annotated[int, Field(ge=1, le=100_000)] = 200
    timeout_s: Annotated[float, Field(ge=0.1, le=3)] = 3.0


def pins(pad: Wiegand, inputs: Inputs, beacon: Beacon) -> list[int]:
    """The pins that these parts take."""
    wired = (
        pad.data0_pin, pad.data1_pin, inputs.mains_pin, inputs.tamper_pin, beacon.lamp_pin, beacon.tick_pin,
    )  # fmt: skip
    return [pin for pin in wired if pin is not None]
