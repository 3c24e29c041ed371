"""When people may be bothered."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub_service.domain.courtesy import Courtesy
from hub_service.domain.deadlines import HOUR_S

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = Courtesy(BERLIN, quiet_from_hour=21, quiet_until_hour=8)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=BERLIN).timestamp())


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (at(21, 20, 59), at(21, 20, 59)),
        (at(21, 21), at(22, 8)),
        (at(22, 3), at(22, 8)),
        (at(22, 7, 59), at(22, 8)),
        (at(22, 8), at(22, 8)),
    ],
)
def test_a_text_message_waits_for_the_morning(now: int, leaves: int) -> None:
    assert NIGHTS.may_leave_s("ready", "sms", now) == leaves


def test_a_mail_rings_nowhere_and_leaves_at_once() -> None:
    assert NIGHTS.may_leave_s("ready", "email", at(22, 3)) == at(22, 3)


@pytest.mark.parametrize("kind", ["collected", "extended"])
def test_what_somebody_has_just_done_is_said_at_once(kind: str) -> None:
    assert NIGHTS.may_leave_s(kind, "sms", at(22, 3)) == at(22, 3)


def test_morning_is_by_the_wall_clock_also_in_the_night_that_is_an_hour_longer() -> None:
    evening = at(24, 22, month=10)
    assert NIGHTS.may_leave_s("ready", "sms", evening) == at(25, 8, month=10)
    assert at(25, 8, month=10) - evening == 11 * HOUR_S


def test_an_operator_may_have_no_quiet_hours_or_quiet_ones_at_noon() -> None:
    assert Courtesy(BERLIN).may_leave_s("ready", "sms", at(22, 3)) == at(22, 3)
    siesta = Courtesy(BERLIN, quiet_from_hour=13, quiet_until_hour=15)
    assert siesta.may_leave_s("ready", "sms", at(22, 14)) == at(22, 15)
    assert siesta.may_leave_s("ready", "sms", at(22, 16)) == at(22, 16)


def test_reminders_come_in_order_each_once_and_none_that_is_past() -> None:
    plan = Courtesy(remind_before_s=(4 * HOUR_S, 24 * HOUR_S))
    deadline = at(25, 12)
    first = plan.next_reminder_s(deadline, at(22, 12))
    assert first == at(24, 12)
    assert plan.next_reminder_s(deadline, first) == at(25, 8)
    assert plan.next_reminder_s(deadline, at(25, 8)) is None
