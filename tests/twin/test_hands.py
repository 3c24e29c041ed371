"""Hands over HTTP: 200 with the new state, 404 for what isn't there, 409 with a sentence for what can't be done."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from locker.parts import CardReader, Inputs, Thermometer
from locker.settings import Broker, Compartment, Gpio, Hub, Identity, Kiosk, Scanner, Settings
from locker.twin import hands
from locker.twin.installation import Installation, Site
from locker.twin.ports import free_port
from locker.wiring import Board, Bus

SHAM = Path(__file__).with_name("sham_daemon.py")
PATIENCE_S = 15.0


def settings(folder: Path) -> Settings:
    secret = folder / "secret"
    boxes = tuple(
        Compartment(n=n, lock_pin=2 * n, door_pin=2 * n + 1, size_class="M", width_mm=1, height_mm=1, depth_mm=1)
        for n in (1, 2)
    )
    return Settings(
        locker=Identity(id="one", number=1, data_dir=folder, signing_key_file=secret, code_key_file=secret),
        hub=Hub(public_key="0" * 64),
        broker=Broker(port=free_port()),
        kiosk=Kiosk(port=free_port()),
        gpio=Gpio(pin_factory="twin"),
        scanner=Scanner(port=folder / "scanner"),
        bus=(Bus(name="left", port=folder / "left"),),
        board=(Board(name="locks", protocol="8a", bus="left", address=1),),
        compartment=boxes,
    )


class Stand:
    """An installation with a sham daemon, and a client with hands."""

    def __init__(self, locker: Installation, client: httpx.AsyncClient, web: httpx.AsyncClient) -> None:
        self.locker, self.client, self.web = locker, client, web

    async def do(self, hand: str, **wish: Any) -> tuple[int, Any]:
        answer = await self.client.post(f"/{hand}", json=wish)
        return answer.status_code, answer.json()

    async def state(self) -> Any:
        return (await self.client.get("/state")).json()

    async def kiosk(self) -> Any:
        """What the sham daemon says, as soon as it serves."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return (await self.web.get(f"{self.locker.kiosk_url}/health")).json()
                except httpx.TransportError:
                    await asyncio.sleep(0.02)


def stand(folder: Path, story: Callable[[Stand], Awaitable[None]], **sections: Any) -> None:
    async def go() -> None:
        chosen = settings(folder).model_copy(update=sections)
        with tempfile.TemporaryDirectory(prefix="twin-") as short:
            command = (sys.executable, str(SHAM), str(chosen.kiosk.port))
            site = Site(settings=chosen, broker=("127.0.0.1", free_port()), pins=Path(short) / "pins", daemon=command)
            locker = Installation(site)
            await locker.start()
            async with httpx.AsyncClient(trust_env=False) as web:
                transport = httpx.ASGITransport(hands.build(locker, web, []))
                async with httpx.AsyncClient(transport=transport, base_url="http://twin") as client:
                    try:
                        await story(Stand(locker, client, web))
                    finally:
                        await locker.close()

    asyncio.run(go())


