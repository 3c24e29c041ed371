"""Chance of a seed in the place of the system's: what a hub draws is the same each time."""

from __future__ import annotations

from tests.simulation.world import World


class SeededChance:
    """What a hub draws comes from the seed."""

    def __init__(self, world: World) -> None:
        self._chance = world.draw("secrets")

    def token_hex(self, size: int) -> str:
        return self.token_bytes(size).hex()

    def token_bytes(self, size: int) -> bytes:
        return self._chance.randbytes(size)

    def token_urlsafe(self, size: int) -> str:
        return self.token_hex(size)

    def randbits(self, bits: int) -> int:
        return self._chance.getrandbits(bits)

    def randbelow(self, limit: int) -> int:
        return self._chance.randrange(limit)
