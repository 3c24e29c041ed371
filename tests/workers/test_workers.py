"""Three hubs share one database and one broker, and are killed in turn: the stories go on as if there were one."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.mosquitto
@pytest.mark.postgresql
def test_the_stories_go_on_while_workers_are_killed() -> None:
    played = subprocess.run(
        [sys.executable, "-m", "tests.workers", "--seconds", "0", "--json"],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr[-3000:]
    report = json.loads(played.stdout.splitlines()[-1])
    assert (report["violations"], report["workers"]) == (0, 3)
    assert report["steps"] > 10
