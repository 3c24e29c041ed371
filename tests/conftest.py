"""Which tests need a server that may be missing, and what is said of it."""

from __future__ import annotations

import gc
import os
import shutil
from ctypes.util import find_library

import pytest

from tests.servers import where
from tests.servers.postgresql import programs

# What tests with a marker need, as Debian's packages; the browser's driver is a program that needs libatomic.
NEEDED = {
    "browser": ("chromium", "libatomic1"),
    "mosquitto": ("mosquitto",),
    "nats": ("nats-server",),
    "nginx": ("nginx",),
    "promtool": ("prometheus",),
    "postgresql": ("postgresql",),
}
LONGEST = ("simulation", "siege", "workers", "attack", "end_to_end", "watching", "fleet", "commissioning")
"""Folders whose tests take longest: begun first, no core waits at the end for another."""

SEARCHED = os.environ.get("PATH", "") + ":/usr/sbin"
NOTHING_SKIPPED = bool(os.environ.get("NOTHING_SKIPPED"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--hardware bench.toml`: play tests/hardware/test_bench.py on the boards of this config file (docs/bench.md)."""
    parser.addoption("--hardware", metavar="BENCH_TOML", help="a locker's config file: boards on a bench, real ones")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what can't run here, with a sentence that names the package; what takes long comes first."""
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)
    for marker, packages in NEEDED.items():
        missing = [package for package in packages if not is_installed(package)]
        reason = f"missing: apt install {' '.join(missing)}, or ./run test --install"
        for item in items if missing else ():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """Modules and pages stay for the whole run: looking through all of them for rubbish was a fifth of its work."""
    gc.freeze()
    gc.set_threshold(10_000, 50, 100)


def is_installed(package: str) -> bool:
    """Whether a Debian package that is a program, or a library, is there."""
    if package.startswith("lib"):
        return find_library(package.removeprefix("lib").rstrip("0123456789")) is not None
    if package == "postgresql":
        # Debian keeps its programs off the path, a folder a version.
        return programs() is not None
    return shutil.which(package, path=SEARCHED) is not None


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """What a test has left in a database that others use next is gone; its own fixtures have ended by then."""
    where.SHARED.next_test()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything was installed beforehand, a skipped test is a failed run."""
    where.SHARED.close()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if NOTHING_SKIPPED and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
