"""Who looks after a network follows a parcel by one name, from scan to notice, and learns nobody's secrets."""

from __future__ import annotations

import re

import pytest

from locker.twin.sites import SITES
from tests.watching.conftest import Watched

LOCKER = f"twin-{SITES[0].id}"


def test_a_deposit_has_one_name_from_the_scan_to_the_notice(watched: Watched) -> None:
    (deposit,) = watched.told(LOCKER, "deposited")
    cause = deposit["cause"]

    assert watched.told(LOCKER, "scanned", cause=cause), "the scan that began it"
    assert watched.told(LOCKER, "unlock_authorised", cause=cause, n=deposit["n"])
    assert watched.told(LOCKER, "closed", cause=cause, n=deposit["n"])
    assert "deposited" in str(watched.told("hub", "reports_taken", cause=cause))
    (happened,) = watched.told("hub", "happened", kind="deposited")
    assert happened["cause"] == cause
    (notice,) = watched.told("hub", "notice_sent", kind="ready")
    assert (notice["cause"], notice["parcel"]) == (cause, happened["parcel"])


def test_a_collection_is_another_visit_and_has_another_name(watched: Watched) -> None:
    (collection,) = watched.told(LOCKER, "collected")
    (notice,) = watched.told("hub", "notice_sent", kind="collected")

    assert notice["cause"] == collection["cause"] != watched.told(LOCKER, "deposited")[0]["cause"]


def test_what_a_program_has_asked_for_has_the_requests_name(watched: Watched) -> None:
    (asked,) = watched.told("hub", "request", route="/v1/parcels", status=201)
    (announced,) = watched.told("hub", "happened", kind="announced")

    assert announced["cause"] == asked["cause"]


def test_a_caller_names_its_request_and_an_odd_name_is_replaced(watched: Watched) -> None:
    assert watched.pages["named"].headers["x-request-id"] == "asked-by-a-shop"
    assert re.fullmatch("[0-9a-f]{16}", watched.pages["misnamed"].headers["x-request-id"])


def test_every_line_of_the_hub_is_an_object(watched: Watched) -> None:
    text = (watched.folder / "logs" / "hub.log").read_text(encoding="utf-8")

    assert [line for line in text.splitlines() if not line.startswith("{")] == []


@pytest.mark.parametrize("name", ["hub", LOCKER])
def test_no_line_holds_a_secret(watched: Watched, name: str) -> None:
    text = (watched.folder / "logs" / f"{name}.log").read_text(encoding="utf-8")

    assert len(watched.lines(name)) > 10
    found = [what for what, secret in watched.secrets.items() if secret.lower() in text.lower()]
    assert found == []


@pytest.mark.parametrize("name", ["hub", "locker"])
def test_numbers_hold_no_secret(watched: Watched, name: str) -> None:
    found = [what for what, secret in watched.secrets.items() if secret.lower() in watched.numbers[name].lower()]

    assert found == []


def test_numbers_are_those_of_the_parcel(watched: Watched) -> None:
    hub, locker = watched.numbers["hub"], watched.numbers["locker"]

    assert 'hub_facts_taken_total{kind="deposited"} 1.0' in hub
    assert 'hub_notices_total{kind="ready",outcome="sent"} 1.0' in hub
    assert f'locker_online{{locker="{SITES[0].id}"}} 1.0' in hub
    assert 'locker_scans_total{kind="ticket"} 1.0' in locker
    assert 'locker_unlocks_total{reason="deposit"} 1.0' in locker
    assert "locker_broker_connected 1.0" in locker


def test_a_hub_with_all_it_needs_is_ready_and_one_without_a_broker_lives_on(watched: Watched) -> None:
    assert watched.pages["hub ready"].json() == {"ready": True, "missing": {}}
    assert watched.pages["hub without a broker"].status_code == 503
    assert list(watched.pages["hub without a broker"].json()["missing"]) == ["broker"]
    assert watched.pages["hub alive without a broker"].is_success


def test_a_locker_without_a_broker_is_ready_for_people(watched: Watched) -> None:
    assert watched.pages["locker ready"].json() == {"ready": True, "missing": {}, "online": True}
    assert watched.pages["locker without a broker"].json()["ready"] is True
