"""Couriers see their own carrier's work and nothing of recipients; a failed delivery takes three taps."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from hub_service.domain.permissions import FREE_TRIES
from hub_service.handlers import announce, sites, waits
from hub_service.handlers.courier_sign_in import SESSION_S
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, Recipient
from hub_service.store import audit

MIRA = Recipient(name="Mira Novak", email="mira@example.org", phone="+12025550147")


def new_pass(town: Any, who: str = "Kim", carrier: str = "demo-post") -> sites.NewPass:
    made = sites.add_pass(town.hub, "courier", who, carrier)
    assert isinstance(made, sites.NewPass)
    return made


def sign_in(browser: httpx.Client, name: str, code: str) -> httpx.Response:
    return browser.post("/courier/sign-in", data={"name": name, "code": code})


def of_another(town: Any, tracking: str, locker: str | None) -> ParcelView:
    """A parcel that another carrier announces."""
    outcome = announce.announce(
        town.hub,
        Announcement(
            tracking_number=tracking, carrier="other-post", recipient=MIRA, width_mm=350, height_mm=180, depth_mm=300,
            locker_id=locker,
        ),
    )  # fmt: skip
    assert isinstance(outcome, ParcelView)
    return outcome


def expire(town: Any) -> None:
    """Time passes until what lies in lockers is to be taken out."""
    town.hub.clock.move(14 * 86_400)
    waits.run_due(town.hub)


@pytest.fixture
def kim(town: Any, stranger: httpx.Client) -> httpx.Client:
    """A courier of demo-post, signed in."""
    assert sign_in(stranger, "Kim", new_pass(town).sign_in).status_code == 200
    return stranger


def test_a_courier_signs_in_with_name_and_code(town: Any, stranger: httpx.Client) -> None:
    code = new_pass(town).sign_in
    assert "Name or code is wrong" in sign_in(stranger, "Kim", "00000000").text
    assert "Name or code is wrong" in sign_in(stranger, "Jo", code).text
    assert "Your round" in sign_in(stranger, " kim ", f"{code[:4]} {code[4:]}").text
    assert "Your round" in stranger.get("/courier").text


def test_guessing_has_to_wait(town: Any, stranger: httpx.Client) -> None:
    code = new_pass(town).sign_in
    answers = [sign_in(stranger, "Kim", f"0000000{number}") for number in range(FREE_TRIES)]
    assert [one.status_code for one in answers] == [401] * (FREE_TRIES - 1) + [429]
    # Also for the right code, or waiting would tell which one is right.
    assert sign_in(stranger, "Kim", code).status_code == 429
    town.hub.clock.move(60)
    assert "Your round" in sign_in(stranger, "Kim", code).text


def test_a_technician_s_code_is_no_courier_s(town: Any, stranger: httpx.Client) -> None:
    made = sites.add_pass(town.hub, "operator", "Tess")
    assert isinstance(made, sites.NewPass)
    assert sign_in(stranger, "Tess", made.code).status_code == 401


def test_a_technician_comes_in_for_the_code_of_the_day_and_sees_no_parcel(town: Any, stranger: httpx.Client) -> None:
    parcel = town.announce("DP1", locker=None)
    made = sites.add_pass(town.hub, "operator", "Tess")
    assert isinstance(made, sites.NewPass)
    page = sign_in(stranger, "Tess", made.sign_in).text
    assert f"<span>{made.code[:4]}</span><span>{made.code[4:]}</span>" in page
    assert "DP1" not in page
    assert stranger.get(f"/courier/parcels/{parcel.id}").status_code == 404


def test_todays_code_stands_on_the_page_and_tomorrow_another_one(town: Any, stranger: httpx.Client) -> None:
    made = new_pass(town)
    page = sign_in(stranger, "Kim", made.sign_in).text
    assert f"Today's code: {made.code[:4]} {made.code[4:]}" in page
    shown = stranger.get("/courier/code").text
    assert f"<span>{made.code[:4]}</span><span>{made.code[4:]}</span>" in shown
    assert 'class="qr"' in shown
    town.hub.clock.move(86_400)
    sign_in(stranger, "Kim", made.sign_in)
    shown = stranger.get("/courier/code").text
    assert 'class="qr"' in shown and made.code[:4] + "</span>" not in shown


def test_who_has_seen_todays_code_at_a_locker_cant_sign_in_with_it(town: Any, stranger: httpx.Client) -> None:
    assert sign_in(stranger, "Kim", new_pass(town).code).status_code == 401


def test_a_lasting_code_is_for_both(town: Any, stranger: httpx.Client) -> None:
    made = sites.add_pass(town.hub, "courier", "Kim", "demo-post", daily=False)
    assert isinstance(made, sites.NewPass)
    assert "Your round" in sign_in(stranger, "Kim", made.code).text
    assert "Your code lasts" in stranger.get("/courier/code").text


def test_nobody_sees_anything_without_signing_in(town: Any, stranger: httpx.Client) -> None:
    parcel = town.announce("DP1", locker=None)
    for path in ("/courier", "/courier/lockers/elm", f"/courier/parcels/{parcel.id}"):
        assert stranger.get(path, follow_redirects=False).headers["location"] == "/courier/sign-in"


def test_an_ended_code_ends_the_visit_and_so_does_the_shift(town: Any, kim: httpx.Client) -> None:
    sites.end_pass(town.hub, sites.passes(town.hub)[0].id)
    assert "eight digits" in kim.get("/courier").text
    sign_in(kim, "Kim", new_pass(town).sign_in)
    assert "Your round" in kim.get("/courier").text
    town.hub.clock.move(SESSION_S)
    assert "eight digits" in kim.get("/courier").text


def test_signing_out_ends_the_session_and_not_only_the_cookie(kim: httpx.Client) -> None:
    kept = kim.cookies["courier"]
    kim.post("/courier/sign-out")
    kim.cookies.set("courier", kept)
    assert "eight digits" in kim.get("/courier").text


def test_an_operators_session_is_no_couriers(at_desk: Any) -> None:
    admin = at_desk("admin")
    admin.cookies.set("courier", admin.cookies["session"])
    assert "eight digits" in admin.get("/courier").text


def test_work_at_a_locker_is_a_checklist(town: Any, stranger: httpx.Client) -> None:
    town.deposit(town.announce("DP-OLD"), n=5)
    expire(town)
    town.announce("DP-NEW")
    assert "1 to put in, 1 to take out" in sign_in(stranger, "Kim", new_pass(town).sign_in).text
    page = stranger.get("/courier/lockers/elm").text
    assert re.search(r"1 to put in.*DP-NEW.*1 to take out.*Door 5</strong>: DP-OLD", page, re.DOTALL)
    assert "DP-OLD" not in page.split("to take out")[0]


def test_other_carriers_and_recipients_are_invisible(town: Any, kim: httpx.Client) -> None:
    there, at_home = of_another(town, "XX-LOCKER", "elm"), of_another(town, "XX-HOME", None)
    own = town.announce("DP1", locker=None, name=MIRA.name, email=MIRA.email, phone=MIRA.phone)
    town.announce("DP2", name=MIRA.name, email=MIRA.email, phone=MIRA.phone)
    kim.post(f"/courier/parcels/{own.id}/failed", data={"reason": "nobody_home"})
    seen = [kim.get(path).text for path in ("/courier", "/courier/lockers/elm", f"/courier/parcels/{own.id}")]
    assert "DP2" in seen[1]
    pin, ticket = town.parcel("DP2").pin, town.parcel("DP2").ticket
    for secret in ("XX-LOCKER", "XX-HOME", "Mira", MIRA.email, MIRA.phone, pin, ticket, "/p/"):
        assert not any(secret in page for page in seen), secret
    for parcel in (there, at_home):
        assert kim.get(f"/courier/parcels/{parcel.id}").status_code == 404
        assert kim.post(f"/courier/parcels/{parcel.id}/failed", data={"reason": "refused"}).status_code == 404
        assert kim.post(f"/courier/parcels/{parcel.id}/bring", data={"locker_id": "elm"}).status_code == 404
    assert town.parcel("XX-HOME").status == "announced"


def test_three_taps_bring_a_parcel_from_a_door_to_a_locker(town: Any, kim: httpx.Client) -> None:
    parcel = town.announce("DP4711", locker=None)
    tap = re.search(r'href="(/courier/parcels/[^"]+)"', kim.get("/courier?said=4711").text)
    assert tap
    assert "Why did nobody take it?" in kim.get(tap[1]).text
    page = kim.post(f"{tap[1]}/failed", data={"reason": "nobody_home"}).text
    assert "Where can you bring it?" in page
    page = kim.post(f"{tap[1]}/bring", data={"locker_id": "elm"}).text
    assert "Bring it to Elm Street 12" in page
    assert "Room is held until" in page
    assert town.parcel("DP4711").locker_id == "elm"
    assert "DP4711" in kim.get("/courier/lockers/elm").text
    with town.hub.store.read() as db:
        acts = audit.latest(db, 2, about=f"parcel {parcel.id}")
    assert [(one.act, one.reason) for one in acts] == [("offer_taken", ""), ("attempt_reported", "nobody_home")]


def test_where_no_locker_may_take_it_the_courier_is_told_why(town: Any, kim: httpx.Client) -> None:
    parcel = town.announce("DP1", locker=None)
    page = kim.post(f"/courier/parcels/{parcel.id}/failed", data={"reason": "refused"}).text
    assert "No locker for this one" in page
    assert "Take it back with you" in page


def test_what_somebody_else_has_done_meanwhile_is_a_sentence(town: Any, kim: httpx.Client) -> None:
    parcel = town.announce("DP1", locker=None)
    town.fail(parcel)
    answer = kim.post(f"/courier/parcels/{parcel.id}/failed", data={"reason": "nobody_home"})
    assert answer.status_code == 409
    assert "not on its way to a door" in answer.text


def test_a_form_of_another_site_does_nothing(town: Any, kim: httpx.Client) -> None:
    parcel = town.announce("DP1", locker=None)
    answer = kim.post(
        f"/courier/parcels/{parcel.id}/failed", data={"reason": "refused"}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert town.parcel("DP1").status == "announced"


def test_a_search_takes_signs_literally(town: Any, kim: httpx.Client) -> None:
    town.announce("DP1", locker=None)
    assert "ends with" in kim.get("/courier", params={"said": "%"}).text
