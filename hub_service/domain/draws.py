"""What a hub draws: names that nobody has, and codes that nobody guesses.

`secrets` draws for a real hub, a seed where the same has to happen twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hub_service.domain.access_codes import PIN_SPACE, pin_from


class Chance(Protocol):
    """Draws that can't be foretold; the standard library's `secrets` is one."""

    def token_hex(self, nbytes: int, /) -> str: ...

    def token_bytes(self, nbytes: int, /) -> bytes: ...

    def token_urlsafe(self, nbytes: int, /) -> str: ...

    def randbelow(self, exclusive_upper_bound: int, /) -> int: ...

    def randbits(self, k: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Draws:
    """Everything that a hub leaves to chance."""

    chance: Chance

    def id(self, prefix: str) -> str:
        """A name for a record: 16 hex digits behind the letters of its kind."""
        return f"{prefix}_{self.chance.token_hex(8)}"

    def pickup_id(self) -> str:
        """A new pickup's name: 16 hex digits, as tickets carry it."""
        return self.chance.token_hex(8)

    def epoch(self) -> str:
        """A new epoch of a locker's orders: 16 hex digits that no epoch before had."""
        return self.chance.token_hex(8)

    def pin(self) -> str:
        """A PIN that nobody can guess."""
        # About one draw in 60 has too few different digits, or begins like a card's number.
        while (pin := pin_from(self.chance.randbelow(PIN_SPACE))) is None:
            pass
        return pin

    def key(self) -> bytes:
        """A secret of 32 bytes."""
        return self.chance.token_bytes(32)

    def token(self) -> str:
        """A secret of 256 bits that fits into a header or a cookie."""
        return self.chance.token_urlsafe(32)

    def password(self) -> str:
        """A first password, to be typed once: 96 bits."""
        return self.chance.token_urlsafe(12)

    def printed(self, size: int) -> str:
        """What is printed or shown as a barcode: so many bytes in large hex digits."""
        return self.chance.token_hex(size).upper()

    def salt(self) -> bytes:
        """16 bytes that make two equal passwords look different."""
        return self.chance.token_bytes(16)

    def number(self) -> int:
        """One of 2^64 numbers."""
        return self.chance.randbits(64)
