"""/v1/parcels/bulk: many parcels at once, as JSON or as a CSV table, each row answered for itself."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter, ValidationError

from hub_service.api import answers, problems, tables
from hub_service.api.announcing import request_key, wish_of
from hub_service.api.answers import Answer, Parcel
from hub_service.api.bodies import NewParcel
from hub_service.api.gate import Gate
from hub_service.api.problems import Problem, ProblemBody, documented
from hub_service.api.repeats import route_class
from hub_service.domain.limits import Caller
from hub_service.handlers import announce
from hub_service.handlers.hub import Hub
from hub_service.handlers.request_keys import RequestKey
from hub_service.handlers.views import ParcelView

ROWS_MAX = 1_000
COLUMNS = ("row", "status", "id", "tracking_number", "locker_id", "pin", "page_url", "code", "detail")
_ROW: TypeAdapter[NewParcel] = TypeAdapter(NewParcel)
_EXAMPLE = (
    "tracking_number,carrier,name,email,phone,language,width,height,depth,locker_id\r\n"
    "JD01,swift,Ada,ada@example.org,,en,300,60,200,elm\r\n"
)
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "maxItems": ROWS_MAX, "items": {"$ref": "#/components/schemas/NewParcel"}}
            },
            tables.MEDIA_TYPE: {"schema": {"type": "string"}, "example": _EXAMPLE},
        },
    }
}
# Columns of a table, and where their values belong in a parcel.
_RECIPIENT, _SIZE = ("name", "email", "phone", "language"), ("width", "height", "depth")
_NUMBERS, _TRUTHS = ("latitude", "longitude"), ("low", "perishable", "age_check")


class Row(Answer):
    """What became of one row: a parcel (201), or the problem with it."""

    status: int
    parcel: Parcel | None = None
    problem: ProblemBody | None = None


class Rows(Answer):
    """An answer for each row, in order."""

    items: list[Row]


def router(hub: Hub, gate: Gate) -> APIRouter:
    announcer = Depends(gate.needs("announce"))
    routes = APIRouter(prefix="/v1", tags=["parcels"], route_class=route_class(hub))
    answered: dict[int | str, dict[str, Any]] = {207: {"model": Rows, "content": tables.DOCUMENTED}}

    @routes.post(
        "/parcels/bulk", status_code=207, response_model=Rows, responses=answered | documented(400, 413, 415),
        openapi_extra=_BODY,
    )  # fmt: skip
    async def announce_many(request: Request, caller: Caller = announcer) -> Any:
        """Takes up to a thousand parcels on, each row for itself: `items` has an answer for each, in order.

        A CSV table has the columns of a parcel: tracking_number, carrier, name, email, phone, language, width, height,
        depth, locker_id, low, reference, perishable, age_check, latitude, longitude. With `Accept: text/csv` the
        answer is a table as well.
        """
        rows = _rows(await request.body(), request.headers.get("content-type", ""))
        if len(rows) > ROWS_MAX:
            raise Problem(422, "too_many_rows", f"Send at most {ROWS_MAX} parcels at once.")
        done = await run_in_threadpool(_announced, hub, caller, request, rows)
        return _table(done) if tables.wanted(request) else Rows(items=done)

    return routes


def _announced(hub: Hub, caller: Caller, request: Request, rows: list[Any]) -> list[Row]:
    return [_row(hub, row, caller, request_key(request, caller, f"/{n}")) for n, row in enumerate(rows)]


def _rows(raw: bytes, content_type: str) -> list[Any]:
    if content_type.startswith(tables.MEDIA_TYPE):
        try:
            return [_nested(line) for line in tables.read(raw)]
        except tables.NotATable as wrong:
            raise Problem(422, "not_a_table", str(wrong)) from None
    if "json" not in content_type:
        raise Problem(415, "not_json", "Send JSON or CSV, with the header `Content-Type`.")
    try:
        rows = json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem(400, "not_json", "The body isn't JSON in UTF-8.") from None
    if not isinstance(rows, list):
        raise Problem(422, "invalid", "body: Input should be a list of parcels")
    return rows


def _nested(line: dict[str, str]) -> dict[str, Any]:
    """A line of a table as a parcel; what isn't a number stays as it is and is refused by its field's name."""
    parcel: dict[str, Any] = {
        name: value for name, value in line.items() if name not in (*_RECIPIENT, *_SIZE, *_TRUTHS, *_NUMBERS)
    }
    parcel["recipient"] = {name: line[name] for name in _RECIPIENT if name in line}
    parcel["size_mm"] = {
        name: int(line[name]) if line[name].isdecimal() else line[name] for name in _SIZE if name in line
    }
    for name in (*_TRUTHS, *_NUMBERS):
        if name in line:
            parcel[name] = line[name]
    return parcel


def _row(hub: Hub, row: Any, caller: Caller, request: RequestKey | None) -> Row:
    try:
        outcome = announce.announce(hub, wish_of(_ROW.validate_python(row), caller), request)
        if isinstance(outcome, ParcelView):
            return Row(status=201, parcel=answers.parcel(outcome))
        problem = problems.of_refusal(outcome)
    except ValidationError as error:
        problem = Problem(422, "invalid", problems.sentence_of(error.errors()))
    except Problem as refused:
        problem = refused
    told: dict[str, Any] = problems.body(problem.status, problem.code, str(problem), problem.more)
    return Row(status=problem.status, problem=ProblemBody(**told))


def _table(done: list[Row]) -> Any:
    flat = []
    for number, row in enumerate(done, start=1):
        cells: dict[str, Any] = dict.fromkeys(COLUMNS) | {"row": number, "status": row.status}
        if row.parcel:
            cells |= {name: getattr(row.parcel, name) for name in ("id", "tracking_number", "locker_id")}
            cells |= {"pin": row.parcel.pickup.pin, "page_url": row.parcel.pickup.page_url}
        if row.problem:
            cells |= {"code": row.problem.code, "detail": row.problem.detail}
        flat.append(cells)
    return tables.response(COLUMNS, flat, 207)
