"""What a board's sensors inside compartments see (a KERONG CU16 has inputs for them), told when it changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from locker.cabinet.events import ContentSeen
from locker.settings import Compartment
from locker.wiring import Board


class BoardContents:
    """The sensors of one board, each at the channel of its compartment's lock. Without `presence` none is wired."""

    def __init__(self, board: Board, boxes: Iterable[Compartment]) -> None:
        self._boxes = {
            wire.channel: box.n
            for box in boxes
            if board.presence and (wire := box.board_lock) is not None and wire.board == board.name
        }
        self._seen: dict[int, bool] = {}

    def take(self, items: Mapping[int, bool]) -> Iterator[ContentSeen]:
        """A reading of the board, by channel."""
        for channel, present in items.items():
            if channel in self._boxes and self._seen.get(channel) != present:
                self._seen[channel] = present
                yield ContentSeen(n=self._boxes[channel], present=present)
