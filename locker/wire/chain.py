"""Identity by hash: each fact and each order carries the hash of the one before it.

An entry's own hash is its name on the wire, so a repeat is known by its name, a gap by its unknown parent, and two
histories of one card by two children of one parent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

GENESIS = "0" * 64
"""The parent of a chain's first entry."""

_SPELLING = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: dict[str, Any]) -> bytes:
    """The one spelling of a JSON object that is hashed and signed: sorted keys, no spaces, UTF-8, no fractions.

    Raises ValueError for what has no single spelling (a fraction, a key that isn't text).
    """
    _refuse_fractions(value)
    return _SPELLING.encode(value).encode()


def digest(parent: str, entry: dict[str, Any]) -> str:
    """The hash (64 hex digits) of `entry`, which follows the entry whose hash is `parent`."""
    return link(parent, canonical(entry))


def link(parent: str, spelled: bytes) -> str:
    """The same for an entry that is already spelled as `canonical` would: what a journal has stored."""
    return hashlib.sha256(bytes.fromhex(parent) + spelled).hexdigest()


_PLAIN = frozenset({str, int, bool, type(None)})


def _refuse_fractions(value: dict[str, Any] | list[Any] | tuple[Any, ...]) -> None:
    # A float is spelled differently by different languages; whatever is measured travels as a whole number.
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"a key must be text, not {type(key).__name__}")
        inside: Iterable[Any] = value.values()
    else:
        inside = value
    for inner in inside:
        # Most of what is spelled is plain: a call for each would cost more than the spelling.
        if type(inner) in _PLAIN:
            continue
        if isinstance(inner, float):
            raise ValueError("a fraction has no single spelling; use whole numbers of a smaller unit")
        if isinstance(inner, dict | list | tuple):
            _refuse_fractions(inner)
