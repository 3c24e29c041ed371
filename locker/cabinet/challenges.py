"""The challenges that one run of the locker has given out, and the number on its screen.

The number is drawn anew every minute; whoever reads it to the hub stands in front.
"""

from __future__ import annotations

from dataclasses import dataclass

from locker.wire.opening import Outcome

LIVES_MS = 8_000
"""An answer has so long to come: a slow mobile network's round trip, and not a person's walk to the corner."""

NUMBER_MS = 60_000
KEPT = 8
"""So many requests are remembered; more at once are nobody's honest wish, and none of them opens anything by itself."""


@dataclass(slots=True)
class Asked:
    """A request that was given a challenge; with an `outcome` it is done with, whatever else comes."""

    request: str
    nonce: str
    at_ms: int
    outcome: Outcome | None = None

    def lives(self, now_ms: int) -> bool:
        """Whether an answer would still be in time."""
        return now_ms - self.at_ms <= LIVES_MS


class Challenges:
    """What one run remembers of requests, and the numbers that somebody in front may read (a sticker's for ever)."""

    def __init__(self, sticker: str = "") -> None:
        self.sticker = sticker
        self._asked: dict[str, Asked] = {}
        self.drawn: tuple[str, ...] = ()
        self.drawn_ms = 0

    @property
    def numbers(self) -> tuple[str, ...]:
        """The newest first, and the one before it: somebody may just have read that."""
        return (self.sticker,) if self.sticker else self.drawn

    def is_due(self, now_ms: int) -> bool:
        """Whether the screen should have another number."""
        return not self.sticker and (not self.drawn or now_ms >= self.drawn_ms + NUMBER_MS)

    def draw(self, chance: float, now_ms: int) -> None:
        """Takes another number; `chance` is a share from 0 to below 1."""
        assert 0 <= chance < 1, "a share"
        self.drawn, self.drawn_ms = (f"{int(chance * 1000):03}", *self.drawn[:1]), now_ms

    def find(self, request: str) -> Asked | None:
        """A request that is still remembered."""
        return self._asked.get(request)

    def ask(self, request: str, nonce: str, now_ms: int) -> Asked:
        """Notes a challenge that is given out now; an older one for this request counts no more."""
        self._asked.pop(request, None)
        asked = self._asked[request] = Asked(request, nonce, now_ms)
        while len(self._asked) > KEPT:
            self._asked.pop(next(iter(self._asked)))
        return asked
