"""Draws the wiring guide: `python scripts/wiring.py` writes `docs/wiring/boards.md` and one drawing a board.

Table and drawing come from the same rows, so neither can say what the other doesn't. A test compares what lies in the
repository with what this writes.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "wiring"

Kind = Literal["data", "plus", "ground", "coil", "switch", "signal"]
COLOURS: dict[Kind, str] = {
    "data": "#0b5cad", "plus": "#b3261e", "ground": "#222222", "coil": "#8a5a00", "switch": "#1c6e3d",
    "signal": "#6a3d9a",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire between a board's terminal and an end of another part. `mark` is what sits in it: a fuse, a resistor.

    `bridge` is what sits between this wire and the one below it.
    """

    part: str
    end: str
    terminal: str
    kind: Kind
    mark: str = ""
    bridge: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """One board: what comes to it (left), what hangs on it (right), and what has to be known."""

    key: str
    title: str
    left: tuple[Wire, ...]
    right: tuple[Wire, ...]
    notes: tuple[str, ...]


ADAPTER = "USB adapter RS-485"


def rs485(a: str, b: str, ground: str = "GND") -> tuple[Wire, ...]:
    """The bus from the adapter."""
    return (
        Wire(ADAPTER, "A / D+", a, "data", bridge="120 Ω at both ends of the cable"),
        Wire(ADAPTER, "B / D-", b, "data"),
        Wire(ADAPTER, "GND", ground, "ground"),
    )


def supply(plus: str, minus: str, fuse: str = "fuse T 3.15 A") -> tuple[Wire, ...]:
    return (
        Wire("Supply 12 V (24 V)", "+", plus, "plus", mark=fuse),
        Wire("Supply 12 V (24 V)", "-", minus, "ground"),
    )


def lock(plus: str = "lock +", minus: str = "lock -", one: str = "switch", other: str = "switch") -> tuple[Wire, ...]:
    """A lock with four wires: coil and switch."""
    return (
        Wire("Lock 1", "coil +", plus, "coil", bridge="1N4007, ring to +"),
        Wire("Lock 1", "coil -", minus, "coil"),
        Wire("Lock 1", "switch", one, "switch"),
        Wire("Lock 1", "switch", other, "switch"),
    )


ONE_PLUG = "Each channel is one plug with four contacts: coil and switch of a lock go to the same channel."
TESTED = "Where your board's print names its terminals otherwise, the print is right."

