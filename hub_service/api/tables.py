"""CSV for those without a program: a header line, UTF-8, fields that would be formulas are made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request, Response

MEDIA_TYPE = "text/csv"
DOCUMENTED = {MEDIA_TYPE: {"schema": {"type": "string"}}}


class NotATable(Exception):
    """The text isn't CSV with a header line; the message says what is wrong."""


def wanted(request: Request) -> bool:
    """Whether the caller asked for a table."""
    return MEDIA_TYPE in request.headers.get("accept", "")


def response(columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]], status: int = 200) -> Response:
    """A table with these columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(row[name]) for name in columns])
    return Response(text.getvalue(), status, media_type=f"{MEDIA_TYPE}; charset=utf-8")


def read(raw: bytes) -> list[dict[str, str]]:
    """The rows of a table by the names of its header line; empty fields are left out. Raises NotATable."""
    try:
        text = raw.decode("utf-8-sig")
        lines = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        if not lines.fieldnames:
            raise NotATable("The table has no header line: its first line names the columns.")
        return [_row(line, n) for n, line in enumerate(lines, start=2)]
    except UnicodeDecodeError:
        raise NotATable("The table isn't UTF-8: save it as UTF-8.") from None
    except csv.Error as error:
        raise NotATable(f"The table can't be read: {error}.") from None


def _row(line: dict[str | Any, Any], n: int) -> dict[str, str]:
    # More fields than columns lie under None; with fewer, values are None.
    if None in line or None in line.values():
        raise NotATable(f"Line {n} has another number of fields than the header line.")
    return {name: value for name, value in line.items() if value != ""}


def _harmless(value: Any) -> str:
    text = "" if value is None else str(value)
    # Spreadsheets run what begins so.
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
