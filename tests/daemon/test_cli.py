"""The `locker` command: each verb does one thing, and says in one sentence what is wrong and what to do."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from locker.cli import main
from locker.journal import Journal, open_file
from locker.supervision import alone
from locker.wire.facts import Moment, Opened

CONFIG = """
[locker]
id = "elm"
number = 1
data_dir = "data"
signing_key_file = "keys/signing.key"
code_key_file = "keys/code.key"

[hub]
public_key = "{key}"

[[compartment]]
n = 1
lock_pin = 2
door_pin = 3
size_class = "M"
width_mm = 400
height_mm = 200
depth_mm = 600
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A locker's config file."""
    path = tmp_path / "locker.toml"
    path.write_text(CONFIG.replace("{key}", "ab" * 32))
    return path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed."""
    return capsys.readouterr().out


def test_init_makes_keys_that_only_their_owner_reads(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--config", str(config)]) == 0

    assert len(bytes.fromhex(json.loads(said(capsys))["public_key"])) == 32
    for name in ("signing.key", "code.key"):
        assert stat.S_IMODE((config.parent / "keys" / name).stat().st_mode) == 0o600


def test_init_again_keeps_the_keys(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", "--config", str(config)])
    first = said(capsys)
    main(["init", "--config", str(config)])

    assert said(capsys) == first


def test_a_config_that_is_fine_is_said_to_be(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", "--config", str(config)])

    assert main(["check-config", "--config", str(config)]) == 0
    assert "1 compartment" in said(capsys)


def test_missing_keys_are_found_before_the_start(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", "--config", str(config)]) == 2
    assert "signing_key_file" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["run", "init", "commission", "check-config", "journal"])
def test_a_config_that_is_missing_is_one_sentence(
    tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--config", str(tmp_path / "none.toml")]) == 2

    error = capsys.readouterr().err
    assert "none.toml" in error
    assert error.count("\n") == 1


def test_a_new_locker_is_commissioned_once_somebody_has_looked(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["commission", "--config", str(config)]) == 0

    assert "1 of 1" in said(capsys)
    main(["journal", "--config", str(config)])
    assert "inspected" in said(capsys)


@pytest.mark.parametrize("verb", ["commission", "run"])
def test_there_is_one_daemon_a_locker(config: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", "--config", str(config)])
    with alone(config.parent / "data"):
        assert main([verb, "--config", str(config)]) == 2

    assert "stop the locker's daemon first" in capsys.readouterr().err


@pytest.fixture
def journal(config: Path) -> Journal:
    """The journal of a locker where a door has opened."""
    (config.parent / "data").mkdir()
    journal = Journal(open_file(config.parent / "data" / "journal.sqlite"))
    journal.append([Opened(at=Moment(run_ms=5, wall_ms=1_700_000_000_000), n=1, visit="v")])
    return journal


def test_the_audit_log_reads_like_a_diary(config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "--config", str(config)]) == 0

    line = said(capsys)
    assert "2023-11-14 22:13:20.000+00:00? opened" in line
    assert "n=1 visit=v" in line


def test_the_audit_log_is_checked(config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "--verify", "--config", str(config)]) == 0

    assert journal.head in said(capsys)


def test_a_forged_audit_log_is_told_by_its_entry(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    forger = open_file(config.parent / "data" / "journal.sqlite")
    forger.execute("UPDATE entries SET fact = replace(fact, '\"n\":1', '\"n\":2')")

    assert main(["journal", "--verify", "--config", str(config)]) == 2
    assert "damaged at entry 1" in capsys.readouterr().err


def test_a_journal_that_is_none_is_one_sentence(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "data").mkdir()
    (config.parent / "data" / "journal.sqlite").write_text("no database at all, but long enough to be read" * 100)

    assert main(["journal", "--config", str(config)]) == 2
    assert "not a database" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["locker", "hub_service"])
def test_whoever_stops_it_while_it_is_being_loaded_sees_no_traceback(command: str) -> None:
    read, written = os.pipe()
    # It can be ahead of its reader by so little only: it is still being loaded when it is stopped.
    fcntl.fcntl(written, fcntl.F_SETPIPE_SZ, 4096)
    loading = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", command, "--help"], stdout=subprocess.DEVNULL, stderr=written
    )
    os.close(written)
    with loading, os.fdopen(read, "rb", 0) as told:
        seen = next(line for line in told if b"pydantic_core" in line)
        loading.send_signal(signal.SIGINT)
        said = seen + told.read()
    assert b"Traceback" not in said
    assert loading.returncode in (130, -signal.SIGINT)
