"""How an entry of the journal reads for people: when, what, and the few words that matter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_HIDDEN = frozenset({"at", "kind", "order", "snapshot", "compartments"})


def audit_line(position: int, digest: str, raw: dict[str, Any]) -> str:
    """One line for one entry as it is stored. `?` behind the time: the locker's clock wasn't to be trusted."""
    at = raw["at"]
    when = datetime.fromtimestamp(at["wall_ms"] / 1000, UTC).isoformat(" ", "milliseconds")
    words = [f"{name}={_spelled(value)}" for name, value in raw.items() if name not in _HIDDEN and value]
    if "order" in raw:
        words.append(f"order={raw['order'].get('kind')}")
    if "snapshot" in raw:
        words.append(f"orders={len(raw['snapshot'].get('orders', ()))}")
    doubt = " " if at["trusted"] else "?"
    return f"{position:>7} {digest[:12]} {when}{doubt} {raw['kind']:<18} {' '.join(words)}".rstrip()


def _spelled(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if text.isprintable() else ascii(text)
