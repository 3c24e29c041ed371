"""The whole system as a newcomer starts it: real processes, real broker, real files, steel in software."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "broker",
    [pytest.param("embedded", id="embedded"), pytest.param("mosquitto", marks=pytest.mark.mosquitto, id="mosquitto")],
)
def test_the_four_stories_end_with_hub_locker_and_steel_agreeing(broker: str, tmp_path: Path) -> None:
    words = ["--story", "--data-dir", str(tmp_path / "demo"), *(["--mosquitto"] if broker == "mosquitto" else [])]
    played = subprocess.run(
        [sys.executable, "-m", "locker.twin.demo", *words], capture_output=True, text=True, timeout=180, check=False
    )
    assert played.returncode == 0, played.stderr[-3000:]
    told = json.loads(played.stdout.splitlines()[-1])
    assert told["violations"] == 0
    assert [len(story["steps"]) > 2 for story in told["stories"]] == [True, True, True, True]
