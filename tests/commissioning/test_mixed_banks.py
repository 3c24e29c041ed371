"""One check over boards of several makes, relays with inputs, and pins: each with its own way to be asked."""

from __future__ import annotations

import tomllib
from pathlib import Path

from locker.twin.machine import Machine

from .cabinets import Hands, checked_by_program

HEAD = """\
[locker]
id = "yard"
number = 1
data_dir = "data"
signing_key_file = "signing.key"
code_key_file = "code.key"
[hub]
public_key = "{key}"
[gpio]
pin_factory = "twin"
poll_s = 0.2
[[bus]]
name = "fast"
port = "{folder}/fast"
[[bus]]
name = "slow"
port = "{folder}/slow"
[[board]]
name = "cu"
protocol = "kerong-cu48"
bus = "fast"
address = 0
[[board]]
name = "win"
protocol = "winnsen"
bus = "slow"
address = 1
[[board]]
name = "ws"
protocol = "waveshare"
bus = "slow"
address = 2
inputs = 8
"""
SIZE = 'size_class = "M"\nwidth_mm = 380\nheight_mm = 200\ndepth_mm = 600\n'
WIRES = (
    'board = "cu"\nlock = 48',
    'board = "win"\nlock = 16',
    'board = "ws"\nlock = 8\nsensor = 1',
    "lock_pin = 17\ndoor_pin = 27",
    "lock_pin = 22\ndoor_pin = 23",
)


def written(folder: Path) -> Path:
    """Five doors, each on something else."""
    boxes = "".join(f"[[compartment]]\nn = {n}\n{wires}\n{SIZE}" for n, wires in enumerate(WIRES, 1))
    path = folder / "locker.toml"
    path.write_text(HEAD.format(key="0" * 64, folder=folder) + boxes)
    return path


def test_faults_are_found_on_every_make(tmp_path: Path) -> None:
    path = written(tmp_path)

    def damage(machine: Machine, _: Hands) -> None:
        machine.boards.do("cu", "invert", channel=48)
        machine.boards.do("ws", "invert", channel=1)
        machine.cut(2, True)
        machine.act(lambda _: machine.steel.jam(5))

    spoken = checked_by_program(path, damage)
    assert spoken.found == [("dead_switch", 2), ("stays_shut", 5), ("inverted_switch", 1), ("inverted_switch", 3)]
    assert sum(line.get("question") == "pulse" for line in spoken.lines) == 5
    assert spoken.code == 1, "a dead switch and a jammed door are left for hands"
    assert [box["n"] for box in tomllib.loads(path.read_text())["compartment"] if box.get("inverted")] == [1, 3]
