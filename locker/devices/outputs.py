"""Puts together what the guardian holds: lock lines on the Raspberry Pi's own header, and on expanders."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Protocol

from locker.settings import Settings


class Outputs(Protocol):
    """What the guardian holds: the output lines of one kind of hardware. Lines are numbered as the compartments."""

    def set(self, n: int, energised: bool) -> None:
        """Energise or release one line."""

    def close(self) -> None:
        """Release every line and let go."""


def open_outputs(settings: Settings) -> Outputs:
    """Every lock's line, claimed at rest. Closing it leaves every lock released. Locks on boards aren't among them."""
    on_header = {box.n for box in settings.compartment if box.lock_pin is not None and not box.lock_chip}
    on_chips = {box.n for box in settings.compartment if box.lock_pin is not None and box.lock_chip}
    parts: dict[int, Outputs] = {}
    # Deferred: a locker without pins needs no gpiozero, one without expanders no gpiod.
    if on_header:
        from locker.devices.relays import GpioOutputs

        parts |= dict.fromkeys(on_header, GpioOutputs(settings))
    if on_chips:
        from locker.devices.expander import ExpanderOutputs

        parts |= dict.fromkeys(on_chips, ExpanderOutputs(settings))
    return MixedOutputs(parts)


class MixedOutputs:
    """Lines of several kinds of hardware as one."""

    def __init__(self, parts: Mapping[int, Outputs]) -> None:
        self._parts = parts

    def set(self, n: int, energised: bool) -> None:
        self._parts[n].set(n, energised)

    def close(self) -> None:
        # One that fails must not keep the others from letting go.
        with ExitStack() as stack:
            for part in {id(part): part for part in self._parts.values()}.values():
                stack.callback(part.close)
