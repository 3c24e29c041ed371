"""The embedded broker, for those who have none: MQTT in pure Python, in memory, on the loopback unless told otherwise.

Everybody may connect: nothing depends on the broker being honest, and messages are signed end to end. A network that
is shared with others wants Mosquitto with TLS and passwords.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig

QUIET = ("amqtt", "transitions", "websockets")


async def serve(host: str, port: int) -> None:
    """Runs until SIGTERM or SIGINT; prints a line of JSON when it listens. Raises OSError if the port is taken."""
    for name in QUIET:
        # It logs clients' payloads and every ping.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    broker = Broker(_config(host, port))
    await broker.start()
    print(json.dumps({"mqtt": {"host": host, "port": port}}), flush=True)  # noqa: T201
    await stopped.wait()
    await broker.shutdown()


def _config(host: str, port: int) -> BrokerConfig:
    return BrokerConfig(
        listeners={"default": ListenerConfig(bind=f"{host}:{port}")},
        plugins={"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    )
