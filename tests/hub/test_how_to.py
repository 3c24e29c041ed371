"""The how-to pages for programs: every command is run as it stands, one after the other, against a demo hub."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from hub_service.app import build
from hub_service.handlers import sites
from hub_service.handlers.hub import Hub

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
NAMES = ("announce-and-track", "failed-delivery", "take-returns", "share-a-locker")
BEHIND = "=== end of block ==="
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def url(hub: Hub, set_up: Callable[..., Any]) -> Iterator[str]:
    """A demo hub that listens, with a locker as large as the demo's."""
    set_up("oak", "S S M M L L XL", latitude=52.5170, longitude=13.3889)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build(replace(hub, private_webhooks=True), demo=True), log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def blocks(name: str) -> list[tuple[str, str]]:
    """The commands of a page, and what has to be in the answer to each, in order."""
    found: list[tuple[str, str]] = []
    for kind, text in BLOCK.findall((PAGES / f"{name}.md").read_text(encoding="utf-8")):
        if kind == "sh":
            found.append((text, ""))
        else:
            assert found and not found[-1][1], "an answer follows its command"
            found[-1] = (found[-1][0], text)
    return found


def holds(answer: Any, expected: Any, where: str) -> None:
    """Everything that is expected is in the answer, at its place."""
    if isinstance(expected, dict):
        for name, inner in expected.items():
            holds(answer[name], inner, f"{where}.{name}")
    elif isinstance(expected, list):
        assert len(answer) == len(expected), where
        for number, inner in enumerate(expected):
            holds(answer[number], inner, f"{where}[{number}]")
    else:
        assert answer == expected, where


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="needs bash and curl")
@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_a_page_answers_what_the_page_says(name: str, url: str, hub: Hub) -> None:
    steps = blocks(name)
    assert len(steps) >= 5
    # One shell for the whole page: later commands use what earlier ones have set.
    script = "set -euo pipefail\n" + "".join(f"{command}\necho\necho '{BEHIND}'\n" for command, _ in steps)
    key = sites.add_api_key(hub, "reader")
    known = {"HUB": url, "KEY": key, "OPERATOR_KEY": key, "PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, env=known, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = done.stdout.split(BEHIND)[:-1]
    assert len(told) == len(steps)
    for (command, expected), output in zip(steps, told, strict=True):
        if expected:
            # Where a block asks twice, the last answer is shown.
            answer = json.loads(_last_json(output))
            holds(answer, json.loads(expected), command[:60])


def _last_json(output: str) -> str:
    decoder, place, last = json.JSONDecoder(), 0, ""
    while (place := output.find("{", place)) >= 0:
        _, end = decoder.raw_decode(output, place)
        last, place = output[place:end], end
    return last


def test_a_page_that_says_something_else_is_found() -> None:
    with pytest.raises(AssertionError):
        holds({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "")
    with pytest.raises(KeyError):
        holds({}, {"a": None}, "")
