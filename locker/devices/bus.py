"""A serial bus with lock boards: one owner, one request in flight, unlocks before questions before polls.

Runs in the daemon's event loop. Nothing is sent twice by itself, nothing that was asked for long ago is sent at all.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from locker import wiring
from locker.cabinet.events import DeviceFailed, DeviceRecovered, PulseEnded
from locker.devices.boards.said import Codec, Request, Said
from locker.devices.bus_board import BusBoard
from locker.devices.bus_line import BusLine
from locker.devices.bus_port import BusPort, PortGone
from locker.devices.ports import Tell

log = logging.getLogger(__name__)

RETRY_S, RETRY_MAX_S = 0.5, 10.0
# The cabinet takes a pulse for lost a second after it should have ended, and may then energise another lock: a pulse
# begins early enough to be over by then, or not at all.
BEGINS_WITHIN_S = 0.9
NOTHING_TO_DO_S = 3_600.0


@dataclass(frozen=True, slots=True)
class _Wish:
    """A lock that is to be pulsed."""

    board: BusBoard
    n: int
    pulse_ms: int
    asked_at: float


@dataclass(frozen=True, slots=True)
class _Question:
    """Something that commissioning wants to know, or have done."""

    request: Request
    codec: Codec
    answer: asyncio.Future[Said | None]


class Bus:
    """One bus of the config file with its boards. `start` before anything else, `close` at the end."""

    def __init__(self, bus: wiring.Bus, baud: int, boards: Sequence[BusBoard], tell: Tell) -> None:
        self.name = bus.name
        self.boards = tuple(boards)
        self._tell = tell
        self._timeout_s = bus.timeout_ms / 1000
        self._port = BusPort(bus.port, baud)
        self._line = BusLine(self._port, bus.quiet_ms / 1000, bus.echo)
        self._wishes: deque[_Wish] = deque()
        self._questions: deque[_Question] = deque()
        self._wake = asyncio.Event()
        self._tried = asyncio.Event()
        self._failed = False
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Returns when every board was asked once, or the port couldn't be opened."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"bus {self.name}")
        tried = asyncio.get_running_loop().create_task(self._tried.wait())
        await asyncio.wait([self._task, tried], return_when=asyncio.FIRST_COMPLETED)
        tried.cancel()
        if self._task.done():
            self._task.result()

    def unlock(self, board: BusBoard, n: int, pulse_ms: int) -> None:
        """Ask for one pulse; its end is told as `PulseEnded`."""
        if not self._port.is_open:
            # Not from inside the call: whoever asks is in the middle of performing a decision.
            why = f"bus {self.name} is gone"
            asyncio.get_running_loop().call_soon(self._tell, PulseEnded(n=n, given=False, why=why))
            return
        self._wishes.append(_Wish(board, n, pulse_ms, self._now()))
        self._wake.set()

    async def ask(self, request: Request, codec: Codec) -> Said | None:
        """One request beside the daemon's own, for commissioning: its answer, or None where there is none."""
        assert request.unlocks is None, "pulses are asked for with `unlock`, where the rules for coils are kept"
        if not self._port.is_open:
            return None
        question = _Question(request, codec, asyncio.get_running_loop().create_future())
        self._questions.append(question)
        self._wake.set()
        return await question.answer

    async def close(self) -> None:
        """Lets go of the port. Pulses that a board has begun end by the board's own clock."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._timer:
            self._timer.cancel()
        self._port.close()

    async def _run(self) -> None:
        wait_s = RETRY_S
        while True:
            try:
                self._open()
                wait_s = RETRY_S
                while True:
                    await self._work()
            except PortGone as error:
                self._gone(error)
            except Exception as error:  # the loop's edge: a mistake in here must not leave doors unheard in silence
                log.exception("bus %s", self.name)
                self._gone(PortGone(f"{type(error).__name__}: {error}"))
            # Also after a loss: a plug that is pulled halfway comes and goes for a while.
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, RETRY_MAX_S)

    def _open(self) -> None:
        self._port.open()
        if self._failed:
            self._failed = False
            self._tell(DeviceRecovered(device=f"bus {self.name}"))

    def _gone(self, error: PortGone) -> None:
        self._port.close()
        if not self._failed:
            self._failed = True
            log.error("bus %s: %s", self.name, error)
            self._tell(DeviceFailed(device=f"bus {self.name}", why=str(error)))
        while self._wishes:
            self._refuse(self._wishes.popleft(), f"bus {self.name} is gone")
        while self._questions:
            self._reply(self._questions.popleft(), None)
        for board in self.boards:
            board.silent(self._now(), f"bus {self.name} is gone")
        # A board that was told to give a pulse gives it without its bus; its end is told when it is over.
        self._watch_pulses()
        self._tried.set()

    async def _work(self) -> None:
        """One request, whatever is most urgent, or waiting for one."""
        self._wake.clear()
        now = self._now()
        self._watch_pulses()
        if wish := self._next_wish(now):
            await self._give(wish)
        elif self._questions:
            await self._put(self._questions.popleft())
        elif (board := self._most_due()) and board.due is not None and board.due <= now:
            await self._poll(board)
        else:
            await self._rest_until(board.due if board else None)

    def _next_wish(self, now: float) -> _Wish | None:
        for wish in tuple(self._wishes):
            # A board whose own pulse is longer than what was asked for has to begin the earlier.
            longer_s = max(0, wish.board.length_ms(wish.pulse_ms) - wish.pulse_ms) / 1000
            if now - wish.asked_at > BEGINS_WITHIN_S - longer_s:
                self._wishes.remove(wish)
                self._refuse(wish, f"bus {self.name} is busy")
            elif not wish.board.is_energised:
                self._wishes.remove(wish)
                return wish
        return None

    async def _give(self, wish: _Wish) -> None:
        request = wish.board.unlock(wish.n, wish.pulse_ms, self._now())
        if isinstance(request, str):
            log.error("a pulse of lock %d was refused: %s", wish.n, request)
            self._refuse(wish, request)
            return
        await self._ask_board(wish.board, request)

    async def _poll(self, board: BusBoard) -> None:
        await self._ask_board(board, board.question())
        if all(one.is_known for one in self.boards):
            self._tried.set()

    async def _ask_board(self, board: BusBoard, request: Request) -> None:
        within_s = board.answer_within_s(request, self._timeout_s)
        heard = await self._line.ask(request, board.codec, within_s)
        now = self._now()
        if heard.answer is not None:
            board.heard(heard.answer, now)
        elif within_s:
            why = f"{heard.garbage} bytes that make no sense" if heard.garbage else "no answer"
            board.silent(now, why, noisy=heard.garbage > 0)
        else:
            board.sent(now)
        for said in heard.changes:
            for other in self.boards:
                other.changed(said, now)

    async def _put(self, question: _Question) -> None:
        try:
            heard = await self._line.ask(question.request, question.codec, self._timeout_s)
        except PortGone:
            self._reply(question, None)
            raise
        self._reply(question, heard.answer)

    def _most_due(self) -> BusBoard | None:
        waiting = [board for board in self.boards if board.due is not None]
        return min(waiting, key=lambda board: board.due or 0.0, default=None)

    async def _rest_until(self, at: float | None) -> None:
        if at is None:
            # None of the boards has anything to say.
            self._tried.set()
        try:
            async with asyncio.timeout_at(self._now() + NOTHING_TO_DO_S if at is None else at):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _watch_pulses(self) -> None:
        # By a timer as well: the end of a pulse must not wait for an answer that doesn't come.
        if self._timer:
            self._timer.cancel()
        self._timer = None
        now = self._now()
        times = [at for board in self.boards if (at := board.time(now)) is not None]
        if times:
            self._timer = asyncio.get_running_loop().call_at(min(times), self._pulse_may_be_over)

    def _pulse_may_be_over(self) -> None:
        self._watch_pulses()
        self._wake.set()

    def _refuse(self, wish: _Wish, why: str) -> None:
        self._tell(PulseEnded(n=wish.n, given=False, why=why))

    def _reply(self, question: _Question, said: Said | None) -> None:
        if not question.answer.done():
            question.answer.set_result(said)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
