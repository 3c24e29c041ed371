"""A whole locker as real processes - twin, daemon, guardian - without hub and broker: it boots and refuses rubbish."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from locker.cli import main
from locker.twin.ports import free_port

DEADLINE_S = 30.0
CONFIG = """
[locker]
id = "elm"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"

[hub]
public_key = "{key}"

[broker]
port = {broker}

[kiosk]
port = {kiosk}

[gpio]
pin_factory = "twin"

[scanner]
port = "scanner"

[[compartment]]
n = 1
lock_pin = 2
door_pin = 3
size_class = "M"
width_mm = 400
height_mm = 200
depth_mm = 600

[[compartment]]
n = 2
lock_pin = 4
door_pin = 5
size_class = "S"
width_mm = 400
height_mm = 90
depth_mm = 600
"""


@dataclass
class WholeLocker:
    """A twin with its daemon inside."""

    web: httpx.Client
    twin_url: str
    kiosk_url: str
    config: Path

    def do(self, what: str, **body: object) -> Any:
        """Lets the twin's hands do something."""
        answer = self.web.post(f"{self.twin_url}/{what}", json=body)
        answer.raise_for_status()
        return answer.json()

    def picture(self) -> Any:
        """What the kiosk shows."""
        return self.web.get(f"{self.kiosk_url}/state").json()

    def see(self, holds: Callable[[Any], bool]) -> Any:
        """Watches the kiosk's events until something is shown; returns the picture."""
        ends = time.monotonic() + DEADLINE_S
        with self.web.stream("GET", f"{self.kiosk_url}/events") as events:
            for line in events.iter_lines():
                assert time.monotonic() < ends, "the kiosk never showed it"
                if line.startswith("data: {") and holds(picture := json.loads(line.removeprefix("data:"))):
                    return picture
        raise AssertionError("the kiosk has hung up")

    def journal(self) -> list[str]:
        """The audit log, as its own command prints it."""
        words = (sys.executable, "-m", "locker", "journal", "--config", str(self.config))
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture
def locker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[WholeLocker]:
    """A locker that has booted, commissioned, with power and without network."""
    config = tmp_path / "locker.toml"
    ports = {"{key}": "ab" * 32, "{broker}": str(free_port()), "{kiosk}": str(free_port())}
    text = CONFIG
    for name, value in ports.items():
        text = text.replace(name, value)
    config.write_text(text)
    assert main(["init", "--config", str(config)]) == 0
    assert main(["commission", "--config", str(config)]) == 0
    words = (sys.executable, "-m", "locker", "twin", "--config", str(config), "--broker-port", str(free_port()))
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as twin, httpx.Client(trust_env=False) as web:
        try:
            assert twin.stdout is not None
            said = json.loads(twin.stdout.readline())
            yield WholeLocker(web, said["twin_url"], said["kiosk_url"], config)
        finally:
            twin.send_signal(signal.SIGTERM)
            assert twin.wait(DEADLINE_S) == 0


def test_a_locker_serves_people_without_hub_and_broker(locker: WholeLocker) -> None:
    assert locker.picture()["screen"]["name"] == "idle"
    assert locker.picture()["online"] is False

    locker.do("scan", text="rubbish")

    assert locker.see(lambda picture: picture["screen"]["name"] == "refused")["sound"]["name"] == "no"
    doors = locker.web.get(f"{locker.twin_url}/state").json()["doors"]
    assert [door["pulses"] for door in doors] == [0, 0]


def test_a_locker_comes_back_after_a_power_cut(locker: WholeLocker) -> None:
    locker.do("power", on=False)
    locker.do("power", on=True)
    until_kiosk_answers(locker)

    assert locker.picture()["screen"]["name"] == "idle"
    assert sum("run_started" in line for line in locker.journal()) == 3, "commissioning, first start, second start"


def test_a_door_that_is_forced_is_in_the_audit_log(locker: WholeLocker) -> None:
    locker.do("doors/2", do="open")
    locker.see(lambda picture: picture["compartments"][1]["door"] != "closed")

    assert any("opened" in line and "forced=True" in line for line in locker.journal())


def until_kiosk_answers(locker: WholeLocker) -> None:
    """Waits until the daemon serves its screen again."""
    ends = time.monotonic() + DEADLINE_S
    while time.monotonic() < ends:
        try:
            if locker.web.get(f"{locker.kiosk_url}/health").is_success:
                return
        except httpx.TransportError:
            continue
    raise AssertionError("the kiosk didn't come back")
