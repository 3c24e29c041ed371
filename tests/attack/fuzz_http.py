"""`./run attack http`: whatever the interface's own description allows or forbids, sent to every route in process.

No answer is a fault, none has a status or a form that isn't described, and nothing but what was asked for changes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from hub_service.api import routes
from hub_service.api.gate import Gate
from hub_service.domain.limits import Rate
from hub_service.handlers import keys, sites
from tests.hub.described import holds
from tests.pair.town import Town

with warnings.catch_warnings():
    # It would rather have another HTTP client than the one that everything here uses.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

CASES = 100_000
MEMORY = Path("/dev/shm")
SAYS_EVERY_S = 5.0
UNHURRIED = Rate(per_s=1e9, burst=10**9)
"""Whether many requests are refused is another test's question; here each must reach its route."""

_KINDS = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
_DROP_OFF = {"carrier": "swift", "sender": {"name": "Sam"}, "size_mm": {"width": 300, "height": 60, "depth": 200}}
_FRAMES_ONLY = frozenset({"host", "content-length", "transfer-encoding", "connection"})


@dataclass(slots=True)
class Tally:
    """What was sent so far, and how it was answered."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    routes: dict[str, Counter[int]] = field(default_factory=dict)

    def count(self, route: str, status: int) -> None:
        self.sent += 1
        self.statuses[status] += 1
        self.routes.setdefault(route, Counter())[status] += 1


def main(argv: list[str]) -> int:
    """0: nothing came of it."""
    words = argparse.ArgumentParser(prog="run attack http", description=__doc__)
    words.add_argument("--cases", type=int, default=CASES, help="in all (default: %(default)s)")
    words.add_argument("--seed", type=int, default=1, help="other requests with another seed (default: %(default)s)")
    words.add_argument("--json", action="store_true", help="the last line is JSON")
    options = words.parse_args(argv)
    began, tally, fault = time.perf_counter(), Tally(), ""
    with target() as (client, document):
        try:
            attack(client, document, options.cases, options.seed, _progress(tally, options.cases))
        except AssertionError as error:
            fault = str(error)
    took_s = time.perf_counter() - began
    said = {"cases": tally.sent, "took_s": round(took_s, 1), "statuses": dict(tally.statuses), "fault": fault}
    print(json.dumps(said) if options.json else f"{tally.sent} requests in {took_s:.0f} s: {fault or 'nothing broke'}")
    return 1 if fault or tally.sent < options.cases else 0


@contextmanager
def target() -> Iterator[tuple[httpx.Client, dict[str, Any]]]:
    """A hub with two lockers and some parcels, a program with every scope, and the interface's description."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        town = Town(Path(folder))
        town.locker("elm", "S S M L", "left of the bakery")
        town.locker("oak", "M M", "beside the café")
        for number in range(3):
            town.announce(f"person{number}", "elm")
        app = FastAPI()
        routes.add(app, town.hub, demo=False, gate=Gate(town.hub, UNHURRIED))
        document = app.openapi()
        with TestClient(app, raise_server_exceptions=False) as client:
            client.headers["Authorization"] = f"Bearer {sites.add_api_key(town.hub, 'attacker')}"
            keys.add(town.hub, "victim")
            yield client, document
        town.stop()


