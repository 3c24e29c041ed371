"""Quotas over HTTP: operators set them, a carrier is shown what binds it and nothing of others; what they come to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from hub_service.domain import quotas as rules
from hub_service.domain.placement import Box, Size
from hub_service.domain.quotas import Quota
from hub_service.handlers import keys
from hub_service.handlers.hub import Hub
from hub_service.store import audit

Visit = Callable[..., AbstractContextManager[httpx.Client]]
SMALL, LARGE = Size(100, 50, 100), Size(300, 400, 300)
BUILT = tuple(
    Box(n=n, size_class=size, width_mm=380, height_mm=90 if size == "S" else 420, depth_mm=640)
    for n, size in enumerate("SSSL", start=1)
)


@pytest.mark.parametrize(
    ("quota", "limit"),
    [
        (Quota(most=3), 3),
        (Quota(most=0), 0),
        (Quota(share_percent=50), 2),
        (Quota(share_percent=1), 1),
        (Quota(share_percent=0), 0),
        (Quota(size_class="S", share_percent=67), 2),
        (Quota(size_class="M", share_percent=100), 0),
    ],
)
def test_what_a_quota_comes_to(quota: Quota, limit: int) -> None:
    assert quota.limit(BUILT) == limit


def test_a_parcel_counts_for_its_own_size_and_for_all_sizes_together() -> None:
    of_large, of_all = Quota(size_class="L", most=1), Quota(most=3)
    assert rules.exceeded((of_large, of_all), [LARGE], SMALL, BUILT) is None
    assert rules.exceeded((of_large, of_all), [LARGE], LARGE, BUILT) == of_large
    assert rules.exceeded((of_large, of_all), [LARGE, SMALL, SMALL], SMALL, BUILT) == of_all
    assert rules.exceeded((), [SMALL] * 9, SMALL, BUILT) is None


@pytest.fixture
def web(hub: Hub, set_up: Callable[..., Any], visit: Visit) -> Any:
    """The operator's program."""
    set_up(classes="S S S L")
    key = keys.add(hub, "shop")
    assert isinstance(key, tuple)
    with visit(demo=False) as client:
        client.headers["Authorization"] = f"Bearer {key[1]}"
        yield client


def of_carrier(hub: Hub, carrier: str) -> dict[str, str]:
    made = keys.add(hub, carrier, carrier=carrier)
    assert isinstance(made, tuple)
    return {"Authorization": f"Bearer {made[1]}"}


def test_they_are_set_all_at_once_and_say_what_is_used(hub: Hub, web: httpx.Client, send: Callable[..., Any]) -> None:
    send(carrier="swift")
    said = [{"carrier": "swift", "most": 2}, {"share_percent": 50}, {"carrier": "slow", "size_class": "L", "most": 0}]
    items = web.post("/v1/lockers/elm/quotas", json={"items": said}).json()["items"]
    assert [(one["carrier"], one["limit"], one["used"]) for one in items] == [
        ("", 2, None), ("slow", 0, 0), ("swift", 2, 1),
    ]  # fmt: skip
    assert web.get("/v1/lockers/elm/quotas").json()["items"] == items
    assert web.post("/v1/lockers/elm/quotas", json={"items": []}).json() == {"items": []}
    with hub.store.read() as db:
        assert [one.act for one in audit.latest(db, 2, about="locker elm")] == ["quotas", "quotas"]


def test_a_carrier_sees_what_binds_it_and_nothing_of_others(hub: Hub, web: httpx.Client) -> None:
    said = [{"carrier": "swift", "most": 2}, {"carrier": "slow", "most": 3}, {"most": 1}]
    web.post("/v1/lockers/elm/quotas", json={"items": said})
    for carrier, limit in (("swift", 2), ("slow", 3), ("third", 1)):
        (one,) = web.get("/v1/lockers/elm/quotas", headers=of_carrier(hub, carrier)).json()["items"]
        assert (one["carrier"], one["limit"], one["used"]) == (carrier, limit, 0)


def test_a_carrier_sets_none(hub: Hub, web: httpx.Client) -> None:
    answer = web.post("/v1/lockers/elm/quotas", json={"items": []}, headers=of_carrier(hub, "swift"))
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ([{"carrier": "a"}], 422),
        ([{"carrier": "a", "most": 1, "share_percent": 1}], 422),
        ([{"carrier": "a", "most": -1}], 422),
        ([{"carrier": "a", "share_percent": 101}], 422),
        ([{"carrier": "a", "size_class": "XXL", "most": 1}], 422),
        ([{"carrier": "a", "most": 1}, {"carrier": "a ", "most": 2}], 409),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(web: httpx.Client, items: Any, status: int) -> None:
    before = web.post("/v1/lockers/elm/quotas", json={"items": [{"carrier": "a", "most": 1}]}).json()
    assert web.post("/v1/lockers/elm/quotas", json={"items": items}).status_code == status
    assert web.get("/v1/lockers/elm/quotas").json() == before


def test_a_full_carrier_is_told_so_with_the_next_step(web: httpx.Client, send: Callable[..., Any], hub: Hub) -> None:
    web.post("/v1/lockers/elm/quotas", json={"items": [{"carrier": "swift", "most": 1}]})
    send(carrier="swift")
    body = {
        "tracking_number": "S2", "carrier": "swift", "locker_id": "elm", "recipient": {"name": "Bo"},
        "size_mm": {"width": 100, "height": 50, "depth": 100},
    }  # fmt: skip
    answer = web.post("/v1/parcels", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "quota_full")
    assert answer.json()["detail"].endswith("choose another locker, or ask its operator for more.")


def test_nobodys_locker_has_no_quotas(web: httpx.Client) -> None:
    assert web.get("/v1/lockers/oak/quotas").status_code == 404
    assert web.post("/v1/lockers/oak/quotas", json={"items": []}).status_code == 404
