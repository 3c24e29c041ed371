"""Figures as a table that people read: what was measured, what is promised, and whether it holds here."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench import picture

Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Promise:
    """A figure of the report and its bound; `unit` follows both."""

    key: str
    says: str
    bound: float
    unit: str = ""
    wanted: Literal["at most", "at least"] = "at most"

    def holds(self, measured: float) -> bool:
        return measured <= self.bound if self.wanted == "at most" else measured >= self.bound


PROMISES = (
    Promise("scan_to_lock_over_floor_p99", "From a scan to the lock, over the least that any program needs, p99", 1.5),
    Promise("deposit_to_notice_p99_ms", "From a closed door to the notice in the outbox, p99", 250, " ms"),
    Promise("drain_100k_s", "A locker that was alone for a month tells 100 000 facts", 120, " s"),
    Promise("ready_s", "Ready after its start with that journal", 5, " s"),
    Promise("daemon_rss_mb", "The daemon's memory at rest", 60, " MB"),
    Promise("daemon_peak_mb", "Its most, while a PIN is checked", 85, " MB"),
    Promise("daemon_idle_percent", "Its processor time while nothing happens", 1, " %"),
    Promise("daemon_ready_over_imports", "Ready after its start, over the time of its imports", 1.5),
    Promise("reports_over_pgbench", "Reports a second, over pgbench's transactions", 1, "", "at least"),
    Promise("post_parcels_over_floor", "Parcels announced a second, over requests to nothing", 0.15, "", "at least"),
    Promise("lives_per_s", "Whole lives of parcels", 300, " a second", "at least"),
    Promise("lives_notice_p99_ms", "From a closed door to the notice under that load, p99", 1_000, " ms"),
    Promise("choice_p99_ms", "The choice among all lockers, p99", 20, " ms"),
    Promise("flat_lockers", "Processor time of a report, dearest over cheapest, from few lockers to many", 1.2),
    Promise("flat_parcels", "The same from few parcels in the store to many", 1.2),
    Promise("storm_back_s", "All lockers of `./run fleet` are back after the broker was killed", 90, " s"),
)


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure for each of several sizes; `along` says what these are."""

    key: str
    says: str
    along: str
    file: str


CURVES = (
    Curve("report_us_by_lockers", "Processor time of a report by lockers", "lockers", "speed-by-lockers.svg"),
    Curve("report_us_by_parcels", "Processor time of a report by parcels", "parcels", "speed-by-parcels.svg"),
)


def machine() -> str:
    """What it was measured on."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cpu = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.+)$", cpu.read_text(), re.MULTILINE) if cpu.exists() else []
    return (
        f"{os.cpu_count()} cores ({names[0] if names else platform.machine()}), {memory_gib:.0f} GiB,"
        f" Python {platform.python_version()}"
    )


def table(report: Report) -> str:
    """The promises that were measured, in Markdown."""
    rows = [one for one in PROMISES if one.key in report]
    lines = ["| | measured | promised | |", "|---|---:|---:|---|"]
    for one in rows:
        measured = report[one.key]
        verdict = "" if one.holds(measured) else "**not held**"
        lines.append(f"| {one.says} | {measured}{one.unit} | {one.wanted} {one.bound:g}{one.unit} | {verdict} |")
    return "\n".join(lines)


def page(report: Report) -> str:
    """All of it as a page of the docs."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    yield "# How fast it is"
    yield ""
    yield f"Measured by `./run bench --write` on {report['machine']},"
    yield "load generator and all servers on the same machine; `--full` takes more of each. Figures with *over* are"
    yield "ratios within one run: they say more than any figure of one machine. Why some may not hold, and"
    yield "what is next: [a parcel's life](../decisions/0245-what-a-life-costs.md),"
    yield "[a scan](../decisions/0030-one-sync-on-the-way-to-a-lock.md)."
    yield ""
    yield table(report)
    for key, where in (("report_time_on_postgresql", "PostgreSQL"), ("report_time_on_sqlite", "SQLite")):
        if key in report:
            yield ""
            yield f"## Where the time of one report goes on {where}"
            yield ""
            yield from _time_spent(report[key])
    if report.get("lives_cores") or report.get("lives_beyond"):
        yield ""
        yield "## Where the processors go while parcels are brought and fetched"
        yield ""
        yield from _lives(report)
    if "storm_back_s" in report:
        yield ""
        yield "## When the broker is killed under a whole fleet"
        yield ""
        yield f"{report['storm_lockers']:,} lockers were connected; all were back after {report['storm_back_s']} s,"
        yield f"at most {report['storm_peak_connects_per_s']} connects a second by their own jitter, and the hub used"
        yield f"{report['storm_hub_cpu_s']} s of processor time for them."
    if "choice_us" in report:
        yield from _choice(report)
    for one in CURVES:
        if one.key in report:
            yield from _curve(one, report[one.key])
    if "greeting_us" in report:
        greeting = report["greeting_us"]
        yield ""
        yield f"Each locker greets twice a minute. That costs {greeting['hub_us']:.0f} µs of a worker and"
        yield f"{greeting['server_us']:.0f} µs of the database server, among as many lockers as there are above."
    if "sizing" in report:
        yield from _sizing(report)


