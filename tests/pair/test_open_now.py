"""Doors that are opened from afar: by a recipient who stands in front with a telephone, and by an operator who must."""

from __future__ import annotations

from typing import Any

import pytest

from hub_service.domain.opening import EMERGENCIES_MAX, NIGHT_S, WRONG_MAX, Way
from hub_service.domain.refusals import Refusal
from hub_service.handlers import alarm_desk, opening, remote, users
from hub_service.handlers.opening import OpeningView
from hub_service.handlers.remote import Wish
from hub_service.handlers.views import ParcelView
from locker.wire import codec, facts
from locker.wire.opening import Challenge, OpenNow
from tests.pair.bus import Weather
from tests.pair.machine import Machine
from tests.pair.town import Town


class Phone:
    """A recipient's telephone: the parcel's page, and what is tapped on it."""

    def __init__(self, town: Town, parcel: ParcelView) -> None:
        self.town, self.parcel = town, parcel
        self.token = parcel.page_path.removeprefix("/p/")

    def open(self, n: int, number: str) -> OpeningView | Refusal:
        """Stands in front of door `n`, types the number that is shown there, and confirms."""
        return opening.by_phone(self.town.hub, self.token, n, number)

    def says(self, is_yes: bool) -> OpeningView | Refusal:
        """Answers what the operator asks on the page."""
        asked = remote.asked_on_page(self.town.hub, self.token)
        assert asked is not None, "nobody asks anything"
        return remote.consent(self.town.hub, self.token, asked.id, is_yes)


def stands(town: Town, outcome: Any) -> tuple[str, str]:
    """How a request stands now, and the locker's word for it."""
    assert isinstance(outcome, OpeningView), outcome
    now = opening.view(town.hub, outcome.id)
    return now.how, now.outcome


def code(outcome: Any) -> str:
    """The code of a refusal."""
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def ask(town: Town, n: int, way: Way, who: str = "olga", reason: str = "it smells of smoke") -> OpeningView | Refusal:
    """An operator wants a compartment of `elm` opened."""
    return remote.ask(town.hub, Wish(locker_id="elm", n=n, way=way, reason=reason, who=who))


def opened(machine: Machine) -> list[int]:
    """Which doors were ever seen to open, in order."""
    return [fact.n for fact in machine.facts() if isinstance(fact, facts.Opened)]


@pytest.fixture
def ada(town: Town, elm: Machine) -> ParcelView:
    """Ada's parcel lies in elm, and the number on its screen is a minute old at most."""
    parcel = town.announce("ada", "elm")
    town.settle()
    town.deposit(elm, parcel)
    town.wait(60)
    return town.seen(parcel)


@pytest.fixture
def phone(town: Town, ada: ParcelView) -> Phone:
    return Phone(town, ada)


def test_a_recipient_opens_from_the_telephone_and_it_counts_as_collected(
    town: Town, elm: Machine, phone: Phone
) -> None:
    before, n = len(opened(elm)), phone.parcel.compartment
    assert n is not None
    asked = phone.open(n, elm.cabinet.number)
    assert town.door_opens(elm) == n
    assert stands(town, asked) == ("opening", "opening")
    elm.steel.inside[n].clear()
    elm.shut(n)
    town.settle()
    assert (opened(elm)[before:], town.status(phone.parcel), elm.content(n)) == ([n], "collected", "empty")
    assert town.notices(phone.parcel)[-1] == "collected"


def test_the_door_opens_within_a_second_and_a_half(town: Town, elm: Machine, phone: Phone) -> None:
    town.weather(Weather(delay_ms=200))
    tapped_ms = town.timeline.now_ms
    phone.open(phone.parcel.compartment or 0, elm.cabinet.number)
    town.timeline.run_until(tapped_ms + 1_500, lambda: bool(elm.steel.open))
    assert elm.steel.open == {phone.parcel.compartment}
    town.weather(Weather())
    n = town.door_opens(elm)
    elm.steel.inside[n].clear()
    elm.shut(n)


