"""Rules and dashboards ask for what is really told, and each rule leads to a page that says what to do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from hub_service.api import metrics
from hub_service.domain.figures import FIGURES
from hub_service.handlers.present import LockerNow, Present
from hub_service.measures import Measures
from locker.measures import Measures as LockerMeasures
from locker.wire.messages import CompartmentState
from tests.watching.conftest import Watched

ROOT = Path(__file__).parents[2]
WATCH = ROOT / "deploy" / "watch"
RULES = [WATCH / "rules" / name for name in ("parcel.yml", "machine.yml")]
ALERTS: list[dict[str, Any]] = [
    rule
    for file in RULES
    for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARDS = sorted((WATCH / "dashboards").glob("*.json"))

SET_BY_PROMETHEUS = {"job", "instance", "locker"}
"""What Prometheus adds to everything; the locker is named in its list of targets."""

OF_A_MACHINE = {"device", "fstype", "mountpoint"}
NODE_EXPORTER = {f"node_filesystem_{what}_bytes": OF_A_MACHINE for what in ("avail", "size")}
"""What neither hub nor locker tells, but Debian's prometheus-node-exporter."""

PROMQL = {"by", "without", "on", "ignoring", "and", "or", "unless", "bool", "offset", "group_left", "group_right"}
LABEL = r"[a-zA-Z_]\w*"


@cache
def told() -> dict[str, set[str]]:
    """Each number that hub and locker tell, with its labels."""
    hub, locker = Measures(), LockerMeasures()
    for one in (*vars(hub).values(), *vars(locker).values()):
        if isinstance(one, MetricWrapperBase) and one._labelnames:
            one.labels(*("x" for _ in one._labelnames))
    locker.watch_compartments(lambda: (CompartmentState(n=1, content="empty", door="shut", faults=("jammed",)),))
    everything = Present(
        read_s=0, write_s=0, lockers=[LockerNow("elm", True, 1.0, 0)], compartments=[(("elm", "empty"), 1)],
        faults=[(("elm", "jammed"), 1)], alarms=[(("elm", "jammed", "today"), 1)], live=[(("inside",), 1)],
        waiting={"notices": 0, "webhooks": 0, "parked_reports": 0}, overdue_s={"notices": 0}, backup_age_s=1,
    )  # fmt: skip
    store = CollectorRegistry()
    metrics._lockers(store, everything)
    metrics._outboxes(store, everything)
    found = {f"parcel_{figure.name}": {"locker"} for figure in FIGURES} | {"up": set[str]()}
    for page in (locker.page(), metrics.generate_latest(hub.registry), metrics.generate_latest(store)):
        for family in text_string_to_metric_families(page.decode()):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


def known(watched: Watched) -> dict[str, set[str]]:
    """The same, with what only a running program tells."""
    found = {name: set(labels) for name, labels in (told() | NODE_EXPORTER).items()}
    for page in watched.numbers.values():
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


def asked(expression: str) -> tuple[dict[str, set[str]], set[str]]:
    """The numbers that an expression asks for, each with the labels that it names, and the labels it groups by."""
    plain = re.sub(r'"(?:\\.|[^"\\])*"', '""', expression).replace("$locker", "x")
    grouped = {
        label.strip()
        for group in re.findall(r"\b(?:by|without|on|ignoring|group_left)\s*\(([^)]*)\)", plain)
        for label in group.split(",")
        if label.strip()
    }
    bare = re.sub(r"\b(?:by|without|on|ignoring|group_left)\s*\([^)]*\)", " ", plain)
    numbers: dict[str, set[str]] = {}
    for name, labels in re.findall(r"\b([a-zA-Z_:][\w:]*)\b(?!\s*\()\s*(?:\{([^}]*)\})?", bare):
        if name not in PROMQL and not re.fullmatch(r"\d+[smhdwy]?|e\d+", name):
            numbers.setdefault(name, set()).update(re.findall(rf"({LABEL})\s*(?:=~|!~|!=|=)", labels))
    for labels in re.findall(r"\{([^}]*)\}", bare):
        for label in re.findall(rf"({LABEL})\s*(?:=~|!~|!=|=)", labels):
            numbers.pop(label, None)
    return numbers, grouped


