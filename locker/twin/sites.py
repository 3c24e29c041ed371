"""The three lockers of the demo: their cabinets as drawn and wired, written as config files like anybody's.

Each is a Raspberry Pi with another kind of hardware: relays and switches on its pins, a lock board on an RS-485 cable,
and Modbus relay and input boards on another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

WIDTH_MM = {"S": 380, "M": 380, "L": 380, "XL": 500}
HEIGHT_MM = {"S": 90, "M": 200, "L": 420, "XL": 860}
DEPTH_MM = 640
FRAME_MM = 20
LOW_MM, HIGH_MM = 1_120, 1_400
PLINTH_MM = 400
PINS = tuple(range(4, 28))
"""Those of the header that aren't pulled up by the board itself, as GPIO 2 and 3 are."""


@dataclass(frozen=True, slots=True)
class Site:
    """A demo locker: who and where it is, and the sizes in each of its columns from top to bottom."""

    id: str
    number: int
    name: str
    where: str
    columns: tuple[tuple[str, ...], ...]
    latitude: float
    longitude: float
    wiring: Literal["pins", "8a", "modbus"]


SITES = (
    Site(
        "elm", 1, "Elm Street 12", "in the hall of the apartment house, left of the lifts",
        (("M", "L", "S", "S"),), 52.5200, 13.4050, "pins",
    ),
    Site(
        "birch", 2, "Birch Campus", "at the bicycle stands behind the library",
        (("S", "S", "M", "L"), ("L", "M", "S", "S")), 52.5234, 13.4114, "8a",
    ),
    Site(
        "oak", 3, "Oak Square post office", "outside, right of the entrance, under the roof",
        (("S", "S", "M", "M", "L"), ("L", "S", "S", "L"), ("M", "XL")), 52.5170, 13.3889, "modbus",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What one locker of the demo is connected to: ports on the loopback, and the hub's key (hex)."""

    broker_port: int
    kiosk_port: int
    hub_key: str


def config(site: Site, wiring: Wiring, folder: Path) -> str:
    """The locker's config file as TOML."""
    # Lamp and buzzer are on pins everywhere; the last two are free in all three.
    led, buzzer = PINS[-2:]
    head = f"""\
[locker]
id = "{site.id}"
number = {site.number}
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"

[hub]
public_key = "{wiring.hub_key}"

[broker]
host = "127.0.0.1"
port = {wiring.broker_port}

[kiosk]
port = {wiring.kiosk_port}

[gpio]
pin_factory = "twin"
relay_active_high = false
led_pin = {led}
buzzer_pin = {buzzer}

[scanner]
port = "{folder / "scanner"}"
"""
    return head + _boards(site, folder) + "\n".join(_compartments(site))


def _boards(site: Site, folder: Path) -> str:
    if site.wiring == "pins":
        return ""
    if site.wiring == "8a":
        boards = [("locks", "8a", 1, "channels = 24")]
    else:
        # A relay board switches and sees nothing: the doors' switches are on an input board beside it.
        boards = [("relays", "waveshare", 1, "channels = 16"), ("inputs", "waveshare", 2, "channels = 0\ninputs = 16")]
    bus = f"""
[[bus]]
name = "rs485"
port = "{folder / "rs485"}"
"""
    return bus + "".join(
        f"""
[[board]]
name = "{name}"
protocol = "{protocol}"
bus = "rs485"
address = {address}
{more}
"""
        for name, protocol, address, more in boards
    )


def _wires(site: Site, n: int) -> str:
    match site.wiring:
        case "pins":
            return f"lock_pin = {PINS[2 * n - 2]}\ndoor_pin = {PINS[2 * n - 1]}"
        case "8a":
            return f'board = "locks"\nlock = {n}'
        case "modbus":
            return f'board = "relays"\nlock = {n}\nsensor_board = "inputs"\nsensor = {n}'


def _compartments(site: Site) -> list[str]:
    blocks, n = [], 0
    for column, sizes in enumerate(site.columns):
        y_mm = FRAME_MM
        x_mm = FRAME_MM + sum(_column_width(earlier) + FRAME_MM for earlier in site.columns[:column])
        floor_mm = sum(HEIGHT_MM[size] + FRAME_MM for size in sizes) + FRAME_MM
        for size in sizes:
            n += 1
            place = "ABC"[column], (x_mm, y_mm), _column_width(sizes), PLINTH_MM + floor_mm - y_mm
            blocks.append(_compartment(n, size, _wires(site, n), place))
            y_mm += HEIGHT_MM[size] + FRAME_MM
    return blocks


def _column_width(sizes: tuple[str, ...]) -> int:
    return max(WIDTH_MM[size] for size in sizes)


def _compartment(n: int, size: str, wires: str, place: tuple[str, tuple[int, int], int, int]) -> str:
    module, corner, front_width_mm, top_mm = place
    # The handle of a compartment is taken to be at half its height.
    handle_mm = top_mm - HEIGHT_MM[size] // 2
    reach = "low" if handle_mm <= LOW_MM else "high" if handle_mm > HIGH_MM else "middle"
    return f"""\

[[compartment]]
n = {n}
{wires}
size_class = "{size}"
width_mm = {WIDTH_MM[size]}
height_mm = {HEIGHT_MM[size]}
depth_mm = {DEPTH_MM}
reach = "{reach}"
module = "{module}"
x_mm = {corner[0]}
y_mm = {corner[1]}
front_width_mm = {front_width_mm}
front_height_mm = {HEIGHT_MM[size]}
holds_child = {"true" if size == "XL" else "false"}
"""
