"""Keys and documents on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from hub_service import programs
from hub_service.cli import main


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """What a command prints."""
    assert main(list(words)) == 0
    return json.loads(capsys.readouterr().out)


def test_a_key_is_added_listed_and_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ("--data-dir", str(tmp_path))
    told(capsys, "init", *folder)
    made = told(
        capsys, "key", "add", *folder, "--name", "shop", "--carrier", "swift", "--scope", "read", "--scope", "announce",
        "--test",
    )  # fmt: skip
    assert made["api_key"].startswith("test_")
    first, shop = told(capsys, "key", "list", *folder)
    assert (first["name"], shop["id"], shop["scopes"]) == ("init", made["id"], ["announce", "read"])
    assert told(capsys, "key", "end", *folder, "--id", made["id"])["ended_at"] is not None
    assert main(["key", "end", *folder, "--id", "k_0"]) == 1
    assert main(["key", "add", *folder, "--name", "x", "--carrier", "y", "--scope", "operate"]) == 1
    assert "leave the scope `operate` out" in capsys.readouterr().err


def test_both_documents_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "openapi")["paths"]["/v1/parcels"]["post"]["responses"].keys() >= {"201", "409", "422", "429"}
    assert told(capsys, "asyncapi")["channels"]["reports"]["address"] == "lockers/{locker_id}/reports"


def test_every_part_of_the_description_is_there() -> None:
    document = programs.openapi_document()
    text = json.dumps(document)
    for name in {one.split('"')[0] for one in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
    for path, methods in document["paths"].items():
        for verb, operation in methods.items():
            assert operation["description"] and operation["security"], f"{verb} {path}"
            assert {"401", "403", "422", "429"} <= operation["responses"].keys(), f"{verb} {path}"