def test_a_wrong_number_opens_nothing_and_after_five_there_is_a_pause(town: Town, elm: Machine, phone: Phone) -> None:
    n, before = phone.parcel.compartment or 0, len(opened(elm))
    wrong = f"{(int(elm.cabinet.number) + 500) % 1000:03}"
    for _ in range(WRONG_MAX):
        asked = phone.open(n, wrong)
        town.wait(2)
        assert stands(town, asked) == ("refused", "wrong_number")
    assert code(phone.open(n, elm.cabinet.number)) == "number_paused"
    assert len(opened(elm)) == before
    # Neither the QR code nor the PIN knows of that pause.
    assert town.collect(elm, phone.parcel) == [n]


def test_while_the_locker_is_offline_the_page_says_so_and_the_code_works(
    town: Town, elm: Machine, phone: Phone
) -> None:
    number = elm.cabinet.number
    town.cut_network(elm)
    town.wait(5)
    refused = phone.open(phone.parcel.compartment or 0, number)
    assert isinstance(refused, Refusal)
    assert (refused.code, "QR code or the PIN" in refused.sentence) == ("locker_offline", True)
    assert town.collect(elm, phone.parcel) == [phone.parcel.compartment]
    town.mend_network(elm)


def test_what_reaches_the_locker_too_late_opens_nothing_then_or_ever(town: Town, elm: Machine, phone: Phone) -> None:
    # The broker keeps every message back for some seconds, and delivers it all the same.
    before = len(opened(elm))
    town.weather(Weather(delay_ms=30_000))
    town.chance.seed(11)
    asked = phone.open(phone.parcel.compartment or 0, elm.cabinet.number)
    town.wait(120)
    said = [codec.decode(raw, town.hub.keys.message.public_key()) for raw in _of_hub(town)]
    assert any(isinstance(message, OpenNow) for message in said), "the order was on its way"
    assert (stands(town, asked)[0], opened(elm)[before:]) == ("no_answer", [])
    town.heal()
    assert town.status(phone.parcel) == "ready_for_pickup"


def test_a_rogue_broker_that_repeats_all_it_has_ever_heard_opens_nothing(
    town: Town, elm: Machine, phone: Phone
) -> None:
    n = phone.parcel.compartment or 0
    phone.open(n, elm.cabinet.number)
    town.door_opens(elm)
    elm.steel.inside[n].clear()
    elm.shut(n)
    town.settle()
    before, heard = len(opened(elm)), _of_hub(town)
    for again in range(2):
        for raw in heard:
            elm.hear(raw)
        town.wait(10)
        assert len(opened(elm)) == before, f"the broker's {again + 1}. try has opened a door"
        # Nor in the locker's next run.
        town.power_cut(elm)
        town.settle()


def test_a_tap_that_is_repeated_and_lost_on_the_way_opens_once(town: Town, elm: Machine, phone: Phone) -> None:
    n, before = phone.parcel.compartment or 0, len(opened(elm))
    town.weather(Weather(loss=0.3, repeat=0.5, delay_ms=300))
    asked = phone.open(n, elm.cabinet.number)
    assert code(phone.open(n, elm.cabinet.number)) == "opening_under_way"
    town.timeline.run_until(town.timeline.now_ms + 12_000, lambda: bool(elm.steel.open))
    assert opened(elm)[before:] == [n]
    elm.steel.inside[n].clear()
    elm.shut(n)
    town.heal()
    town.settle()
    assert (stands(town, asked)[0], opened(elm)[before:]) == ("opening", [n])


def test_a_request_is_answered_for_one_challenge_only(town: Town, elm: Machine, phone: Phone) -> None:
    town.bus.cut.add("elm")
    asked = phone.open(phone.parcel.compartment or 0, "417")
    assert isinstance(asked, OpeningView)
    first = Challenge(locker="elm", run="a", request=asked.id, nonce="first", numbers=("417",))
    for _ in range(2):
        # Lost on its way, it may be said again; it is the same order.
        (order,) = opening.heard(town.hub, "elm", first)
        assert isinstance(order, OpenNow) and order.nonce == "first"
    # A locker that has opened, and started again before it could say so, would open once more.
    again = Challenge(locker="elm", run="b", request=asked.id, nonce="second", numbers=("417",))
    assert opening.heard(town.hub, "elm", again) == []
    assert opening.heard(town.hub, "oak", first) == []
    town.bus.cut.discard("elm")
    town.wait(20)