def test_the_state_has_exactly_what_was_promised(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        shut = {"open": False, "jammed": False, "lock": "locked", "energised": False, "sensor": "closed", "pulses": 0}
        assert await at.state() == {
            "power": False,
            "network": True,
            "doors": [{"n": 1, **shut, "content": []}, {"n": 2, **shut, "content": []}],
        }

    stand(tmp_path, story)


def test_a_locked_door_gives_way_to_a_crowbar_only(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert await at.do("compartments/2", put="A") == (409, {"detail": "Door 2 is shut."})
        code, door = await at.do("doors/2", do="open")
        assert (code, door["open"], door["lock"]) == (200, True, "released")
        assert (await at.do("compartments/2", put="A"))[1]["content"] == ["A"]
        assert await at.do("compartments/2", take="B") == (409, {"detail": "B isn't in compartment 2."})
        assert (await at.do("compartments/2", take="A"))[1]["content"] == []
        code, door = await at.do("doors/2", do="close")
        assert (code, door["open"], door["lock"]) == (200, False, "locked")

    stand(tmp_path, story)


def test_a_jammed_door_moves_for_nobody_until_it_is_freed(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert (await at.do("doors/1", do="jam"))[1]["jammed"] is True
        code, why = await at.do("doors/1", do="open")
        assert code == 409
        assert "free it first" in why["detail"]
        await at.do("doors/1", do="free")
        assert (await at.do("doors/1", do="open"))[0] == 200

    stand(tmp_path, story)


def test_a_cut_wire_makes_a_sensor_dead_until_it_is_mended(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert (await at.do("sensors/1", do="cut"))[1]["sensor"] == "dead"
        assert (await at.do("sensors/1", do="mend"))[1]["sensor"] == "closed"

    stand(tmp_path, story)


@pytest.mark.parametrize("n", ["0", "3", "-1", "x", "1" * 50, "²"])
def test_what_is_not_there_is_not_found(tmp_path: Path, n: str) -> None:
    async def story(at: Stand) -> None:
        assert (await at.do(f"doors/{n}", do="close"))[0] == 404
        assert (await at.do(f"compartments/{n}", put="A"))[0] == 404

    stand(tmp_path, story)


def test_requests_that_make_no_sense_are_refused_with_a_reason(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert await at.do("doors/1", do="dance") == (
            400,
            {"detail": "do: Input should be 'close', 'open', 'jam', 'free', 'weld', 'mend' or 'delay'"},
        )
        assert (await at.do("compartments/1", put="A", take="B"))[0] == 400
        assert (await at.do("compartments/1"))[0] == 400
        assert (await at.do("network", up="perhaps"))[0] == 400
        assert (await at.client.post("/power", content=b"{")).status_code == 400
        assert (await at.client.post("/scan", content=b"\xff\xfe")).status_code == 400

    stand(tmp_path, story)


def test_without_power_scanner_and_screen_are_dark(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert (await at.do("scan", text="A"))[0] == 409
        assert await at.do("keys", text="1") == (409, {"detail": "The screen is dark: the power is off."})

    stand(tmp_path, story)


def test_power_starts_the_daemon_and_kills_it(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert await at.do("power", on=True) == (200, {"power": True})
        pid = (await at.kiosk())["pid"]
        assert pid == at.locker.power.pid
        assert await at.do("keys", text="12") == (200, {"pressed": True})
        assert await at.do("choices", choice="help") == (200, {"pressed": True})
        assert (await at.kiosk())["pressed"] == [{"text": "12"}, {"choice": "help", "n": 0}]
        assert (await at.do("keys", text="nonsense"))[0] == 409
        await at.do("power", on=False)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        await at.do("power", on=True)
        assert (await at.kiosk())["pid"] != pid

    stand(tmp_path, story)


def test_a_daemon_that_dies_by_itself_is_started_again(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        await at.do("power", on=True)
        pid = (await at.kiosk())["pid"]
        assert (await at.do("keys", text="die"))[0] == 409
        assert (await at.kiosk())["pid"] != pid
        assert at.locker.exit_code == 3

    stand(tmp_path, story)


async def scanned(at: Stand, port: int, **wish: Any) -> bytes:
    """Somebody reads the port while a code is held before the scanner; the hand waits for that."""
    scan = asyncio.create_task(at.do("scan", **wish))
    read = await asyncio.to_thread(os.read, port, 10)
    assert await scan == (200, {"scanned": True})
    return read


def test_a_code_that_nobody_reads_was_not_scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locker.twin.installation.SCAN_TIMEOUT_S", 0.05)

    async def story(at: Stand) -> None:
        await at.do("power", on=True)
        assert await at.do("scan", text="A") == (409, {"detail": "Nobody reads the scanner."})
        port = os.open(tmp_path / "scanner", os.O_RDWR | os.O_NOCTTY)
        assert await scanned(at, port, text="B") == b"B\r"
        os.close(port)

    stand(tmp_path, story)


def test_a_scan_comes_out_of_the_serial_port_as_the_scanner_is_set_up(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        await at.do("power", on=True)
        port = os.open(tmp_path / "scanner", os.O_RDWR | os.O_NOCTTY)
        for end, text in (("cr", "A\r"), ("lf", "B\n"), ("crlf", "C\r\n"), ("none", "D")):
            assert await scanned(at, port, text=text[0], end=end) == text.encode()
        assert await scanned(at, port, hex="00ff1d", end="none") == b"\x00\xff\x1d"
        assert await at.do("scanner", plugged=False) == (200, {"scanner": False})
        assert os.read(port, 1) == b"", "an end, as of a device that has gone"
        os.close(port)
        assert not (tmp_path / "scanner").is_symlink()
        assert (await at.do("scan", text="A"))[0] == 409

    stand(tmp_path, story)


def test_who_watches_is_told_of_every_change(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        stream = hands.Hands(at.locker, at.web)._stream()
        first = json.loads((await anext(stream)).removeprefix("data: "))
        assert not first["doors"][0]["open"]
        await at.do("doors/1", do="open")
        then = json.loads((await anext(stream)).removeprefix("data: "))
        assert then["doors"][0]["open"]
        assert then["version"] > first["version"]

    stand(tmp_path, story)


def test_boards_are_made_ill_and_well_by_hands(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        code, board = await at.do("boards/locks", do="silence", times=3)
        assert (code, board["faults"], board["plugged"]) == (200, ["silence"], False)
        assert (await at.do("boards/locks", do="mend"))[1]["faults"] == []
        assert (await at.do("boards/other", do="silence"))[0] == 404
        assert (await at.do("boards/locks", do="dance"))[0] == 400
        code, why = await at.do("boards/locks", do="cross_locks", channel=1, value=2)
        assert (code, why["detail"]) == (409, "Nothing is connected to channel 1 or 2 of locks.")

    stand(tmp_path, story)


def test_a_contact_sticks_and_a_hinge_is_stiff_by_hands(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert (await at.do("sensors/1", do="stick"))[1]["sensor"] == "dead"
        await at.do("doors/1", do="open")
        assert (await at.do("sensors/1", do="mend"))[1]["open"] is True
        assert (await at.do("doors/2", do="delay", late_ms=3_000))[0] == 200

    stand(tmp_path, story)


async def levels(at: Stand) -> list[str]:
    """The inputs as a process sees them that opens the chip now."""
    reader, writer = await asyncio.open_unix_connection(at.locker._pins)
    told = (await reader.readuntil(b"ready\n")).decode().split("\n")
    writer.close()
    return told


def test_mains_and_case_loop_are_switched_by_hands(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert {"20 1", "21 0"} <= set(await levels(at)), "all is well at the start"
        assert await at.do("inputs/mains", on=False) == (200, {"mains": False})
        assert await at.do("inputs/tamper", on=False) == (200, {"tamper": False})
        assert {"20 0", "21 1"} <= set(await levels(at))
        assert (await at.client.get("/panel")).json()["inputs"] == {"mains": False, "tamper": False}
        await at.do("inputs/mains", on=True)
        assert "20 1" in await levels(at)
        assert (await at.do("inputs/roof", on=False))[0] == 404
        assert (await at.do("inputs/mains", on="no"))[0] == 400

    stand(tmp_path, story, inputs=Inputs(mains_pin=20, tamper_pin=21))


def test_a_card_is_held_before_the_reader(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        assert (await at.do("cards", number="0A00123456"))[0] == 409, "it has no power"
        await at.do("power", on=True)
        port = os.open(tmp_path / "cards", os.O_RDWR | os.O_NOCTTY)
        assert await at.do("cards", number="0a00123456") == (200, {"shown": True})
        # The frame of the reader's own paper.
        assert await asyncio.to_thread(os.read, port, 20) == bytes.fromhex("02 30 41 30 30 31 32 33 34 35 36 37 41 03")
        os.close(port)
        assert (await at.do("cards", number="nonsense"))[0] == 400

    stand(tmp_path, story, card_reader=CardReader(port=tmp_path / "cards"))


def test_a_probe_gets_warm_and_dies_by_hands(tmp_path: Path) -> None:
    probe = tmp_path / "temperature"

    async def story(at: Stand) -> None:
        assert await at.do("thermometers/2", celsius=4.5) == (200, {"n": 2, "celsius": 4.5})
        assert probe.read_text() == "4500\n"
        await at.do("thermometers/2", celsius=None)
        assert not probe.exists()
        assert (await at.do("thermometers/1", celsius=4.5))[0] == 404

    stand(tmp_path, story, thermometer=(Thermometer(path=probe, compartments=(2,)),))


def test_a_scanner_of_a_make_reads_when_it_is_told_to_and_in_its_own_words(tmp_path: Path) -> None:
    async def story(at: Stand) -> None:
        await at.do("power", on=True)
        port = os.open(tmp_path / "scanner", os.O_RDWR | os.O_NOCTTY)
        code, why = await at.do("scan", text="A")
        assert (code, why["detail"]) == (
            409,
            "The scanner reads nothing: its light is off until somebody touches the screen.",
        )
        os.write(port, b"\x16T\r")
        async with asyncio.timeout(PATIENCE_S):
            while not (at.locker.scanner and at.locker.scanner.device and at.locker.scanner.device.lit):
                await asyncio.sleep(0.01)
        assert await scanned(at, port, text="A", aim="Q1") == b"]Q1A\r"
        os.close(port)

    stand(tmp_path, story, scanner=Scanner(port=tmp_path / "scanner", make="honeywell", triggered=True))
