"""Real bus drivers on boards in software: doors open by pulses, and whatever a board does, the others go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from locker.devices import bus_board
from locker.devices.banks import Banks, Switches, open_buses
from locker.devices.boards import codec_for
from locker.devices.boards.said import Request
from locker.settings import load
from locker.twin.boards.bus import Pace
from locker.twin.machine import Machine

HEAD = """
[locker]
id = "bench"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"
[hub]
public_key = "{key}"
[gpio]
debounce_ms = 20
"""
BUS = '[[bus]]\nname = "{name}"\nport = "{name}.tty"\npoll_ms = 60\nquiet_ms = 5\ntimeout_ms = {timeout_ms}\n'
BOX = '[[compartment]]\nn = {n}\nsize_class = "M"\nwidth_mm = 380\nheight_mm = 200\ndepth_mm = 600\n{wire}\n'
PATIENCE_S = 10.0
ADDRESSES = {"kerong-cu48": 0, "kerong-cu16": 3, "8a": 1, "wkly": 10, "winnsen": 2, "waveshare": 1}


class Town:
    """A machine with boards on pseudo-terminals, and the drivers' end of it."""

    def __init__(self, path: Path) -> None:
        self.settings = load(path)
        self.said: list[Any] = []
        self.energised: list[int] = []
        self.most_at_once = 0
        self.machine = Machine(self.settings, True, self._look)
        for bus in self.machine.boards.buses.values():
            bus.pace = Pace()
        self.machine.power_on()
        self.buses = open_buses(self.settings, self.said.append)
        self.banks, self.switches = Banks(None, self.buses), Switches([], self.buses)

    def _look(self) -> None:
        now = [n for n, door in self.machine.steel.doors.items() if door.energised_ms is not None]
        self.most_at_once = max(self.most_at_once, len(now))
        self.energised += [n for n in now if n not in self.energised]

    async def start(self) -> None:
        await asyncio.gather(*(bus.start() for bus in self.buses))

    async def until(self, what: str, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, f"waited for {what}; told was {self.said}"
            await asyncio.sleep(0.005)

    async def told(self, text: str) -> None:
        await self.until(text, lambda: self.has(text))

    def has(self, text: str) -> bool:
        return any(text in str(event) for event in self.said)

    def shut(self, n: int) -> None:
        self.machine.act(lambda now_ms: self.machine.steel.close(n, now_ms))

    def do(self, board: str, what: str, **how: int) -> None:
        self.machine.boards.do(board, what, **how)

    def door(self, n: int) -> Any:
        return self.machine.steel.doors[n]

    async def close(self) -> None:
        await self.banks.close()
        await self.machine.close()


Play = Callable[..., None]


def one_board(protocol: str, extra: str = "", wires: tuple[str, ...] = ()) -> str:
    """The wiring of a locker with one board; two doors on its first and last locks unless said otherwise."""
    last = {"kerong-cu48": 48, "8a": 24, "wkly": 24, "waveshare": 8}.get(protocol, 16)
    wires = wires or tuple(f'board = "one"\nlock = {lock}' for lock in (1, last))
    extra += "\ninputs = 8" if protocol == "waveshare" else ""
    extra += "\npulse_ms = 200"
    return board("one", protocol, ADDRESSES[protocol], "left", extra) + boxes(wires)


def board(name: str, protocol: str, address: int, bus: str, extra: str = "") -> str:
    return f'[[board]]\nname = "{name}"\nprotocol = "{protocol}"\nbus = "{bus}"\naddress = {address}\n{extra}\n'


def boxes(wires: tuple[str, ...]) -> str:
    return "".join(BOX.format(n=n, wire=wire) for n, wire in enumerate(wires, 1))


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Runs a story on a wiring: `play(story, wiring)`. Patience with silent boards is shorter than in the field."""
    monkeypatch.setattr(bus_board, "LOST_S", 0.3)
    monkeypatch.setattr(bus_board, "SILENT_WAIT_MAX_S", 0.3)

    def run(
        story: Callable[[Town], Awaitable[None]], wiring: str, *, buses: tuple[str, ...] = ("left",),
        timeout_ms: int = 150, before: Callable[[Town], None] = lambda _: None,
    ) -> None:  # fmt: skip
        head = HEAD.format(key="0" * 64) + "".join(BUS.format(name=name, timeout_ms=timeout_ms) for name in buses)
        path = tmp_path / "locker.toml"
        path.write_text(head + wiring)

        async def go() -> None:
            town = Town(path)
            before(town)
            await town.start()
            try:
                await story(town)
            finally:
                await town.close()

        asyncio.run(go())

    return run


@pytest.mark.parametrize("protocol", ADDRESSES)
def test_a_pulse_opens_its_door_and_hands_shut_it_again(play: Play, protocol: str) -> None:
    async def story(town: Town) -> None:
        assert town.switches.read() == {1: False, 2: False}
        for n in (1, 2):
            town.banks.unlock(n, 300)
            await town.told(f"DoorOpened(n={n})")
            await town.told(f"PulseEnded(n={n}, given=True")
            assert town.door(n).energised_ms is None
            town.shut(n)
            await town.told(f"DoorClosed(n={n})")
        assert town.energised == [1, 2] and len(town.said) == 6

    play(story, one_board(protocol))


@pytest.mark.parametrize(
    "extra",
    ["inverted = true", 'status_order = "low_first"', "channels = 50", 'channels = 50\nstatus_order = "high_first"'],
)
def test_switches_are_understood_as_the_config_says(play: Play, extra: str) -> None:
    async def story(town: Town) -> None:
        assert town.switches.read() == {1: False, 2: False}
        town.banks.unlock(2, 300)
        await town.told("DoorOpened(n=2)")
        assert town.switches.read() == {1: False, 2: True}

    play(story, one_board("8a", extra))


def test_boards_of_several_makes_share_a_locker(play: Play) -> None:
    wiring = board("cu", "kerong-cu48", 0, "left") + board("relays", "waveshare", 1, "right")
    wiring += board("inputs", "waveshare", 2, "right", "channels = 0\ninputs = 16") + board("x", "8a", 3, "right")
    wires = (
        'board = "cu"\nlock = 7',
        'board = "relays"\nlock = 8\nsensor_board = "inputs"\nsensor = 16',
        'board = "x"\nlock = 24',
        'board = "x"\nlock = 1\nsensor_board = "inputs"\nsensor = 1',
    )

    async def story(town: Town) -> None:
        assert town.switches.read() == dict.fromkeys((1, 2, 3, 4), False)
        for n in (1, 2, 3, 4):
            town.banks.unlock(n, 300)
            await town.told(f"DoorOpened(n={n})")
            await town.told(f"PulseEnded(n={n}, given=True")
        assert town.energised == [1, 2, 3, 4] and town.most_at_once == 1

    play(story, wiring + boxes(wires), buses=("left", "right"))


def test_one_lock_of_a_board_at_a_time(play: Play) -> None:
    async def story(town: Town) -> None:
        town.banks.unlock(1, 300)
        town.banks.unlock(2, 300)
        await town.told("PulseEnded(n=2, given=True")
        assert town.has("PulseEnded(n=1, given=True") and town.most_at_once == 1

    play(story, one_board("kerong-cu48"))


def test_a_lock_that_was_just_pulsed_has_to_rest(play: Play) -> None:
    async def story(town: Town) -> None:
        town.banks.unlock(1, 300)
        await town.told("PulseEnded(n=1, given=True")
        town.banks.unlock(1, 300)
        await town.told("PulseEnded(n=1, given=False, why='lock needs rest')")
        assert town.door(1).pulses == 1

    play(story, one_board("wkly"))


@pytest.mark.parametrize("protocol", ["kerong-cu48", "8a", "waveshare"])
def test_an_unlock_without_answer_is_told_and_never_sent_again(play: Play, protocol: str) -> None:
    async def story(town: Town) -> None:
        town.do("one", "silence")
        town.banks.unlock(1, 300)
        await town.told("PulseEnded(n=1, given=False")
        await town.told("DeviceFailed(device='board one'")
        assert {n for n, is_open in town.switches.read().items() if is_open is None} == {1, 2}
        town.do("one", "mend")
        await town.told("DeviceRecovered(device='board one'")
        await town.told("SensorRecovered(n=1)")
        assert not town.has("DoorOpened")
        assert town.door(1).pulses == 0

    play(story, one_board(protocol))


@pytest.mark.parametrize("fault", ["split", "glue", "garbage", "unsolicited"])
def test_an_answer_is_found_however_it_comes(play: Play, fault: str) -> None:
    async def story(town: Town) -> None:
        # A reply that is held back is none; glued to the next one it must not spoil that.
        town.do("one", fault, times=3)
        await town.until("the faults to be over", lambda: not town.machine.boards["one"].faults.left)
        town.do("one", fault if fault != "glue" else "split")
        town.banks.unlock(1, 300)
        await town.told("DoorOpened(n=1)")
        await town.told("PulseEnded(n=1, given=True")
        assert not town.has("Failed")

    play(story, one_board("8a"))


@pytest.mark.parametrize("fault", ["wrong_checksum", "foreign", "short", "late", "mute"])
def test_what_is_no_answer_never_counts_as_one(play: Play, fault: str) -> None:
    async def story(town: Town) -> None:
        town.do("one", fault, value=200)
        town.banks.unlock(1, 300)
        await town.told("PulseEnded(n=1, given=False, why='no answer')")
        await town.told("DeviceFailed(device='board one'")
        # The pulse itself was given, and once only.
        assert town.door(1).pulses == 1

    play(story, one_board("8a"))


def test_an_echo_is_dropped_where_the_config_says_so(play: Play) -> None:
    async def story(town: Town) -> None:
        assert town.switches.read() == {1: False, 2: False}
        town.banks.unlock(1, 300)
        await town.told("PulseEnded(n=1, given=True")
        town.do("one", "mute")
        town.banks.unlock(2, 300)
        # The echo alone looks exactly like an answer of this family.
        await town.told("PulseEnded(n=2, given=False")

    wiring = one_board("8a").replace("", "", 1)
    play(story, "echo = true\n" + wiring, before=lambda town: town.do("one", "echo"))


def test_an_absent_board_delays_the_others_by_one_timeout_at_most(play: Play) -> None:
    wiring = board("one", "8a", 1, "left") + board("two", "8a", 2, "left")
    wiring += boxes(tuple(f'board = "{name}"\nlock = 1' for name in ("one", "two")))

    async def story(town: Town) -> None:
        town.do("one", "silence")
        await town.told("DeviceFailed(device='board one'")
        slowest = 0.0
        for _ in range(3):
            town.machine.boards["two"].heard.clear()
            begun = time.monotonic()
            await town.until("the other board to be asked", lambda: town.machine.boards["two"].heard)
            slowest = max(slowest, time.monotonic() - begun)
        assert slowest < 0.15 + 0.1
        town.banks.unlock(2, 300)
        await town.told("DoorOpened(n=2)")
        assert not town.has("board two")

    play(story, wiring)


def test_a_babbling_board_delays_the_others_by_one_timeout_at_most(play: Play) -> None:
    wiring = board("one", "8a", 1, "left") + board("two", "8a", 2, "left")
    wiring += boxes(tuple(f'board = "{name}"\nlock = 1' for name in ("one", "two")))

    async def story(town: Town) -> None:
        town.do("one", "babble")
        await asyncio.sleep(0.2)
        begun = time.monotonic()
        town.banks.unlock(2, 300)
        await town.until("the other board's lock to be energised", lambda: town.energised == [2])
        assert time.monotonic() - begun < 0.15 + 0.1
        await town.told("DoorOpened(n=2)")

    play(story, wiring)


@pytest.mark.parametrize("protocol", ["kerong-cu48", "8a", "waveshare"])
def test_a_pulse_ends_by_the_boards_own_clock_when_the_drivers_are_gone(play: Play, protocol: str) -> None:
    async def story(town: Town) -> None:
        town.banks.unlock(1, 300)
        await town.until("the lock to be energised", lambda: town.door(1).energised_ms is not None)
        await town.banks.close()
        await town.until("the pulse to end", lambda: town.door(1).energised_ms is None)
        assert town.door(1).pulses == 1

    play(story, one_board(protocol))


def test_a_bus_is_found_again_after_it_was_unplugged(play: Play) -> None:
    async def story(town: Town) -> None:
        town.do("one", "unplug")
        await town.told("DeviceFailed(device='bus left'")
        town.banks.unlock(1, 300)
        await town.told("PulseEnded(n=1, given=False, why='bus left is gone')")
        town.do("one", "plug")
        await town.told("DeviceRecovered(device='bus left'")
        town.banks.unlock(2, 300)
        await town.told("DoorOpened(n=2)")
        assert town.energised == [2]

    play(story, one_board("kerong-cu16"))


def test_a_bus_that_was_never_there_keeps_nobody_waiting(play: Play) -> None:
    async def story(town: Town) -> None:
        assert town.switches.read() == {1: None, 2: None}
        town.do("one", "plug")
        await town.told("SensorRecovered(n=2)")
        assert town.switches.read() == {1: False, 2: False}
        town.banks.unlock(1, 300)
        await town.told("DoorOpened(n=1)")

    play(story, one_board("winnsen"), before=lambda town: town.do("one", "unplug"))


def test_relays_are_switched_off_at_the_start(play: Play) -> None:
    async def story(town: Town) -> None:
        assert town.machine.boards["one"].heard[0].hex(" ") == "01 05 00 ff 00 00 fd fa"
        assert town.energised == []

    play(story, one_board("waveshare"))


def test_a_jammed_door_is_told_by_silence(play: Play) -> None:
    async def story(town: Town) -> None:
        town.machine.steel.jam(1)
        town.banks.unlock(1, 300)
        await town.told("PulseEnded(n=1, given=True")
        assert town.switches.read() == {1: False, 2: False}

    play(story, one_board("kerong-cu48"))


def test_commissioning_may_ask_beside_the_daemon(play: Play) -> None:
    async def story(town: Town) -> None:
        one = town.settings.board[0]
        codec = codec_for(one)
        status = Request(one.address, codec.status(one.address), frozenset(range(1, 49)))
        said: Any = await town.buses[0].ask(status, codec)
        assert said.shut == dict.fromkeys(said.shut, True) or not said.shut[3]
        nobody = Request(7, codec.status(7), frozenset(range(1, 49)))
        assert await town.buses[0].ask(nobody, codec) is None

    play(story, one_board("kerong-cu48"))
