"""Relays, contacts, lamp and buzzer on gpiozero's pins: at rest from the first moment, edges from another thread."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gpiozero import Device

from locker.cabinet.events import DoorClosed, DoorOpened
from locker.devices.gpio import GpioDoorSensors, GpioPanel
from locker.devices.pin_factory import open_factory
from locker.devices.relays import GpioOutputs
from locker.settings import Compartment, Gpio, Hub, Identity, Settings

LOCK_PIN, DOOR_PIN, LED_PIN, BUZZER_PIN = 4, 5, 6, 7


def settings(**gpio: Any) -> Settings:
    box = Compartment(n=1, lock_pin=LOCK_PIN, door_pin=DOOR_PIN, size_class="M", width_mm=1, height_mm=1, depth_mm=1)
    key = Path("key")
    return Settings(
        locker=Identity(id="one", number=1, data_dir=key, signing_key_file=key, code_key_file=key),
        hub=Hub(public_key="0" * 64),
        gpio=Gpio(debounce_ms=5, **gpio),
        compartment=(box,),
    )


def recording(pin_class: type[Any]) -> type[Any]:
    """That kind of pin, which also writes down every level that a relay would have seen."""

    class RecordingPin(pin_class):  # type: ignore[misc, valid-type]
        def output_with_state(self, state: bool) -> None:
            # As the kernel does it for the pins that we really use: function and level in one step.
            self._function, self._state = "output", state
            self.factory.seen.append((self._number, bool(state)))

        def _change_state(self, value: float) -> bool:
            changed: bool = super()._change_state(value)
            if changed and self._function == "output":
                self.factory.seen.append((self._number, bool(value)))
            return changed

    return RecordingPin


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """gpiozero's own pins without hardware."""
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "is set by the factory, and restored after this test")
    factory = open_factory(Gpio(pin_factory="mock"))
    factory.pin_class, factory.seen = recording(factory.pin_class), []
    yield factory
    factory.reset()
    Device.pin_factory = None


@pytest.mark.parametrize("active_high", [True, False])
def test_a_relay_rests_from_the_first_moment(pins: Any, active_high: bool) -> None:
    outputs = GpioOutputs(settings(relay_active_high=active_high))
    assert pins.seen == [(LOCK_PIN, not active_high)]
    outputs.set(1, True)
    outputs.close()
    assert pins.seen[1:] == [(LOCK_PIN, active_high), (LOCK_PIN, not active_high)]


def heard(act: Callable[[Any], None], **gpio: Any) -> list[Any]:
    """What is told after `act` has moved the contact's pin from a thread of its own, as real edges come."""

    async def listen() -> list[Any]:
        said: asyncio.Queue[Any] = asyncio.Queue()
        sensors = GpioDoorSensors(settings(**gpio), said.put_nowait)
        pin = Device.pin_factory.pin(DOOR_PIN)
        thread = threading.Thread(target=act, args=(pin,))
        thread.start()
        event = await asyncio.wait_for(said.get(), 5)
        thread.join()
        assert sensors.read() == {1: isinstance(event, DoorOpened)}
        await sensors.close()
        assert said.empty()
        return [event]

    return asyncio.run(listen())


def bounce(pin: Any) -> None:
    for _ in range(5):
        pin.drive_low()
        pin.drive_high()
    pin.drive_low()


def test_bouncing_is_told_once_by_the_settled_level(pins: Any) -> None:
    # Nothing connected reads high, which is an open door here.
    assert heard(bounce, door_open_is_high=True) == [DoorClosed(n=1)]


def test_contacts_may_be_wired_the_other_way_round(pins: Any) -> None:
    assert heard(bounce, door_open_is_high=False) == [DoorOpened(n=1)]


def test_an_edge_that_was_never_told_is_found_by_looking(pins: Any) -> None:
    def silently(pin: Any) -> None:
        pin._change_state(False)

    assert heard(silently, poll_s=0.2) == [DoorClosed(n=1)]


def test_an_edge_after_the_end_of_the_loop_hurts_nobody(pins: Any) -> None:
    async def begin() -> None:
        begin.sensors = GpioDoorSensors(settings(), print)  # type: ignore[attr-defined]

    asyncio.run(begin())
    pins.pin(DOOR_PIN).drive_low()


def test_the_panel_lights_and_beeps_in_patterns(pins: Any) -> None:
    async def show() -> None:
        panel = GpioPanel(settings(led_pin=LED_PIN, buzzer_pin=BUZZER_PIN).gpio)
        panel.light(True)
        panel.beep((5, 5, 5))
        async with asyncio.timeout(5):
            while len(beeps()) < 5:
                await asyncio.sleep(0.001)
        await panel.close()

    def beeps() -> list[bool]:
        return [on for pin, on in pins.seen if pin == BUZZER_PIN]

    asyncio.run(show())
    assert [on for pin, on in pins.seen if pin == LED_PIN] == [False, True, False]
    assert beeps() == [False, True, False, True, False]


def test_a_panel_without_wires_is_dark_and_silent(pins: Any) -> None:
    async def show() -> None:
        panel = GpioPanel(settings().gpio)
        panel.light(True)
        panel.beep((5,))
        await panel.close()

    asyncio.run(show())
    assert pins.seen == []


@pytest.mark.skipif(sys.platform != "linux", reason="lgpio is for Linux")
def test_lgpio_claims_an_output_with_its_first_level_in_one_call_and_lets_it_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # lgpio makes a FIFO where it is imported
    lgpio = pytest.importorskip("lgpio")
    calls: list[tuple[Any, ...]] = []
    for name in ("gpio_claim_input", "gpio_claim_output", "gpio_write", "gpio_free"):
        monkeypatch.setattr(lgpio, name, lambda *args, name=name: calls.append((name, *args)))
    monkeypatch.setattr(lgpio, "gpiochip_open", lambda _: 99)
    monkeypatch.setattr(lgpio, "gpiochip_close", lambda _: None)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xD04170)
    monkeypatch.setattr(Device, "pin_factory", None)
    for variable in ("LG_WD", "GPIOZERO_PIN_FACTORY"):
        monkeypatch.setenv(variable, "is set by the factory, and restored after this test")
    outputs = GpioOutputs(settings(pin_factory="lgpio", relay_active_high=False))
    assert calls == [("gpio_claim_input", 99, LOCK_PIN, lgpio.SET_PULL_NONE), ("gpio_claim_output", 99, LOCK_PIN, 1)]
    monkeypatch.setattr(lgpio, "gpio_get_mode", lambda *_: 2)
    outputs.close()
    Device.pin_factory.close()
    assert calls[2:] == [
        ("gpio_write", 99, LOCK_PIN, True),
        ("gpio_claim_input", 99, LOCK_PIN, lgpio.SET_PULL_NONE),
        ("gpio_free", 99, LOCK_PIN),
    ]