GUIDES = (
    Guide(
        "kerong-cu48", "KERONG CU48 (48 locks)",
        (*rs485("T/R+ (A)", "T/R- (B)"), *supply("12-24 V +", "12-24 V -")), lock(),
        ("19200 baud, addresses 0 to 9, set on the board. 70 mA at rest (12 V), at most 3 A: one lock at a time.",
         "Y and Z are for four-wire buses: leave them open. The RJ45 socket carries the same bus, and power.",
         "Its TEST button fires locks: keep hands out. " + ONE_PLUG),
    ),
    Guide(
        "kerong-cu16", "KERONG CU16 (16 locks)",
        (*rs485("A", "B"), *supply("12 V +", "12 V -")),
        (*lock(), Wire("Parcel sensor 1", "infrared", "IR input", "signal")),
        ("19200 baud as delivered, addresses 0 to 9.",
         "It has infrared inputs beside the switches; they may stay open. " + ONE_PLUG),
    ),
    Guide(
        "8a", "8A/80 boards (8 to 50 locks)",
        (*rs485("A+", "B-"), *supply("12-24 V +", "12-24 V -", "fuse T 6.3 A")), lock(),
        ("9600 baud, address 1 to 32 by its DIP switches; no two alike. `locker check` finds two that are.",
         "Whether switches short while shut or while open, and which byte is first: `locker check` learns it.",
         "The board allows 6 A; its fuse protects the cable, and one lock at a time is still the rule. " + ONE_PLUG),
    ),
    Guide(
        "wkly", "WKLY boards (12 or 24 locks)",
        (*rs485("A", "B"), *supply("12 V +", "12 V -")), lock(),
        ("9600 baud, addresses 0 to 31.", ONE_PLUG + " " + TESTED),
    ),
    Guide(
        "winnsen", "Winnsen boards (16 locks)",
        (*rs485("A", "B"), *supply("12 V +", "12 V -")), lock(),
        ("9600 baud, stations 1 to 4.",
         "The board refuses a lock that is too warm; the daemon tells that as a pulse that was not given. " + TESTED),
    ),
    Guide(
        "waveshare", "Waveshare Modbus RTU relays (8, 16, 32), the (D) with 8 inputs",
        (*rs485("A+", "B-"), *supply("7-36 V +", "7-36 V -", "fuse T 1 A")),
        (
            Wire("Supply 12 V (24 V)", "+ (own fuse)", "relay 1 COM", "plus", mark="fuse T 3.15 A"),
            Wire("Lock 1", "coil +", "relay 1 NO", "coil", bridge="1N4007, ring to +"),
            Wire("Lock 1", "coil -", "(supply -)", "ground"),
            Wire("Door switch 1", "one", "input 1", "switch"),
            Wire("Door switch 1", "other", "input common", "switch"),
        ),
        ("9600 baud and address 1 as delivered. Give each new board its address while it is alone on the bus.",
         "Use NO, never NC: with NC every lock gets current when the board loses its own.",
         "Leave the channels' control mode at normal: in linkage mode an input would fire a relay.",
         "Boards without inputs need a second board for the door switches (`channels = 0`, `inputs = 8`)."),
    ),
    Guide(
        "gpio", "Relay module and door switches on the Raspberry Pi's pins",
        (
            Wire("Raspberry Pi", "5 V (pin 2)", "VCC", "plus"),
            Wire("Raspberry Pi", "GND (pin 6)", "GND", "ground"),
            Wire("Raspberry Pi", "GPIO 17 (pin 11)", "IN1", "signal", mark="10 kΩ to GND"),
        ),
        (
            Wire("Supply 12 V (24 V)", "+", "relay 1 COM", "plus", mark="fuse T 3.15 A"),
            Wire("Lock 1", "coil +", "relay 1 NO", "coil", bridge="1N4007, ring to +"),
            Wire("Lock 1", "coil -", "(supply -)", "ground"),
            Wire("Door switch 1", "one", "(Pi: GPIO 27, pin 13)", "switch"),
            Wire("Door switch 1", "other", "(Pi: GND, pin 14)", "ground"),
        ),
        ("Take an active-high relay module and GPIO 9 to 27: those are pulled down until a program claims them. "
         "An active-low one clicks while the Pi starts, and no program can keep it from that.",
         "The module's inputs must take 3.3 V. A switch goes to ground: the pin's own pull-up does the rest.",
         "`dtparam=strict_gpiod` belongs into config.txt: without it a relay stays on when its program dies.",
         "GPIO 2, 3 (I2C), 14 and 15 (serial) are better left alone. About ten doors fit on the pins."),
    ),
    Guide(
        "mcp23017", "MCP23017 expanders (16 lines each)",
        (
            Wire("Raspberry Pi", "3.3 V (pin 1)", "VDD, RESET", "plus"),
            Wire("Raspberry Pi", "GND (pin 6)", "VSS, A0 A1 A2", "ground"),
            Wire("Raspberry Pi", "GPIO 2 SDA (pin 3)", "SDA", "data"),
            Wire("Raspberry Pi", "GPIO 3 SCL (pin 5)", "SCL", "data"),
            Wire("Raspberry Pi", "GPIO 4 (pin 7)", "INTA", "signal"),
        ),
        (
            Wire("Transistor driver", "IN1", "GPA0 (line 0)", "signal", mark="10 kΩ to GND"),
            Wire("Door switch 1", "one", "GPB0 (line 8)", "switch"),
            Wire("Door switch 1", "other", "(VSS)", "ground"),
        ),
        ("A0 to A2 to ground is address 0x20; each that goes to 3.3 V adds 1, 2 or 4.",
         "`dtoverlay=mcp23017,addr=0x20,gpiopin=4` makes a gpiochip of it, each one with its own address and pin. "
         "`gpiodetect` names it, `[[expander]]` in the config takes the name.",
         "A line drives a transistor or a relay module, never a coil. A brown-out makes all lines inputs; the pull-down"
         " keeps the lock off."),
    ),
)  # fmt: skip

# A coil of the common cabinet locks (KERONG KR-S99N and alike).
LOCK_A, LOCK_V = 2.4, 12
BOARD_A = 0.07
COPPER = 0.0175
"""Ohm per metre and mm²."""


def supply_a(boards: int) -> float:
    """What a 12 V supply for so many boards must give: one lock at a time, twice that, and the boards themselves."""
    return 2 * LOCK_A + boards * BOARD_A


def drop_v(metres: float, square_mm: float) -> float:
    """What is lost on the way to a lock and back."""
    return 2 * metres * COPPER / square_mm * LOCK_A


ROW, TOP, BOX_W, GAP = 48, 78, 200, 190
WIDTH = 3 * BOX_W + 2 * GAP + 40


