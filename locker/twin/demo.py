"""The demo: broker, hub and three lockers on this machine, with something in them, and a story that plays by itself.

Everything runs as an operator would run it: the same commands, files and wire. Only the steel is software.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import shutil
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from locker.twin import life, story
from locker.twin.person import GaveUp
from locker.twin.ports import free_port
from locker.twin.processes import DemoError, Processes, stop_on_signals
from locker.twin.sites import SITES, Site, Wiring, config
from locker.twin.stage import LockerPlace, Stage

DATA_DIR = Path("build") / "demo"
HTTP_TIMEOUT_S = 20.0


def main(argv: list[str] | None = None) -> int:
    """Runs the demo until Ctrl-C, or the stories until their end; 0 when all went well."""
    options = _options(argv)
    try:
        with _folder_of_our_own(options.data_dir) as folder:
            return asyncio.run(_run(options, folder))
    except (DemoError, GaveUp) as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return 1


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run demo", description="A hub and three lockers on this machine, to try.")
    parser.add_argument("--story", action="store_true", help="play the four stories, check the truth, and end")
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready, and nothing else")
    parser.add_argument("--mosquitto", action="store_true", help="use Mosquitto instead of the embedded broker")
    parser.add_argument("--data-dir", type=Path, default=DATA_DIR, help="where everything is written; emptied at start")
    return parser.parse_args(argv)


@contextmanager
def _folder_of_our_own(wanted: Path) -> Iterator[Path]:
    # Two demos at once are two folders: the lock is held as long as the demo runs.
    wanted.parent.mkdir(parents=True, exist_ok=True)
    for number in range(1, 100):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        with folder.with_name(f".{folder.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            yield folder.resolve()
            return
    raise DemoError(f"100 demos are running in {wanted.parent}; stop one with Ctrl-C")


async def _run(options: argparse.Namespace, folder: Path) -> int:
    stopped = asyncio.Event()
    stop_on_signals(stopped)
    async with httpx.AsyncClient(timeout=HTTP_TIMEOUT_S) as web, httpx.AsyncClient(timeout=HTTP_TIMEOUT_S) as api:
        stage = Stage(folder, options.json, Processes(folder / "logs"), api, web)
        work = asyncio.create_task(_play(stage, options))
        waits = {work, asyncio.create_task(stopped.wait())}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work in done else 0
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
            stage.say("stopping ...")
            await stage.processes.stop()


async def _play(stage: Stage, options: argparse.Namespace) -> int:
    started = time.monotonic()
    await bring_up(stage, options.mosquitto)
    if options.story:
        return await story.play(stage)
    attempt = await life.fill(stage)
    _announce(stage, attempt, time.monotonic() - started)
    raise DemoError(await stage.processes.died())


async def bring_up(
    stage: Stage,
    mosquitto: bool,
    places: tuple[Site, ...] = SITES,
    between: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Everything up to lockers that the hub knows; `between` is done once there is a broker, before anybody uses it."""
    hub_folder = str(stage.folder / "hub")
    stage.say("making keys and a database ...")
    server = ("--database", stage.database) if stage.database else ()
    made = await stage.processes.ask("hub-init", "hub_service", "init", "--data-dir", hub_folder, *server)
    stage.api_key = made["api_key"]
    stage.say("starting the broker and the hub ...")
    stage.broker_port = stage.broker_port or await _start_broker(stage, mosquitto)
    if between:
        await between()
    sites = [(site, stage.folder / site.id, free_port()) for site in places]
    for site, folder, _ in sites:
        await _introduce(stage, site, folder)
    await _start_hub(stage, hub_folder)
    stage.say(f"switching on {len(sites)} lockers ...")
    stage.lockers = list(await asyncio.gather(*(_switch_on(stage, *one) for one in sites)))
    _write_links(stage)
    await _until_connected(stage)


async def _start_broker(stage: Stage, mosquitto: bool) -> int:
    port = free_port()
    if not mosquitto:
        await stage.processes.start("broker", "hub_service", "broker", "--port", str(port))
        return port
    await stage.processes.start("broker", "locker.twin.mosquitto", "--port", str(port))
    return port


async def _start_hub(stage: Stage, hub_folder: str) -> None:
    for party, carrier in (("courier", "demo-post"), ("operator", "")):
        # The demo's time can be moved: what was printed at its start shall still be true then.
        words = (
            "add-pass",
            "--lasting",
            "--data-dir",
            hub_folder,
            "--party",
            party,
            "--who",
            f"demo-{party}",
            "--carrier",
            carrier,
        )
        made = await stage.processes.ask(f"add-{party}", "hub_service", *words)
        setattr(stage, f"{party}_code", made["code"])
    ports = [free_port() for _ in range(stage.workers)]
    stage.hub_url = f"http://127.0.0.1:{ports[0]}"
    stage.worker_urls = [f"http://127.0.0.1:{port}" for port in ports]
    for number, port in enumerate(ports, start=1):
        await _start_worker(stage, hub_folder, "hub" if number == 1 else f"hub-{number}", port)
    stage.api.base_url = httpx.URL(stage.hub_url)
    stage.api.headers["Authorization"] = f"Bearer {stage.api_key}"


