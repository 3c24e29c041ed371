"""gpiozero's own pins, without hardware."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import Device

from locker.devices.pin_factory import open_factory
from locker.settings import Gpio


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A pin factory that nothing is connected to; `pin(n).drive_low()` moves an input."""
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "is set by the factory, and restored after this test")
    factory = open_factory(Gpio(pin_factory="mock"))
    yield factory
    factory.reset()
    Device.pin_factory = None
