"""The locker's config file (TOML): wiring, sizes, addresses. Every option has its unit in its name, and bounds.

The file describes the machine and nothing that the hub owns. Secrets lie in files of their own beside it, readable by
the daemon only: the locker's signing key (64 hex digits) and the key for typed codes (64 hex digits).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from locker import parts
from locker.wire.compartment import CompartmentSpec, Reach, SizeClass
from locker.wiring import Board, Bus, Channel, Expander, Wire, faults
from locker.wiring import Section as _Section

PULSE_MS_MAX = 1_000
Pin = Annotated[int, Field(ge=0, le=53)]
Port = Annotated[int, Field(ge=0, le=65_535)]
Millimetres = Annotated[int, Field(gt=0, le=3_000)]
WIRING = {"lock_pin", "door_pin", "lock_chip", "door_chip", "board", "lock", "sensor_board", "sensor", "inverted"}
"""What of a compartment is the machine's own business; the rest is told to the hub."""


class SettingsError(Exception):
    """The config file can't be used; the text names the option and what is wrong with it."""


class Identity(_Section):
    """Which locker this is. `number` is its number in tickets."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    number: Annotated[int, Field(ge=1, le=2**32 - 1)]
    data_dir: Path
    signing_key_file: Path
    code_key_file: Path


class Hub(_Section):
    """The hub that this locker obeys: the public key (hex) that its messages are signed with."""

    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Broker(_Section):
    """Where the MQTT broker is; the nodes of a cluster are divided by commas. The password lies in a file."""

    host: str = "127.0.0.1"
    port: Port = 1883
    username: str = ""
    password_file: Path | None = None
    tls: bool = False
    qos: Literal[0, 1] = 1


class Log(_Section):
    """What the daemon writes about itself: text for people, or a JSON object a line for programs."""

    format: Literal["text", "json"] = "text"


class Kiosk(_Section):
    """Where the screen's page is served. Port 0 takes a free one.

    `sticker` is for a locker without a screen: the three digits on its front that somebody who opens a door from the
    telephone reads off. With a screen they change every minute.
    """

    host: str = "127.0.0.1"
    port: Port = 8080
    sticker: Annotated[str, Field(pattern=r"^([0-9]{3})?$")] = ""


class Gpio(_Section):
    """How pins are driven. `pin_factory` is gpiozero's name; `lgpio` is the one that works on every Raspberry Pi."""

    pin_factory: str = "lgpio"
    relay_active_high: bool = True
    door_open_is_high: bool = True
    debounce_ms: Annotated[int, Field(ge=5, le=500)] = 50
    poll_s: Annotated[float, Field(ge=0.2, le=10)] = 2.0
    led_pin: Pin | None = None
    buzzer_pin: Pin | None = None


ScannerMake = Literal[
    "plain", "honeywell", "newland", "zebra", "zebra-ssi", "datalogic", "gm65", "gm67", "de2120"
]  # fmt: skip


class Scanner(_Section):
    """The barcode scanner's serial port. `idle_gap_ms` ends a scan that has no terminator.

    `port` may be a pattern (`/dev/serial/by-id/usb-Honeywell*`): the first that fits and opens is taken. With
    `triggered` it reads only while somebody is at the locker; else all the time, as it was set up (presentation mode).
    `signals` lets it tell good from bad codes, where its make can.
    """

    port: Path | None = None
    make: ScannerMake = "plain"
    triggered: bool = False
    signals: bool = True
    baud: Annotated[int, Field(ge=1_200, le=921_600)] = 9_600
    idle_gap_ms: Annotated[int, Field(ge=20, le=1_000)] = 80
    same_code_s: Annotated[float, Field(ge=0.2, le=10)] = 1.5


class Locks(_Section):
    """How locks are pulsed."""

    pulse_ms: Annotated[int, Field(ge=50, le=PULSE_MS_MAX)] = 500
    energised_max: Annotated[int, Field(ge=1, le=2)] = 1


class Compartment(_Section):
    """One compartment: where it is wired, how big it is inside, where its front is in the picture.

    Its lock is on a pin or on a board's channel, and its door's switch on a pin, on the channel of its lock (the
    default with a board), or on another board's.
    """

    n: Annotated[int, Field(ge=1, le=999)]
    lock_pin: Pin | None = None
    door_pin: Pin | None = None
    lock_chip: str = ""
    door_chip: str = ""
    board: str = ""
    lock: Channel | None = None
    sensor_board: str = ""
    sensor: Channel | None = None
    inverted: bool = False
    size_class: SizeClass
    width_mm: Millimetres
    height_mm: Millimetres
    depth_mm: Millimetres
    reach: Reach = "middle"
    module: str = "A"
    x_mm: Annotated[int, Field(ge=0)] = 0
    y_mm: Annotated[int, Field(ge=0)] = 0
    front_width_mm: Annotated[int, Field(ge=0)] = 0
    front_height_mm: Annotated[int, Field(ge=0)] = 0
    holds_child: bool = False

    def spec(self) -> CompartmentSpec:
        """What is told to the hub: everything but the wiring."""
        return CompartmentSpec(**self.model_dump(exclude=WIRING))

    @property
    def board_lock(self) -> Wire | None:
        """The channel of a board that releases it."""
        return Wire(self.board, self.lock) if self.board and self.lock else None

    @property
    def board_sensor(self) -> Wire | None:
        """The channel of a board that reads its door's switch."""
        board, channel = self.sensor_board or self.board, self.sensor or self.lock
        on_a_pin = self.door_pin is not None and not (self.sensor_board or self.sensor)
        return None if on_a_pin or not (board and channel) else Wire(board, channel)

    @model_validator(mode="after")
    def _whole_wires(self) -> Self:
        if bool(self.board) != (self.lock is not None):
            raise ValueError("board and lock belong together")
        if (self.sensor or self.sensor_board) and self.board_sensor is None:
            raise ValueError("sensor_board and sensor belong together")
        return self


