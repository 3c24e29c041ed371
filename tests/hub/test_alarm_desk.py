"""Alarms reach somebody: grouped by cause, whoever is on call first, everybody if nobody says "mine", nobody twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any, get_args

import pytest

from hub_service.domain import alarms, runbook
from hub_service.domain.courtesy import Courtesy
from hub_service.domain.grouping import Open, grouped
from hub_service.handlers import alarm_desk, users
from hub_service.notices.alarm_words import alarm_message
from hub_service.notices.sms import SMS_LENGTH
from hub_service.store import alarm_desk as alarm_desk_stored
from hub_service.store import audit, events, lockers, outbox
from hub_service.store.alarm_desk import Silence
from locker.wire import facts

MINUTE_MS, HOUR_S = 60_000, 3_600
NAMES = {"elm": "Elm Street", "oak": "Oak Square", "fir": "Fir Lane"}


def alarm(number: int, kind: str, n: int = 0, locker: str = "elm", minute: int = 0, module: str = "A") -> Open:
    return Open(id=number, locker_id=locker, n=n, kind=kind, raised_ms=minute * MINUTE_MS, module=module)


def titles(*open_alarms: Open) -> list[str]:
    return [group.title for group in grouped(open_alarms, NAMES)]


def test_three_lockers_that_fall_silent_together_are_one_cause() -> None:
    silent = [alarm(number, "offline", locker=locker) for number, locker in enumerate(NAMES)]
    assert titles(*silent) == ["3 lockers fell silent together: network or broker"]
    assert len(titles(*silent[:2])) == 2
    apart = [replace(one, raised_ms=number * 60 * MINUTE_MS) for number, one in enumerate(silent)]
    assert len(titles(*apart)) == 3


def test_many_doors_of_one_module_are_its_board() -> None:
    doors = [alarm(n, kind, n) for n, kind in enumerate(("sensor", "lock_silent", "sensor"), start=1)]
    assert titles(*doors) == ["Elm Street: 3 doors of module A: its board or cable"]
    assert titles(*doors, alarm(9, "jammed", 4)) == [
        "Elm Street: 3 doors of module A: its board or cable", "Elm Street: jammed, door 4",
    ]  # fmt: skip


def test_the_same_at_several_doors_is_one_line() -> None:
    assert titles(alarm(1, "jammed", 7), alarm(2, "jammed", 3)) == ["Elm Street: jammed, doors 3, 7"]


def test_what_cannot_wait_comes_first() -> None:
    assert titles(alarm(1, "sensor", 1), alarm(2, "safety_release", 2, minute=5))[0].startswith(
        "Elm Street: safety release"
    )


def test_every_alarm_has_a_page_in_the_runbook() -> None:
    kinds = {*alarms.SENTENCES, *get_args(facts.Alarm)}
    assert kinds - runbook.RUNBOOK.keys() == set()


@pytest.fixture
def staffed(hub: Any, set_up: Any) -> Any:
    """A hub that is quiet at night, with ada and ben to look after it; ada is on call."""
    set_up("elm")
    hub = replace(hub, courtesy=Courtesy(UTC, 21, 8))
    for login, phone in (("ada", "+15550001"), ("ben", "+15550002")):
        users.add(hub, login, "technician", "shell")
        assert alarm_desk.set_contact(hub, login, f"{login}@example.org", phone, "shell") is None
    assert alarm_desk.add_shift(hub, "ada", hub.now_s(), hub.now_s() + 90 * 24 * HOUR_S, "shell") is None
    return hub


def raise_it(hub: Any, kind: str, n: int = 1, locker: str = "elm") -> None:
    with hub.store.write() as db:
        events.raise_alarm(db, locker, n, kind, alarms.sentence(kind), hub.now_ms())


def told(hub: Any) -> list[tuple[str, str]]:
    """Who is told now, and how."""
    alarm_desk.tell_due(hub)
    notices = outbox.claim_due(hub.store, hub.now_ms())
    for notice in notices:
        outbox.mark_sent(hub.store, notice.id, hub.now_ms())
    return [(notice.to, notice.channel) for notice in notices if notice.kind == "alarm"]


def ids(hub: Any) -> list[int]:
    return [number for view in alarm_desk.groups(hub) for number in view.ids]


def pass_time(hub: Any, hours: float) -> None:
    hub.clock.move(int(hours * HOUR_S))


def at_noon(hub: Any) -> None:
    pass_time(hub, (12 * HOUR_S - hub.now_s() % (24 * HOUR_S)) % (24 * HOUR_S) / HOUR_S)


def test_what_cannot_wait_rings_on_call_and_then_everybody(staffed: Any) -> None:
    raise_it(staffed, "safety_release")
    assert told(staffed) == [("+15550001", "sms")]
    assert told(staffed) == []
    pass_time(staffed, 0.25)
    assert sorted(told(staffed)) == [("+15550001", "sms"), ("+15550002", "sms")]
    pass_time(staffed, 48)
    assert told(staffed) == []


def test_who_says_mine_is_left_alone_and_so_is_everybody_else(staffed: Any) -> None:
    raise_it(staffed, "safety_release")
    told(staffed)
    assert alarm_desk.acknowledge(staffed, ids(staffed), "ada") == 1
    pass_time(staffed, 1)
    assert told(staffed) == []
    assert [view.acknowledged_by for view in alarm_desk.groups(staffed)] == ["ada"]


def test_what_joins_a_cause_that_somebody_looks_after_is_news_again(staffed: Any) -> None:
    raise_it(staffed, "forced_open", 1)
    told(staffed)
    alarm_desk.acknowledge(staffed, ids(staffed), "ada")
    raise_it(staffed, "forced_open", 2)
    assert told(staffed) == [("+15550001", "sms")]


def test_what_can_wait_for_the_morning_waits(staffed: Any) -> None:
    at_noon(staffed)
    pass_time(staffed, 14)
    raise_it(staffed, "jammed")
    assert told(staffed) == []
    pass_time(staffed, 6)
    assert told(staffed) == [("ada@example.org", "email")]


def test_a_gap_in_the_rota_leaves_nobody_unaware(staffed: Any) -> None:
    for shift in alarm_desk.shifts(staffed):
        alarm_desk.remove_shift(staffed, shift.id, "shell")
    raise_it(staffed, "safety_release")
    assert sorted(told(staffed)) == [("+15550001", "sms"), ("+15550002", "sms")]


def test_works_in_progress_are_silenced_until_they_are_over(staffed: Any) -> None:
    at_noon(staffed)
    works = Silence(locker_id="elm", kind="", until_s=0, reason="new front", by_login="ada")
    assert alarm_desk.silence(staffed, works, 4) is None
    raise_it(staffed, "forced_open")
    assert told(staffed) == []
    assert [view.silenced for view in alarm_desk.groups(staffed)] == [True]
    pass_time(staffed, 4)
    assert sorted(told(staffed)) == [("+15550001", "sms"), ("+15550002", "sms")]


def test_a_silence_has_an_end(staffed: Any) -> None:
    refusal = alarm_desk.silence(staffed, Silence(locker_id="", kind="", until_s=0, reason="", by_login="ada"), 10_000)
    assert refusal is not None and refusal.code == "too_far"


def test_a_locker_that_is_away_for_long_is_missed_and_its_return_ends_it(staffed: Any) -> None:
    with staffed.store.write() as db:
        lockers.update(db, "elm", online=0, seen_ms=staffed.now_ms())
    alarm_desk.look_for_silent(staffed)
    assert alarm_desk.groups(staffed) == []
    with staffed.store.write() as db:
        lockers.update(db, "elm", seen_ms=staffed.now_ms() - HOUR_S * 1000)
    alarm_desk.look_for_silent(staffed)
    assert [view.group.first.kind for view in alarm_desk.groups(staffed)] == ["offline"]
    with staffed.store.write() as db:
        lockers.update(db, "elm", online=1)
    alarm_desk.look_for_silent(staffed)
    assert alarm_desk.groups(staffed) == []


def test_everything_that_people_do_is_audited(staffed: Any) -> None:
    raise_it(staffed, "jammed")
    alarm_desk.acknowledge(staffed, ids(staffed), "ada")
    alarm_desk.close(staffed, ids(staffed), "ada")
    with staffed.store.read() as db:
        assert [entry.act for entry in audit.latest(db, 2)] == ["alarms_closed", "alarms_acknowledged"]
    assert alarm_desk.groups(staffed) == []


def test_the_words_say_why_what_to_do_and_where_to_say_mine() -> None:
    entry = runbook.entry("jammed")
    message = alarm_message(
        {
            "title": "Elm Street: jammed, door 4", "urgency": "today", "cause": entry.cause,
            "steps": list(entry.steps), "page_url": "https://lockers.example.org/operate/alarms", "again": False,
        }
    )  # fmt: skip
    assert message.subject == "Elm Street: jammed, door 4"
    assert "1. Its parcel keeps its recipient" in message.body
    assert len(message.sms) <= SMS_LENGTH and message.sms.endswith("/operate/alarms")


def test_one_cause_for_a_whole_country_is_marked_at_once(hub: Any) -> None:
    # More than any database takes values in one statement.
    everywhere = list(range(1, 300_001))
    with hub.store.write() as db:
        events.raise_alarm(db, "elm", 0, "offline", "It is silent.", 0)
        alarm_desk_stored.mark_told(db, everywhere, 1)
        assert [one.told for one in alarm_desk_stored.open_alarms(db)] == [1]
    assert alarm_desk.acknowledge(hub, everywhere, "olga") == 1
    assert alarm_desk.close(hub, everywhere, "olga") == 1
