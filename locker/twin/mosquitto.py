"""Mosquitto for the demo and the tests, in place of the embedded broker: on the loopback, in memory, as nobody special.

Started without a config file it listens on the loopback only, which is just what is wanted here; an operator's own
Mosquitto is configured in `deploy/`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

READY_TIMEOUT_S = 10.0
SEARCHED = os.environ.get("PATH", "") + ":/usr/sbin"


def main(argv: list[str] | None = None) -> int:
    """Runs Mosquitto on `--port` until SIGTERM; prints one line of JSON when it answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port: int = parser.parse_args(argv).port
    program = shutil.which("mosquitto", path=SEARCHED)
    if program is None:
        print("Mosquitto is missing: apt install mosquitto", file=sys.stderr)
        return 2
    # It refuses to do anything as root, and steps down to a user of its own only where that user exists.
    as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    broker = subprocess.Popen([program, "-p", str(port)], stdout=sys.stderr, cwd="/", **as_user)  # type: ignore[call-overload]

    def stop(_number: int, _frame: FrameType | None) -> None:
        broker.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if _answers(port, broker):
        print(json.dumps({"port": port}), flush=True)
    ended: int = broker.wait()
    return 0 if ended in (0, -signal.SIGTERM) else 1


def _answers(port: int, broker: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline and broker.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    broker.terminate()
    return False


if __name__ == "__main__":
    sys.exit(main())
