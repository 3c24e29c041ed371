"""Draws a ticket as a QR code: inline SVG, one path, dark on white in every colour scheme."""

from __future__ import annotations

from itertools import groupby

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4


def modules(text: str) -> list[list[bool]]:
    """The symbol at level M without its quiet zone, row by row; 41x41 for a ticket."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make()
    return [[bool(module) for module in row] for row in code.get_matrix()]


def qr_svg(text: str, label: str) -> Markup:
    """The symbol with its quiet zone; `label` is what a screen reader says instead."""
    rows = modules(text)
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(_runs(row, y + QUIET_ZONE) for y, row in enumerate(rows))
    # Scanners read dark on light: the white field belongs to the symbol, not to the page's colours.
    return Markup(
        '<svg class="qr" role="img" aria-label="{}" data-modules="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="{}"/></svg>'
    ).format(label, len(rows), side, side, path)


def _runs(row: list[bool], y: int) -> str:
    path, x = "", QUIET_ZONE
    for dark, group in groupby(row):
        width = len(list(group))
        if dark:
            path += f"M{x} {y}h{width}v1h-{width}z"
        x += width
    return path
