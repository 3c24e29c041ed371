"""The doors whose switches one lock board reads: each reading becomes news only when it can be believed.

Pure: readings and times (seconds) come in, events go out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from locker.cabinet.events import DoorClosed, DoorOpened, LatchMoved, SensorFailed, SensorRecovered
from locker.devices.contact import Contact
from locker.settings import Compartment
from locker.wiring import Board

DoorEvent = DoorOpened | DoorClosed | SensorFailed | SensorRecovered | LatchMoved


class BoardDoors:
    """`channels` are those that belong to a door. `debounce_s`: how long a switch must be steady to be believed.

    A lock board's own switch is at the hook. Where a door has another one beside it, the hook's tells of the latch.
    """

    def __init__(self, board: Board, boxes: Iterable[Compartment], debounce_s: float) -> None:
        self._debounce_s = debounce_s
        boxes = tuple(boxes)
        self._hooks = {
            wire.channel: (box.n, board.inverted)
            for box in boxes
            if (wire := box.board_lock) and wire.board == board.name and wire != box.board_sensor and board.switches
        }
        self._latches: dict[int, Contact] = {}
        self._doors = {
            wire.channel: (box.n, board.inverted != box.inverted)
            for box in boxes
            if (wire := box.board_sensor) and wire.board == board.name
        }
        # Where wires were found swapped, a lock's channel reads the switch of another door, and no hook.
        self._hooks = {channel: hook for channel, hook in self._hooks.items() if channel not in self._doors}
        self.channels = sorted(self._doors)
        self._contacts: dict[int, Contact] = {}
        self._told_unknown: set[int] = set()
        self._asked: set[int] = set()

    def read(self) -> dict[int, bool | None]:
        """Whether each door is open (None: nobody knows)."""
        doors = {n: self._contacts[n].open if n in self._contacts else None for n, _ in self._doors.values()}
        self._told_unknown |= doors.keys() - self._contacts.keys()
        return doors

    @property
    def look_at(self) -> float | None:
        """When a switch that has moved has to be read again."""
        contacts = (*self._contacts.values(), *self._latches.values())
        return min((at for contact in contacts if (at := contact.look_at) is not None), default=None)

    @property
    def are_known(self) -> bool:
        """Whether each door was read at least once."""
        return len(self._contacts) == len(self._doors)

    def pulsed(self, n: int) -> None:
        """A door is about to be released."""
        self._asked.add(n)

    def take(self, shut: Mapping[int, bool | None], now: float) -> Iterator[DoorEvent]:
        """A reading of the board; `shut` by the usual meaning of its switches."""
        for channel, is_shut in shut.items():
            if channel in self._hooks and is_shut is not None:
                yield from self._hook(*self._hooks[channel], is_shut, now)
            if channel not in self._doors:
                continue
            n, inverted = self._doors[channel]
            if is_shut is None:
                yield from self._unreadable(n)
            else:
                yield from self._read(n, is_shut == inverted, now)

    def lose(self) -> Iterator[DoorEvent]:
        """The board is silent: none of its doors can be seen."""
        for n, _ in self._doors.values():
            if n in self._contacts and self._contacts[n].lose():
                yield SensorFailed(n=n)

    def _read(self, n: int, is_open: bool, now: float) -> Iterator[DoorEvent]:
        contact = self._contacts.get(n)
        if contact is None:
            yield from self._first(n, is_open)
            return
        blind = contact.open is None
        opinion = contact.polled(is_open, now) or contact.settle(is_open, now)
        if blind and contact.open is not None:
            yield SensorRecovered(n=n)
        if opinion == "failed":
            yield SensorFailed(n=n, flickers=True)
        elif opinion:
            yield DoorOpened(n=n) if opinion == "opened" else DoorClosed(n=n)

    def _hook(self, n: int, inverted: bool, caught: bool, now: float) -> Iterator[DoorEvent]:
        is_free = caught == inverted
        latch = self._latches.get(n)
        if latch is None:
            # Where nothing is connected it reads free for ever: a hook counts from the first time that it has caught.
            if not is_free:
                self._latches[n] = Contact(is_free, self._debounce_s)
                yield LatchMoved(n=n, free=is_free)
        # A hook's switch that flickers says nothing; the door has one of its own.
        elif (opinion := latch.polled(is_free, now) or latch.settle(is_free, now)) and opinion != "failed":
            yield LatchMoved(n=n, free=opinion == "opened")

    def _first(self, n: int, is_open: bool) -> Iterator[DoorEvent]:
        self._contacts[n] = Contact(is_open, self._debounce_s)
        if n not in self._told_unknown:
            return
        yield SensorRecovered(n=n)
        if is_open:
            yield DoorOpened(n=n)
        elif n not in self._asked:
            # Where a pulse was asked for, "shut" may mean that it never opened: the person says what happened.
            yield DoorClosed(n=n)

    def _unreadable(self, n: int) -> Iterator[DoorEvent]:
        contact = self._contacts.setdefault(n, Contact(False, self._debounce_s))
        if contact.lose():
            yield SensorFailed(n=n)
