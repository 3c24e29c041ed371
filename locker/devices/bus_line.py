"""Asks one board at a time: silence, a frame, and then only the answer that belongs to it, or none.

What is late, echoed, told without being asked or meant for somebody else is no answer. Nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from locker.devices.boards.said import Changed, Codec, Request, Said, find, is_answer
from locker.devices.bus_port import BusPort, PortGone

log = logging.getLogger(__name__)

# A board may take another make's frame for the beginning of one of its own, and the next frame for its end. After so
# much silence it has given that up.
FOREIGN_SILENCE_S = 0.05


@dataclass(frozen=True, slots=True)
class Heard:
    """How one request ended. `answer` None: there was none. `changes` were told in between by any board."""

    answer: Said | None = None
    changes: tuple[Changed, ...] = ()
    garbage: int = 0


class BusLine:
    """The only user of its port. `quiet_s` of silence end an answer whose length nobody can know before."""

    def __init__(self, port: BusPort, quiet_s: float, echo: bool) -> None:
        self.port = port
        self._quiet_s = quiet_s
        self._echo = echo
        self._free_at = 0.0
        self._spoke: type[Codec] | None = None
        # How long a board's answer of unknown length was when silence had ended it; the next one may end there.
        self._usual: dict[int, int] = {}

    async def ask(self, request: Request, codec: Codec, timeout_s: float) -> Heard:
        """Sends a frame and waits for its answer. Raises PortGone."""
        if self._spoke not in (None, type(codec)):
            self._free_at += FOREIGN_SILENCE_S
        self._spoke = type(codec)
        await self._silence()
        self.port.send(request.frame)
        sent_by = _now() + self.port.wire_s(len(request.frame))
        self._free_at = sent_by + self.port.silence_s
        if timeout_s <= 0:
            return Heard()
        heard = await self._listen(request, codec, sent_by + timeout_s)
        self._free_at = max(self._free_at, self.port.heard_at + self.port.silence_s)
        if heard.answer is None:
            self._start_over()
        return heard

    async def _listen(self, request: Request, codec: Codec, deadline: float) -> Heard:
        heard, until = Heard(), deadline
        while await self.port.more(until):
            heard, length = self._sift(request, codec)
            if heard.answer is None:
                continue
            if codec.is_whole(heard.answer) or length == self._usual.get(request.address):
                return heard
            # It looks whole; silence will tell. A board that goes on for ever ends with the deadline.
            until = min(deadline, self.port.heard_at + self._quiet_s)
        heard, length = self._sift(request, codec)
        if heard.answer is not None and not codec.is_whole(heard.answer):
            self._usual[request.address] = length
        return heard

    def _sift(self, request: Request, codec: Codec) -> tuple[Heard, int]:
        """What has come so far: the first frame that answers, with its length."""
        data = self.port.heard
        if self._echo:
            # Only an adapter that is known to hear itself: command and answer of an unlock can be the same bytes.
            if not data.startswith(request.frame):
                return Heard(garbage=len(data)), 0
            data = data[len(request.frame) :]
        frames = find(codec, data)
        changes = tuple(said for said, _ in frames if isinstance(said, Changed))
        garbage = len(data) - sum(length for _, length in frames)
        for said, length in frames:
            if is_answer(request, said):
                return Heard(said, changes, garbage), length
        return Heard(None, changes, garbage), 0

    async def _silence(self) -> None:
        while (wait_s := self._free_at - _now()) > 0:
            await asyncio.sleep(wait_s)

    def _start_over(self) -> None:
        # An answer that is still on its way must meet a port that has forgotten the question.
        try:
            self.port.open()
        except PortGone:
            log.warning("a bus can't be opened again after a board was silent")
            raise
        self._free_at = max(self._free_at, _now() + self.port.silence_s)


def _now() -> float:
    return asyncio.get_running_loop().time()
