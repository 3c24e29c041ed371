"""Chance that a test knows: the PINs that a hub is going to draw, one after the other."""

from __future__ import annotations

import secrets

from hub_service.domain.draws import Draws


class _Foretold:
    """`secrets`, but for the next numbers below a bound."""

    token_hex = staticmethod(secrets.token_hex)
    token_bytes = staticmethod(secrets.token_bytes)
    token_urlsafe = staticmethod(secrets.token_urlsafe)
    randbits = staticmethod(secrets.randbits)

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = iter(numbers)

    def randbelow(self, _: int, /) -> int:
        return next(self._numbers)


def foretold(*pins: str) -> Draws:
    """A hub with this draws these PINs in turn."""
    return Draws(_Foretold([int(pin) for pin in pins]))
