"""Three nodes of NATS on this machine, with the shipped settings but for addresses."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from locker.twin.ports import free_port

SHIPPED = Path(__file__).parents[2] / "deploy" / "broker" / "nats.conf"
SEARCHED = os.environ.get("PATH", "") + ":/usr/sbin"
READY_S, LOOK_S = 30.0, 0.1
NAMES = ("a", "b", "c")


@dataclass
class Cluster:
    """Start with `start`, end with `stop`; `kill` is what a power cut does to one node."""

    folder: Path
    mqtt: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    _clients: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    _routes: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def hosts(self) -> str:
        """All nodes, as hub and lockers are told."""
        return ",".join(f"127.0.0.1:{port}" for port in self.mqtt.values())

    def start(self) -> None:
        for name in NAMES:
            self.start_node(name)
        self.wait(NAMES)

    def start_node(self, name: str) -> None:
        program = shutil.which("nats-server", path=SEARCHED)
        assert program, "NATS is missing: apt install nats-server"
        config = self.folder / f"{name}.conf"
        config.write_text(self._config(name), encoding="utf-8")
        environment = os.environ | {"NODE": name, "NODE_STORE": str(self.folder / name)}
        with (self.folder / f"nats-{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [program, "-c", str(config)], stdout=log, stderr=log, env=environment, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """At once, without a last word; what is on its disk stays."""
        node = self._running.pop(name)
        node.send_signal(signal.SIGKILL)
        node.wait()

    def stop(self) -> None:
        for node in self._running.values():
            node.kill()
        for node in self._running.values():
            node.wait()

    def wait(self, names: tuple[str, ...]) -> None:
        """Until these nodes take MQTT connections, which they do when the cluster has a leader."""
        deadline = time.monotonic() + READY_S
        while not all(connects(self.mqtt[name]) for name in names):
            assert time.monotonic() < deadline, "the cluster has found no leader"
            threading.Event().wait(LOOK_S)

    def _config(self, name: str) -> str:
        text = SHIPPED.read_text(encoding="utf-8")
        text = text.replace("127.0.0.1:4222", f"127.0.0.1:{self._clients[name]}")
        text = text.replace("0.0.0.0:1883", f"127.0.0.1:{self.mqtt[name]}")
        text = text.replace("0.0.0.0:6222", f"127.0.0.1:{self._routes[name]}")
        return re.sub(r"nats://(\w)\.example\.org:6222", lambda node: f"nats://127.0.0.1:{self._routes[node[1]]}", text)


def connects(port: int) -> bool:
    """Whether an MQTT client is let in: a greeting (3.1.1, clean session), and the answer that all is well."""
    name = b"ready"
    body = b"\x00\x04MQTT\x04\x02\x00\x0a" + len(name).to_bytes(2, "big") + name
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as client:
            client.sendall(b"\x10" + bytes([len(body)]) + body)
            return client.recv(4) == b"\x20\x02\x00\x00"
    except OSError:
        return False
