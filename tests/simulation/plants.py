"""How a bug is named and planted: functions of shipping modules that are replaced by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Plant = Callable[[], list[tuple[Any, str, Any]]]
BUGS: dict[str, tuple[str, Plant]] = {}


def bug(what: str) -> Callable[[Plant], Plant]:
    """Names a planted bug in one sentence."""

    def named(plant: Plant) -> Plant:
        BUGS[plant.__name__] = (what, plant)
        return plant

    return named


def before(owner: Any, name: str) -> Any:
    return getattr(owner, name)
