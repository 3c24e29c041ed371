"""Number pads, Wiegand keypads and card readers: bytes and pulses become keys of the kiosk and cards, nothing else."""

from __future__ import annotations

import asyncio
import os
import struct
import threading
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker.cabinet.events import DeviceFailed, DeviceRecovered
from locker.devices.card_reader import Rdm6300
from locker.devices.key_events import KeyEvents
from locker.devices.pin_pad import UsbPinPad, open_grabbed
from locker.devices.wiegand import Card, Key, WiegandReader, decode
from locker.parts import PinPad, Wiegand
from locker.settings import Gpio

CARD = bytes.fromhex("02 30 41 30 30 31 32 33 34 35 36 37 41 03")
FORMATS = {8: "=qqHHi", 4: "=iiHHi"}
KP_1, KP_2, KP_ENTER, KP_DOT, KEY_0, KEY_A = 79, 80, 96, 83, 11, 30
PATIENCE_S = 10.0


def pressed(*codes: int, long_bytes: int = struct.calcsize("l"), values: tuple[int, ...] = (1, 0)) -> bytes:
    """What the kernel says when these keys are pressed and let go, each with its synchronisation."""
    event = struct.Struct(FORMATS[long_bytes])
    said = b""
    for code in codes:
        for value in values:
            said += event.pack(1_790_000_000, 1, 1, code, value) + event.pack(1_790_000_000, 1, 0, 0, 0)
    return said


async def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("long_bytes", [8, 4], ids=["64 bits", "32 bits"])
def test_a_pads_keys_are_digits_clear_and_ok(long_bytes: int) -> None:
    said = pressed(KP_1, KP_2, KEY_0, KP_DOT, KEY_A, KP_ENTER, long_bytes=long_bytes)
    assert KeyEvents(long_bytes).feed(said) == ["1", "2", "0", "clear", "ok"]


def test_every_digit_of_row_and_pad_is_that_digit() -> None:
    pad = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73)
    assert KeyEvents().feed(pressed(*pad)) == list("0123456789")
    assert KeyEvents().feed(pressed(*range(2, 12))) == list("1234567890")


def test_a_key_that_is_held_is_one_key() -> None:
    assert KeyEvents().feed(pressed(KP_1, values=(1, 2, 2, 2, 0))) == ["1"]


@given(st.lists(st.integers(1, 40)))
def test_pieces_make_no_difference(sizes: list[int]) -> None:
    said, events, keys = pressed(KP_1, KP_2, KP_ENTER), KeyEvents(), []
    for size in sizes:
        keys += events.feed(said[:size])
        said = said[size:]
    assert keys + events.feed(said) == ["1", "2", "ok"]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_pad(data: bytes) -> None:
    assert set(KeyEvents().feed(data)) <= {*"0123456789", "clear", "ok"}


def test_a_pad_is_found_again_and_half_an_event_is_forgotten(tmp_path: Path) -> None:
    keys: list[str] = []
    told: list[object] = []
    writers: list[int] = []

    def opened(path: str) -> FileIO:
        assert path == str(tmp_path / "kbd")
        if not Path(path).exists():
            raise FileNotFoundError(path)
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        writers.append(writing)
        return FileIO(reading)

    async def story() -> None:
        pad = UsbPinPad(PinPad(device=tmp_path / "kbd"), keys.append, told.append, opened)
        running = asyncio.get_running_loop().create_task(pad.run())
        (tmp_path / "kbd").touch()
        await until(lambda: writers)
        os.write(writers[0], pressed(KP_1) + pressed(KP_2)[:7])
        await until(lambda: keys == ["1"])
        (tmp_path / "kbd").unlink()
        os.close(writers[0])
        await until(lambda: [type(one) for one in told] == [DeviceFailed])
        (tmp_path / "kbd").touch()
        await until(lambda: len(told) == 2)
        os.write(writers[1], pressed(KP_2))
        await until(lambda: keys == ["1", "2"])
        assert isinstance(told[1], DeviceRecovered)
        running.cancel()
        os.close(writers[1])

    asyncio.run(story())


def test_what_cannot_be_had_alone_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "no-input-device").touch()
    with pytest.raises(OSError, match="ioctl"):
        open_grabbed(str(tmp_path / "no-input-device"))


def test_a_card_is_its_number_once_while_it_stays() -> None:
    reader = Rdm6300()
    assert reader.feed(CARD, 0.0) == ["0A00123456"]
    assert [reader.feed(CARD, at / 10) for at in range(1, 60)] == [[]] * 59
    assert reader.feed(CARD, 10.0) == ["0A00123456"]


def test_a_damaged_card_is_none_and_the_next_is_read() -> None:
    reader = Rdm6300()
    assert reader.feed(CARD[:5] + b"7" + CARD[6:], 0.0) == []
    assert reader.feed(b"\xff\x02" + CARD[:6], 0.0) + reader.feed(CARD[6:], 0.0) == ["0A00123456"]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader_nor_fill_it(data: bytes) -> None:
    reader = Rdm6300()
    reader.feed(data, 0.0)
    assert reader.feed(CARD, 10.0) == ["0A00123456"]
    assert len(reader._held) < len(CARD)


def parity(number: str) -> str:
    """A card's bits with its two parity bits."""
    half = len(number) // 2
    return f"{number[:half].count('1') % 2}{number}{1 - number[half:].count('1') % 2}"


def test_a_burst_is_a_key_or_a_card() -> None:
    assert [decode(f"{code:04b}") for code in range(12)] == [
        *(Key(str(digit)) for digit in range(10)), Key("clear"), Key("ok"),
    ]  # fmt: skip
    assert decode("11110000") == Key("0") and decode("01101001") == Key("9")
    assert decode(parity(f"{0x123456:024b}")) == Card("123456")
    assert decode(parity(f"{0xDEADBEEF:032b}")) == Card("DEADBEEF")


@pytest.mark.parametrize("bits", ["", "0", "1111", "11110001", "1" * 26, "0" * 34, "01" * 30])
def test_a_damaged_burst_is_nothing(bits: str) -> None:
    assert decode(bits) is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 33))
def test_one_wrong_bit_is_never_another_card(number: int, at: int) -> None:
    bits = parity(f"{number:032b}")
    flipped = bits[:at] + "10"[int(bits[at])] + bits[at + 1 :]
    assert decode(flipped) is None


def test_pulses_from_the_pins_own_thread_become_keys_and_cards(pins: object) -> None:
    keys: list[str] = []
    cards: list[str] = []

    def pulse(bits: str) -> None:
        for bit in bits:
            line = pins.pin(14 + int(bit))  # type: ignore[attr-defined]
            line.drive_low()
            line.drive_high()

    async def burst(bits: str, holds: Callable[[], object]) -> None:
        thread = threading.Thread(target=pulse, args=(bits,))
        thread.start()
        await until(holds)
        thread.join()

    async def story() -> None:
        reader = WiegandReader(Wiegand(data0_pin=14, data1_pin=15), Gpio(pin_factory="mock"), keys.append, cards.append)
        await burst("0101", lambda: keys == ["5"])
        await burst(parity(f"{0xC0FFEE:024b}"), lambda: cards == ["C0FFEE"])
        reader.close()

    asyncio.run(story())
