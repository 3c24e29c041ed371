"""What the pages under `docs/reference` say is what the code does: generated, complete, and of today."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from hub_service.domain.runbook import RUNBOOK
from locker.kiosk.texts import LANGUAGES
from locker.wire import codec, topics
from locker.wire.messages import Message

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"
GOLDEN = ROOT / "tests" / "wire" / "golden" / f"v{codec.WIRE_VERSION}"
WRITE = "run: .venv/bin/python scripts/reference.py"


@pytest.mark.parametrize(
    "name",
    ["settings.md", "wire.md", "refusals.md", "asyncapi.json", "openapi.json", "status-names.md", "figures.md",
     "runbook.md", "roles.md", "life.md"],
)  # fmt: skip
def test_a_page_is_of_today(name: str, reference: dict[str, Any]) -> None:
    assert (PAGES / name).read_text(encoding="utf-8") == reference["pages"]()[name], WRITE


def test_every_option_says_what_it_is_for(reference: dict[str, Any], meanings: dict[str, str]) -> None:
    assert set(reference["option_names"]()) == meanings.keys()


def test_every_refusal_that_a_type_allows_has_its_sentence(reference: dict[str, Any]) -> None:
    """A code that nobody says isn't a promise; one that is said but not listed would be a surprise."""
    page = (PAGES / "refusals.md").read_text(encoding="utf-8")
    for code in reference["refusal_codes"]():
        assert f"| `{code}` |" in page, code


def test_what_the_runbook_says_to_choose_stands_on_the_screen() -> None:
    steps = " ".join(step for entry in RUNBOOK.values() for step in entry.steps)
    named = set(re.findall("“(.+?)”", steps))
    assert named and named <= set(LANGUAGES["en"]["choices"].values())


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md"]
    assert len(numbers) == len(set(numbers)) and all(number.isdigit() for number in numbers)


def test_every_decision_has_a_subject() -> None:
    folder = ROOT / "docs" / "decisions"
    numbers = {int(path.name[:4]) for path in folder.glob("0*.md")}
    rows = re.findall(r"^\| (\d+) to (\d+) \|[^|]+\|([^|]*)\|$", (folder / "README.md").read_text(), re.MULTILINE)
    ranges = [range(int(first), int(last) + 1) for first, last, _ in rows]
    assert all(sum(number in one for one in ranges) == 1 for number in numbers)
    others = {int(word) for _, _, also in rows for word in re.findall(r"\d+", also)}
    assert others <= numbers, "what it refers to is there"


@pytest.fixture(scope="module")
def bus() -> dict[str, Any]:
    """The AsyncAPI document."""
    document: dict[str, Any] = json.loads((PAGES / "asyncapi.json").read_text(encoding="utf-8"))
    return document


def test_every_reference_in_the_document_leads_somewhere(bus: dict[str, Any]) -> None:
    for reference in references(bus):
        place: Any = bus
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_golden_message_is_what_the_document_says(bus: dict[str, Any]) -> None:
    for path in GOLDEN.glob("message.*.json"):
        envelope = json.loads(path.read_text(encoding="utf-8"))
        message = TypeAdapter[Any](Message).validate_json(json.dumps(envelope["body"]), strict=True)
        schema = bus["components"]["schemas"][type(message).__name__]
        assert set(schema.get("required", [])) <= envelope["body"].keys() <= set(schema["properties"])
        channel = bus["channels"][topics.topic_of("elm", message.kind).rsplit("/", 1)[1]]
        assert type(message).__name__ in channel["messages"]
        payload = bus["components"]["messages"][type(message).__name__]["payload"]
        assert set(payload["required"]) == envelope.keys()


def test_every_golden_fact_and_order_is_what_the_document_says(bus: dict[str, Any]) -> None:
    readers = {"fact": codec.fact_from_json, "order": codec.order_from_json}
    for what, read in readers.items():
        for path in GOLDEN.glob(f"{what}.*.json"):
            entry = json.loads(path.read_text(encoding="utf-8"))["entry"]
            schema = bus["components"]["schemas"][type(read(entry)).__name__]
            assert set(schema.get("required", [])) <= entry.keys() <= set(schema["properties"]), path.name


def references(value: object) -> list[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [one for inner in value.values() for one in references(inner)]
    return [one for inner in value for one in references(inner)] if isinstance(value, list) else []
