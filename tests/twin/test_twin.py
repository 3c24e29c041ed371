"""`locker twin` as a program: it comes up with its daemon, says where it is in one line, and goes with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from locker.twin.ports import free_port
from locker.twin.sites import SITES, Wiring, config

TIMEOUT_S = 60


@pytest.fixture
def locker(tmp_path: Path) -> Path:
    """The config of a locker that nobody has made keys for yet; no broker listens."""
    file = tmp_path / "locker.toml"
    wiring = Wiring(broker_port=free_port(), kiosk_port=free_port(), hub_key="0" * 64)
    file.write_text(config(SITES[0], wiring, tmp_path))
    return file


def words(file: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "locker", "twin", "--config", str(file), *options]


@contextmanager
def running(file: Path, *options: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    with subprocess.Popen(words(file, *options), stdout=subprocess.PIPE, text=True) as twin:
        assert twin.stdout
        try:
            yield json.loads(twin.stdout.readline()), twin
        finally:
            twin.send_signal(signal.SIGTERM)
            assert twin.wait(TIMEOUT_S) == 0
            assert twin.stdout.read() == "", "standard output is for one line"


def test_it_comes_up_with_its_daemon_opens_nothing_by_itself_and_takes_it_along(locker: Path) -> None:
    subprocess.run([sys.executable, "-m", "locker", "init", "--config", str(locker)], check=True, capture_output=True)
    with running(locker) as (said, _):
        state = httpx.get(f"{said['twin_url']}/state", trust_env=False).json()
        assert (state["power"], state["network"]) == (True, True)
        assert {door["pulses"] for door in state["doors"]} == {0}
        kiosk = httpx.get(f"{said['kiosk_url']}/state", trust_env=False).json()
        assert len(kiosk["compartments"]) == len(state["doors"])
        assert "<html" in httpx.get(f"{said['twin_url']}/", trust_env=False).text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{said['kiosk_url']}/health", trust_env=False)


def test_power_cuts_pulse_nothing_and_the_locker_serves_again(locker: Path) -> None:
    subprocess.run([sys.executable, "-m", "locker", "init", "--config", str(locker)], check=True, capture_output=True)
    with running(locker) as (said, _), httpx.Client(base_url=said["twin_url"], trust_env=False) as hands:
        for _ in range(2):
            assert hands.post("/power", json={"on": False}).json() == {"power": False}
            assert not answers(said["kiosk_url"])
            assert hands.post("/scan", json={"text": "A"}).status_code == 409
            assert hands.post("/power", json={"on": True}).json() == {"power": True}
            until_served(said["kiosk_url"])
        assert hands.post("/keys", json={"text": "1"}).status_code == 200
        assert hands.post("/scan", json={"text": "NOBODY-KNOWS-THIS"}).status_code == 200
        assert {door["pulses"] for door in hands.get("/state").json()["doors"]} == {0}


def test_a_twin_that_is_killed_takes_the_power_from_its_daemon(locker: Path) -> None:
    subprocess.run([sys.executable, "-m", "locker", "init", "--config", str(locker)], check=True, capture_output=True)
    with subprocess.Popen(words(locker), stdout=subprocess.PIPE, text=True) as twin:
        assert twin.stdout
        said = json.loads(twin.stdout.readline())
        os.kill(twin.pid, signal.SIGKILL)
    deadline = time.monotonic() + TIMEOUT_S
    while answers(said["kiosk_url"]):
        assert time.monotonic() < deadline, "an orphan goes on serving"


def until_served(url: str) -> None:
    # Retries are of connections only, with growing pauses.
    with httpx.Client(transport=httpx.HTTPTransport(retries=7)) as web:
        assert web.get(f"{url}/health").is_success


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False, timeout=1).is_success
    except httpx.TransportError:
        return False


def test_without_power_it_is_ready_at_once(locker: Path) -> None:
    with running(locker, "--no-power-on") as (said, _):
        assert httpx.get(f"{said['twin_url']}/state", trust_env=False).json()["power"] is False


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('pin_factory = "twin"', 'pin_factory = "lgpio"', 'it must be "twin" for a twin'),
        ("number = 1", "number = 0", "locker.number"),
        ("", "", "the daemon has ended with"),
    ],
    ids=["real pins", "bad settings", "no keys"],
)
def test_what_keeps_it_from_coming_up_is_said_in_a_sentence(locker: Path, old: str, new: str, said: str) -> None:
    locker.write_text(locker.read_text().replace(old, new))
    twin = subprocess.run(words(locker), capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert (twin.returncode, twin.stdout) == (1, "")
    assert said in twin.stderr.splitlines()[-1]
    assert "Traceback" not in twin.stderr
