"""The guardian is started before the daemon is loaded, to be ready sooner; a daemon that cannot start leaves none."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from locker.cli import main
from locker.devices import guardian_child
from locker.settings import Settings, load

CONFIG = """
[locker]
id = "elm"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"

[hub]
public_key = "{key}"

[kiosk]
port = {kiosk}

[gpio]
pin_factory = "mock"
"""
BOX = """
[[compartment]]
n = 1
size_class = "M"
width_mm = 400
height_mm = 200
depth_mm = 600
"""
ON_PINS = BOX + "lock_pin = 2\ndoor_pin = 3\n"
ON_A_BOARD = (
    BOX
    + 'board = "a"\nlock = 1\n[[board]]\nname = "a"\nbus = "b"\nprotocol = "kerong-cu48"\naddress = 0\n'
    + '[[bus]]\nname = "b"\nport = "/dev/none"\n'
)
STUBBORN = ("-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")


def written(folder: Path, compartments: str, kiosk: int = 8000) -> Path:
    """A config file."""
    path = folder / "locker.toml"
    path.write_text(CONFIG.replace("{key}", "ab" * 32).replace("{kiosk}", str(kiosk)) + compartments)
    return path


def programs_with(config: Path) -> list[str]:
    """The command lines of all processes that were given this config file."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().split(b"\0")
        except OSError:  # it has ended while we looked
            continue
        if str(config).encode() in words:
            found.append(b" ".join(words).decode())
    return found


def test_a_daemon_that_cannot_start_leaves_no_guardian_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        config = written(tmp_path, ON_PINS, somebody.getsockname()[1])
        assert main(["init", "--config", str(config)]) == 0
        with (tmp_path / "log").open("wb") as log:
            words = [sys.executable, "-m", "locker", "run", "--config", str(config)]
            code = subprocess.run(words, stdout=log, stderr=log, timeout=30, check=False).returncode
            left = programs_with(config)

    said = (tmp_path / "log").read_text()
    assert code == 2
    assert "the kiosk can't listen" in said
    assert "locker.guardian: the daemon has gone" in said, "a guardian had been started"
    assert left == []


def test_a_guardian_that_nobody_has_taken_is_waited_for(tmp_path: Path) -> None:
    settings, config = wired(tmp_path, ON_PINS)

    async def story() -> int | None:
        async with guardian_child.started_early(settings, config) as child:
            assert child and child.process.returncode is None
        return child.process.returncode

    assert asyncio.run(story()) == 0


def test_one_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, config = wired(tmp_path, ON_PINS)
    monkeypatch.setattr(guardian_child, "GUARDIAN", STUBBORN)
    monkeypatch.setattr(guardian_child, "CLOSE_TIMEOUT_S", 0.1)

    async def story() -> int | None:
        async with guardian_child.started_early(settings, config) as child:
            assert child
        return child.process.returncode

    assert asyncio.run(story()) == -9


def test_one_that_was_taken_lives_on(tmp_path: Path) -> None:
    settings, config = wired(tmp_path, ON_PINS)

    async def story() -> None:
        async with guardian_child.started_early(settings, config) as child:
            assert child
            child.taken = True
        assert child.process.returncode is None
        child.pipe.close()
        await guardian_child.ended(child.process)

    asyncio.run(story())


def test_a_locker_without_locks_on_pins_has_none(tmp_path: Path) -> None:
    settings, config = wired(tmp_path, ON_A_BOARD)

    async def story() -> None:
        async with guardian_child.started_early(settings, config) as child:
            assert child is None

    asyncio.run(story())


def test_no_process_to_be_had_is_no_end_of_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, config = wired(tmp_path, ON_PINS)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))

    async def story() -> None:
        async with guardian_child.started_early(settings, config) as child:
            assert child is None, "who needs it tries again, and tells"

    asyncio.run(story())


def wired(folder: Path, compartments: str) -> tuple[Settings, Path]:
    """Settings and the file they are in."""
    config = written(folder, compartments)
    return load(config), config
