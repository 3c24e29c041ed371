"""CSV, for those whose program is a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from hub_service.api import tables
from hub_service.handlers import sites
from hub_service.handlers.hub import Hub

SetUp = Callable[..., Any]
HEADER = "tracking_number,carrier,name,email,width,height,depth,locker_id,low"
CSV = {"Content-Type": "text/csv", "Accept": "text/csv"}


@pytest.fixture
def web(hub: Hub, visit: Callable[..., AbstractContextManager[httpx.Client]]) -> Iterator[httpx.Client]:
    """A program with an API key."""
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'test')}"
        yield client


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_table_is_announced_row_by_row_and_answered_as_a_table(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    table = [
        HEADER,
        "T1,swift,Ada,ada@example.org,300,60,200,elm,false",
        'T2,swift,"Bo, junior",,300,60,200,,',
        "T3,swift,Cy,,wide,60,200,elm,",
    ]
    answer = web.post("/v1/parcels/bulk", content="\ufeff" + "\r\n".join(table), headers=CSV)
    assert answer.status_code == 207
    first, second, third = rows(answer)
    assert (first["status"], first["tracking_number"], first["locker_id"], len(first["pin"])) == ("201", "T1", "elm", 8)
    assert (second["status"], second["locker_id"], second["pin"]) == ("201", "", "")
    assert (third["status"], third["code"]) == ("422", "invalid") and third["detail"].startswith("size_mm.width")
    listed = rows(web.get("/v1/parcels", headers={"Accept": "text/csv"}))
    assert {row["tracking_number"] for row in listed} == {"T1", "T2"}


@pytest.mark.parametrize("table", ["", "a,b\r\n1\r\n", "a,b\r\n1,2,3\r\n", 'a\r\n"open', "\ud800"])
def test_what_is_no_table_is_told_so(web: httpx.Client, table: str) -> None:
    answer = web.post("/v1/parcels/bulk", content=table.encode("utf-8", "surrogatepass"), headers=CSV)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_table")


def test_formulas_reach_no_spreadsheet() -> None:
    answer = tables.response(("a",), [{"a": one} for one in ("=1+1", "@x", "-7", "-x", None, "fine")])
    assert bytes(answer.body).decode().split("\r\n")[1:-1] == ["'=1+1", "'@x", "-7", "'-x", '""', "fine"]