def drawing(guide: Guide) -> str:
    """The guide as an SVG: one straight line a wire."""
    rows = max(len(guide.left), len(guide.right))
    height = TOP + rows * ROW + 30
    middle_x = 20 + BOX_W + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        f"<title>{escape(guide.title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(WIDTH / 2, 28, guide.title, "middle", size=18, weight="bold"),
        _box(middle_x, TOP - 26, BOX_W, rows * ROW + 16, "#eef1f3"),
        *_side(guide.left, 20, middle_x, left=True),
        *_side(guide.right, middle_x + BOX_W + GAP, middle_x + BOX_W, left=False),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _side(wires: tuple[Wire, ...], part_x: float, edge_x: float, *, left: bool) -> list[str]:
    lines = []
    for first, last in _groups(wires):
        lines.append(_box(part_x, TOP - 26 + first * ROW, BOX_W, (last - first + 1) * ROW - 4, "#fff8e1"))
        lines.append(
            _text(part_x + BOX_W / 2, TOP - 9 + first * ROW, wires[first].part, "middle", size=13, weight="bold")
        )
    start = part_x + BOX_W if left else part_x
    for number, wire in enumerate(wires):
        y = TOP + 8 + number * ROW
        lines += _wire(wire, (start, edge_x), y, left=left)
    return lines


def _wire(wire: Wire, ends: tuple[float, float], y: float, *, left: bool) -> list[str]:
    start, edge = ends
    colour = COLOURS[wire.kind]
    outward = -8 if left else 8
    lines = [
        f'<path d="M{start:g} {y}H{edge:g}" stroke="{colour}" stroke-width="3" fill="none"/>',
        *(f'<circle cx="{x:g}" cy="{y}" r="5" fill="{colour}"/>' for x in (start, edge)),
        _text(start + outward, y + 5, wire.end, "end" if left else "start"),
        _text(edge - outward, y + 5, wire.terminal, "start" if left else "end"),
    ]
    middle = (start + edge) / 2
    if wire.mark:
        lines += [
            _box(middle - 56, y - 11, 112, 22, "#ffffff", colour),
            _text(middle, y + 4, wire.mark, "middle", size=12),
        ]
    if wire.bridge:
        lines.append(f'<path d="M{middle:g} {y}v{ROW}" stroke="{colour}" stroke-width="2" stroke-dasharray="3 3"/>')
        lines += [_box(middle - 92, y + ROW / 2 - 11, 184, 22, "#ffffff", colour)]
        lines.append(_text(middle, y + ROW / 2 + 4, wire.bridge, "middle", size=11))
    return lines


def _groups(wires: tuple[Wire, ...]) -> list[tuple[int, int]]:
    """First and last row of each run of wires that end at one part."""
    starts = [at for at, wire in enumerate(wires) if at == 0 or wires[at - 1].part != wire.part]
    return list(zip(starts, [*(at - 1 for at in starts[1:]), len(wires) - 1], strict=True))


def _box(x: float, y: float, width: float, height: float, fill: str, stroke: str = "#5b6b76") -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6" fill="{fill}" stroke="{stroke}" '
        'stroke-width="1.5"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, *, size: int = 14, weight: str = "normal") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="#14212b">'
        f"{escape(words)}</text>"
    )


def page() -> str:
    """All boards with tables, drawings and notes, as Markdown."""
    lines = [
        "# Boards, wire by wire", "",
        "Made by `python scripts/wiring.py`. What holds for all of them - power, fuses, cables, settings - is in the",
        "[guide](README.md). Take the mains plug out before you wire anything.", "",
    ]  # fmt: skip
    for guide in GUIDES:
        lines += [f"## {guide.title}", "", f"![{guide.title}]({guide.key}.svg)", "", "| board | goes to | in between |"]
        lines += ["|---|---|---|"]
        for wire in (*guide.left, *guide.right):
            between = "; ".join(filter(None, (wire.mark, wire.bridge and f"{wire.bridge} (to the next line)")))
            lines.append(f"| {wire.terminal} | {wire.part}: {wire.end} | {between} |")
        lines += ["", *(f"- {note}" for note in guide.notes), ""]
    return "\n".join(lines + _power())


def _power() -> list[str]:
    lines = [
        "## Power, in figures",
        "",
        f"A lock takes {LOCK_A:g} A at {LOCK_V} V while it is energised (half at 24 V). ",
    ]
    lines[-1] += "One lock at a time is energised, whatever the bank:"
    lines += ["", "| boards | supply (12 V) |", "|---|---|"]
    lines += [f"| {count} | {supply_a(count):.1f} A or more |" for count in (1, 2, 4, 8)]
    lines += ["", "| way to the lock | 0.34 mm² | 0.75 mm² | 1.5 mm² |", "|---|---|---|---|"]
    for metres in (2, 5, 10):
        drops = " | ".join(f"{drop_v(metres, area):.1f} V lost" for area in (0.34, 0.75, 1.5))
        lines.append(f"| {metres} m | {drops} |")
    return [*lines, "", "More than 1 V lost and a lock may only click: take the thicker wire.", ""]


def files() -> dict[str, str]:
    """Everything that this writes, by name."""
    return {"boards.md": page()} | {f"{guide.key}.svg": drawing(guide) for guide in GUIDES}


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
