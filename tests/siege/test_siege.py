"""A short siege: everything is killed once and cut off, and a minute after it heals everybody agrees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.siege.__main__ import main

SHORT_MINUTES = 0.25


@pytest.mark.mosquitto
def test_whatever_is_killed_and_cut_off_nothing_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--minutes", str(SHORT_MINUTES), "--seed", "1", "--json", "--same-cards"]
    code = main([*words, "--data-dir", str(tmp_path)])

    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (code, report["what"]) == (0, [])
    assert report["parcels"] > 0, "nobody was there: a siege of nobody proves nothing"
    assert report["faults"].keys() >= {"hub killed", "broker killed", "daemon killed", "disk full"}
