"""The parts around the doors, wired to a real daemon as the config file says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import Device

from locker.accessories import open_accessories
from locker.devices.pin_factory import open_factory
from locker.settings import Gpio, Settings
from locker.wire.access_tag import CARD_PREFIX, access_tag
from locker.wire.orders import Pass, Passes

CARD, CODE = "C0FFEE", "55667788"


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """gpiozero's own pins, without hardware."""
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "is set by the factory, and restored after this test")
    factory = open_factory(Gpio(pin_factory="mock"))
    yield factory
    factory.reset()
    Device.pin_factory = None


def with_parts(place: Any, **parts: Any) -> Settings:
    """The locker's settings with these sections."""
    raw = place.settings.model_dump() | {"gpio": {"pin_factory": "mock"}} | parts
    return Settings.model_validate(raw)


def burst(pins: Any, bits: str) -> None:
    """A Wiegand reader says this."""
    for bit in bits:
        line = pins.pin(20 + int(bit))
        line.drive_low()
        line.drive_high()


def card_bits(number: str) -> str:
    bits = f"{int(number, 16):024b}"
    return f"{bits[:12].count('1') % 2}{bits}{1 - bits[12:].count('1') % 2}"


def test_a_card_and_the_code_typed_on_a_wiegand_keypad_let_a_courier_in(place: Any, play: Any, pins: Any) -> None:
    tags = [access_tag(text, b"c" * 32) for text in (CODE, CARD_PREFIX + CARD)]
    staff = Passes(passes=(Pass(tag=tags[0], party="courier", who="carla", carrier="demo", card=tags[1]),))

    async def story() -> None:
        running = place.start()
        running.prepare(staff)
        parts = open_accessories(with_parts(place, wiegand={"data0_pin": 20, "data1_pin": 21}), running.daemon)
        burst(pins, card_bits(CARD))
        await running.until(lambda: running.screen == "typing")
        for typed, digit in enumerate(CODE[:-1], start=1):
            burst(pins, f"{int(digit):04b}")
            await running.until(lambda typed=typed: running.daemon.front.picture()["typed"] == typed)
        burst(pins, f"{int(CODE[-1]):04b}")
        await running.until(lambda: running.screen == "courier_menu")
        await parts.close()
        await running.stop()

    play(story)


def test_the_mains_contact_and_the_loop_reach_the_cabinet(place: Any, play: Any, pins: Any) -> None:
    inputs = {"mains_pin": 22, "mains_debounce_ms": 100, "tamper_pin": 23, "tamper_debounce_ms": 20}

    async def story() -> None:
        running = place.start()
        running.prepare()
        parts = open_accessories(with_parts(place, inputs=inputs), running.daemon)
        await running.until(lambda: running.screen == "out_of_order" and "alarmed" in running.kinds())
        pins.pin(22).drive_high()
        pins.pin(23).drive_low()
        await running.until(lambda: running.screen == "idle" and running.kinds().count("alarm_ended") == 2)
        await parts.close()
        await running.stop()

    play(story)


def test_what_is_not_in_the_settings_takes_nothing(place: Any, play: Any, pins: Any) -> None:
    async def story() -> None:
        running = place.start()
        parts = open_accessories(with_parts(place), running.daemon)
        assert (len(parts.running), parts.to_close, parts.to_end) == (1, [], []), "the scanner's reader, and no more"
        await running.stop()

    play(story)


def test_two_parts_on_one_pin_are_refused(place: Any) -> None:
    with pytest.raises(ValueError, match="pin 20 is used more than once"):
        with_parts(place, beacon={"lamp_pin": 20}, inputs={"tamper_pin": 20})
    with pytest.raises(ValueError, match="belong together"):
        with_parts(place, wiegand={"data0_pin": 20})
