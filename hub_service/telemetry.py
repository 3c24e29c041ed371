"""What the hub writes about itself: one line an event on standard error, without secrets or personal data."""

from __future__ import annotations

import logging
import sys

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_CHATTY = ("uvicorn.access", "httpx", "asyncio", "mqtt")


def start(verbose: bool = False) -> None:
    """Sets up the log of this process."""
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, format=_FORMAT, stream=sys.stderr)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
