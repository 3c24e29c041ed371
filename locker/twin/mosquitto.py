"""Mosquitto for the demo and the tests, in place of the embedded broker: on the loopback, in memory, as nobody special.

An operator's own Mosquitto is configured in `deploy/`; this one shares its limits, as the usual ones drop messages for
a hub that a thousand lockers talk to at once.
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
import tempfile
import time
from pathlib import Path
from types import FrameType

READY_TIMEOUT_S = 10.0
CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 100000
max_inflight_messages 200
set_tcp_nodelay true
"""
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
    with tempfile.NamedTemporaryFile("w", prefix="mosquitto-", suffix=".conf") as config:
        config.write(CONFIG.format(port=port))
        config.flush()
        Path(config.name).chmod(0o644)
        broker = subprocess.Popen([program, "-c", config.name], stdout=sys.stderr, cwd="/", **as_user)  # type: ignore[call-overload]

        def stop(_number: int, _frame: FrameType | None) -> None:
            broker.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        # Once it answers it has read its file, which whoever kills this process would leave behind.
        answers = _answers(port, broker)
    if answers:
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