def pictures(report: Report) -> dict[str, str]:
    """The curves that the page shows, by the names of their files."""
    return {one.file: picture.drawn(report[one.key], one.says, one.along) for one in CURVES if one.key in report}


def _choice(report: Report) -> Iterator[str]:
    yield from ("", f"## How long it takes to choose among {report['choice_lockers']:,} lockers", "")
    yield "Each time for another home, in milliseconds. A failed delivery is recorded, too, and chosen for twice: it"
    yield "is no part of the figure above."
    yield from ("", "| | | half of all | 99 of 100 | slowest |", "|---|---|---:|---:|---:|")
    for database, kinds in report["choice_us"].items():
        for kind, times in kinds.items():
            told = " | ".join(f"{times[name] / 1000:.1f}" for name in ("p50", "p99", "max"))
            yield f"| {kind} | {database} | {told} |"


def _curve(one: Curve, curve: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    yield from ("", f"## {one.says}", "", f"![{one.says}](../pictures/{one.file})", "")
    yield f"| {one.along} | µs, median | hub | database server | runs |"
    yield "|---:|---:|---:|---:|---:|"
    for size, point in curve.items():
        told = " | ".join(f"{point[name]:.0f}" for name in ("us", "hub_us", "server_us"))
        yield f"| {int(size):,} | {told} | {point['least_us']:.0f} to {point['most_us']:.0f} |"


def _sizing(report: Report) -> Iterator[str]:
    yield from ("", "## What a hub of a size uses", "")
    yield "One worker on SQLite, and Mosquitto, for a minute or two after they have begun. The hub's cores are mostly"
    yield "those of the codes that a new hub works out beforehand, with what nobody else wants of one core. From a"
    yield "closed door to the notice 50 ms are the contact's rest."
    yield ""
    yield "| lockers | parcels a second | hub: cores | hub: memory | broker: cores | memory | disk | notice after |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|"
    for row in report["sizing"]:
        hub, broker, notice = row["use"]["hub"], row["use"]["broker"], row["closed_to_notice_ms"]
        cores = {name: use["cpu_s"] / row["seconds"] for name, use in (("hub", hub), ("broker", broker))}
        yield (
            f"| {row['lockers']:,} | {row['announced_per_s']:.1f} | {cores['hub']:.2f} | {hub['memory_mb']:.0f} MB"
            f" | {cores['broker']:.3f} | {broker['memory_mb']:.0f} MB | {row['disk_mb']:.0f} MB"
            f" | {notice['p50']:.0f} ms, p99 {notice['p99']:.0f} ms |"
        )


def _lives(report: Report) -> Iterator[str]:
    beyond = report.get("lives_beyond")
    carried = report.get("lives_cores", {})
    yield "| cores | " + " | ".join(carried or beyond["cores"]) + " |"
    yield "|---|" + "---:|" * len(carried or beyond["cores"])
    if carried:
        yield f"| {report['lives_per_s']} lives a second | " + " | ".join(map(str, carried.values())) + " |"
    if beyond:
        cells = " | ".join(map(str, beyond["cores"].values()))
        yield f"| {beyond['lives_per_s']} of {beyond['offered_per_s']:.0f} that were offered | {cells} |"
        yield ""
        yield f"No room left in the last row: {beyond['full']}. Codes were in stock; where they aren't, this machine"
        yield f"works out {report['lives_codes_per_s']} a second if it does nothing else."


def _time_spent(spent: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    whole_us = sum(part["us"] for part in spent.values())
    yield "| | µs | share | of it the database server |"
    yield "|---|---:|---:|---:|"
    for stage, part in spent.items():
        yield f"| {stage} | {part['us']:.0f} | {part['us'] / whole_us:.0%} | {part['server_us']:.0f} |"
    yield f"| all | {whole_us:.0f} | | {sum(part['server_us'] for part in spent.values()):.0f} |"
