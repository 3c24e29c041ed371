"""How well a network works: figures worked out by hand, and the same over HTTP as JSON, CSV and metrics."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_service.domain import figures
from hub_service.domain.figures import Happening, Observed
from hub_service.handlers import afterwards, attempts, keys, sites, stays
from hub_service.handlers.hub import Hub
from hub_service.handlers.wishes import FailedAttempt
from hub_service.store import figures as stored
from locker.wire import facts
from locker.wire.facts import Moment
from tests.hub.conftest import StandingClock

HOUR = 3_600
Visit = Callable[..., AbstractContextManager[httpx.Client]]


def story(*told: tuple[float, str, str, int], **more: Any) -> Observed:
    """Ten hours at a locker with two doors; each happening as hour, kind, parcel, door."""
    happenings = tuple(
        Happening(hour * HOUR, kind, parcel, "" if kind == "attempt_failed" else "elm", n)
        for hour, kind, parcel, n in told
    )
    return Observed(span=(0, 10 * HOUR), doors=(("elm", 1), ("elm", 2)), happenings=happenings, **more)


def value(name: str, observed: Observed) -> float | None:
    all_of_them = figures.all_figures(observed, operator=True, one_locker=False)
    return next(one.value for one in all_of_them if one.figure.name == name)


def test_a_door_that_is_occupied_half_of_the_time() -> None:
    assert value("occupancy", story((0, "deposited", "p", 1), (5, "collected", "p", 1))) == 0.25
    assert value("occupancy", story((-9, "deposited", "p", 1))) == 0.5
    twice = story(
        (0, "deposited", "p", 1), (0, "deposited", "q", 1), (5, "collected", "p", 1), (5, "collected", "q", 1)
    )
    assert value("occupancy", twice) == 0.25, "two parcels in one compartment occupy it once"


def test_a_door_out_of_service_counts_for_availability_only() -> None:
    down = story((-3, "out_of_service", "", 2), (0, "deposited", "p", 1), (5, "collected", "p", 1))
    assert value("occupancy", down) == 0.5
    assert value("availability", down) == 0.5
    assert value("turnover", down) == round(1 / (10 / 24), 4)
    both = story((0, "out_of_service", "", 2), (4, "fault_found", "", 2), (5, "in_service", "", 2))
    faulty = replace(
        both, happenings=(*both.happenings[:1], replace(both.happenings[1], fault="jammed"), both.happenings[2])
    )
    assert value("availability", faulty) == 0.5, "mended in one way and broken in another"


def test_a_locker_that_is_new_was_not_empty_before() -> None:
    new = story((5, "deposited", "p", 1), since_s={"elm": 5 * HOUR})
    assert value("occupancy", new) == 0.5


def test_dwell_expiry_and_attempts() -> None:
    told = story(
        (-30, "deposited", "slow", 1), (1, "collected", "slow", 1), (1, "deposited", "quick", 2),
        (3, "collected", "quick", 2), (3, "expired", "quick", 2), (4, "attempt_failed", "home", 0),
        (5, "redirected", "home", 0), (6, "deposited", "home", 1), (7, "attempt_failed", "lost", 0),
    )  # fmt: skip
    assert value("dwell_mean_h", told) == (31 + 2) / 2
    assert value("dwell_under_24h", told) == 0.5
    assert value("first_attempt_success", told) == round(1 / 3, 4)
    assert value("fallback_rate", told) == 0.5
    assert value("expiry_rate", told) == 0.5
    assert value("money_saved_eur", told) == 14
    assert value("co2_saved_kg", told) == round(0.294 * 0.13, 4)


def test_faults_openings_and_couriers() -> None:
    told = story((1, "fault_found", "", 1), openings=200, visits=((40.0, 2), (20.0, 1)))
    assert value("door_faults_per_1000", told) == 5
    assert value("courier_seconds", told) == 20


def test_a_rate_of_nothing_is_not_zero_and_says_why() -> None:
    empty = figures.all_figures(Observed(span=(0, HOUR)), operator=True, one_locker=False)
    missing = {one.figure.name: one.why_none for one in empty if one.value is None}
    assert missing["occupancy"] == "nothing to count in this time"
    assert missing["rating"] == "nobody has rated a collection in this time"
    assert all(missing.values())


spans = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda ends: (min(ends), max(ends))), max_size=8)


@given(spans)
def test_what_is_taken_away_and_what_is_left_are_the_whole(holes: list[tuple[int, int]]) -> None:
    whole = (10, 40)
    left = figures.without(whole, holes)
    assert all(start < end for start, end in left)
    taken = figures.clipped(figures.merged(holes), [whole])
    assert sum(end - start for start, end in left) + taken == 30


def test_the_figures_of_a_real_story_in_every_form(
    hub: Hub, visit: Visit, set_up: Any, send: Any, clock: StandingClock
) -> None:
    locker = set_up(classes="S M")
    start_ms = clock.ms
    parcel, home = send(carrier="swift"), send(None, carrier="swift")
    locker.write(facts.VisitStarted(at=locker.at, visit="v", party="courier", by="label"))
    later = Moment(run_ms=20_001, wall_ms=clock.ms)
    locker.tell(
        facts.Opened(at=locker.at, n=1, visit="v"),
        replace(locker.deposits(parcel, 1), at=later),
        facts.FaultFound(at=later, n=2, fault="jammed"),
        facts.FaultCleared(at=later, n=2, fault="jammed"),
    )
    attempts.failed(hub, FailedAttempt(parcel_id=home.id))
    clock.ms += 5 * HOUR * 1000
    locker.tell(replace(locker.collects(parcel, 1), at=replace(later, wall_ms=clock.ms)))
    clock.ms = start_ms + 10 * HOUR * 1000
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'operator')}"
        times = {"from": "2026-09-21T14:13:20Z", "to": "2026-09-22T00:13:20Z"}
        told = client.get("/v1/figures", params=times).json()
        values = {one["name"]: one["value"] for one in told["items"]}
        assert (values["occupancy"], values["dwell_mean_h"], values["fallback_rate"]) == (0.25, 5, 1)
        assert (values["courier_seconds"], values["door_faults_per_1000"], values["availability"]) == (20, 1000, 1)
        assert (told["since"], told["until"]) == (times["from"], times["to"])
        table = client.get("/v1/figures", params=times, headers={"Accept": "text/csv"}).text
        assert {row["name"] for row in csv.DictReader(io.StringIO(table))} == values.keys()
        elm = {one["name"]: one for one in client.get("/v1/figures?locker_id=elm").json()["items"]}
        assert "whole network" in elm["fallback_rate"]["why_none"]
        metrics = client.get("/metrics").text
        assert 'parcel_dwell_mean_h{locker="elm"} 5.0' in metrics
        assert 'locker_online{locker="elm"} 1.0' in metrics
        assert "parcel_rating" not in metrics


def test_a_carrier_sees_figures_of_its_own_parcels(hub: Hub, visit: Visit, set_up: Any, send: Any) -> None:
    locker = set_up()
    locker.tell(locker.deposits(send(carrier="rapid"), 1))
    made = keys.add(hub, "shop", carrier="swift")
    assert isinstance(made, tuple)
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {made[1]}"
        told = {one["name"]: one for one in client.get("/v1/figures").json()["items"]}
        assert told["expiry_rate"]["value"] is None
        assert told["occupancy"]["why_none"] == "only the operator sees how machines are"
        assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize(
    "query",
    ["from=2027-01-01T00:00:00Z", "from=2020-01-01T00:00:00Z", "from=0001-01-01T00:00:00%2B23:59", "to=yesterday"],
)
def test_a_time_that_makes_no_sense_is_refused(hub: Hub, visit: Visit, query: str) -> None:
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'operator')}"
        assert client.get(f"/v1/figures?{query}").status_code == 422


def test_nothing_that_was_stretched_counts_twice(hub: Hub, set_up: Any, send: Any) -> None:
    """An extension isn't an end of a stay."""
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1))
    stays.extend(hub, parcel.id)
    told = story((0, "deposited", "p", 1), (2, "extended", "p", 1), (4, "collected", "p", 1))
    assert value("dwell_mean_h", told) == 4


