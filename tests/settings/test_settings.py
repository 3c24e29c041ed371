"""A config file is taken with its bounds, or refused with a sentence that names the option."""

from __future__ import annotations

from pathlib import Path

import pytest

from locker.settings import SettingsError, load, secret

MINIMAL = """
[locker]
id = "elm"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "/etc/locker/code.key"

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


def written(folder: Path, text: str) -> Path:
    """A config file with this text."""
    path = folder / "locker.toml"
    path.write_text(text.replace("{key}", "ab" * 32), encoding="utf-8")
    return path


def test_a_small_config_is_enough(tmp_path: Path) -> None:
    settings = load(written(tmp_path, MINIMAL))

    assert settings.locks.pulse_ms == 500
    assert settings.compartment[0].spec().size_class == "M"


def test_relative_paths_start_at_the_files_folder(tmp_path: Path) -> None:
    settings = load(written(tmp_path, MINIMAL))

    assert settings.locker.data_dir == tmp_path / "data"
    assert settings.locker.code_key_file == Path("/etc/locker/code.key")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (('id = "elm"', 'id = "Elm/+"'), "locker.id"),
        (("number = 1", "number = 0"), "locker.number"),
        (("lock_pin = 2", "lock_pin = 99"), "compartment.0.lock_pin"),
        (("lock_pin = 2", "lock_pin = 3"), "pin 3 is used more than once"),
        (("width_mm = 400", "width_mm = -1"), "compartment.0.width_mm"),
        (('size_class = "M"', 'size_class = "XXL"'), "compartment.0.size_class"),
        (("{key}", "abc"), "hub.public_key"),
        (("[hub]", "[locks]\npulse_ms = 60000\n[hub]"), "locks.pulse_ms"),
        (("[hub]", "[kiosk]\nprot = 1\n[hub]"), "kiosk.prot"),
        (("[hub]", "[hub"), "locker.toml: this is no TOML"),
        (("[hub]", '[scanner]\nport = "/dev/x"\n[card_reader]\nport = "/dev/x"\n[hub]'), "port /dev/x is used more"),
        (("[hub]", '[[thermometer]]\npath = "/sys/t"\ncompartments = [1, 7]\n[hub]'), "there is no compartment 7"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named.replace(".", r"\.")):
        load(written(tmp_path, MINIMAL.replace(*change)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.toml: there is no such file; give its path with --config"):
        load(tmp_path / "nothing.toml")
    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path)
    (tmp_path / "photo.toml").write_bytes(b"\xff\xd8")
    with pytest.raises(SettingsError, match="this is no text file"):
        load(tmp_path / "photo.toml")


def test_a_secret_that_was_never_made_is_refused_with_the_way_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"signing_key_file: .*`locker init` makes it"):
        secret(load(written(tmp_path, MINIMAL)), "signing_key_file")


def test_a_secret_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_text("ab" * 32 + "\n")

    assert secret(load(written(tmp_path, MINIMAL)), "signing_key_file") == bytes.fromhex("ab" * 32)


@pytest.mark.parametrize("content", ["ab" * 31, "not hex", ""])
def test_a_bad_secret_is_refused_without_telling_it(tmp_path: Path, content: str) -> None:
    (tmp_path / "signing.key").write_text(content)

    with pytest.raises(SettingsError, match="signing_key_file") as refused:
        secret(load(written(tmp_path, MINIMAL)), "signing_key_file")
    assert not content or content not in str(refused.value)
