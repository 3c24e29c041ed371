"""`docs/how-to/install-a-locker.md`: every command in it is run as it stands, on boards in software."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_service.handlers.hub import open_hub
from locker.settings import load, secret
from locker.twin.machine import Machine
from locker.twin.serial_port import SerialPort
from locker.wire.access_tag import access_tag

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "install-a-locker.md"
DOORS = 3
PATIENCE_S = 60.0
# What only makes sense on the Raspberry Pi itself; anything else in a block has to be run here.
ONLY_THERE = {"sudo", "systemctl"}


def blocks(kind: str) -> list[list[str]]:
    """The lines of each block of a kind."""
    found = re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in found]


def commands() -> list[str]:
    return [line.removeprefix("$ ") for block in blocks("console") for line in block if line.startswith("$ ")]


@pytest.fixture
def folder() -> Iterator[Path]:
    """The locker's folder, with the example config for boards in software; the source tree is beside it."""
    with tempfile.TemporaryDirectory(prefix="locker-") as name:
        folder = Path(name)
        text = (ROOT / "deploy" / "locker" / "locker.toml").read_text(encoding="utf-8")
        text = text.replace("/var/lib/locker", str(folder)).replace("/dev/locker", str(folder))
        head, *boxes = text.split("\n[[compartment]]")
        (folder / "locker.toml").write_text("\n[[compartment]]".join([head, *boxes[:DOORS]]))
        (folder / "deploy").symlink_to(ROOT / "deploy")
        yield folder


class Stage:
    """The folder, the boards, and a person in front of them who types and shuts doors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        settings = load(folder / "locker.toml")
        self.machine = Machine(settings, True, lambda: None)
        assert settings.scanner.port
        self.scanner = SerialPort(settings.scanner.port)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, command: str) -> str:
        """Runs one command to its end; what it printed."""
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        child = await asyncio.create_subprocess_exec(
            *shlex.split(command), cwd=self.folder, env=environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert child.stdin and child.stdout
        said = answered = ""
        async with asyncio.timeout(PATIENCE_S):
            while piece := await child.stdout.read(4_096):
                said += piece.decode()
                question = said.removeprefix(answered).rpartition("\n")[2]
                if question.startswith("? ") and question.endswith(" "):
                    answered = said
                    if (answer := self._answer(question)) is not None:
                        child.stdin.write(f"{answer}\n".encode())
            code = await child.wait()
        assert code == 0, f"{command} ended with {code}:\n{said}"
        return said

    def _answer(self, question: str) -> str | None:
        """What a person types; None: they do something, and the question answers itself."""
        if "Shut door" in question:
            self._shut()
            return None
        if "Which door" in question:
            return " ".join(str(n) for n, door in self.machine.steel.doors.items() if door.open)
        if "label" in question:
            self._tasks.add(asyncio.get_running_loop().create_task(self._scan()))
        return "yes" if "yes" in question else ""

    def _shut(self) -> None:
        for n in [n for n, door in self.machine.steel.doors.items() if door.open]:
            self.machine.act(lambda now_ms, n=n: self.machine.steel.close(n, now_ms))  # type: ignore[misc]

    async def _scan(self) -> None:
        # The label is held there until it was read: the scanner sends it again and again.
        while not self.scanner.unread:
            await self.scanner.send(b"]C100376130321109103420\r")
            await asyncio.sleep(0.3)


def filled_in(command: str, folder: Path, said: dict[str, str]) -> str:
    """A command with what stands in capitals on the page."""
    key = json.loads(said["locker init --config locker.toml"])["public_key"] if "HEX" in command else ""
    return command.replace("DATA", str(folder / "hub")).replace("64-HEX-DIGITS", key)


def obey_step_5(folder: Path, printed: dict[str, str]) -> None:
    """What the page says of the two keys that the hub prints, done to the letter."""
    page = PAGE.read_text(encoding="utf-8")
    name, file = re.findall(r"Write `(\w+)` over what is in the locker's `(\S+)`", page)[0]
    (folder / file).write_text(printed[name] + "\n", encoding="ascii")
    name, option, section = re.findall(r"`(\w+)` is the `(\w+)` of `\[(\w+)\]`", page)[0]
    config = folder / "locker.toml"
    head, text = config.read_text(encoding="utf-8").split(f"[{section}]\n", 1)
    text = re.sub(rf'^{option} = "\w+"', f'{option} = "{printed[name]}"', text, count=1, flags=re.MULTILINE)
    config.write_text(f"{head}[{section}]\n{text}", encoding="utf-8")


async def told(folder: Path) -> dict[str, str]:
    """What each command of the page prints, run one after the other."""
    stage = Stage(folder)
    with tempfile.TemporaryDirectory(prefix="twin-") as short:
        await stage.machine.start(Path(short) / "pins")
        stage.machine.power_on()
        stage.scanner.plug_in()
        await stage.run(f"hub init --data-dir {folder / 'hub'}")
        said: dict[str, str] = {}
        try:
            for command in commands():
                printed = await stage.run(filled_in(command, folder, said))
                said[command] = printed
                if command.startswith("hub add-locker"):
                    obey_step_5(folder, json.loads(printed.splitlines()[-1]))
            return said
        finally:
            stage.scanner.unplug()
            await stage.machine.close()


def test_every_command_of_the_page_works_in_its_order(folder: Path) -> None:
    said = asyncio.run(told(folder))
    check = said["locker check --config locker.toml"]
    assert "Nothing is wrong." in check
    assert "The scanner read" in check
    assert f"{DOORS} of {DOORS} compartments" in said["locker commission --config locker.toml"]
    settings, hub = load(folder / "locker.toml"), open_hub(folder / "hub", folder / "hub" / "hub.sqlite")
    try:
        assert settings.hub.public_key == hub.keys.public_hex
        typed = access_tag("12345678", secret(settings, "code_key_file"))
        assert typed == hub.tag("12345678", settings.locker.id), "no PIN would fit at a locker installed by this page"
    finally:
        hub.store.close()


def test_what_is_not_run_here_cannot_be(folder: Path) -> None:
    others = [line for block in blocks("sh") for line in block]
    assert others
    assert {shlex.split(line)[0] for line in others} <= ONLY_THERE
    assert re.findall(r"^```(\w*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE).count("") == len(
        blocks("sh") + blocks("console")
    ), "a block of another kind would be run by nobody"


def test_links_lead_somewhere() -> None:
    pages = [PAGE, ROOT / "docs" / "wiring" / "README.md", ROOT / "docs" / "wiring" / "boards.md"]
    for page in [*pages, ROOT / "deploy" / "locker" / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
