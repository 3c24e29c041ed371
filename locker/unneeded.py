"""Leaves out what libraries bring along and a locker never uses: 2 MB of the 60 that its daemon may have.

Both packages import all of their modules: uvicorn its own command line, and with it click and processes of its own;
gpiozero every board that was ever sold for a Raspberry Pi. A stand-in comes first; whoever wants something of it is
told so.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

LEFT_OUT = (
    "uvicorn.main", "gpiozero.boards", "gpiozero.internal_devices", "gpiozero.spi_devices", "colorzero",
    "http.server", "wsgiref.simple_server",
)  # fmt: skip


class LeftOut:
    """What stands for every name of a module that isn't there."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError("this part of a library is left out in a locker: see locker/unneeded.py")


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> type[LeftOut]:
        # Python's own questions about a module, after its file for instance, have their usual answers.
        if name.startswith("__"):
            raise AttributeError(name)
        return LeftOut


def leave_out() -> None:
    """Call it before the packages are imported; what has been imported already stays."""
    for name in LEFT_OUT:
        sys.modules.setdefault(name, _StandIn(name))
