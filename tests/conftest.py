"""Which tests need a server that may be missing, and what is said of it."""

from __future__ import annotations

import os
import shutil

import pytest

# marker -> (program, Debian's package)
SERVERS = {"browser": ("chromium", "chromium"), "mosquitto": ("mosquitto", "mosquitto")}
SEARCHED = os.environ.get("PATH", "") + ":/usr/sbin"
NOTHING_SKIPPED = bool(os.environ.get("NOTHING_SKIPPED"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what can't run here, with a sentence that names the package."""
    for marker, (program, package) in SERVERS.items():
        if shutil.which(program, path=SEARCHED) is None:
            reason = f"{program} is missing: apt install {package}, or ./run test --install"
            for item in items:
                if item.get_closest_marker(marker):
                    item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything was installed beforehand, a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if NOTHING_SKIPPED and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
