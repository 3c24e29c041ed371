"""Does what an interview wishes for with real boards, pins and scanner. One lock at a time, never by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from locker.cabinet.events import PulseEnded
from locker.check_file import Opened
from locker.commissioning.plan import Place, Plan
from locker.commissioning.wishes import CodeRead, Heard, Listen, Look, Pulse, Pulsed, ReadCode, Readings, Seen, moved
from locker.devices.boards import codec_for
from locker.devices.boards.said import Codec, Command, Request, Said, Switches, find
from locker.devices.bus_line import BusLine
from locker.devices.bus_port import BusPort, PortGone
from locker.devices.gpio import GpioDoorSensors
from locker.devices.locks import GuardedLocks
from locker.devices.onlookers import Signs
from locker.devices.ports import DeviceEvent
from locker.devices.pulses import PulseRule
from locker.devices.scanner import SerialScanner
from locker.settings import Settings, load
from locker.wiring import BOARD_PULSE_MS_MAX, Board, Bus

QUICK_S = 0.2
# A second answer to the same question comes right behind the first one.
LINGER_S = 0.03
LOOK_EVERY_S, REST_S, RESTS_WITHIN_S = 0.05, 0.06, 1.5
RELAY_STEP_MS = 100
LOCKS_MAX = 1_000


@dataclass(slots=True)
class _Line:
    """An open bus, at the speed that it was opened with."""

    baud: int
    line: BusLine


@dataclass(slots=True)
class _Pins:
    """The drivers of whatever is on GPIO, running."""

    settings: Settings
    locks: GuardedLocks
    doors: GpioDoorSensors
    ended: dict[int, asyncio.Future[PulseEnded]] = field(default_factory=dict)


class Bench:
    """All hardware of one check. `close` lets go of it."""

    def __init__(self, file: Opened) -> None:
        self._file = file
        self._lines: dict[str, _Line] = {}
        self._silent: set[str] = set()
        self._pins: _Pins | None = None
        self._rule = PulseRule(range(LOCKS_MAX), BOARD_PULSE_MS_MAX, energised_max=1)
        self._known: list[Place] = []

    async def close(self) -> None:
        for one in self._lines.values():
            one.line.port.close()
        if self._pins:
            await self._pins.locks.close()
            await self._pins.doors.close()

    async def listen(self, wish: Listen, plan: Plan) -> Heard:
        board, codec = wish.board, codec_for(wish.board)
        bus = plan.bus(board.bus)
        try:
            line = self._line(bus, wish.baud)
            request = _question(board, codec)
            heard = await line.ask(request, codec, QUICK_S if wish.quick else bus.timeout_ms / 1000)
            if heard.answer is None:
                return Heard("garbage" if heard.garbage else "silence")
            await asyncio.sleep(LINGER_S)
        except PortGone as gone:
            return Heard("gone", str(gone))
        return Heard("answer" if _answers(codec, line.port.heard, board.address) < 2 or bus.echo else "garbage")

    async def look(self, wish: Look) -> Seen:
        """All switches, at once or when one of them has moved and rests."""
        readings = await self._read(wish.plan)
        if wish.since is None:
            return Seen(readings)
        deadline = _now() + wish.within_s
        while not moved(wish.since, readings):
            if _now() >= deadline:
                return Seen(readings)
            await asyncio.sleep(LOOK_EVERY_S)
            readings = await self._read(wish.plan)
        return Seen(await self._at_rest(wish.plan, readings))

    async def pulse(self, wish: Pulse) -> Pulsed:
        """One pulse, and its end: when this returns, nothing is energised."""
        if wish.lock not in self._known:
            self._known.append(wish.lock)
        number = self._known.index(wish.lock)
        length_ms = self._length_ms(wish)
        if why := self._rule.begin(number, length_ms, int(_now() * 1000)):
            return Pulsed(False, why)
        try:
            if wish.lock.kind == "pin":
                return await self._pulse_pin(wish.lock, length_ms)
            return await self._pulse_board(wish.plan, wish.lock, length_ms)
        finally:
            await asyncio.sleep(max(0.0, (self._rule.next_end_ms or 0) / 1000 - _now()) + 0.001)
            self._rule.end_due(int(_now() * 1000))

    async def read_code(self, wish: ReadCode) -> CodeRead:
        read: asyncio.Future[CodeRead] = asyncio.get_running_loop().create_future()

        def scanned(text: str, symbology: str) -> None:
            if not read.done():
                read.set_result(CodeRead(text, symbology))

        scanner = SerialScanner(self._file.scanner, scanned, _ignored)
        task = asyncio.create_task(scanner.run())
        scanner.sees(Signs(attended=True, open_doors=frozenset()))
        try:
            async with asyncio.timeout(wish.within_s):
                return await read
        except TimeoutError:
            return CodeRead()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _line(self, bus: Bus, baud: int) -> BusLine:
        known = self._lines.get(bus.name)
        if known and known.baud == baud and known.line.port.is_open:
            return known.line
        if known:
            known.line.port.close()
        port = BusPort(bus.port, baud)
        port.open()
        self._lines[bus.name] = _Line(baud, BusLine(port, bus.quiet_ms / 1000, bus.echo))
        return self._lines[bus.name].line

    async def _read(self, plan: Plan) -> Readings:
        readings: dict[Place, bool | None] = {}
        for board in plan.boards:
            if board.switches:
                for channel, shut in (await self._switches(plan, board)).items():
                    readings[Place("board", board.name, channel)] = shut
        if any(box.switch and box.switch.kind == "pin" for box in plan.boxes):
            readings |= _of_pins(await self._start_pins())
        return readings

    async def _switches(self, plan: Plan, board: Board) -> dict[int, bool | None]:
        codec, bus = codec_for(board), plan.bus(board.bus)
        found: dict[int, bool | None] = {}
        within_s = QUICK_S if board.name in self._silent else bus.timeout_ms / 1000
        for request in _questions(board, codec, _wired(plan, board)):
            try:
                heard = await self._line(bus, plan.baud(bus.name)).ask(request, codec, within_s)
            except PortGone:
                return found
            if not isinstance(heard.answer, Switches):
                self._silent.add(board.name)
                return found
            found |= heard.answer.shut
        self._silent.discard(board.name)
        return found

    async def _at_rest(self, plan: Plan, readings: Readings) -> Readings:
        # A contact bounces, and a door that springs open may move another's.
        deadline = _now() + RESTS_WITHIN_S
        while _now() < deadline:
            await asyncio.sleep(REST_S)
            again = await self._read(plan)
            if again == readings:
                break
            readings = again
        return readings

    def _length_ms(self, wish: Pulse) -> int:
        own_ms = 0
        if wish.lock.kind == "board":
            board = wish.plan.board(wish.lock.name)
            own_ms = board.pulse_ms or board.make.pulse_ms
        return own_ms or -(-self._file.locks.pulse_ms // RELAY_STEP_MS) * RELAY_STEP_MS

    async def _pulse_board(self, plan: Plan, lock: Place, length_ms: int) -> Pulsed:
        board = plan.board(lock.name)
        codec, bus = codec_for(board), plan.bus(board.bus)
        frame = codec.unlock(board.address, lock.channel, length_ms)
        request = Request(board.address, frame, unlocks=lock.channel, pulse_ms=length_ms)
        within_s = (bus.timeout_ms + length_ms) / 1000 if codec.answers_unlock else 0.0
        try:
            heard = await self._line(bus, plan.baud(bus.name)).ask(request, codec, within_s)
        except PortGone as gone:
            return Pulsed(False, str(gone))
        if within_s and heard.answer is None:
            return Pulsed(False, "the board didn't answer")
        return Pulsed(True)

    async def _pulse_pin(self, lock: Place, length_ms: int) -> Pulsed:
        pins = await self._start_pins()
        n = next(
            box.n for box in pins.settings.compartment if (box.lock_chip, box.lock_pin) == (lock.name, lock.channel)
        )
        pins.ended[n] = asyncio.get_running_loop().create_future()
        pins.locks.unlock(n, length_ms)
        ended = await pins.ended[n]
        return Pulsed(ended.given, ended.why)

    async def _start_pins(self) -> _Pins:
        if self._pins is None:
            # The guardian reads the file itself: pins are only driven as a whole config has them.
            settings = load(self._file.path)
            locks = GuardedLocks(settings, self._file.path, self._told)
            await locks.start()
            self._pins = _Pins(settings, locks, GpioDoorSensors(settings, _ignored))
        return self._pins

    def _told(self, event: DeviceEvent) -> None:
        if (
            isinstance(event, PulseEnded)
            and self._pins
            and (ended := self._pins.ended.get(event.n))
            and not ended.done()
        ):
            ended.set_result(event)


def _of_pins(pins: _Pins) -> Readings:
    opened = pins.doors.read()
    readings: dict[Place, bool | None] = {}
    for box in pins.settings.compartment:
        if box.n in opened and box.door_pin is not None:
            is_open = opened[box.n]
            # What the driver has turned is turned back: a check is about the switch, not about what is made of it.
            shut = None if is_open is None else (not is_open) != box.inverted
            readings[Place("pin", box.door_chip, box.door_pin)] = shut
    return readings


def _question(board: Board, codec: Codec) -> Request:
    """What shows that a board is there, without moving anything."""
    if not board.switches:
        return Request(board.address, codec.at_start(board.address), repeats=True)
    return _questions(board, codec, range(1, board.switches + 1))[0]


def _wired(plan: Plan, board: Board) -> list[int]:
    """The channels of a board that the plan has something on (all, where it has nothing)."""
    places = {place for box in plan.boxes for place in (box.lock, box.switch) if place is not None}
    wired = sorted(place.channel for place in places if place.kind == "board" and place.name == board.name)
    return wired or [*range(1, board.switches + 1)]


def _questions(board: Board, codec: Codec, wired: Sequence[int]) -> list[Request]:
    """All of a board's switches; one by one only those that matter, because each takes its time."""
    locks = range(1, board.switches + 1)
    if codec.asks_each:
        ask: Callable[[int], Request] = lambda lock: Request(  # noqa: E731 - one line where it is used
            board.address, codec.status(board.address, lock), frozenset([lock]), alone=True
        )
        return [ask(lock) for lock in wired]
    return [Request(board.address, codec.status(board.address), frozenset(locks))]


def _answers(codec: Codec, data: bytes, address: int) -> int:
    said: list[Said] = [one for one, _ in find(codec, data)]
    return sum(isinstance(one, Switches | Command) and one.address == address for one in said)


def _ignored(_: DeviceEvent) -> None:
    """What drivers tell besides isn't asked for here."""


def _now() -> float:
    return asyncio.get_running_loop().time()
