"""A parcel's life as programs ask for it: the table, storms, where a parcel is, a locker's policy, commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_service import cli
from hub_service.domain import custody, life, placement
from hub_service.domain.courtesy import Courtesy
from hub_service.domain.custody import HAPPENINGS, MEANINGS, NEXT, OVER, STATUSES, TOLD_BY_LOCKERS
from hub_service.domain.deadlines import gone_on_s
from hub_service.domain.placement import Box, Size
from hub_service.handlers import clocks, sites
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from hub_service.store import audit
from locker.wire import facts

SetUp = Callable[..., Any]
Send = Callable[..., ParcelView]
Status = Callable[[ParcelView], str]
ROOT = Path(__file__).parents[2]
HOUR_S = 3_600


@pytest.fixture
def web(hub: Hub, visit: Callable[..., AbstractContextManager[httpx.Client]]) -> Iterator[httpx.Client]:
    """An operator's program."""
    with visit(demo=True) as client:
        client.headers["Authorization"] = f"Bearer {sites.add_api_key(hub, 'test')}"
        yield client


# The table


def test_every_status_and_every_happening_is_explained() -> None:
    assert set(MEANINGS) == set(STATUSES)
    assert set(HAPPENINGS) == set(NEXT) == set(get_args(custody.Happening))


def test_what_lockers_tell_moves_a_parcel_from_every_status() -> None:
    for happening in TOLD_BY_LOCKERS:
        assert NEXT[happening].keys() == set(STATUSES), happening


def test_what_is_over_stays_over_whatever_people_ask_for() -> None:
    asked = {(happening, status) for happening in NEXT.keys() - TOLD_BY_LOCKERS for status in NEXT[happening]}
    # Only that it has come back to its sender is said of a parcel that a courier has taken out.
    assert {(happening, status) for happening, status in asked if status in OVER} == {("sent_back", "retrieved")}


def test_every_status_can_be_reached_and_every_one_ends() -> None:
    reached, before = {"announced", "return_announced"}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {to for _, moves in NEXT.items() for status, to in moves.items() if status in reached}
    assert reached == set(STATUSES)


def test_the_page_about_it_is_of_today(reference_page: str) -> None:
    made = reference_page.splitlines()[2]
    assert reference_page == life.page(made), "run: .venv/bin/python scripts/reference.py"


@pytest.fixture
def reference_page() -> str:
    return (ROOT / "docs" / "reference" / "life.md").read_text(encoding="utf-8")


# Clocks


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_standstill_moves_a_deadline_by_as_much_and_never_back(
    deadline_s: int, stopped_s: int, length_s: int
) -> None:
    assert gone_on_s(deadline_s, stopped_s, stopped_s + length_s) == deadline_s + length_s
    assert gone_on_s(deadline_s, stopped_s, stopped_s - length_s) == deadline_s


@given(st.lists(st.integers(1, 200), min_size=1, max_size=5), st.integers(0, 300))
def test_a_plan_reminds_at_each_of_its_moments_and_no_other(hours: list[int], stay: int) -> None:
    plan, deadline_s, now_s = (
        Courtesy(remind_before_s=tuple(hour * HOUR_S for hour in hours)),
        10**9,
        10**9 - stay * HOUR_S,
    )
    told = []
    while (moment := plan.next_reminder_s(deadline_s, now_s)) is not None:
        told.append(moment)
        now_s = moment
    assert told == sorted({deadline_s - hour * HOUR_S for hour in hours if hour < stay})


def test_a_faulty_door_stops_the_clock_and_a_mended_one_lets_it_go_on(
    web: httpx.Client, hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1), facts.FaultFound(at=locker.at, n=1, fault="jammed"))
    clocks.wait(hub, 0)
    before = web.get(f"/v1/parcels/{parcel.id}").json()
    clocks.wait(hub, 100)
    shown = web.get(f"/v1/parcels/{parcel.id}").json()
    assert (shown["status"], shown["clock_stopped"]) == ("ready_for_pickup", True)
    locker.tell(facts.FaultCleared(at=locker.at, n=1, fault="jammed"))
    clocks.wait(hub, 0)
    clocks.wait(hub, 70)
    assert status(parcel) == "ready_for_pickup"
    assert web.get(f"/v1/parcels/{parcel.id}").json()["deadline"] > before["deadline"]
    clocks.wait(hub, 3)
    assert status(parcel) == "expired"


def test_a_door_that_is_only_unseen_stops_nothing(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1), facts.FaultFound(at=locker.at, n=1, fault="sensor"))
    clocks.wait(hub, 73)
    assert status(parcel) == "expired"


# What programs ask for


