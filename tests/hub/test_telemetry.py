"""A line of the log is told when its transaction is over, names its cause, and never makes a second line."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub_service import telemetry
from hub_service.handlers.hub import Hub
from hub_service.handlers.telling import Scene
from hub_service.handlers.views import ParcelView
from hub_service.locker_link import Bus, LockerLink
from hub_service.measures import Measures
from hub_service.notices.channels import Mailbox
from hub_service.notices.worker import Worker
from hub_service.store import parcels


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, object]]]:
    """What was told, as programs read it."""
    caplog.set_level(logging.INFO, "hub")
    form = telemetry._JsonLines()
    return lambda: [json.loads(form.format(record)) for record in caplog.records if record.name == "hub"]


@pytest.fixture
def text(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The same as people read it."""
    caplog.set_level(logging.INFO, "hub")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "hub"]


def test_what_was_undone_was_never_told(text: Callable[[], list[str]]) -> None:
    with telemetry.when_committed():
        with pytest.raises(ValueError, match="undone"), telemetry.when_committed():
            telemetry.tell("happened", n=1)
            raise ValueError("undone")
        telemetry.tell("happened", n=2)
        assert text() == [], "nothing before the end"

    assert text() == ["event=happened n=2"]


def test_a_line_names_what_began_it_also_in_another_thread(lines: Callable[[], list[dict[str, object]]]) -> None:
    async def request() -> None:
        with telemetry.caused_by("asked"):
            await asyncio.to_thread(telemetry.tell, "happened")

    asyncio.run(request())
    telemetry.tell("happened")

    assert [line["cause"] for line in lines()] == ["asked", ""]


def test_nothing_that_is_told_can_begin_a_line_of_its_own(text: Callable[[], list[str]]) -> None:
    telemetry.tell("happened", route='a b"\nevent=opened')

    assert text() == ['event=happened route="a b\\"\\nevent=opened"']


@pytest.mark.parametrize("name", ["", "two words", "x" * 65, "a\nb", "é"])
def test_an_odd_name_for_a_request_is_none(name: str) -> None:
    assert not telemetry.is_cause(name)


def test_a_notice_that_wasnt_caused_by_a_visit_has_its_requests_name(
    hub: Hub,
    set_up: Callable[..., object],
    send: Callable[..., ParcelView],
    lines: Callable[[], list[dict[str, object]]],
) -> None:
    set_up()
    parcel = send()
    with telemetry.caused_by("a-shops-request"), hub.store.write() as db:
        found = parcels.find(db, parcel.id)
        assert found is not None
        Scene(db, hub).tell("expired", found, None, "today")
    Worker(hub.store, Mailbox(hub.store, hub.now_ms), hub.now_ms, measures=hub.measures).work()

    (sent,) = [line for line in lines() if line["event"] == "notice_sent"]
    assert sent["cause"] == "a-shops-request"
    assert numbers(hub.measures)["hub_notices_total"] == 1


def numbers(measures: Measures) -> dict[str, float]:
    """The sum of each number over its labels."""
    found: dict[str, float] = {}
    for family in measures.registry.collect():
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0) + sample.value
    return found


def test_kinds_that_this_version_doesnt_know_make_no_series() -> None:
    measures = Measures()
    measures.took(["deposited", "dreamt", "dreamt-2"])

    kinds = {sample.labels["kind"] for family in measures.registry.collect() if family.name == "hub_facts_taken"
             for sample in family.samples}  # fmt: skip
    assert kinds == {"deposited", "unknown"}


def test_garbage_on_the_bus_is_counted_by_its_reason(hub: Hub, set_up: Callable[..., object]) -> None:
    set_up()
    link = LockerLink(hub, Bus("127.0.0.1", 1))
    link.taken_all([("lockers/elm/reports", b"garbage")])
    link.taken_all([("lockers/nobody/reports", b"garbage")])

    assert numbers(hub.measures)["hub_messages_refused_total"] == 2


@pytest.mark.parametrize("form", [telemetry._JsonLines(), telemetry._TextLines()], ids=["json", "text"])
def test_a_fault_says_where_it_was_and_repeats_no_value(form: logging.Formatter) -> None:
    """PostgreSQL says of a broken rule: Key (email)=(ada@example.org) already exists."""
    who = "@".join(("hildegard", "example.org"))
    try:
        try:
            raise sqlite3.IntegrityError(f"Key (email)=({who}) already exists")
        except sqlite3.IntegrityError as error:
            raise ExceptionGroup("several", [ValueError(who), sqlite3.OperationalError("disk is full")]) from error
    except ExceptionGroup:
        record = logging.LogRecord("hub", logging.ERROR, __file__, 1, "a part has failed", (), sys.exc_info())
    said = form.format(record)

    assert who not in said
    assert "disk is full" in said
    assert "ValueError" in said and Path(__file__).name in said


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Each test begins without a cause."""
    assert telemetry.cause() == ""
    yield
    assert telemetry.cause() == ""
