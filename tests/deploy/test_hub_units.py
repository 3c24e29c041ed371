"""The files for a hub of several workers say what the program understands, and so do those for containers."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import subprocess
from argparse import Namespace
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from hub_service import cli
from hub_service.app import build
from hub_service.handlers.hub import Hub, open_hub
from hub_service.settings import Settings, checked
from hub_service.store import keys
from tests.deploy.certificate import certify
from tests.deploy.conftest import DEPLOY

ROOT = DEPLOY.parent
HUB, COMPOSE = DEPLOY / "hub", DEPLOY / "compose"
DOCUMENT: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
UNITS = ("hub@.service", "hub-backup.service", "hub-backup.timer", "hub.target")


def option(unit: str, name: str) -> str:
    """The value of an option of a unit."""
    found = re.findall(rf"^{name}=(.*)$", (HUB / unit).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(found) == 1, name
    return str(found[0])


def understood(words: list[str]) -> Namespace:
    """What the program makes of a command."""
    return cli._parser().parse_args(words)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    keys.create(tmp_path)
    return open_hub(tmp_path, tmp_path / "hub.sqlite")


def test_a_worker_is_started_with_options_that_it_has() -> None:
    more = re.findall(r'^HUB_OPTIONS="(.*)"$', (HUB / "hub.env").read_text(encoding="utf-8"), flags=re.MULTILINE)[0]
    command = option("hub@.service", "ExecStart").replace("%i", "8001").replace("$HUB_OPTIONS", more)
    options = understood(shlex.split(command)[1:])

    assert (options.port, options.log_format, options.host) == (8001, "json", "127.0.0.1")
    checked(**{name: value for name, value in vars(options).items() if name in Settings.model_fields})


def test_what_a_worker_writes_it_may_write() -> None:
    options = understood(shlex.split(option("hub-backup.service", "ExecStart"))[1:])

    assert str(options.data_dir) == f"/var/lib/{option('hub@.service', 'StateDirectory')}"
    assert {str(options.data_dir), str(options.to)} <= set(option("hub-backup.service", "ReadWritePaths").split())


@pytest.mark.parametrize("unit", ["hub@.service", "hub-backup.service"])
def test_a_service_can_do_little_else(unit: str) -> None:
    text = (HUB / unit).read_text(encoding="utf-8")

    for line in ("NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=yes"):
        assert line in text.splitlines()
    assert option(unit, "User") == "hub"


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze isn't here (Debian: systemd); the units are checked by the tests above only")
    names = [name.replace("@.", "@8001.") for name in UNITS]
    for name, instance in zip(UNITS, names, strict=True):
        text = (HUB / name).read_text(encoding="utf-8")
        # Neither the program nor its settings are on this machine; that they are right is another test.
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE)
        (tmp_path / instance).write_text(text.replace("EnvironmentFile=", "EnvironmentFile=-"))
    done = subprocess.run(
        [analyze, "verify", "--man=no", *(str(tmp_path / name) for name in names)], capture_output=True, text=True,
        check=False, env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"},
    )  # fmt: skip
    assert [line for line in done.stderr.splitlines() if "hub" in line] == []


@pytest.mark.nginx
@pytest.mark.parametrize("file", [HUB / "nginx.conf", COMPOSE / "front.conf"], ids=lambda file: file.name)
def test_nginx_understands_its_file(file: Path, tmp_path: Path) -> None:
    certify(tmp_path)
    text = file.read_text(encoding="utf-8").replace("/var/log/nginx", str(tmp_path))
    text = re.sub(r"/etc/ssl/parcel-hub\.(\w+)", lambda found: f"{tmp_path}/server.{found[1]}", text)
    (tmp_path / "site").write_text(text)
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ include {tmp_path}/site; }}"
    (tmp_path / "nginx.conf").write_text(whole)
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program, "the marker has looked for it"
    done = subprocess.run([program, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", [HUB / "nginx.conf", COMPOSE / "front.conf"], ids=lambda file: file.name)
def test_what_is_for_watchers_is_kept_from_the_world(file: Path, hub: Hub) -> None:
    kept = re.findall(r"location ~ \^/\(([\w|]+)\)\$ \{\s+return 404;", file.read_text(encoding="utf-8"))[0].split("|")

    async def asked() -> dict[str, int]:
        transport = httpx.ASGITransport(build(hub, demo=False))
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return {name: (await client.get(f"/{name}")).status_code for name in kept}

    assert asyncio.run(asked()) == {"metrics": 401, "ready": 200, "health": 200}


def test_what_is_installed_is_all_that_is_needed_and_nothing_else() -> None:
    readme = (HUB / "README.md").read_text(encoding="utf-8")
    words = shlex.split(re.findall(r"^install -m 644 (.+) /etc/systemd/system/ ", readme, flags=re.MULTILINE)[0])

    assert sorted(file.name for word in words for file in HUB.glob(word)) == sorted(UNITS)
    for path in re.findall(r"(?<=[ '])(\.\./\.\.\S*)", readme):
        assert (HUB / path.rstrip(")`")).exists(), path
    assert "--require-hashes" in readme


def test_the_databases_scripts_are_where_its_settings_look_for_them() -> None:
    folder = DEPLOY / "postgresql"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    ((where, names),) = re.findall(r"^install -D -m 755 -t (\S+) (.+)$", readme, flags=re.MULTILINE)
    settings = (folder / "hub.conf").read_text(encoding="utf-8")
    archive, archived = re.findall(r"^archive_command = '(\S+) %p (\S+)/%f'$", settings, flags=re.MULTILINE)[0]

    assert set(names.split()) == {file.name for file in folder.iterdir() if os.access(file, os.X_OK)}
    assert archive == f"{where}/archive"
    assert f"install -d -o postgres -m 700 {archived}" in readme
    assert set(re.findall(r"/\S*deploy/postgresql/(\w+)", readme)) <= set(names.split())
    # Two machines speak to each other only where the server listens and lets them in.
    assert "PRIMARY,STANDBY" in readme
    assert re.search(r"^listen_addresses = '\*'", settings, flags=re.MULTILINE)
    assert {"hub", "replica"} <= set(re.findall(r"hostssl \w+ (\w+) ", readme))


def test_every_worker_has_a_way_and_is_watched() -> None:
    ways = re.findall(r"server 127\.0\.0\.1:(\d+)", (HUB / "nginx.conf").read_text(encoding="utf-8"))
    jobs = yaml.safe_load((DEPLOY / "watch" / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    targets = next(job for job in jobs if job["job_name"] == "hub")["static_configs"][0]["targets"]
    readme = (HUB / "README.md").read_text(encoding="utf-8")

    assert [target.rpartition(":")[2] for target in targets] == ways
    assert all(f"hub@{port}" in readme for port in ways)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_whole(name: str) -> None:
    service = SERVICES[name]
    known = {
        "image", "build", "environment", "secrets", "volumes", "healthcheck", "restart", "command", "entrypoint",
        "ports", "depends_on", "deploy",
    }  # fmt: skip
    assert service.keys() <= known, "the words of the compose specification that are used here"
    assert "image" in service
    for secret in service.get("secrets", ()):
        assert secret in DOCUMENT["secrets"]
    for place in service.get("volumes", ()):
        source = place.partition(":")[0]
        if source.startswith("."):
            made_by_operator = source.startswith(("./secrets", "./passwords"))
            assert made_by_operator or (COMPOSE / source).exists(), source
        else:
            assert source in DOCUMENT["volumes"], source
    for other, how in service.get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]


def test_a_worker_in_a_container_is_started_with_options_that_it_has(hub: Hub) -> None:
    options = understood([str(word) for word in SERVICES["hub"]["command"]])

    assert options.broker_host in SERVICES
    assert str(options.broker_password_file) == "/run/secrets/broker"
    assert "broker" in SERVICES["hub"]["secrets"]
    asked = re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", str(SERVICES["hub"]["healthcheck"]["test"]))[0]
    assert asked == (str(options.port), "/ready")
    variables = set(re.findall(r"\$\{(\w+)\}", (COMPOSE / "compose.yaml").read_text(encoding="utf-8")))
    example = (COMPOSE / ".env.example").read_text(encoding="utf-8").splitlines()
    assert variables == {line.partition("=")[0] for line in example}


def test_the_database_is_prepared_as_the_program_wants_it() -> None:
    (line,) = SERVICES["prepare"]["command"]
    options = understood(shlex.split(line.partition("hub ")[2]))

    assert options.database.startswith("postgresql://hub@database/")
    environment = SERVICES["database"]["environment"]
    assert (environment["POSTGRES_USER"], environment["POSTGRES_DB"]) == ("hub", "hub")
    assert str(options.database_password_file) == environment["POSTGRES_PASSWORD_FILE"]


def test_what_is_copied_into_the_image_is_there() -> None:
    text = (COMPOSE / "Dockerfile").read_text(encoding="utf-8")

    for line in re.findall(r"^COPY (.+)$", text, flags=re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    assert (COMPOSE / SERVICES["hub"]["build"]["context"] / SERVICES["hub"]["build"]["dockerfile"]).exists()


def test_the_broker_in_a_container_differs_in_addresses_and_stands_alone() -> None:
    def settings(file: Path) -> list[str]:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        return [line.replace("/secrets/", "/").replace("listener 1883 127.0.0.1", "listener 1883") for line in lines]

    alone = settings(COMPOSE / "mosquitto.conf")
    alone.remove("persistence_location /var/lib/mosquitto/")
    assert alone == settings(DEPLOY / "broker" / "mosquitto.conf")


def test_dashboards_find_their_numbers() -> None:
    for name, key in (("sources", "datasources"), ("dashboards", "providers")):
        assert yaml.safe_load((COMPOSE / "grafana" / f"{name}.yml").read_text(encoding="utf-8"))[key]
    path = yaml.safe_load((COMPOSE / "grafana" / "dashboards.yml").read_text())["providers"][0]["options"]["path"]
    assert any(place.split(":")[1] == path for place in SERVICES["grafana"]["volumes"])


def test_every_link_of_the_pages_leads_somewhere() -> None:
    for page in DEPLOY.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert link.startswith("http") or (page.parent / link).exists(), f"{page}: {link}"