def attack(
    client: httpx.Client, document: dict[str, Any], cases: int, seeded: int, answered: Callable[[str, int], None]
) -> None:
    """Sends so many requests, as many to each route; `answered` hears of each. Raises AssertionError at a fault."""
    schema = schemathesis.openapi.from_dict(document)
    # What ends things comes last, or nothing would be left to ask for.
    operations = sorted((found.ok() for found in schema.get_all_operations()), key=lambda one: one.method == "delete")
    check, known = holds(document), _known(client)
    each = -(-cases // (len(operations) * len(_KINDS)))
    for number, operation in enumerate(operations):
        for kind in _KINDS:
            route = f"{operation.method.upper()} {operation.path}"
            try:
                requests = operation.as_strategy(generation_mode=kind)
                _send_some(client, requests, each, seeded + number, _Judge(route, check, answered, known))
            except _nothing_to_send():
                # Nothing about this route can be wrong: then its right requests count twice.
                requests = operation.as_strategy(generation_mode=_KINDS[0])
                _send_some(client, requests, each, seeded - number - 1, _Judge(route, check, answered, known))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Looks at every answer of one route."""

    route: str
    check: Callable[[httpx.Response], None]
    answered: Callable[[str, int], None]
    known: dict[str, list[str]]

    def look(self, answer: httpx.Response) -> None:
        self.answered(self.route, answer.status_code)
        assert answer.status_code < 500, f"{self.route}: {answer.status_code} {answer.text}"
        self.check(answer)
        if answer.status_code == 201 and "items" not in answer.json():
            self._learn(answer.json())

    def _learn(self, made: dict[str, Any]) -> None:
        # What was made is what later requests ask for; the newest few, so that many states are met.
        name = {"/v1/parcels": "parcel_id", "/v1/webhooks": "webhook_id", "/v1/drop-offs": "drop_off_id"}.get(
            self.route.partition(" ")[2]
        )
        if name:
            self.known[name] = [*self.known[name][-20:], made["id"]]


def _send_some(client: httpx.Client, requests: Any, count: int, seeded: int, judge: _Judge) -> None:
    @seed(seeded)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(requests, st.randoms(use_true_random=False))
    def sent(case: Any, chance: Any) -> None:
        if case.path_parameters and chance.random() < 0.7:
            for name in case.path_parameters.keys() & judge.known.keys():
                case.path_parameters[name] = chance.choice(judge.known[name])
        try:
            response = _send(client, case)
        except httpx.InvalidURL:
            # Longer than this client, or any server, would take: nothing has arrived that could be judged.
            return
        judge.look(response)

    sent()


def _send(client: httpx.Client, case: Any) -> httpx.Response:
    wanted = case.as_transport_kwargs(base_url="http://testserver")
    headers = dict(wanted.get("headers") or {})
    # The attacker keeps its key: what strangers are told is tested elsewhere, and here it would be all that is met.
    headers = {name: value for name, value in headers.items() if name.lower() not in {"authorization", *_FRAMES_ONLY}}
    body = {name: wanted[name] for name in ("json", "data", "files") if wanted.get(name) is not None}
    if isinstance(body.get("data"), bytes | str):
        body["content"] = body.pop("data")
    if "json" in body:
        body = {"content": json.dumps(body["json"]).encode()}
    raw = [
        (name.encode("latin-1", "replace"), str(value).encode("latin-1", "replace")) for name, value in headers.items()
    ]
    params, cookies = wanted.get("params"), wanted.get("cookies")
    assert not cookies, "this interface knows no cookies"
    return client.request(wanted["method"], wanted["url"], params=params, headers=raw, **body)


def _known(client: httpx.Client) -> dict[str, list[str]]:
    """Ids of things that exist: requests for others end at the door."""
    parcels = [one["id"] for one in client.get("/v1/parcels").json()["items"]]
    drop_offs = [client.post("/v1/drop-offs", json=_DROP_OFF).json()["id"] for _ in range(2)]
    webhook = client.post("/v1/webhooks", json={"url": "https://shop.example/hook"}).json()["id"]
    client.post(f"/v1/webhooks/{webhook}/test")
    victim = next(one["id"] for one in client.get("/v1/keys").json()["items"] if one["name"] == "victim")
    return {
        "drop_off_id": drop_offs, "parcel_id": parcels, "webhook_id": [webhook], "key_id": [victim],
        "locker_id": ["elm", "oak"],
        "n": ["1", "2"], "alarm_id": ["1", "2"], "number": ["1", "2"],
    }  # fmt: skip


def _nothing_to_send() -> tuple[type[BaseException], ...]:
    from hypothesis.errors import Unsatisfiable

    return (Unsatisfiable,)


def _progress(tally: Tally, cases: int) -> Callable[[str, int], None]:
    said_s = time.perf_counter()

    def answered(route: str, status: int) -> None:
        nonlocal said_s
        tally.count(route, status)
        if time.perf_counter() - said_s > SAYS_EVERY_S:
            said_s = time.perf_counter()
            print(f"{tally.sent} of {cases}: {route}", file=sys.stderr, flush=True)

    return answered
