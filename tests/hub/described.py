"""Holds answers to the description of the interface: a status or a form that isn't described fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import jsonschema_rs


def holds(document: dict[str, Any]) -> Callable[[httpx.Response], None]:
    """A check for every answer under /v1 whose path and method are described."""
    paths = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in document["paths"]]
    # What names no parameter first: /parcels/bulk isn't a parcel.
    paths.sort(key=lambda entry: entry[1].count("{"))
    forms: dict[tuple[str, str, int], Any] = {}

    def check(answer: httpx.Response) -> None:
        path = next((path for pattern, path in paths if pattern.fullmatch(answer.request.url.path)), None)
        operation = document["paths"].get(path, {}).get(answer.request.method.lower())
        if operation is None:
            return
        told = operation["responses"].get(str(answer.status_code))
        assert told is not None, f"{answer.request.method} {path} isn't described to answer {answer.status_code}"
        answer.read()
        media = answer.headers.get("content-type", "").partition(";")[0]
        if answer.status_code == 304:
            assert not answer.content
            return
        assert media in told["content"], f"{answer.request.method} {path} isn't described to answer {media}"
        if not media.endswith("json"):
            return
        place = (answer.request.method, str(path), answer.status_code)
        if place not in forms:
            schema = {**told["content"][media]["schema"], "components": document["components"]}
            forms[place] = jsonschema_rs.Draft202012Validator(schema)
        forms[place].validate(answer.json())

    return check