def expressions() -> list[tuple[str, str]]:
    """Everything that rules and dashboards ask, and where."""
    found = [(rule["alert"], rule["expr"]) for rule in ALERTS]
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            found += [(f"{file.stem}: {panel['title']}", target["expr"]) for target in panel["targets"]]
    return found


@pytest.mark.parametrize(("where", "expression"), expressions(), ids=[where for where, _ in expressions()])
def test_only_what_is_told_is_asked_for(where: str, expression: str, watched: Watched) -> None:
    numbers, grouped = asked(expression)
    there = known(watched)

    assert numbers, "it asks for something"
    assert numbers.keys() <= there.keys()
    for name, labels in numbers.items():
        assert labels <= there[name] | SET_BY_PROMETHEUS, name
    assert grouped <= set().union(*(there[name] for name in numbers)) | SET_BY_PROMETHEUS


def test_a_name_that_nobody_tells_is_noticed() -> None:
    numbers, grouped = asked('sum by (colour) (rate(hub_dreams_total{mood="good", job="hub"}[5m])) > 1e9 and up == 0')

    assert numbers == {"hub_dreams_total": {"mood", "job"}, "up": set()}
    assert grouped == {"colour"}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_each_rule_leads_to_what_to_do(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (.+)$", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert anchor in [heading.lower() for heading in headings]
    assert rule["labels"]["severity"] in ("now", "today")
    named = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert named <= asked(rule["expr"])[1] | SET_BY_PROMETHEUS


def test_each_page_belongs_to_a_rule() -> None:
    text = (ROOT / "docs" / "how-to" / "alerts.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == [rule["alert"] for rule in ALERTS]


def test_every_link_of_the_pages_leads_somewhere() -> None:
    folder = ROOT / "docs" / "how-to"
    for link in re.findall(r"\]\(([^)]+)\)", (folder / "alerts.md").read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        text = (folder / file).read_text(encoding="utf-8")
        headings = [heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)]
        assert not anchor or anchor in headings, link


def test_each_urgency_has_somebody_who_hears_of_it() -> None:
    manager = yaml.safe_load((WATCH / "alertmanager.yml").read_text(encoding="utf-8"))
    woken = [one["receiver"] for one in manager["route"]["routes"] if one["matchers"] == ['severity="now"']]
    named = {one["receiver"] for one in (manager["route"], *manager["route"]["routes"])}

    assert named == {one["name"] for one in manager["receivers"]}
    assert woken == ["pager"] and manager["route"]["receiver"] == "mail"
    # Who is left out is left out of one rule, and that is one which there is.
    silenced = [one["matchers"][0] for one in manager["route"]["routes"] if one["receiver"] == "nobody"]
    assert silenced == ['alertname="LockerSilent"'] and "LockerSilent" in [rule["alert"] for rule in ALERTS]


def test_reasons_of_refusals_are_those_that_are_counted() -> None:
    """The page names each reason that a message can be refused for, and no other."""
    page = (ROOT / "docs" / "how-to" / "alerts.md").read_text(encoding="utf-8")
    section = page.split("## MessagesRefused")[1].split("\n## ")[0]
    code = "".join((ROOT / file).read_text() for file in ("locker/wire/codec.py", "hub_service/intake.py"))
    counted = set(re.findall(r'WireError\(\s*"(\w+)"', code)) | {"fault"}

    assert set(re.findall(r"`(\w+)`", section)) == counted


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboard_can_be_loaded(file: Path) -> None:
    board = json.loads(file.read_text(encoding="utf-8"))

    assert board["uid"] == file.stem
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids)) > 10
    variables = {variable["name"] for variable in board["templating"]["list"]}
    assert set(re.findall(r"\$\{?(\w+)", json.dumps(board["panels"]))) <= variables
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]


@pytest.mark.promtool
def test_prometheus_understands_rules_and_config() -> None:
    assert promtool("check", "rules", *map(str, RULES)).returncode == 0
    assert promtool("check", "config", "--syntax-only", "prometheus.yml").returncode == 0


@pytest.mark.promtool
def test_rules_ring_when_they_should_and_not_else() -> None:
    tested = promtool("test", "rules", "rules_test.yml")

    assert tested.returncode == 0, tested.stdout + tested.stderr


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    """Runs Prometheus' own checker beside the rules."""
    program = shutil.which("promtool")
    assert program, "the marker has looked for it"
    return subprocess.run([program, *words], cwd=WATCH, capture_output=True, text=True, check=False, timeout=60)
