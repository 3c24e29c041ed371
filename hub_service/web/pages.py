"""Renders pages, and sends them so that browsers keep them to themselves: no cache, no referrer, no other server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from hub_service.domain.permissions import may
from hub_service.localtime import long_time, short_time

HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    # With no-referrer browsers would send forms with `Origin: null`, and `Desk` couldn't tell ours from a stranger's.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
STATIC = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Pages:
    """The templates, and the files that they refer to. `zone`: whose time is written, None: this machine's."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        self.zone = zone
        self._files = {file.name: file.read_bytes() for file in STATIC.iterdir() if file.suffix in _TYPES}
        self._templates = Environment(
            loader=PackageLoader("hub_service.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        said: dict[str, Callable[..., Any]] = {
            "long": lambda at_s, language="en": long_time(at_s, zone, language),
            "short": lambda at_s, language="en": short_time(at_s, zone, language),
            "iso": lambda at_s: datetime.fromtimestamp(at_s, UTC).isoformat(),
        }
        self._templates.filters |= said
        icons: Any = self._templates.get_template("icons.html").module
        self._templates.globals |= {"asset": self._asset, "icon": icons.icon, "nav": "", "may": may}

    def show(self, page: str, status: int = 200, **values: object) -> HTMLResponse:
        """One page. Raises jinja2.UndefinedError if a template is given too little."""
        html = self._templates.get_template(f"{page}.html").render(**values)
        return HTMLResponse(html, status, HEADERS)

    def file(self, name: str) -> Response:
        """A stylesheet, script or picture; its address changes with its content, so it may be kept for ever."""
        content = self._files.get(name)
        if content is None:
            return Response("no such file", 404, media_type="text/plain")
        kept = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return Response(content, 200, kept, _TYPES[Path(name).suffix])

    def _asset(self, name: str) -> str:
        return f"/static/{name}?v={hashlib.sha256(self._files[name]).hexdigest()[:12]}"
