"""A fleet of fifty: everybody connects, parcels come and go, the broker dies and all come back."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from locker.twin.fleet import cli
from tests.servers.postgresql import running

WORDS = (
    "--lockers", "50", "--compartments", "4", "--rate", "5", "--minutes", "0.05", "--dwell", "0.3", "--hands", "0.2",
    "--pins", "0.3", "--kill-broker",
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an operator gets who sizes a machine with it."""
    folder = tmp_path_factory.mktemp("fleet")
    code = cli.main([*WORDS, "--folder", str(folder / "it"), "--json", str(folder / "figures.json")])
    figures: dict[str, Any] = json.loads((folder / "figures.json").read_text())
    with sqlite3.connect(folder / "it" / "hub" / "hub.sqlite") as hub:
        ready = hub.execute("SELECT COUNT(*) FROM notices_outbox WHERE kind = 'ready'").fetchone()[0]
        ended = hub.execute("SELECT COUNT(*) FROM deliveries WHERE state = 'ended'").fetchone()[0]
        parked = hub.execute("SELECT COUNT(*) FROM reports WHERE state <> 'applied'").fetchone()[0]
    hub.close()
    return figures | {"code": code, "ready": ready, "ended": ended, "parked": parked}


@pytest.mark.mosquitto
def test_every_parcel_that_was_announced_is_brought_and_fetched(run: dict[str, Any]) -> None:
    assert run["errors"] == {} and run["not_finished"] == 0 and run["code"] == 0
    assert run["announced"] == run["deposited"] == run["collected"] > 0


@pytest.mark.mosquitto
def test_the_hub_has_seen_the_same_lives(run: dict[str, Any]) -> None:
    assert (run["ready"], run["ended"], run["parked"]) == (run["deposited"], run["collected"], 0)
    assert run["unconfirmed_facts"] == 0


@pytest.mark.mosquitto
def test_each_deposit_is_timed_from_the_hand_to_the_hubs_word(run: dict[str, Any]) -> None:
    spread = run["closed_to_notice_ms"]
    assert 50 < spread["p50"] <= spread["p99"] <= spread["max"], "a contact rests for 50 ms before it is believed"


@pytest.mark.mosquitto
def test_all_are_back_after_the_broker_was_killed(run: dict[str, Any]) -> None:
    assert run["storm"]["all_settled_s"] < 60
    assert run["storm"]["connects_peak_per_s"] <= 50


@pytest.mark.mosquitto
def test_what_hub_and_broker_use_is_told(run: dict[str, Any]) -> None:
    assert run["use"]["hub"]["cpu_s"] > 0 and run["use"]["hub"]["memory_mb"] > 20
    assert run["cpu_us_per_report"]["hub"] > run["cpu_us_per_report"]["broker"] >= 0


@pytest.mark.mosquitto
@pytest.mark.postgresql
def test_two_workers_share_what_three_lockers_tell_on_one_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever calls it twice hears that the database is no empty one any more."""
    few = ("--lockers", "3", "--rate", "3", "--minutes", "0.02", "--dwell", "0.2", "--hands", "0.1", "--workers", "2")
    with running() as server:
        words = (*few, "--database", server.url(), "--folder", str(tmp_path / "it"))
        assert cli.main([*words, "--watch", f"database={server.process.pid if server.process else 0}"]) == 0
        figures = json.loads(capsys.readouterr().out)
        assert cli.main(list(words)) == 1
    assert figures["announced"] == figures["collected"] > 0
    assert {"hub-1", "hub-2", "broker", "database"} == figures["use"].keys()
    assert "has to be an empty one" in capsys.readouterr().err


def test_somebodys_broker_is_not_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key"
    key.write_text("live_key")
    theirs = ("--hub", "http://127.0.0.1:1", "--broker", "127.0.0.1:1", "--api-key-file", str(key))
    assert cli.main(["--lockers", "1", *theirs, "--kill-broker", "--folder", str(tmp_path / "it")]) == 1
    assert "leave --kill-broker out" in capsys.readouterr().err
    assert not (tmp_path / "it").exists()