def test_a_storm_over_http_is_written_down_and_counts_its_parcels(
    web: httpx.Client, hub: Hub, set_up: SetUp, send: Send
) -> None:
    locker = set_up()
    parcels = [send(), send()]
    locker.tell(*(locker.deposits(parcel, n) for n, parcel in enumerate(parcels, start=1)))
    more = {"hours": 48, "reason": "storm"}
    assert web.post("/v1/lockers/elm/extend-all", json=more).json() == {"parcels": 2}
    with hub.store.read() as db:
        (entry,) = audit.latest(db, 1)
    assert (entry.act, entry.about, entry.reason) == ("all_extended", "locker elm", "storm")
    repeated = [web.post("/v1/lockers/elm/extend-all", json=more, headers={"Idempotency-Key": "s1"}) for _ in range(2)]
    assert [one.json() for one in repeated] == [{"parcels": 2}] * 2
    shown = web.get(f"/v1/parcels/{parcels[0].id}").json()
    assert shown["deadline"] == web.get(f"/v1/parcels/{parcels[1].id}").json()["deadline"]


@pytest.mark.parametrize(
    "more", [{"hours": 0, "reason": "x"}, {"hours": 169, "reason": "x"}, {"hours": 1, "reason": ""}]
)
def test_a_storm_has_bounds_and_a_reason(web: httpx.Client, set_up: SetUp, more: dict[str, Any]) -> None:
    set_up()
    assert web.post("/v1/lockers/elm/extend-all", json=more).status_code == 422


def test_a_locker_says_what_its_policy_costs(web: httpx.Client, set_up: SetUp) -> None:
    set_up()
    assert web.get("/v1/lockers/elm/room-policy").json() == {
        "kept_for_attempts": 0, "hard_hold": False,
        "price": "Room is promised by count: no compartment waits for anybody.",
    }  # fmt: skip
    changed = web.post("/v1/lockers/elm/room-policy", json={"hard_hold": True}).json()
    assert (changed["kept_for_attempts"], changed["hard_hold"]) == (0, True)
    assert "costs 4 points" in changed["price"]
    assert web.post("/v1/lockers/oak/room-policy", json={}).json()["code"] == "unknown_locker"


def test_only_what_is_on_its_way_or_missing_is_anywhere_else(
    web: httpx.Client, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up()
    inside, coming = send(), send()
    locker.tell(locker.deposits(inside, 1))
    for place in ("handed_over", "sent_back", "recovered", "given_up"):
        refused = web.post(f"/v1/parcels/{inside.id}/whereabouts", json={"place": place})
        assert (refused.status_code, refused.json()["code"]) == (409, "in_a_locker")
    assert web.post(f"/v1/parcels/{coming.id}/whereabouts", json={"place": "recovered"}).json()["code"] == "not_missing"
    assert (
        web.post(f"/v1/parcels/{coming.id}/whereabouts", json={"place": "handed_over"}).json()["status"] == "collected"
    )
    assert web.post(f"/v1/parcels/{coming.id}/whereabouts", json={"place": "handed_over"}).status_code == 200
    locker.tell(locker.collects(inside, 1))
    late = web.post(f"/v1/parcels/{inside.id}/whereabouts", json={"place": "sent_back"})
    assert late.json()["code"] == "not_on_its_way"


def test_the_command_line_says_the_same(
    tmp_path: Path, hub: Hub, set_up: SetUp, send: Send, capsys: pytest.CaptureFixture[str]
) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1))

    def run(*arguments: str) -> Any:
        assert cli.main([*arguments, "--data-dir", str(tmp_path)]) == 0
        return json.loads(capsys.readouterr().out)

    assert run("extend-all", "--id", "elm", "--hours", "24", "--reason", "strike") == {"parcels": 1}
    assert run("room-policy", "--id", "elm", "--kept", "1")["kept_for_attempts"] == 1
    assert run("room-policy", "--id", "elm", "--hard-hold", "on")["hard_hold"] is True
    (card,) = run("print-cards", "--count", "1")["cards"]
    assert card["text"].startswith("CARD-") and len(card["digits"]) == 10 and card["digits"].isdigit()
    assert cli.main(["extend-all", "--id", "oak", "--hours", "1", "--reason", "x", "--data-dir", str(tmp_path)]) == 1


# Kept room


@given(st.integers(0, 3), st.integers(1, 6))
def test_kept_room_is_what_announcements_leave_over(kept: int, built: int) -> None:
    boxes = [Box(n=n, size_class="S", width_mm=380, height_mm=90, depth_mm=640) for n in range(1, built + 1)]
    held, promised = placement.kept_sizes(boxes, kept), list[Size]()
    while placement.has_room(promised, boxes, Size(300, 60, 200), held):
        promised.append(Size(300, 60, 200))
    assert len(promised) == max(0, built - kept)