async def _start_worker(stage: Stage, hub_folder: str, name: str, port: int) -> None:
    # Whichever of several answers, people are sent to one address.
    several = ("--public-url", stage.hub_url, "--broker-shared") if stage.workers > 1 else ()
    await stage.processes.start(
        name, "hub_service", "--log-format", stage.log_format, "run", "--data-dir", hub_folder, "--port", str(port),
        "--broker-host", stage.broker_host, "--broker-port", str(stage.broker_port_for("hub")),
        "--broker-qos", str(stage.broker_qos), "--demo",
        "--demo-links", str(stage.folder / "links.json"), *several,
    )  # fmt: skip


async def _introduce(stage: Stage, site: Site, folder: Path) -> None:
    """Makes a locker's config and keys, and tells the hub about it, as an installer would."""
    folder.mkdir()
    file = folder / "locker.toml"
    # The locker needs the hub's key and the hub the locker's: the first config only serves to make the key.
    file.write_text(config(site, Wiring(broker_port=1, kiosk_port=0, hub_key="0" * 64), folder))
    made = await stage.processes.ask(f"{site.id}-init", "locker", "init", "--config", str(file))
    known = await stage.processes.ask(
        f"{site.id}-add", "hub_service", "add-locker", "--data-dir", str(stage.folder / "hub"), "--id", site.id,
        "--number", str(site.number), "--name", site.name, "--where", site.where, "--public-key", made["public_key"],
        "--latitude", str(site.latitude), "--longitude", str(site.longitude),
    )  # fmt: skip
    code_key = folder / "code.key"
    code_key.write_text(known["code_key"])
    code_key.chmod(0o600)
    wiring = Wiring(broker_port=free_port(), kiosk_port=free_port(), hub_key=known["hub_public_key"])
    text = config(site, wiring, folder).replace("[broker]", f"[broker]\nqos = {stage.broker_qos}")
    file.write_text(f'{text}\n[log]\nformat = "{stage.log_format}"\n')
    await stage.processes.ask(f"{site.id}-commission", "locker", "commission", "--config", str(file))


async def _switch_on(stage: Stage, site: Site, folder: Path, port: int) -> LockerPlace:
    ready = await stage.processes.start(
        f"twin-{site.id}", "locker", "twin", "--config", str(folder / "locker.toml"), "--port", str(port),
        "--broker-host", stage.broker_host, "--broker-port", str(stage.broker_port_for(site.id)),
    )  # fmt: skip
    return LockerPlace(site.id, ready["kiosk_url"].rstrip("/"), ready["twin_url"].rstrip("/"))


def _write_links(stage: Stage) -> None:
    links = [{"id": one.id, "kiosk_url": one.kiosk_url, "twin_url": one.twin_url} for one in stage.lockers]
    (stage.folder / "links.json").write_text(json.dumps({"lockers": links}))


async def _until_connected(stage: Stage) -> None:
    """Until lockers and hub have told each other what they need: an announcement before that would find no room."""
    for place in stage.lockers:
        await stage.person_at(place.id).until_screen(
            f"{place.id} to hear from the hub", lambda shown: shown["online"] and shown["screen"]["name"] == "idle"
        )
        await life.until_hub_knows(stage, place.id, lambda told: told["online"] and told["free_by_size"])


def _announce(stage: Stage, attempt: dict[str, Any], took_s: float) -> None:
    ready = {
        "hub_url": stage.hub_url,
        "start_url": f"{stage.hub_url}/",
        "mailbox_url": f"{stage.hub_url}/mailbox",
        "mqtt": {"host": "127.0.0.1", "port": stage.broker_port},
        "api_key": stage.api_key,
        "data_dir": str(stage.folder),
        "lockers": [{"id": one.id, "kiosk_url": one.kiosk_url, "twin_url": one.twin_url} for one in stage.lockers],
        "try": attempt,
    }
    if stage.quiet:
        print(json.dumps(ready), flush=True)
        return
    lockers = "\n".join(f"  {one.id:<8} {one.twin_url}" for one in stage.lockers)
    print(
        f"""
Ready after {took_s:.0f} s. Open this first, it says what to try:

  start    {ready["start_url"]}
  mailbox  {ready["mailbox_url"]}
{lockers}

A parcel waits at {attempt["locker"]}: type its PIN {attempt["pin"]} there, or hold its ticket before the scanner:
  {attempt["ticket"]}

Courier's code {stage.courier_code}, operator's code {stage.operator_code}, API key {stage.api_key}
Broker 127.0.0.1:{stage.broker_port}, everything written to {stage.folder}. Ctrl-C stops it all.
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
