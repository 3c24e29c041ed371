"""Codes are hashed in threads, 19 MB each; none of it stays."""

from __future__ import annotations

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
