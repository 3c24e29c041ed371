"""Chooses how GPIO pins are driven, and makes sure that lgpio claims an output at its resting level.

gpiozero's own lgpio pin claims a line as an output at level 0 and raises it afterwards, which makes an active-low relay
click at every start.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from typing import Any

from gpiozero import Device

from locker.settings import Gpio


def open_factory(gpio: Gpio) -> Any:
    """gpiozero's pin factory for this process; OSError where it doesn't work. One that was chosen already stays."""
    chosen: Any = Device.pin_factory
    return chosen or _choose(gpio.pin_factory)


def _choose(name: str) -> Any:
    if name == "lgpio":
        _own_lgpio_folder()
    # Named explicitly, a factory that doesn't work is an error; otherwise gpiozero quietly tries the next one.
    os.environ["GPIOZERO_PIN_FACTORY"] = name
    try:
        Device.ensure_pin_factory()
    except Exception as error:
        # Each pin library has errors of its own: for whoever starts the daemon they are all the same trouble.
        raise OSError(f"the pin factory {name} doesn't work: {error}") from error
    factory: Any = Device.pin_factory
    if name == "lgpio":
        factory.pin_class = resting_pin_class()
    return factory


def resting_pin_class() -> type[Any]:
    """gpiozero's lgpio pin, but claimed as an output with its first level in one call, and let go when it is closed."""
    # Imported late: lgpio makes a FIFO in its working folder when it is imported, which fails on a read-only disk.
    import lgpio
    from gpiozero.pins.lgpio import LGPIOPin

    class RestingLGPIOPin(LGPIOPin):  # type: ignore[misc]
        _held = True

        def output_with_state(self, state: bool) -> None:
            self._held = True
            lgpio.gpio_claim_output(self.factory._handle, self._number, int(state))

        def close(self) -> None:
            # gpiozero keeps the line claimed as an input. The daemon lets lock lines go for the next guardian to claim.
            if self._held and self.factory._handle is not None:
                super().close()
                lgpio.gpio_free(self.factory._handle, self._number)
            # gpiozero closes every pin once more when the program ends, when it may be another process's.
            self._held = False

        def _set_function(self, value: str) -> None:
            self._held = True
            super()._set_function(value)

    return RestingLGPIOPin


def _own_lgpio_folder() -> None:
    # Daemon and guardian both use lgpio, and would overwrite each other's FIFO in a shared folder.
    folder = tempfile.mkdtemp(prefix="locker-lgpio-", dir=os.environ.get("RUNTIME_DIRECTORY"))
    os.environ["LG_WD"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
