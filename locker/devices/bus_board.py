"""One lock board as the daemon sees it: what to ask it next, what its answers mean, and when it is lost.

Pure but for telling: times (seconds of one clock) and answers come in, frames and events go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from locker.cabinet.events import DeviceFailed, DeviceRecovered, PulseEnded
from locker.devices.boards import codec_for
from locker.devices.boards.said import Changed, Refused, Request, Said, Switches, Unlocked
from locker.devices.bus_doors import BoardDoors
from locker.devices.ports import Tell
from locker.devices.presence import BoardContents
from locker.devices.pulses import PulseRule
from locker.settings import Compartment
from locker.wiring import BOARD_PULSE_MS_MAX, Board

# A board that has said nothing for so long is lost; until then it may have been a bad moment.
LOST_S = 3.0
SILENT_WAIT_MAX_S = 10.0
# After a pulse its door is looked at again and again: a coil needs up to 130 ms, a person a second or two.
LOOK_FIRST_S, LOOK_EVERY_S, LOOK_FOR_S = 0.15, 0.1, 3.0
LOOK_AGAIN_S = 0.05
# Nothing tells the late answer to one question from the answer to the next: a board that has said nothing at all is
# left alone for so long, and what comes meanwhile finds nobody who waits for it.
LATE_S = 1.0
RELAY_STEP_MS = 100
# A board begins its pulse when it has the whole frame, and its clock is not ours: another lock waits for so long.
MARGIN_S = 0.05


@dataclass(slots=True)
class Pulse:
    """A pulse that a board was told to give. `taken` is whether anything has shown that it heard it.

    `why` says what speaks against it: the board was silent, or its bus has gone.
    """

    n: int
    until: float
    taken: bool = False
    why: str = ""


class BusBoard:
    """The board, its locks (compartment to channel) and its doors."""

    def __init__(self, board: Board, boxes: Iterable[Compartment], tell: Tell, times_s: tuple[float, float]) -> None:
        self.board = board
        self.codec = codec_for(board)
        self._tell = tell
        self._poll_s, debounce_s = times_s
        boxes = tuple(boxes)
        self.doors = BoardDoors(board, boxes, debounce_s)
        self._contents = BoardContents(board, boxes)
        self.locks = {
            box.n: wire.channel for box in boxes if (wire := box.board_lock) is not None and wire.board == board.name
        }
        # One lock of a board at a time: its maker allows three amperes, and one coil draws more than two.
        self._rule = PulseRule(self.locks, BOARD_PULSE_MS_MAX, energised_max=1)
        self._pulse: Pulse | None = None
        self._lost = False
        self._silent_since: float | None = None
        self._wait_s = self._poll_s
        self._due, self._look_until, self._heard_at = 0.0, 0.0, 0.0
        self._unset = bool(self.codec.at_start(board.address))
        self._turn: list[int] = []
        self._given_up = False

    @property
    def is_energised(self) -> bool:
        return self._pulse is not None

    @property
    def is_known(self) -> bool:
        """Whether it was asked for each of its doors once, or there is no sense in waiting for that."""
        return self._given_up or self.doors.are_known

    @property
    def due(self) -> float | None:
        """When it is to be asked next (None: there is nothing to ask)."""
        # A board without switches is asked only when it has to be set, at the start and after it was silent.
        if not (self.board.switches or (self._unset and not self._pulse)):
            return None
        look_at = self.doors.look_at
        if look_at is None or self._silent_since is not None:
            return self._due
        # Not at once again, whatever it answers: a board that refuses to be read must not keep the bus to itself.
        return min(self._due, max(look_at, self._heard_at + self._shared(LOOK_AGAIN_S)))

    def question(self) -> Request:
        """What to ask it now."""
        address, codec = self.board.address, self.codec
        if self._unset and not self._pulse:
            return Request(address, codec.at_start(address), repeats=True)
        if codec.asks_each:
            self._turn = self._turn or [*self.doors.channels] or [1]
            lock = self._turn.pop(0)
            return Request(address, codec.status(address, lock), frozenset([lock]), alone=True)
        return Request(address, codec.status(address), frozenset(range(1, self.board.switches + 1)))

    def unlock(self, n: int, pulse_ms: int, now: float) -> Request | str:
        """The frame that gives one pulse, or why there is none."""
        length_ms = self.length_ms(pulse_ms)
        if why := self._rule.begin(n, length_ms, int(now * 1000)):
            return why
        self._pulse = Pulse(n, now + length_ms / 1000 + MARGIN_S)
        self.doors.pulsed(n)
        self._look_until = now + LOOK_FOR_S
        frame = self.codec.unlock(self.board.address, self.locks[n], length_ms)
        return Request(self.board.address, frame, unlocks=self.locks[n], pulse_ms=length_ms)

    def length_ms(self, pulse_ms: int) -> int:
        """How long its pulse lasts where `pulse_ms` is asked for."""
        own_ms = self.board.pulse_ms or self.board.make.pulse_ms
        # A relay counts in tenths of a second: rounded up, or a short pulse would be none.
        return own_ms or -(-pulse_ms // RELAY_STEP_MS) * RELAY_STEP_MS

    def answer_within_s(self, request: Request, timeout_s: float) -> float:
        """How long the answer to this request may take (0: there is none)."""
        if request.unlocks is None:
            return timeout_s
        # Some boards answer when the pulse is over.
        return timeout_s + (request.pulse_ms or 0) / 1000 if self.codec.answers_unlock else 0.0

    def heard(self, said: Said, now: float) -> None:
        """It has answered."""
        self._spoke()
        match said:
            case Switches():
                self._told(said, now)
            case Unlocked() | Refused() if self._pulse and not self._pulse.taken:
                self._pulse.taken = not isinstance(said, Refused) and said.accepted
                if not self._pulse.taken:
                    self._end_pulse(False, said.why)
            case _:
                self._unset = False
        self._due, self._heard_at = now + self._next_s(now), now

    def sent(self, now: float) -> None:
        """A pulse's frame has gone out, and no answer is to come: its door will say what it did."""
        self._due = now + LOOK_FIRST_S

    def changed(self, said: Changed, now: float) -> None:
        """It has told of a switch by itself: worth a look, no more than that."""
        if said.address == self.board.address:
            self._due = min(self._due, now)

    def silent(self, now: float, why: str, noisy: bool = False) -> None:
        """It hasn't answered, or nothing that makes sense (`noisy`). No pulse is sent again: the cabinet decides."""
        self._given_up = True
        if self._pulse and not self._pulse.taken:
            # It may have heard all the same: until that pulse would be over no other lock of the locker gets current.
            self._pulse.why = "no answer"
            self.time(now)
        if self._silent_since is None:
            self._silent_since = now
        self._wait_s = min(self._wait_s * 2, SILENT_WAIT_MAX_S)
        # Somebody stands before a door that was just released: an answer that was spoilt is asked for again at once.
        wait_s = LOOK_EVERY_S if now < self._look_until else self._wait_s
        if not noisy:
            wait_s = max(LATE_S, wait_s)
        self._due = now + wait_s
        # It may have lost its power: what was set before is set again.
        self._unset = bool(self.codec.at_start(self.board.address))
        if not self._lost and now - self._silent_since >= LOST_S:
            self._lost = True
            self._tell(DeviceFailed(device=f"board {self.board.name}", why=why))
            for event in self.doors.lose():
                self._tell(event)

    def time(self, now: float) -> float | None:
        """Ends the pulse that is over; when to come back."""
        for _ in self._rule.end_due(int(now * 1000)):
            pass
        if self._pulse is None:
            return None
        if now < self._pulse.until:
            return self._pulse.until
        if self._pulse.taken or self._pulse.why:
            self._end_pulse(self._pulse.taken, "" if self._pulse.taken else self._pulse.why)
        return None

    def _spoke(self) -> None:
        self._silent_since, self._wait_s = None, self._poll_s
        if self._lost:
            self._lost = False
            self._tell(DeviceRecovered(device=f"board {self.board.name}"))

    def _told(self, said: Switches, now: float) -> None:
        if self._pulse:
            # It speaks, so it has heard the command that came before this question, too.
            self._pulse.taken = True
        for event in self.doors.take(said.shut, now):
            self._tell(event)
        for hint in self._contents.take(said.items):
            self._tell(hint)

    def _end_pulse(self, given: bool, why: str) -> None:
        assert self._pulse is not None
        n, self._pulse = self._pulse.n, None
        self._tell(PulseEnded(n=n, given=given, why=why))

    def _next_s(self, now: float) -> float:
        return self._shared(LOOK_EVERY_S if now < self._look_until else self._poll_s)

    def _shared(self, every_s: float) -> float:
        # Where each lock is asked for by itself, all of them take their turn in that time.
        return every_s / max(1, len(self.doors.channels)) if self.codec.asks_each else every_s
