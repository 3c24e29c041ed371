"""Errors as problem+json (RFC 9457) with a stable `code` and one sentence that says the next step."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from hub_service.domain.refusals import Refusal, RefusalCode

MEDIA_TYPE = "application/problem+json"
_STATUS: dict[RefusalCode, int] = {
    "unknown_parcel": 404,
    "unknown_locker": 404,
    "unknown_page": 404,
    "unknown_compartment": 404,
    "unknown_alarm": 404,
    "unknown_key": 404,
    "unknown_webhook": 404,
    "unknown_delivery": 404,
    "unknown_card": 404,
    "unknown_drop_off": 404,
    "unknown_opening": 404,
    "reason_missing": 422,
    "key_used_otherwise": 422,
    "too_large": 422,
    "not_a_target": 422,
    "scope_of_operators": 422,
    "too_many_changes": 503,
}
_CODES = {
    400: "not_json",
    401: "unauthorised",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_long",
    415: "not_json",
    422: "invalid",
    500: "fault",
}
RETRY_AFTER_S: dict[str, int] = {"too_many_changes": 1, "first_under_way": 1}
"""Refusals that a little patience helps against."""


class ProblemBody(BaseModel):
    """Why a request was not done. `code` is stable and listed in the reference; some codes bring further fields."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str


class Problem(Exception):
    """An answer that isn't what was asked for; raised by routes only, and told as problem+json."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str,
        more: dict[str, object] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status, self.code, self.more, self.retry_after_s = status, code, more or {}, retry_after_s


def of_refusal(refusal: Refusal) -> Problem:
    """A business refusal as a problem: 404 for what isn't there, 422 for what never fits, else 409."""
    status, retry_after_s = _STATUS.get(refusal.code, 409), RETRY_AFTER_S.get(refusal.code)
    return Problem(status, refusal.code, refusal.sentence, refusal.data, retry_after_s)


def granted(outcome: Any) -> Any:
    """What was asked for; raises the problem that a refusal is."""
    if isinstance(outcome, Refusal):
        raise of_refusal(outcome)
    return outcome


def body(status: int, code: str, sentence: str, more: dict[str, object] | None = None) -> dict[str, object]:
    """The JSON of a problem."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": sentence,
        **(more or {}),
    }


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How a route's description says that it may answer so, besides what every route may answer."""
    told = {"schema": {"$ref": "#/components/schemas/ProblemBody"}}
    everywhere = (401, 403, 422, 429, 500)
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: told}}
        for status in sorted({*everywhere, *statuses})
    }


def sentence_of(errors: Sequence[Any]) -> str:
    """What is wrong with a request, by field; the values stay out, they may be somebody's."""
    said = [
        f"{'.'.join(str(part) for part in one['loc'] if part != 'body') or 'body'}: {one['msg']}" for one in errors[:5]
    ]
    more = f" (and {len(errors) - 5} more)" if len(errors) > 5 else ""
    return "; ".join(said) + more


def install(app: FastAPI) -> None:
    """Makes the app answer every error under /v1 this way."""

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> JSONResponse:
        return response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = error.errors()
        if errors[0]["loc"] == ("body",) and "json" not in request.headers.get("content-type", ""):
            return _answer(415, "not_json", "Send JSON, with the header `Content-Type: application/json`.")
        if any(one["type"] == "json_invalid" for one in errors):
            return _answer(400, "not_json", "The body isn't JSON in UTF-8.")
        return _answer(422, "invalid", sentence_of(errors))

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        return _answer(error.status_code, _CODES.get(error.status_code, "refused"), str(error.detail), headers=headers)

    @app.exception_handler(Exception)
    async def fault(_: Request, __: Exception) -> JSONResponse:
        return _answer(500, "fault", "Something is broken here, not in your request; it was logged. Try again later.")


def response(error: Problem) -> JSONResponse:
    """A problem as it travels."""
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    return _answer(error.status, error.code, str(error), error.more, headers)


def _answer(
    status: int,
    code: str,
    sentence: str,
    more: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    told = body(status, code, sentence, more)
    return JSONResponse(told, status, {**challenge, **(headers or {})}, media_type=MEDIA_TYPE)