def test_several_parcels_open_one_after_the_other_the_chosen_door_first(town: Town, elm: Machine) -> None:
    parcels = [town.announce("ada", "elm", "S"), town.announce("ada", "elm", "S")]
    town.settle()
    doors = [town.deposit(elm, parcel) for parcel in parcels]
    town.wait(60)
    Phone(town, parcels[1]).open(doors[1], elm.cabinet.number)
    for n in reversed(doors):
        assert town.door_opens(elm) == n
        elm.steel.inside[n].clear()
        elm.shut(n)
    town.settle()
    assert [town.status(parcel) for parcel in parcels] == ["collected", "collected"]


def test_a_parcel_that_lies_elsewhere_isnt_opened_by_its_page(town: Town, elm: Machine, phone: Phone) -> None:
    n = phone.parcel.compartment or 0
    assert code(phone.open(n % 4 + 1, elm.cabinet.number)) == "not_inside"
    assert town.collect(elm, phone.parcel) == [n]
    town.settle()
    assert code(phone.open(n, elm.cabinet.number)) == "not_inside"


def test_an_operator_opens_an_empty_compartment_with_a_reason_only(town: Town, elm: Machine) -> None:
    assert code(ask(town, 3, "reason", reason=" ")) == "reason_missing"
    asked = ask(town, 3, "reason", reason="a visitor has left a glove in it")
    assert town.door_opens(elm) == 3
    elm.shut(3)
    town.settle()
    assert (stands(town, asked)[0], elm.content(3), town.alarms()) == ("opening", "empty", set())


def test_a_parcel_that_was_put_in_a_moment_ago_keeps_the_door_shut(town: Town, elm: Machine) -> None:
    parcel = town.announce("ben", "elm")
    town.settle()
    # The hub's last word of compartment 1 is that it is empty; the locker knows better.
    town.bus.cut.add("elm")
    assert town.deposit(elm, parcel) == 1
    before = len(opened(elm))
    asked = ask(town, 1, "reason")
    town.wait(3)
    town.bus.cut.discard("elm")
    town.wait(4)
    assert (stands(town, asked), len(opened(elm))) == (("refused", "occupied"), before)


def test_an_occupied_compartment_opens_after_a_second_person_has_said_yes(
    town: Town, elm: Machine, ada: ParcelView
) -> None:
    n, before = ada.compartment or 0, len(opened(elm))
    assert code(ask(town, n, "reason")) == "needs_a_yes"
    asked = ask(town, n, "second")
    assert isinstance(asked, OpeningView)
    town.wait(5)
    assert (stands(town, asked)[0], len(opened(elm))) == ("waiting", before)
    assert code(remote.confirm(town.hub, asked.id, "olga")) == "same_person"
    remote.confirm(town.hub, asked.id, "omar")
    assert town.door_opens(elm) == n
    elm.shut(n)
    town.settle()
    # Nobody has seen what was taken out: somebody looks, and its recipient hears of it and can still collect it.
    assert (elm.content(n), town.status(ada), town.notices(ada)[-1]) == ("uncertain", "needs_attention", "door_opened")
    assert audited(town) == [("olga", "opening_asked"), ("omar", "opening_confirmed"), ("olga", "opened_from_afar")]
    assert town.collect(elm, ada) == [n]


