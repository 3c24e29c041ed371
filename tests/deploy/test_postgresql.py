"""The shipped scripts on real servers: a standby follows and takes over, and a backup comes back as of any moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.deploy.conftest import DEPLOY
from tests.servers.postgresql import PostgreSQL, _somebody, programs
from tests.servers.shipped import beside, script, scripts, settings

pytestmark = pytest.mark.skipif(programs() is None, reason="missing: apt install postgresql, or ./run test --install")
ROOT = DEPLOY.parent
PATIENCE_S, LOOK_S = 20.0, 0.05


def until(what: str, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited for {what}"
        subprocess.run(["sleep", str(LOOK_S)], check=True)


@pytest.fixture
def primary() -> Iterator[PostgreSQL]:
    """A server with the shipped settings, which copies its log away."""
    server = PostgreSQL(settings=settings() | {"shared_buffers": "16MB", "archive_command": "exit 1"})
    archive = server.folder / "wal"
    archive.mkdir()
    if os.geteuid() == 0:
        shutil.chown(archive, _somebody()["user"])
    server.stop()
    server.settings["archive_command"] = f"{scripts() / 'archive'} %p {archive}/%f"
    server.start()
    yield server
    server.remove()


@pytest.fixture
def more() -> Iterator[Callable[[Path], PostgreSQL]]:
    """Starts servers on folders that a script has laid out."""
    started: list[PostgreSQL] = []

    def start(folder: Path) -> PostgreSQL:
        server = PostgreSQL(folder=folder, settings={"shared_buffers": "16MB"})
        started.append(server)
        return server

    yield start
    for server in started:
        server.remove()


def test_a_standby_follows_and_takes_over_with_all_that_was_answered(
    primary: PostgreSQL, more: Callable[[Path], PostgreSQL]
) -> None:
    primary.run("CREATE TABLE parcels (id INTEGER)")
    folder = beside(primary, "standby")
    script("standby", primary.url(), folder / "data", "second")
    standby = more(folder)
    until("the standby to follow", lambda: primary.run("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))
    primary.run("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'")
    primary.run("SELECT pg_reload_conf()")
    until(
        "commits to wait for it", lambda: primary.run("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'quorum'")
    )

    for number in range(50):
        primary.run(f"SET synchronous_commit = on; INSERT INTO parcels VALUES ({number})")
    primary.stop(signal.SIGKILL)
    with pytest.raises(psycopg.Error):
        standby.run("INSERT INTO parcels VALUES (999)")
    script("promote", standby.data, standby.url())

    assert standby.run("SELECT COUNT(*), MAX(id) FROM parcels") == [(50, 49)]
    # As workers do: both hosts in one address, and whoever is the primary is taken.
    either = (
        f"postgresql://hub@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/postgres?target_session_attrs=read-write"
    )
    with psycopg.connect(either) as connection:
        connection.execute("INSERT INTO parcels VALUES (50)")
    assert standby.run("SELECT COUNT(*) FROM parcels") == [(51,)]


def test_a_folder_that_holds_a_database_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("15\n")
    for words in (("standby", "postgresql://nowhere/", tmp_path, "x"), ("restore", tmp_path, "wal", tmp_path)):
        with pytest.raises(AssertionError, match="nothing is overwritten"):
            script(*map(str, words), by={})


def test_a_piece_of_the_log_is_archived_once_and_never_replaced(tmp_path: Path) -> None:
    piece, other, archive = tmp_path / "piece", tmp_path / "other", tmp_path / "archive"
    piece.write_text("log")
    other.write_text("another server's")
    archive.mkdir()
    words = [scripts() / "archive", piece, archive / "1"]

    assert [subprocess.run(words, check=False).returncode for _ in range(2)] == [0, 0]
    refused = subprocess.run([scripts() / "archive", other, archive / "1"], capture_output=True, check=False)
    assert refused.returncode == 1
    assert (archive / "1").read_text() == "log"


def test_a_hub_comes_back_as_of_a_moment_before_everything_was_deleted(
    primary: PostgreSQL, more: Callable[[Path], PostgreSQL], tmp_path: Path
) -> None:
    data, backups = tmp_path / "hub", beside(primary, "backups")
    hub("init", "--data-dir", data, "--database", primary.url())
    key = "ab" * 32
    words = ("--data-dir", data, "--number", 1, "--name", "Elm", "--public-key")
    hub("add-locker", "--id", "elm", *words, key)
    program = {"HUB": f"{sys.executable} -m hub_service", "PYTHONPATH": str(ROOT)}
    said = script("backup", primary.url(), backups, data, by={}, **program)
    backup = Path(said.split("backup: ")[1].strip())
    for path in (backup, *backup.rglob("*")):
        shutil.chown(path, primary.folder.owner())
    assert json.loads((backup / "heads.json").read_text()).keys() == {"elm"}
    assert primary.run("SELECT COUNT(*) FROM backups") == [(1,)]

    primary.run("INSERT INTO events (kind, hub_at_ms, data) VALUES ('told_later', 1, '{}')")
    before = primary.run("SELECT clock_timestamp()::text")[0][0]
    primary.run("DELETE FROM events")
    archived = primary.run("SELECT pg_walfile_name(pg_current_wal_lsn())")[0][0]
    primary.run("SELECT pg_switch_wal()")
    until("the log to be copied away", lambda: (primary.folder / "wal" / archived).exists())
    primary.stop(signal.SIGKILL)
    folder = beside(primary, "restored")
    script("restore", backup, primary.folder / "wal", folder / "data", before)
    restored = more(folder)
    until("the moment to be reached", lambda: restored.run("SELECT NOT pg_is_in_recovery()") == [(True,)])

    assert restored.run("SELECT COUNT(*) FROM events WHERE kind = 'told_later'") == [(1,)]
    epoch = restored.run("SELECT epoch FROM lockers")[0][0]
    (data / "database.toml").write_text(f'url = "{restored.url()}"\n')
    assert hub("came-back", "--data-dir", data, "--name", backup.name) == {"lockers": 1}
    assert restored.run("SELECT epoch FROM lockers")[0][0] != epoch


def hub(*words: object) -> object:
    """The hub's command; what it answers."""
    done = subprocess.run(
        [sys.executable, "-m", "hub_service", *map(str, words)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.startswith("{") else None
