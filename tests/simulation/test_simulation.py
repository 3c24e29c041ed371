"""The simulation in short: some hundred seeds, the same trace in every process, old finds, and bugs that are found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation import bugs
from tests.simulation.run import run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TABLE = ROOT / "docs" / "reference" / "planted-bugs.md"
SEEDS = 300
IN_TWO_PROCESSES = range(20)
KEPT = (HERE / "regress" / "seeds.txt").read_text(encoding="utf-8").splitlines()
REGRESS = [int(line.split()[0]) for line in KEPT if line[:1].isdigit()]
PLANTED = bugs.recorded(TABLE)


def test_nothing_is_found_in_any_town() -> None:
    command = [sys.executable, "-m", "tests.simulation", "--seeds", str(SEEDS), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_seed_is_the_same_story_in_every_process() -> None:
    seeds = ",".join(map(str, IN_TWO_PROCESSES))
    program = f"from tests.simulation.run import run\nfor seed in ({seeds}): print(run(seed).trace)"
    traces = [_run(program, hash_seed) for hash_seed in ("1", "2")]
    assert traces[0] == traces[1]
    assert len(set(traces[0].split())) == len(IN_TWO_PROCESSES)


@pytest.mark.parametrize("seed", REGRESS)
def test_what_was_found_once_stays_mended(seed: int) -> None:
    assert run(seed).violation == ""


@pytest.mark.parametrize(("bug", "seed"), PLANTED.items())
def test_a_planted_bug_is_found_by_its_seed_which_finds_nothing_else(bug: str, seed: int) -> None:
    """A seed's story changes with the code: `./run simulate --bite` finds the next one that tells of it."""
    assert run(seed, bug).violation
    assert not run(seed).violation


def test_the_table_names_enough_bugs_and_all_are_there() -> None:
    assert PLANTED.keys() <= bugs.BUGS.keys()
    assert len(PLANTED) >= 25


def test_every_invariant_has_caught_something() -> None:
    """A checker that nothing was ever planted for may be blind."""
    caught = set(re.findall(r"\| (I\d+) \|", TABLE.read_text(encoding="utf-8")))
    assert caught == {f"I{number}" for number in range(1, 13)}


def _run(program: str, hash_seed: str) -> str:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
