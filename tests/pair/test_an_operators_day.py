"""An operator's people at work: a door that jams, a caller at the telephone, a courier in a hurry, figures at night."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hub_service.handlers import alarm_desk, attempts, sites, waits
from hub_service.handlers.wishes import FailedAttempt
from hub_service.store import audit
from tests.pair.browsers import browser, desk, mails, words
from tests.pair.machine import Machine
from tests.pair.town import Town


def acts(town: Town) -> list[str]:
    """Who has done what, oldest first."""
    with town.hub.store.read() as db:
        assert audit.first_broken(db) is None
        return [f"{one.who} {one.act}" for one in reversed(audit.latest(db, 50))]


def test_a_door_that_jams_is_seen_looked_after_and_nobody_is_sent_there(town: Town, elm: Machine) -> None:
    elm.steel.jammed.add(3)
    parcel = town.announce("ada", "elm", "M")
    elm.scan(parcel.tracking_number)
    # Three pulses don't open door 3; the courier gets another one.
    town.wait(30)
    n = town.door_opens(elm)
    assert n != 3
    town.put(elm, parcel, n)
    elm.shut(n)
    town.settle()
    with desk(town, "tess", "technician") as tess:
        assert "1 of 1 lockers needs somebody" in words(tess.get("/operate"))
        alarms = words(tess.get("/operate/alarms"))
        assert "door 3" in alarms and "Go with the key, free it, and look." in alarms
        ids = [str(one) for group in alarm_desk.groups(town.hub) for one in group.ids]
        assert "tess looks after it" in words(tess.post("/operate/alarms/mine", data={"ids": ids}))
        out = {"n": "3", "service": "out", "reason": "the bolt is bent"}
        assert "the bolt is bent" in words(tess.post("/operate/lockers/elm/service", data=out))
        town.settle()
        # The other compartments go on; what is large enough for door 3 goes to the next size.
        second = town.announce("bob", "elm", "S")
        assert town.deposit(elm, second) != 3
        elm.steel.jammed.clear()
        tess.post("/operate/lockers/elm/service", data={"n": "3", "service": "in", "reason": "new bolt"})
        tess.post("/operate/alarms/done", data={"ids": ids})
        assert "Nothing to look after" in words(tess.get("/operate/alarms"))
    assert {"tess out_of_service", "tess in_service"} <= set(acts(town))
    assert town.collect(elm, parcel) == [n]


def test_somebody_calls_who_lost_the_code_and_opens_with_the_one_that_is_read_out(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    town.settle()
    with desk(town, "helen", "helpdesk") as helen:
        page = f"/operate/help/{parcel.id}"
        assert parcel.tracking_number in words(helen.get("/operate/search", params={"said": parcel.tracking_number}))
        assert "Ask the caller" in words(helen.post(f"{page}/pin")), "nothing is done for who isn't checked"
        helen.post(f"{page}/check", data={"name": "ada", "address": "ada@example.org"})
        read_out = re.search(r"<strong>(\d{4}) (\d{4})</strong>", helen.post(f"{page}/pin").text)
        assert read_out
    town.settle()
    # Who found the old one in a bin gets nothing.
    elm.scan(parcel.ticket)
    assert town.door_opens(elm, needed=False) is None
    elm.choose("done")
    elm.type("".join(read_out.groups()))
    assert town.door_opens(elm) == n
    elm.steel.inside[n].clear()
    elm.shut(n)
    town.settle()
    assert town.status(parcel) == "collected"
    assert "helen pin_changed" in acts(town)
    assert "A new code for your parcel" in " ".join(mail.subject for mail in mails(town))


def test_nobody_is_at_home_and_three_taps_later_the_courier_has_a_locker(town: Town, elm: Machine) -> None:
    made = sites.add_pass(town.hub, "courier", "kim", "swift")
    assert isinstance(made, sites.NewPass)
    home, other = town.announce("ada", None), town.announce("bob", "elm")
    with browser(town) as kim:
        kim.post("/courier/sign-in", data={"name": "kim", "code": made.sign_in})
        # One: the parcel. Two: why. Three: where to.
        assert "Nobody at home" in words(kim.get(f"/courier/parcels/{home.id}"))
        offers = words(kim.post(f"/courier/parcels/{home.id}/failed", data={"reason": "nobody_home"}))
        assert "Elm Street" in offers
        kim.post(f"/courier/parcels/{home.id}/bring", data={"locker_id": "elm"})
        town.settle()
        checklist = words(kim.get("/courier/lockers/elm"))
        assert home.tracking_number in checklist and other.tracking_number in checklist
        assert "ada@example.org" not in checklist
        for parcel in (home, other):
            town.deposit(elm, parcel)
            town.settle()
        assert home.tracking_number not in words(kim.get("/courier/lockers/elm"))
    assert town.status(home) == "ready_for_pickup"
    # Who was not at home has heard of it at once, and has the code.
    assert town.seen(home).pin in " ".join(mail.body for mail in mails(town)).replace(" ", "")


def test_the_figures_of_a_day_are_those_of_what_happened(town: Town, elm: Machine) -> None:
    """Two parcels, one of which was carried to a door in vain; the locker's own times, not the network's."""
    began_s = town.hub.now_s()
    quick, home = town.announce("ada", "elm"), town.announce("bob", None)
    attempts.failed(town.hub, FailedAttempt(parcel_id=home.id))
    for parcel in (quick, home):
        town.deposit(elm, parcel)
        town.settle()
    town.leap(2)
    town.cut_network(elm)
    town.collect(elm, quick)
    town.leap_in_the_dark(10)
    town.mend_network(elm)
    town.settle()
    waits.run_due(town.hub)
    with browser(town) as program:
        program.post(f"{quick.page_path}/rate", data={"stars": "4"})
        town.wait(2)
        program.headers["Authorization"] = f"Bearer {sites.add_api_key(town.hub, 'operator')}"
        span = {"from": iso(began_s - 60), "to": iso(town.hub.now_s())}
        told = {one["name"]: one for one in program.get("/v1/figures", params=span).json()["items"]}
    value = {name: one["value"] for name, one in told.items()}
    assert (value["rating"], value["fallback_rate"], value["first_attempt_success"]) == (4, 1, 0.5)
    # Told ten hours later, and counted when it was.
    assert 2 <= value["dwell_mean_h"] < 2.5
    assert value["money_saved_eur"] == 14
    assert all(one["definition"] and one["source"] for one in told.values())


def iso(at_s: int) -> str:
    """A time as the interface reads it."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