@pytest.mark.parametrize("is_yes", [True, False])
def test_an_occupied_compartment_opens_when_its_recipient_says_yes_and_stays_shut_for_a_no(
    town: Town, elm: Machine, phone: Phone, is_yes: bool
) -> None:
    n, before = phone.parcel.compartment or 0, len(opened(elm))
    asked = ask(town, n, "recipient")
    assert town.notices(phone.parcel)[-1] == "open_asked"
    phone.says(is_yes)
    if is_yes:
        assert town.door_opens(elm) == n
        elm.shut(n)
    town.wait(20)
    assert (stands(town, asked)[0], len(opened(elm)) - before) == (("opening", 1) if is_yes else ("declined", 0))


def test_a_yes_that_comes_after_a_quarter_of_an_hour_opens_nothing(town: Town, elm: Machine, ada: ParcelView) -> None:
    asked = ask(town, ada.compartment or 0, "second")
    assert isinstance(asked, OpeningView)
    town.wait(16 * 60)
    assert code(remote.confirm(town.hub, asked.id, "omar")) == "unknown_opening"
    assert stands(town, asked)[0] == "lapsed"


def test_the_fourth_emergency_of_a_night_is_refused_and_everybody_was_told_of_the_three(
    town: Town, elm: Machine, ada: ParcelView
) -> None:
    for login in ("olga", "omar"):
        users.add(town.hub, login, "operator", "shell")
        alarm_desk.set_contact(town.hub, login, f"{login}@example.org", "", "shell")
    n = ada.compartment or 0
    # Each opening is news to its recipient, and to every operator.
    town.told_again |= {"door_opened", "alarm"}
    for _ in range(EMERGENCIES_MAX):
        town.wait(130)  # the lock has rested
        assert isinstance(ask(town, n, "emergency"), OpeningView)
        assert town.door_opens(elm) == n
        elm.shut(n)
        town.wait(1)
    refused = ask(town, n, "emergency")
    assert isinstance(refused, Refusal)
    assert (refused.code, "second person" in refused.sentence) == ("emergencies_spent", True)
    assert town.notices(ada).count("door_opened") == EMERGENCIES_MAX
    assert told_operators(town) == {"olga": EMERGENCIES_MAX, "omar": EMERGENCIES_MAX}
    assert "emergency_open" in town.alarms()
    # Another night, or another person with a reason to: the count is one person's.
    assert isinstance(ask(town, n, "emergency", who="omar"), OpeningView)
    assert town.door_opens(elm) == n
    elm.shut(n)
    town.leap(NIGHT_S // 3600)
    assert isinstance(ask(town, n, "emergency"), OpeningView)
    assert town.door_opens(elm) == n
    elm.shut(n)


def test_nothing_is_asked_of_a_locker_that_nobody_can_reach(town: Town, elm: Machine, ada: ParcelView) -> None:
    asked = ask(town, ada.compartment or 0, "second")
    assert isinstance(asked, OpeningView)
    town.cut_network(elm)
    town.wait(5)
    ways: tuple[Way, ...] = ("recipient", "second", "emergency")
    assert {code(ask(town, ada.compartment or 0, way)) for way in ways} == {"locker_offline"}
    assert code(remote.confirm(town.hub, asked.id, "omar")) == "locker_offline"
    town.mend_network(elm)


def audited(town: Town) -> list[tuple[str, str]]:
    """Who did what to doors, from the audit log, oldest first."""
    with town.hub.store.read() as db:
        rows = db.execute("SELECT who, act FROM audit ORDER BY seq").fetchall()
    return [(row["who"], row["act"]) for row in rows if "open" in row["act"]]


def told_operators(town: Town) -> dict[str, int]:
    """How many messages about an emergency each operator was sent at once."""
    with town.hub.store.read() as db:
        rows = db.execute("SELECT once FROM notices_outbox WHERE kind = 'alarm'").fetchall()
    logins = [row["once"].rpartition("/")[2] for row in rows if row["once"].startswith("emergency_open/")]
    return {login: logins.count(login) for login in sorted(set(logins))}


def _of_hub(town: Town) -> list[bytes]:
    """All that the hub has ever said on the bus."""
    own, said = town.hub.keys.message.public_key(), []
    for raw in town.bus.overheard:
        try:
            codec.decode(raw, own)
        except codec.WireError:
            continue
        said.append(raw)
    return said
