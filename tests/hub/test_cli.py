"""The command `hub` as an operator uses it, and the whole hub on a real broker, as a locker sees it."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub_service import cli
from locker.twin.ports import free_port
from locker.wire import topics
from locker.wire.chain import GENESIS
from locker.wire.codec import decode, encode
from locker.wire.messages import FullState, Hello, Message, Orders, Presence, Welcome

PATIENCE_S = 20.0


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert cli.main(list(words)) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return answer


def sentence(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(list(words)) == 1
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    return line


def add_locker(capsys: pytest.CaptureFixture[str], data_dir: Path, key: Ed25519PrivateKey) -> dict[str, Any]:
    return ask(
        capsys, "add-locker", "--data-dir", str(data_dir), "--id", "elm", "--number", "1", "--name", "Elm Street",
        "--public-key", key.public_key().public_bytes_raw().hex(),
    )  # fmt: skip


def test_setting_up_prints_what_others_need(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = ask(capsys, "init", "--data-dir", str(tmp_path))
    assert len(made["public_key"]) == 64
    known = add_locker(capsys, tmp_path, Ed25519PrivateKey.generate())
    assert known["hub_public_key"] == made["public_key"]
    assert len(known["code_key"]) == 64
    code = ask(capsys, "add-pass", "--data-dir", str(tmp_path), "--party", "courier", "--who", "c1", "--carrier", "x")
    assert len(code["code"]) == 8
    assert (tmp_path / "hub.sqlite").stat().st_mode & 0o077 == 0


def test_a_second_init_keeps_the_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (ask(capsys, "init", "--data-dir", str(tmp_path)) for _ in range(2))
    assert first["public_key"] == second["public_key"]
    assert first["api_key"] != second["api_key"]


def test_a_hub_in_a_file_is_not_left_behind_for_an_empty_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, "init", "--data-dir", str(tmp_path))
    said = sentence(capsys, "init", "--data-dir", str(tmp_path), "--database", "postgresql://hub@127.0.0.1:1/hub")
    assert "hub.sqlite holds a hub" in said and "begin in an empty folder" in said
    assert not (tmp_path / "database.toml").exists()
    add_locker(capsys, tmp_path, Ed25519PrivateKey.generate())


def test_errors_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "run `hub init` first" in sentence(capsys, "add-api-key", "--data-dir", str(tmp_path / "no"), "--name", "x")
    ask(capsys, "init", "--data-dir", str(tmp_path))
    key = Ed25519PrivateKey.generate()
    add_locker(capsys, tmp_path, key)
    again = ("add-locker", "--data-dir", str(tmp_path), "--id", "elm", "--number", "2", "--name", "x", "--public-key")
    assert "choose another" in sentence(capsys, *again, key.public_key().public_bytes_raw().hex())
    assert "no parcel" in sentence(capsys, "issue-deposit-ticket", "--data-dir", str(tmp_path), "--parcel", "p_0")
    assert "port" in sentence(capsys, "run", "--data-dir", str(tmp_path), "--port", "99999")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "can't listen" in sentence(capsys, "run", "--data-dir", str(tmp_path), "--port", port)


@asynccontextmanager
async def running(*words: str) -> AsyncIterator[dict[str, Any]]:
    """A program of the hub that says when it is ready, and ends when it is asked to."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub_service", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    try:
        yield json.loads(await asyncio.wait_for(child.stdout.readline(), PATIENCE_S))
        child.send_signal(signal.SIGTERM)
        _, noise = await asyncio.wait_for(child.communicate(), PATIENCE_S)
        assert child.returncode == 0, noise.decode()
        assert b"Traceback" not in noise, noise.decode()
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()


async def hear(client: aiomqtt.Client, hub_key: Ed25519PublicKey, kind: type[Message]) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            heard = decode(message.payload, hub_key)
            if isinstance(heard, kind):
                return heard
    raise AssertionError("the bus has gone")


def test_a_locker_is_welcomed_told_everything_and_sent_orders_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, "init", "--data-dir", str(tmp_path))
    key, stranger = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    known = add_locker(capsys, tmp_path, key)
    hub_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(known["hub_public_key"]))
    hello = Hello(locker="elm", run="aa" * 8, head=GENESIS)

    async def story() -> None:
        port = str(free_port())
        run = ("run", "--data-dir", str(tmp_path), "--port", "0", "--broker-port", port)
        async with running("broker", "--port", port) as ready, running(*run) as hub:
            assert ready == {"mqtt": {"host": "127.0.0.1", "port": int(port)}}
            assert hub["hub_url"].startswith("http://127.0.0.1:")
            async with aiomqtt.Client("127.0.0.1", int(port)) as bus:
                for channel in topics.TO_LOCKER:
                    await bus.subscribe(topics.topic("elm", channel), qos=1)
                reports = topics.topic("elm", "reports")
                # Rubbish, a stranger's signature and another locker's name change nothing and end nothing.
                for nonsense in (b"", b"\xff", b"{}", encode(hello, stranger), b"x" * 2_000_000):
                    await bus.publish(reports, nonsense[:200_000], qos=1)
                await bus.publish(topics.topic("oak", "reports"), encode(hello, key), qos=1)
                await bus.publish(reports, encode(Presence(locker="oak", run="x", online=True), key), qos=1)
                everything = await greet(bus, hub_key, encode(hello, key))
                assert everything.locker == "elm"
                at = Hello(
                    locker="elm", run="aa" * 8, head=GENESIS, epoch=everything.epoch, order_number=everything.number,
                    order_digest=everything.digest,
                )  # fmt: skip
                await bus.publish(reports, encode(at, key), qos=1)
                await hear(bus, hub_key, Welcome)
                # Another process writes the order; the running hub finds and sends it.
                words = ("add-pass", "--data-dir", str(tmp_path), "--party", "operator", "--who", "o")
                assert await asyncio.to_thread(cli.main, list(words)) == 0
                orders = await hear(bus, hub_key, Orders)
                assert [order["kind"] for order in orders.orders] == ["passes_changed"]

    async def greet(bus: aiomqtt.Client, key_of_hub: Ed25519PublicKey, raw: bytes) -> FullState:
        # The hub may still be connecting: a locker greets until it is answered.
        for _ in range(int(PATIENCE_S)):
            await bus.publish(topics.topic("elm", "reports"), raw, qos=1)
            try:
                async with asyncio.timeout(1):
                    everything: FullState = await hear(bus, key_of_hub, FullState)
                    return everything
            except TimeoutError:
                continue
        raise AssertionError("never welcomed")

    asyncio.run(story())