def test_stars_that_recipients_give_are_the_rating_where_and_whose_they_are(
    hub: Hub, visit: Visit, set_up: Any, send: Any, clock: StandingClock
) -> None:
    elm, oak = set_up(), set_up("oak")
    for locker, carrier, stars in ((elm, "swift", 5), (elm, "rapid", 2), (oak, "swift", 4)):
        parcel = send(locker.locker_id, carrier=carrier)
        locker.tell(locker.deposits(parcel, 1))
        locker.tell(locker.collects(parcel, 1))
        token = parcel.page_path.removeprefix("/p/")
        assert afterwards.rate(hub, token, 1) is None
        assert afterwards.rate(hub, token, stars) is None, "whoever thinks again counts once"
    clock.ms += HOUR * 1000
    made = keys.add(hub, "shop", carrier="swift")
    assert isinstance(made, tuple)

    def rating(client: httpx.Client, query: str = "") -> object:
        told = client.get(f"/v1/figures{query}").json()["items"]
        return next(one["value"] for one in told if one["name"] == "rating")

    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'operator')}"
        assert (rating(client), rating(client, "?locker_id=elm")) == (3.6667, 3.5)
        client.headers["Authorization"] = f"Bearer {made[1]}"
        assert (rating(client), rating(client, "?locker_id=oak")) == (4.5, 4)


def test_a_time_has_what_was_told_in_it_and_nothing_before_or_behind(
    hub: Hub, set_up: Callable[..., Any], clock: StandingClock
) -> None:
    elm, oak = set_up("elm"), set_up("oak")
    start_ms = clock.ms
    # One door more each hour at one locker, and always two at the other.
    for hour in range(5):
        clock.ms = start_ms + hour * HOUR * 1000
        elm.tell(*(facts.Opened(at=elm.at, n=1, visit="v") for _ in range(hour)))
        oak.tell(*(facts.Opened(at=oak.at, n=1, visit="v") for _ in range(2)))
    clock.ms += 1
    with hub.store.read() as db:
        for hour in range(5):
            span_ms = (start_ms + hour * HOUR * 1000, start_ms + (hour + 1) * HOUR * 1000)
            told = stored.openings_of_each(db, {"elm", "oak"}, span_ms)
            assert told == ({"elm": hour, "oak": 2} if hour else {"oak": 2})
        whole = (start_ms, clock.ms)
        assert stored.openings(db, {"elm"}, whole) == 10
        assert stored.openings(db, {"elm", "oak"}, (clock.ms, clock.ms + 1)) == 0
