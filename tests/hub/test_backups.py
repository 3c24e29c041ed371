"""A hub is saved while it runs, lost, and comes back with all that the backup held; lockers know what is safe in it."""

from __future__ import annotations

import json
import sqlite3
import tarfile
from pathlib import Path
from typing import Any

import pytest

from hub_service import cli
from hub_service.handlers import looks, orders, reports
from hub_service.handlers.hub import open_hub
from hub_service.settings import DATABASE
from hub_service.store import audit, backup
from hub_service.store.database import StoreError
from locker.wire.chain import GENESIS, digest
from locker.wire.codec import fact_to_json
from locker.wire.facts import Moment, RunStarted
from locker.wire.messages import Batch, Confirm, FullState, Hello


def hub_command(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    assert cli.main([str(word) for word in words]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def data_dir(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A hub with a locker, which has told one fact."""
    folder = tmp_path / "hub"
    hub_command(capsys, "init", "--data-dir", folder)
    hub_command(
        capsys, "add-locker", "--data-dir", folder, "--id", "elm", "--number", 1, "--name", "Elm",
        "--public-key", "ab" * 32,
    )  # fmt: skip
    (folder / "notices.toml").write_text('zone = "Europe/Berlin"\n')
    tell(folder, "one")
    return folder


def tell(data_dir: Path, run: str, parent: str = GENESIS) -> Confirm:
    hub = open_hub(data_dir, data_dir / DATABASE)
    fact = fact_to_json(RunStarted(at=Moment(run_ms=1, wall_ms=None), run=run, locker="elm", software="1"))
    (answer,) = reports.take(hub, "elm", Batch(locker="elm", parent=parent, facts=(fact,)))
    hub.store.close()
    assert isinstance(answer, Confirm) and answer.known == digest(parent, fact)
    return answer


def test_a_fact_is_safe_when_it_lies_in_a_completed_backup(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tell(data_dir, "one")
    assert first.safe == ""
    hub_command(capsys, "backup", "--data-dir", data_dir, "--to", tmp_path / "kept")
    second = tell(data_dir, "two", first.known)
    assert second.safe == first.known != second.known


def test_a_hub_comes_back_with_its_keys_and_lockers_get_everything_anew(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = hub_command(capsys, "backup", "--data-dir", data_dir, "--to", tmp_path / "kept")
    before = open_hub(data_dir, data_dir / DATABASE)
    again = tmp_path / "again"
    assert hub_command(
        capsys, "restore", "--from", tmp_path / "kept" / made["name"], "--data-dir", again
    ) == {"lockers": 1}  # fmt: skip
    hub = open_hub(again, again / DATABASE)
    assert hub.keys.public_hex == before.keys.public_hex
    assert (again / "notices.toml").read_text() == 'zone = "Europe/Berlin"\n'
    assert {path.stat().st_mode & 0o777 for path in (again / "keys").iterdir()} == {0o600}
    view = looks.locker(hub, "elm")
    assert view is not None and view.name == "Elm"
    hello = Hello(
        locker="elm", run="one", head=GENESIS, epoch="0" * 16, order_number=3, order_digest="1" * 64, wall_ms=0,
        clock_trusted=True,
    )  # fmt: skip
    assert any(isinstance(answer, FullState) for answer in reports.take(hub, "elm", hello))
    assert isinstance(orders.due(hub, "elm"), FullState)
    with hub.store.read() as db:
        assert [entry.act for entry in audit.latest(db, 1)] == ["restored"]
    for opened in (hub, before):
        opened.store.close()


def test_only_the_newest_are_kept(data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [
        hub_command(capsys, "backup", "--data-dir", data_dir, "--to", tmp_path / "kept", "--keep", 2)["name"]
        for _ in range(3)
    ]
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == names[1:]


def test_nothing_is_overwritten(data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = hub_command(capsys, "backup", "--data-dir", data_dir, "--to", tmp_path / "kept")
    assert cli.main(["restore", "--from", str(tmp_path / "kept" / made["name"]), "--data-dir", str(data_dir)]) == 1
    assert "isn't empty: move what is there away first" in capsys.readouterr().err


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_damaged_backup_restores_nothing(data_dir: Path, tmp_path: Path, place: float) -> None:
    file = tmp_path / "hub-1.tar.gz"
    backup.write(data_dir / DATABASE, file)
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 0x40
    file.write_bytes(content)
    with pytest.raises(StoreError):
        backup.unpack(file, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_name_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    file = tmp_path / "hub-1.tar.gz"
    (tmp_path / "evil").write_text("x")
    said = tmp_path / "contents.json"
    said.write_text(json.dumps({"format": 1, "sha256": {"../evil": backup._digest(b"x")}}))
    with tarfile.open(file, "w:gz") as archive:
        archive.add(said, backup.CONTENTS)
        archive.add(tmp_path / "evil", "../evil")
    with pytest.raises(StoreError, match="doesn't belong"):
        backup.unpack(file, tmp_path / "deep" / "again")


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(data_dir: Path, tmp_path: Path) -> None:
    path = data_dir / DATABASE
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(StoreError):
        backup.write(path, tmp_path / "hub-1.tar.gz")
    assert not list(tmp_path.glob("*.tar.gz"))
