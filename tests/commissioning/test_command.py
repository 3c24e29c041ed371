"""The command around the interview: exit codes, answers from a file, and a daemon that has the hardware already."""

from __future__ import annotations

from pathlib import Path

import pytest

from locker.check_file import opened, replaced
from locker.cli import main
from locker.commissioning.notes import Notes, Observation
from locker.commissioning.plan import Place
from locker.supervision import alone

from .cabinets import written


def check(path: Path, folder: Path, *answers: str) -> int:
    (folder / "answers").write_text("# what an installer says\n" + "".join(f"{answer}\n" for answer in answers))
    return main(["check", "--config", str(path), "--answers", str(folder / "answers")])


def test_a_port_that_is_not_there_is_left_for_hands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    before = path.read_text()
    assert check(path, tmp_path, "leave") == 1
    said = capsys.readouterr().out
    assert "! port_gone: The port" in said
    assert "Door 6 is left out" in said
    assert path.read_text() == before


def test_answers_that_run_out_stop_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(written(tmp_path), tmp_path) == 3
    assert "goes on behind it" in capsys.readouterr().err


def test_an_answer_that_is_none_is_asked_for_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(written(tmp_path), tmp_path, "perhaps", "leave") == 1
    assert "say again, leave" in capsys.readouterr().out


def test_the_daemon_has_to_be_stopped_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    with alone(tmp_path / "data"):
        assert check(path, tmp_path, "leave") == 2
    assert "stop the locker's daemon first" in capsys.readouterr().err


@pytest.mark.parametrize("text", [None, "[[bus", '[[bus]]\nname = "x"\n', '[[board]]\nprotocol = "magic"\n'])
def test_a_config_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "locker.toml"
    if text is not None:
        path.write_text(text)
    assert main(["check", "--config", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_notes_survive_and_are_taken_away_when_they_are_done_with(tmp_path: Path) -> None:
    file = opened(written(tmp_path))
    lock = Place("board", "a", 1)
    file.keep(Notes("wiring", (Observation(lock, (1,), ((lock, False),)),)))
    assert file.notes().seen(lock)
    file.keep(Notes("wiring"))
    assert file.notes() == Notes()


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "there"
    place.mkdir()
    (place / "inside").write_text("x")
    with pytest.raises(OSError):
        replaced(place, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["there"], "nothing half-written is left"


def test_a_new_file_keeps_the_rights_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "locker.toml"
    path.write_text("old")
    path.chmod(0o640)
    replaced(path, b"new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
