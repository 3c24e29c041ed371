"""Another carrier knows every id of ours and asks for it everywhere: it learns no more than that it isn't theirs.

Walks the interface's own description, so a route or a field that is new tomorrow is asked for as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hub_service.handlers import keys, looks
from tests.pair.browsers import browser
from tests.pair.machine import Machine
from tests.pair.town import Town

# Ids that belong to no carrier: whose they are is no secret, or only operators may ask.
NOBODYS = {"locker_id": "elm", "n": 1, "alarm_id": 1, "key_id": "k_0", "opening_id": "o_0"}
UNKNOWN = {"parcel_id": "p_0", "webhook_id": "wh_0", "number": 999_999, "drop_off_id": "p_0"}
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture
def web(town: Town, elm: Machine) -> Iterator[httpx.Client]:
    with browser(town) as client:
        yield client


@pytest.fixture
def ours(town: Town, elm: Machine, web: httpx.Client) -> dict[str, Any]:
    """Everything that `swift` has, by the name of its id: a parcel in a locker, a webhook, a message, a drop-off."""
    headers = key_of(town, "swift")
    parcel = town.announce("ada", "elm")
    town.deposit(elm, parcel)
    town.settle()
    webhook = web.post("/v1/webhooks", json={"url": "https://swift.example/hook"}, headers=headers).json()["id"]
    message = web.post(f"/v1/webhooks/{webhook}/test", headers=headers).json()["id"]
    brought = {"size_mm": {"width": 300, "height": 60, "depth": 200}, "sender": {"name": "Sam"}, "locker_id": "elm"}
    drop_off = web.post("/v1/drop-offs", json=brought, headers=headers)
    assert drop_off.status_code == 201, drop_off.text
    town.settle()
    return {
        "parcel_id": parcel.id, "webhook_id": webhook, "number": message, "drop_off_id": drop_off.json()["id"],
    }  # fmt: skip


def key_of(town: Town, carrier: str) -> dict[str, str]:
    made = keys.add(town.hub, carrier, carrier=carrier)
    assert isinstance(made, tuple), made
    return {"Authorization": f"Bearer {made[1]}"}


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for verb, operation in methods.items():
            yield verb, path, operation


def schema_of(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed."""
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def sample(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """The shortest value that fits a schema."""
    schema = schema_of(document, schema)
    for choice in ("const", "default"):
        if choice in schema:
            return schema[choice]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return sample(document, schema[several][0])
    if schema.get("format") == "date-time":
        return "2026-01-01T00:00:00Z"
    match schema.get("type"):
        case "object":
            required = {name: schema["properties"][name] for name in schema.get("required", ())}
            return {name: sample(document, one) for name, one in required.items()}
        case "array":
            return [sample(document, schema["items"])] * schema.get("minItems", 0)
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return False
        case _:
            return "x" * max(1, schema.get("minLength", 1))


def fields_of(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of an operation's body."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return schema_of(document, content.get("schema", {}))


def names_of(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """Every id that can be said in a request: in its address, behind it, or in its body."""
    said = {one["name"] for one in operation.get("parameters", ()) if one["in"] in ("path", "query")}
    in_path = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
    said |= set(fields_of(document, operation).get("properties", ()))
    return in_path | {name for name in said if name.endswith("_id")}


def ask(web: httpx.Client, document: dict[str, Any], one: Operation, ids: dict[str, Any]) -> httpx.Response:
    """Sends the shortest request of this kind that names these ids."""
    verb, path, operation = one
    query = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
    fields = fields_of(document, operation)
    body = sample(document, fields) if fields else None
    if isinstance(body, dict):
        body |= {name: value for name, value in ids.items() if name in fields.get("properties", ())}
    params = {name: value for name, value in ids.items() if name in query}
    return web.request(verb, path.format(**ids), params=params, json=body)


def test_whoever_asks_for_what_is_anothers_hears_what_nobody_has(
    town: Town, web: httpx.Client, ours: dict[str, Any]
) -> None:
    document = web.get("/openapi.json").json()
    before = all_that_is(town)
    web.headers.update(key_of(town, "rapid"))
    asked = 0
    for one in operations(document):
        named = names_of(document, one[2])
        assert named <= ours.keys() | NOBODYS.keys(), f"say whose these ids are: {named} of {one[1]}"
        for name in named & ours.keys():
            if name == "number":
                continue  # Means nothing without its webhook, which is asked for anyway.
            theirs = ask(web, document, one, NOBODYS | UNKNOWN | {name: ours[name], "number": ours["number"]})
            unknown = ask(web, document, one, NOBODYS | UNKNOWN)
            where = f"{one[0]} {one[1]} with {name}: {theirs.text}"
            assert theirs.status_code in (403, 404), where
            assert (theirs.status_code, theirs.json()["code"]) == (unknown.status_code, unknown.json()["code"]), where
            assert theirs.json()["detail"] == unknown.json()["detail"], where
            assert theirs.status_code == 404 or theirs.json()["code"] == "missing_scope", where
            assert "ADA1" not in theirs.text and "ada@" not in theirs.text
            asked += 1
    assert asked >= 20, "the description has lost its routes"
    assert all_that_is(town) == before, "asking has changed nothing"


def all_that_is(town: Town) -> tuple[Any, ...]:
    """Everything that has happened, and how every parcel stands."""
    parcels = tuple((one.id, one.status, one.deadline_s) for one in looks.parcels(town.hub))
    with town.hub.store.read() as db:
        hooks = [tuple(row) for row in db.execute("SELECT * FROM webhooks ORDER BY id")]
    return parcels, tuple(one.seq for one in looks.events(town.hub, limit=500)), hooks


def test_the_same_questions_reach_their_answers_with_the_right_key(
    town: Town, web: httpx.Client, ours: dict[str, Any]
) -> None:
    """Else the story above would hold for an interface that answers nobody."""
    document = web.get("/openapi.json").json()
    web.headers.update(key_of(town, "swift"))
    found = {
        ask(web, document, one, NOBODYS | ours).status_code
        for one in operations(document)
        if one[0] == "get" and names_of(document, one[2]) & ours.keys()
    }
    assert 200 in found and 404 not in found
