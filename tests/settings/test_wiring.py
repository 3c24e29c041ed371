"""Buses, boards and expanders in the config file: lockers as people wire them, and a sentence for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from locker.settings import Settings, SettingsError, load
from locker.wiring import Wire, baud_of

HEAD = """
[locker]
id = "elm"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"
[hub]
public_key = "{key}"
"""
SIZE = 'size_class = "M"\nwidth_mm = 380\nheight_mm = 200\ndepth_mm = 600\n'
MIXED = """
[[bus]]
name = "left"
port = "/dev/ttyAMA0"
quiet_ms = 5
[[bus]]
name = "right"
port = "/dev/serial/by-id/usb-FTDI-if00"
[[board]]
name = "cu"
protocol = "kerong-cu48"
bus = "left"
address = 0
[[board]]
name = "relays"
protocol = "waveshare"
bus = "right"
address = 1
[[board]]
name = "inputs"
protocol = "waveshare"
bus = "right"
address = 2
channels = 0
inputs = 16
[[board]]
name = "tower"
protocol = "8a"
bus = "right"
address = 3
channels = 50
status_order = "low_first"
inverted = true
[[expander]]
name = "chip"
device = "/dev/gpiochip2"
"""
BOXES = (
    'lock_pin = 4\ndoor_pin = 5\n',
    'board = "cu"\nlock = 48\n',
    'board = "relays"\nlock = 8\nsensor_board = "inputs"\nsensor = 16\n',
    'board = "tower"\nlock = 50\ndoor_pin = 6\n',
    'lock_pin = 4\nlock_chip = "chip"\ndoor_pin = 15\ndoor_chip = "chip"\n',
)  # fmt: skip


def written(folder: Path, wiring: str, *boxes: str) -> Path:
    """A config file with this wiring and these compartments, counted from 1."""
    blocks = [f"[[compartment]]\nn = {n}\n{box}{SIZE}" for n, box in enumerate(boxes, 1)]
    path = folder / "locker.toml"
    path.write_text(HEAD.format(key="0" * 64) + wiring + "".join(blocks))
    return path


def mixed(folder: Path) -> Settings:
    return load(written(folder, MIXED, *BOXES))


def test_pins_boards_and_expanders_live_in_one_locker(tmp_path: Path) -> None:
    boxes = mixed(tmp_path).compartment
    assert [box.board_lock for box in boxes] == [None, ("cu", 48), ("relays", 8), ("tower", 50), None]
    assert [box.board_sensor for box in boxes] == [None, ("cu", 48), ("inputs", 16), None, None]
    assert boxes[1].board_lock == Wire("cu", 48)


def test_a_bus_has_the_speed_of_its_boards(tmp_path: Path) -> None:
    settings = mixed(tmp_path)
    assert [baud_of(bus, settings.board) for bus in settings.bus] == [19_200, 9_600]


def test_the_hub_is_not_told_of_the_wiring(tmp_path: Path) -> None:
    spec = mixed(tmp_path).compartment[2].spec()
    assert spec.n == 3 and not hasattr(spec, "board")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('bus = "left"', 'bus = "middle"'), "board cu: there is no bus middle; there is left, right"),
        (("address = 0", "address = 10"), "board cu: address 10 is out of range: 0 to 9 (kerong-cu48)"),
        (("address = 2", "address = 1"), "bus right: address 1 is used more than once"),
        (("channels = 50", "channels = 51"), "board.3.channels: Input should be less than or equal to 50"),
        (("channels = 50", "channels = 24"), "compartment 4: lock 50 is out of range: 1 to 24 (board tower)"),
        (('name = "tower"', 'name = "cu"'), "board.name cu is used more than once"),
        (("quiet_ms = 5", "quiet = 5"), "bus.0.quiet: Extra inputs are not permitted"),
        (("/dev/ttyAMA0", "/dev/serial/by-id/usb-FTDI-if00"), "is used more than once"),
        (('bus = "left"', 'bus = "right"'), "bus right: its boards come with speeds 9600, 19200"),
        (('protocol = "8a"', 'protocol = "8b"'), "board.3.protocol: Input should be 'kerong-cu48'"),
        (('bus = "left"', 'bus = "left"\ninputs = 8'), "board cu: inputs are for waveshare"),
        (('bus = "left"', 'bus = "left"\nstatus_order = "low_first"'), "board cu: status_order is for 8a"),
        (
            ('board = "cu"\n', 'board = "co"\n'),
            "compartment 2: there is no board co; there is cu, relays, inputs, tower",
        ),
        (("lock = 48", "lock = 49"), "compartment 2: lock 49 is out of range: 1 to 48 (board cu)"),
        (("sensor = 16", "sensor = 17"), "compartment 3: sensor 17 is out of range: 1 to 16 (board inputs)"),
        (('sensor_board = "inputs"\nsensor = 16\n', ""), "compartment 3: board relays reads no switch: give door_pin"),
        (
            ("lock = 8\n", "lock = 8\nlock_pin = 9\n"),
            "compartment 3: its lock is either on lock_pin or on board and lock",
        ),
        (("lock = 48\n", ""), "board and lock belong together"),
        (('board = "cu"\nlock = 48', 'board = "tower"\nlock = 50'), "lock of a board tower/50 is used more than once"),
        (("lock = 48\n", 'lock = 48\nsensor_board = "inputs"\nsensor = 16\n'), "sensor of a board inputs/16 is used"),
        (("lock_pin = 4\ndoor_pin = 5\n", "lock_pin = 4\n"), "compartment 1: its door's switch is either on door_pin"),
        (('door_chip = "chip"', 'door_chip = "chop"'), "compartment 5: there is no expander chop"),
        (("door_pin = 15", "door_pin = 16"), "compartment 5: door_pin 16 is out of range: 0 to 15 (expander chip)"),
        (("door_pin = 15", "door_pin = 4"), "pin chip/4 is used more than once"),
    ],
)
def test_every_mistake_has_a_sentence(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = written(tmp_path, MIXED, *BOXES)
    before = path.read_text()
    path.write_text(before.replace(*change, 1))
    assert path.read_text() != before
    with pytest.raises(SettingsError) as told:
        load(path)
    assert said in str(told.value)
