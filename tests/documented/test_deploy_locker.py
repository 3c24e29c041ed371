"""The files for a Raspberry Pi say what the code does: commands exist, times fit, and running twice is safe."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from locker import cli, daemon
from locker.clock import Clock
from locker.settings import load

FOLDER = Path(__file__).parents[2] / "deploy" / "locker"
BCM2835_LIMIT_S = 15

Unit = dict[str, list[str]]


def unit(name: str) -> Unit:
    """The options of a unit, each with its values; lines that end in a backslash go on."""
    found: Unit = {}
    text = (FOLDER / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if "=" in line and not line.startswith("#"):
            option, _, value = line.partition("=")
            found.setdefault(option.strip(), []).append(value.strip())
    return found


@pytest.fixture(scope="module")
def service() -> Unit:
    return unit("locker.service")


def test_the_example_config_is_one(service: Unit) -> None:
    settings = load(FOLDER / "locker.toml")
    assert len(settings.compartment) == 12
    assert str(settings.locker.data_dir) == f"/var/lib/{service['StateDirectory'][0]}"


def test_the_units_command_is_one_that_the_program_understands(service: Unit) -> None:
    program, *words = shlex.split(service["ExecStart"][0])
    assert Path(program).name == "locker"
    arguments = cli._parser().parse_args(words)
    assert arguments.config == load(FOLDER / "locker.toml").locker.data_dir / "locker.toml"


def test_the_watchdog_waits_for_several_signs_of_life(service: Unit) -> None:
    watchdog_s = int(service["WatchdogSec"][0])
    assert service["Type"] == ["notify"]
    assert watchdog_s * 1000 >= 5 * daemon.TICK_MS
    assert watchdog_s <= 30


def test_systemd_itself_is_watched_within_what_the_chip_can() -> None:
    assert int(unit("50-locker-watchdog.conf")["RuntimeWatchdogSec"][0]) < BCM2835_LIMIT_S


def test_pins_and_serial_ports_can_be_reached_and_little_else(service: Unit) -> None:
    assert "PrivateDevices" not in service, "it hides pins and serial ports"
    assert service["DevicePolicy"] == ["closed"]
    allowed = {value.split()[0] for value in service["DeviceAllow"]}
    assert {"char-gpiochip", "char-ttyUSB", "char-ttyACM", "char-ttyAMA"} <= allowed
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["CapabilityBoundingSet"] == [""]


def test_lgpio_can_make_its_fifo(service: Unit) -> None:
    folder = f"/run/{service['RuntimeDirectory'][0]}"
    assert service["WorkingDirectory"] == [folder]
    assert f"LG_WD={folder}" in service["Environment"][0].split()


def test_doors_wait_neither_for_the_network_nor_for_the_time(service: Unit) -> None:
    waited_for = " ".join([*service["After"], *service.get("Requires", []), *service.get("Wants", [])])
    assert not re.search(r"network|time-sync|time-set", waited_for)


def test_a_clock_of_1970_is_not_trusted_and_counts_all_the_same(tmp_path: Path) -> None:
    """A Pi without a cell: the daemon starts, knows that the time is wrong, and goes by the one that never jumps."""
    counted = iter([0, 5_000_000_000])
    clock = Clock(tmp_path / "never", count_ns=lambda: next(counted), wall_ns=lambda: 0)
    moment = clock.now()
    assert (moment.run_ms, moment.wall_ms, moment.trusted) == (5_000, 0, False)


def test_the_screen_shows_the_daemons_page_and_may_sound() -> None:
    command = unit("locker-kiosk.service")["ExecStart"][0]
    kiosk = load(FOLDER / "locker.toml").kiosk
    assert f"http://{kiosk.host}:{kiosk.port}/" in command
    assert "--autoplay-policy=no-user-gesture-required" in shlex.split(command)


def test_what_is_written_lies_on_the_data_partition() -> None:
    mounts = [line.split() for line in (FOLDER / "fstab").read_text().splitlines() if line and line[0] != "#"]
    places = {mount[1] for mount in mounts}
    assert {"/var/lib/locker", "/opt/locker"} <= places
    assert all(len(mount) == 6 for mount in mounts)


def test_the_pins_are_let_go_by_a_dead_program() -> None:
    assert "dtparam=strict_gpiod" in (FOLDER / "config.txt").read_text().splitlines()


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze isn't here (Debian: systemd); the units are checked by the tests above only")
    for name in ("locker.service", "locker-kiosk.service"):
        text = (FOLDER / name).read_text()
        # The programs aren't on this machine; that they are the right ones is another test.
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE)
        (tmp_path / name).write_text(text)
    words = [
        analyze,
        "verify",
        "--man=no",
        *(str(tmp_path / name) for name in ("locker.service", "locker-kiosk.service")),
    ]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"}
    )
    complaints = [line for line in done.stderr.splitlines() if "locker" in line]
    assert complaints == []


def install(*words: str) -> str:
    """What the script says."""
    done = subprocess.run([FOLDER / "install", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The folder of a Raspberry Pi's image."""
    (tmp_path / "boot" / "firmware").mkdir(parents=True)
    (tmp_path / "boot" / "firmware" / "config.txt").write_text("[all]\n")
    return tmp_path


