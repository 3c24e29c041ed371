"""Codes are hashed in threads, 19 MB each, and none of it stays; what libraries bring along doesn't even come."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

GROWN_MB_MAX = 10
PROGRAM = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from {module} import give_back_large
from locker.wire.access_tag import access_tag

def resident_mb():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

give_back_large()
together = Barrier(4)

def check(number):
    for _ in range(2):
        together.wait()
        access_tag("12345678", bytes(32))

before = resident_mb()
with ThreadPoolExecutor(4) as threads:
    list(threads.map(check, range(4)))
    print(resident_mb() - before)
"""


@pytest.mark.parametrize("module", ["locker.memory", "hub_service.memory"])
def test_threads_that_have_hashed_codes_keep_nothing_of_it(module: str) -> None:
    program = PROGRAM.format(module=module)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) < GROWN_MB_MAX


SERVES = """
import json, sys
from locker import unneeded
unneeded.leave_out()
from locker import assembly, measures
from uvicorn.config import Config

Config(lambda *_: None, lifespan="off", ws="none").load()
measures.Measures().page()
print(json.dumps(sorted(sys.modules)))
"""


def test_the_daemon_has_no_part_of_a_library_that_it_never_uses() -> None:
    done = subprocess.run([sys.executable, "-c", SERVES], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))

    assert {"uvicorn.server", "gpiozero.output_devices", "prometheus_client.exposition"} <= loaded
    assert not {"click", "multiprocessing", "uvicorn.supervisors", "colorzero.color", "wsgiref.handlers"} & loaded


def test_whoever_wants_such_a_part_after_all_is_told_where_it_is() -> None:
    program = "from locker import unneeded; unneeded.leave_out(); import gpiozero; gpiozero.LEDBoard(1)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "locker/unneeded.py" in done.stderr
