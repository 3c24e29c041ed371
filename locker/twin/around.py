"""What stands around the doors of a locker in software: mains contact, case loop, card reader and thermometers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import xor

from locker.settings import Settings
from locker.twin.physics import CantBeDone
from locker.twin.serial_port import SerialPort


class Around:
    """The parts that the settings name. `drive` puts a level on a pin."""

    def __init__(self, settings: Settings, drive: Callable[[int, bool | None], None]) -> None:
        self._drive = drive
        self._wired: dict[str, tuple[int, bool]] = {}
        if settings.inputs.mains_pin is not None:
            self._wired["mains"] = settings.inputs.mains_pin, settings.inputs.mains_there_is_high
        if settings.inputs.tamper_pin is not None:
            # A closed loop holds its pin at ground.
            self._wired["tamper"] = settings.inputs.tamper_pin, False
        self._on = dict.fromkeys(self._wired, True)
        self._probes = {n: probe.path for probe in settings.thermometer for n in probe.compartments}
        self.card_reader = SerialPort(settings.card_reader.port) if settings.card_reader.port else None

    @property
    def inputs(self) -> Mapping[str, bool]:
        """Each input by its name: whether all is well there."""
        return self._on

    def begin(self) -> None:
        """Everything is as it should be."""
        for name in self._wired:
            self.switch(name, True)

    def switch(self, name: str, on: bool) -> None:
        """The mains are there, the loop around the case is closed - or not. KeyError where that isn't wired."""
        pin, rests_at = self._wired[name]
        self._on[name] = on
        self._drive(pin, rests_at == on)

    def plug(self, plugged: bool) -> None:
        """The card reader's plug."""
        if self.card_reader:
            (self.card_reader.plug_in if plugged else self.card_reader.unplug)()

    def show_card(self, number: str) -> None:
        """Hold a card (ten hex digits) before the reader."""
        if self.card_reader is None or not self.card_reader.plugged:
            raise CantBeDone("There is no card reader, or it has no power.")
        check = reduce(xor, bytes.fromhex(number))
        self.card_reader.put(b"\x02" + f"{number.upper()}{check:02X}".encode("ascii") + b"\x03")

    def warm(self, n: int, celsius: float | None) -> None:
        """The temperature at a compartment's probe; None: it is dead. KeyError where there is none."""
        path = self._probes[n]
        try:
            if celsius is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(f"{round(celsius * 1000)}\n")
        except OSError as error:
            raise CantBeDone(f"The probe's file can't be written: {error.strerror}.") from None
