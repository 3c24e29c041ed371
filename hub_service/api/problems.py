"""Errors as problem+json (RFC 9457) with a stable `code` and one sentence that says the next step."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hub_service.domain.refusals import Refusal, RefusalCode

MEDIA_TYPE = "application/problem+json"
_STATUS: dict[RefusalCode, int] = {
    "unknown_parcel": 404,
    "unknown_locker": 404,
    "unknown_page": 404,
    "unknown_compartment": 404,
    "unknown_alarm": 404,
    "key_used_otherwise": 422,
    "too_large": 422,
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


class Problem(Exception):
    """An answer that isn't what was asked for; raised by routes only, and told as problem+json."""

    def __init__(self, status: int, code: str, sentence: str, more: dict[str, object] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.code, self.more = status, code, more or {}


def of_refusal(refusal: Refusal) -> Problem:
    """A business refusal as a problem: 404 for what isn't there, 422 for what never fits, else 409."""
    return Problem(_STATUS.get(refusal.code, 409), refusal.code, refusal.sentence, refusal.data)


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
        return _answer(error.status, error.code, str(error), error.more)

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
        return _answer(error.status_code, _CODES.get(error.status_code, "refused"), str(error.detail))

    @app.exception_handler(Exception)
    async def fault(_: Request, __: Exception) -> JSONResponse:
        return _answer(500, "fault", "Something is broken here, not in your request; it was logged. Try again later.")


def _answer(status: int, code: str, sentence: str, more: dict[str, object] | None = None) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body(status, code, sentence, more), status, headers, media_type=MEDIA_TYPE)
