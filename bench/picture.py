"""A curve of measured figures as a picture for the docs: plain SVG, drawn from the report and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

Curve = Mapping[str, Mapping[str, float]]
"""By size (a whole number): the median `us`, of it `hub_us`, and the runs from `least_us` to `most_us`."""

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 48, 52
PARTS = 5
"""Lines across the picture, and figures beside them."""

STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.grid{stroke:#ccc}.all,.hub{fill:none;stroke-width:2.5}"
    ".all{stroke:#0b5fa5}.hub{stroke:#b35900;stroke-dasharray:6 4}.range{stroke:#0b5fa5;opacity:.45}"
    ".dot{fill:#0b5fa5}.band{fill:#0b5fa5;opacity:.08}"
)
FLAT = 1.2
"""The band shows what counts as flat: no more than a fifth above the cheapest."""


@dataclass(frozen=True, slots=True)
class _Frame:
    sizes: tuple[int, ...]
    most_us: float

    def x(self, size: int) -> float:
        first, last = math.log10(self.sizes[0]), math.log10(self.sizes[-1])
        share = (math.log10(size) - first) / (last - first) if last > first else 0.5
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, us: float) -> float:
        return round(HEIGHT - BOTTOM - us / self.most_us * (HEIGHT - TOP - BOTTOM), 1)


def drawn(curve: Curve, title: str, along: str) -> str:
    """The picture of a curve; `along` says what its sizes are."""
    sizes = tuple(sorted(map(int, curve)))
    frame = _Frame(sizes, _round_up(max(point["most_us"] for point in curve.values())))
    said = ", ".join(f"{size:,} {along}: {curve[str(size)]['us']:.0f} µs" for size in sizes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><text x="{LEFT}" y="24">{escape(title)}</text>',
        *_grid(frame, along),
        *_band(frame, curve),
        *_lines(frame, curve),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(frame: _Frame, along: str) -> Iterator[str]:
    for part in range(PARTS + 1):
        us = frame.most_us * part / PARTS
        y = frame.y(us)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{us:.0f}</text>'
    for size in frame.sizes:
        anchor = {frame.sizes[0]: "start", frame.sizes[-1]: "end"}.get(size, "middle")
        yield f'<text x="{frame.x(size)}" y="{HEIGHT - BOTTOM + 20}" text-anchor="{anchor}">{size:,}</text>'
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(along)}</text>'
    yield f'<text x="{LEFT - 8}" y="{TOP - 16}" text-anchor="end">µs</text>'


def _band(frame: _Frame, curve: Curve) -> Iterator[str]:
    least = min(point["us"] for point in curve.values())
    top, bottom = frame.y(least * FLAT), frame.y(least)
    yield f'<rect class="band" x="{LEFT}" width="{WIDTH - LEFT - RIGHT}" y="{top}" height="{round(bottom - top, 1)}"/>'


def _lines(frame: _Frame, curve: Curve) -> Iterator[str]:
    for key, kind in (("us", "all"), ("hub_us", "hub")):
        dots = " ".join(f"{frame.x(size)},{frame.y(curve[str(size)][key])}" for size in frame.sizes)
        yield f'<polyline class="{kind}" points="{dots}"/>'
    for size in frame.sizes:
        point, x = curve[str(size)], frame.x(size)
        top, bottom = frame.y(point["most_us"]), frame.y(point["least_us"])
        yield f'<line class="range" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
        yield f'<circle class="dot" cx="{x}" cy="{frame.y(point["us"])}" r="4"/>'
    last = frame.sizes[-1]
    for key, says in (("us", "all processes"), ("hub_us", "of it the hub")):
        y = frame.y(curve[str(last)][key]) + 18
        yield f'<text x="{frame.x(last) - 8}" y="{y}" text-anchor="end">{says}</text>'


def _round_up(us: float) -> float:
    step = float(10 ** math.floor(math.log10(us))) / 2
    return math.ceil(us / step) * step
