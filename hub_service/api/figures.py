"""/v1/figures as JSON and CSV, and /metrics for Prometheus: how well the network works."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import AwareDatetime

from hub_service.api import metrics, tables, visible
from hub_service.api.answers import Answer, iso
from hub_service.api.gate import Gate
from hub_service.api.problems import Problem, documented
from hub_service.api.repeats import route_class
from hub_service.domain.figures import DAY_S, Value
from hub_service.domain.limits import Caller
from hub_service.handlers import figures
from hub_service.handlers.hub import Hub

COLUMNS = ("name", "value", "unit", "why_none", "definition", "source")


class Figure(Answer):
    """One figure; without a value `why_none` says why."""

    name: str
    value: float | None
    unit: str
    why_none: str
    definition: str
    source: str


class Figures(Answer):
    """All figures of a time."""

    since: str
    until: str
    locker_id: str | None
    items: list[Figure]


def router(hub: Hub, gate: Gate) -> APIRouter:
    routes = APIRouter(tags=["figures"], route_class=route_class(hub))
    reader, operator = Depends(gate.needs("read")), Depends(gate.needs("operate"))
    csv: dict[int | str, dict[str, Any]] = {200: {"content": tables.DOCUMENTED}}
    text: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

    @routes.get("/v1/figures", response_model=Figures, responses=csv | documented(404))
    def get_figures(
        request: Request,
        from_: Annotated[
            AwareDatetime | None, Query(alias="from", description="30 days ago, if it isn't given")
        ] = None,
        to: Annotated[AwareDatetime | None, Query(description="now, if it isn't given")] = None,
        locker_id: str | None = None,
        caller: Caller = reader,
    ) -> Any:
        """How well the network works, with definitions and sources; as CSV with `Accept: text/csv`."""
        if locker_id is not None:
            visible.locker(hub, caller, locker_id)
        to_s = _unix_s(to) if to else hub.now_s()
        from_s = _unix_s(from_) if from_ else to_s - 30 * DAY_S
        if not figures.SHORTEST_S <= to_s - from_s <= figures.LONGEST_S or not 0 <= from_s <= hub.now_s():
            raise Problem(422, "unusable_time", "`from` lies before now, and `to` a minute to 400 days behind it.")
        shown = [_shown(value) for value in figures.of_time(hub, caller, from_s, to_s, locker_id)]
        if tables.wanted(request):
            return tables.response(COLUMNS, (one.model_dump() for one in shown))
        return Figures(since=iso(from_s), until=iso(to_s), locker_id=locker_id, items=shown)

    page = metrics.Page(hub)

    @routes.get("/metrics", response_class=Response, responses=text | documented())
    def get_metrics(caller: Caller = operator) -> Response:
        """What this worker has counted, what the store knows now and the figures of the last day, for Prometheus."""
        return Response(page(caller), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return routes


def _shown(value: Value) -> Figure:
    figure = value.figure
    return Figure(
        name=figure.name, value=value.value, unit=figure.unit, why_none=value.why_none, definition=figure.definition,
        source=figure.source,
    )  # fmt: skip


def _unix_s(at: datetime) -> int:
    try:
        return int(at.timestamp())
    except (OverflowError, ValueError):
        return -1
