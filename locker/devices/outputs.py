"""Chooses the hardware that energises locks. A lock board of another kind is added here, with a file of its own."""

from __future__ import annotations

from locker.devices.ports import Outputs
from locker.settings import Settings


def open_outputs(settings: Settings) -> Outputs:
    """Every lock's line, claimed at rest. Closing it leaves every lock released."""
    # Deferred: a locker with another board needs no gpiozero.
    from locker.devices.gpio import GpioOutputs

    return GpioOutputs(settings)
