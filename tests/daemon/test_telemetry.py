"""The log helps whoever looks after a locker, and gives nothing away."""

from __future__ import annotations

import logging
import sqlite3

import pytest

from locker import telemetry
from locker.wire.facts import Deposited, Fact, Moment, OrderApplied, UnlockAuthorised, VisitStarted
from locker.wire.orders import Admit, Expect

AT = Moment(run_ms=1, wall_ms=2)
SECRETS = ("secretlabel", "f" * 32, "somebody", "pickupid", "deliveryid", "L1ABCDEF", "12345678")
FACTS: list[Fact] = [
    VisitStarted(at=AT, visit="v", party="recipient", by="pin", who="somebody"),
    UnlockAuthorised(at=AT, n=3, reason="collect", visit="v", deliveries=("deliveryid",)),
    Deposited(at=AT, n=3, visit="v", delivery="deliveryid", pickup="pickupid"),
    OrderApplied(
        at=AT, epoch="e", number=1, digest="d", order=Admit(pickup="pickupid", generation=1, pin_tag="f" * 32)
    ),
    OrderApplied(
        at=AT, epoch="e", number=2, digest="d",
        order=Expect(
            delivery="deliveryid", pickup="pickupid", labels=("secretlabel",), width_mm=1, height_mm=1, depth_mm=1
        ),
    ),
]  # fmt: skip


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What was logged."""
    caplog.set_level(logging.INFO, "locker")
    return caplog


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_a_fact_is_one_line_without_anything_personal(lines: pytest.LogCaptureFixture, fact: Fact) -> None:
    telemetry.fact_recorded(fact)

    assert lines.messages[0].startswith(f"event={fact.kind}")
    assert not any(secret in lines.text for secret in SECRETS)


def test_an_unlocking_says_which_door_and_why(lines: pytest.LogCaptureFixture) -> None:
    telemetry.fact_recorded(FACTS[1])

    assert lines.messages == ["event=unlock_authorised n=3 reason=collect attempt=1"]


@pytest.mark.parametrize("text", ["L1ABCDEF", "12345678", "L212345678", "secretlabel", "\x00\n\x1b[2J"])
def test_a_scan_is_told_by_length_and_kind_only(lines: pytest.LogCaptureFixture, text: str) -> None:
    telemetry.scanned(text, "Q1")

    assert f"chars={len(text)}" in lines.text
    assert not any(secret in lines.text for secret in SECRETS)


def test_nothing_that_comes_in_can_begin_a_line_of_its_own() -> None:
    line = telemetry.line("broker_lost", why='gone"\nevent=unlocked n=1')

    assert "\n" not in line
    assert line.count('"') == 2


def test_the_reason_of_a_stop_is_told_without_values(lines: pytest.LogCaptureFixture) -> None:
    telemetry.stopped(ValueError("secretlabel"))
    telemetry.stopped(sqlite3.OperationalError("disk I/O error"))

    assert "secretlabel" not in lines.text
    assert "error=ValueError" in lines.text
    assert "disk I/O error" in lines.text