def test_installing_into_an_image_puts_everything_in_its_place(image: Path) -> None:
    install("--root", str(image))
    assert (image / "etc/systemd/system/locker.service").read_text() == (FOLDER / "locker.service").read_text()
    assert (image / "boot/firmware/config.txt").read_text().startswith("[all]\n\n# Added")
    assert load(image / "var/lib/locker/locker.toml").locker.number == 1


def test_installing_again_does_nothing(image: Path) -> None:
    install("--root", str(image))
    config = image / "boot/firmware/config.txt"
    before = config.read_text()
    assert install("--root", str(image)).splitlines()[-1] == "nothing to do"
    assert config.read_text() == before


def test_what_the_installer_has_changed_stays(image: Path) -> None:
    install("--root", str(image))
    for name in ("var/lib/locker/locker.toml", "etc/udev/rules.d/70-locker.rules"):
        (image / name).write_text("# mine\n")
    install("--root", str(image))
    assert (image / "var/lib/locker/locker.toml").read_text() == "# mine\n"
    assert (image / "etc/udev/rules.d/70-locker.rules").read_text() == "# mine\n"


def test_a_dry_run_says_everything_and_does_nothing(image: Path) -> None:
    said = install("--dry-run", "--root", str(image))
    assert said.count("would: ") >= 8
    assert not (image / "etc").exists()


def test_a_dry_run_of_a_whole_machine_names_the_switch_of_versions() -> None:
    said = install("--dry-run", "--version", "v9")
    assert "would: ln -sfn /opt/locker/releases/v9 /opt/locker/current.new" in said
    assert said.index("complete") < said.index("current.new"), "only what is whole becomes current"


STUBS = {
    "id": "echo 0",
    "getent": "exit 0",
    # Makes software whose only word is whether it can use a config: it can't where a file says so.
    "python3": """
[ "$2" = venv ] || { echo --clear; exit 0; }
mkdir -p "$4/bin"
printf '#!/bin/sh\\n' | tee "$4/bin/python" > "$4/bin/locker"
echo "[ ! -e '$4.refuses' ]" >> "$4/bin/locker"
chmod +x "$4/bin/python" "$4/bin/locker"
""",
} | dict.fromkeys(("chown", "sync", "systemctl", "systemd-tmpfiles", "udevadm"), "exit 0")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A whole machine in a folder, with the script for it; what would reach out of it does nothing."""
    shutil.copytree(FOLDER, tmp_path / "deploy" / "locker")
    script = tmp_path / "deploy" / "locker" / "install"
    text = script.read_text(encoding="utf-8")
    for place in ("/opt/locker", "/var/lib/locker", "/etc/", "/boot/"):
        text = text.replace(place, f"{tmp_path}{place}")
    script.write_text(text, encoding="utf-8")
    (tmp_path / "bin").mkdir()
    for name, body in STUBS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "opt/locker/releases").mkdir(parents=True)
    return tmp_path


def update(machine: Path, version: str) -> subprocess.CompletedProcess[str]:
    """Installs a version on it."""
    script = [machine / "deploy" / "locker" / "install", "--version", version]
    environment = os.environ | {"PATH": f"{machine / 'bin'}:{os.environ['PATH']}"}
    return subprocess.run(script, capture_output=True, text=True, check=False, env=environment)


def test_software_that_cant_use_the_config_is_never_switched_to(machine: Path) -> None:
    current, refuses = machine / "opt/locker/current", machine / "opt/locker/releases/v2.refuses"
    assert update(machine, "v1").returncode == 0
    refuses.touch()

    refused = update(machine, "v2")

    assert (refused.returncode, current.readlink().name) == (1, "v1")
    assert "the version before stays" in refused.stderr
    refuses.unlink()
    assert update(machine, "v2").returncode == 0
    assert current.readlink().name == "v2", "once it is mended the same words bring it"


def test_a_first_installation_has_no_keys_yet_and_is_there_all_the_same(machine: Path) -> None:
    (machine / "opt/locker/releases/v1.refuses").touch()

    done = update(machine, "v1")

    assert (done.returncode, (machine / "opt/locker/current").readlink().name) == (0, "v1")
    assert "next: locker init" in done.stdout


def test_an_unknown_word_is_refused() -> None:
    done = subprocess.run([FOLDER / "install", "--everything"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage" in done.stderr