class Settings(_Section):
    """The whole config file."""

    locker: Identity
    hub: Hub
    broker: Broker = Broker()
    kiosk: Kiosk = Kiosk()
    log: Log = Log()
    gpio: Gpio = Gpio()
    scanner: Scanner = Scanner()
    pin_pad: parts.PinPad = parts.PinPad()
    card_reader: parts.CardReader = parts.CardReader()
    wiegand: parts.Wiegand = parts.Wiegand()
    inputs: parts.Inputs = parts.Inputs()
    thermometer: tuple[parts.Thermometer, ...] = ()
    beacon: parts.Beacon = parts.Beacon()
    camera: parts.Camera = parts.Camera()
    locks: Locks = Locks()
    bus: tuple[Bus, ...] = ()
    board: tuple[Board, ...] = ()
    expander: tuple[Expander, ...] = ()
    compartment: Annotated[tuple[Compartment, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        pins = [(box.lock_chip, box.lock_pin) for box in self.compartment]
        pins += [(box.door_chip, box.door_pin) for box in self.compartment]
        pins += [("", pin) for pin in (self.gpio.led_pin, self.gpio.buzzer_pin)]
        pins += [("", pin) for pin in parts.pins(self.wiegand, self.inputs, self.beacon)]
        lines = [f"{chip}/{pin}" if chip else str(pin) for chip, pin in pins if pin is not None]
        numbers = [str(box.n) for box in self.compartment]
        ports = [self.scanner.port, self.card_reader.port, self.pin_pad.device, *{bus.port for bus in self.bus}]
        # Two readers of one port would each get half of what comes; only the first would get the port at all.
        devices = [str(port) for port in ports if port is not None]
        for what, values in {"compartment.n": numbers, "pin": lines, "port": devices}.items():
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"{what} {', '.join(twice)} is used more than once")
        return self

    @model_validator(mode="after")
    def _wiring_fits(self) -> Self:
        if wrong := list(faults(self.bus, self.board, self.expander, self.compartment)):
            raise ValueError("; ".join(wrong))
        return self

    @model_validator(mode="after")
    def _probes_speak_for_compartments(self) -> Self:
        # A wrong number here would be a cooled compartment that nobody watches.
        watched = {n for probe in self.thermometer for n in probe.compartments}
        if missing := sorted(watched - {box.n for box in self.compartment}):
            raise ValueError(f"thermometer: there is no compartment {', '.join(map(str, missing))}")
        return self


SecretFile = Literal["signing_key_file", "code_key_file"]


def load(path: Path) -> Settings:
    """The settings in a TOML file. Relative paths in it start at the file's folder.

    Raises SettingsError, whose text names the file, the option and the bound.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = Settings.model_validate(raw)
    except FileNotFoundError as error:
        why = "there is no such file; give its path with --config, or begin with deploy/locker/locker.toml"
        raise SettingsError(f"{path}: {why}") from error
    except OSError as error:
        raise SettingsError(f"{path}: can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: this is no text file: {error.reason} at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: this is no TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"{path}: {problems}") from error
    return _anchored(settings, path.resolve().parent)


def secret(settings: Settings, name: SecretFile) -> bytes:
    """The 32 bytes of a secret file. Raises SettingsError if it can't be read or isn't 64 hex digits."""
    path: Path = getattr(settings.locker, name)
    try:
        raw = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError as error:
        raise SettingsError(f"locker.{name}: there is no {path}; `locker init` makes it") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"locker.{name}: can't use {path}: {type(error).__name__}") from error
    if len(raw) != 32:
        raise SettingsError(f"locker.{name}: {path} must hold 64 hex digits")
    return raw


def _anchored(settings: Settings, folder: Path) -> Settings:
    def anchor(section: _Section) -> dict[str, object]:
        # Only relative paths of files move; device paths such as /dev/ttyACM0 are absolute anyway.
        return {name: folder / value for name, value in section if isinstance(value, Path)}

    def anchored(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(anchored(one) for one in value)
        return value.model_copy(update=anchor(value)) if isinstance(value, _Section) else value

    return settings.model_copy(update={name: anchored(value) for name, value in settings})
