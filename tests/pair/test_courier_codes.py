"""Codes of couriers and technicians: another one every day, known to lockers a week ahead, gone with who had them."""

from __future__ import annotations

from dataclasses import replace

from hub_service.domain import day_codes as days
from hub_service.domain.refusals import Refusal
from hub_service.handlers import day_codes, sites
from hub_service.handlers.day_codes import TodaysCode
from hub_service.store import day_codes as stored
from hub_service.store.staff import PassRecord
from locker.cabinet.events import CardShown
from locker.wire.access_tag import CARD_PREFIX, access_tag
from tests.foretold import foretold
from tests.pair.machine import Machine
from tests.pair.town import Town

CARD = "0A00123456"


def hired(town: Town, who: str = "cara", card: str = "", carrier: str = "swift") -> PassRecord:
    """The operator gives somebody codes; lockers hear of the whole week."""
    made = sites.add_pass(town.hub, "courier", who, carrier, card)
    assert isinstance(made, sites.NewPass) and made.daily
    told_all(town)
    return PassRecord(id=made.id, party="courier", who=who, carrier=carrier)


def told_all(town: Town) -> None:
    """The hub does what is due by the clock, and every locker that can hears of it."""
    while day_codes.keep(town.hub):
        town.wait(1)
    town.settle()


def page(town: Town, courier: PassRecord) -> TodaysCode:
    """What stands on the courier's page today."""
    found = day_codes.today_of(town.hub, courier)
    assert found is not None
    return found


def week(town: Town, courier: PassRecord) -> list[str]:
    """The codes that the hub has drawn for somebody, today's first."""
    today = days.number_at(town.hub.now_s(), town.hub.courtesy.zone)
    with town.hub.store.read() as db:
        drawn = [one for day in range(today, today + 8) for one in stored.of_day(db, town.hub.store, day)]
    return [one.code for one in drawn if one.holder.id == courier.id]


def enters(machine: Machine, code: str) -> str:
    """Somebody types a code; returns what the screen says, and leaves again."""
    machine.type(code)
    shown = machine.shown
    if shown == "courier_menu":
        machine.choose("done")
    return shown


def until(town: Town, hour: int) -> None:
    """Time passes until it is this hour by the hub's clock (of the next day, if it was already)."""
    left_s = (hour * 3600 - town.hub.now_s() % 86_400) % 86_400
    pass_by(town, left_s + 1)
    told_all(town)


def pass_by(town: Town, seconds: int) -> None:
    """Quiet time passes at once."""
    town.timeline.leap(seconds * 1000)
    town.wait(1)


def test_every_day_has_its_code_and_yesterdays_works_until_three(town: Town, elm: Machine) -> None:
    cara = hired(town)
    until(town, 9)
    first = page(town, cara).code
    assert enters(elm, first) == "courier_menu"
    until(town, 1)
    second = page(town, cara).code
    assert second != first
    assert [enters(elm, first), enters(elm, second)] == ["courier_menu", "courier_menu"]
    until(town, 3)
    assert enters(elm, second) == "courier_menu"
    assert enters(elm, first) in ("code_over", "wrong_pin")


def test_without_a_network_the_locker_knows_a_weeks_codes_and_when_each_ends(town: Town, elm: Machine) -> None:
    cara = hired(town)
    until(town, 9)
    town.cut_network(elm)
    codes = [page(town, cara).code]
    for day in range(7):
        pass_by(town, 24 * 3600)
        day_codes.keep(town.hub)
        codes.append(page(town, cara).code)
        assert enters(elm, codes[-1]) == "courier_menu", f"day {day + 1}"
        assert enters(elm, codes[-2]) == "code_over"
    assert len(set(codes)) == 8
    town.mend_network(elm)
    told_all(town)
    assert enters(elm, page(town, cara).code) == "courier_menu"


def test_a_locker_that_was_off_for_a_day_refuses_nobody_who_has_todays_code(town: Town, elm: Machine) -> None:
    cara = hired(town)
    until(town, 9)
    town.cut_network(elm)
    elm.switch_off()
    pass_by(town, 26 * 3600)
    elm.switch_on()
    assert enters(elm, page(town, cara).code) == "courier_menu"
    town.mend_network(elm)


def test_who_has_left_loses_the_codes_of_all_days(town: Town, elm: Machine) -> None:
    cara = hired(town)
    until(town, 9)
    today = page(town, cara).code
    codes = [today, *week(town, cara)[1:]]
    assert sites.end_pass(town.hub, cara.id) is None
    town.settle()
    assert [enters(elm, code) for code in codes[:3]] == ["wrong_pin"] * 3
    assert day_codes.today_of(town.hub, cara) is None
    assert not {one.tag for one in elm.cabinet.state.passes.values() if one.who == "cara"}


def test_technicians_codes_change_every_day_too(town: Town, elm: Machine) -> None:
    first = town.operator_code
    until(town, 9)
    until(town, 8)
    second = town.operator_code
    town.settle()
    assert second != first
    elm.type(second)
    assert elm.shown == "operator_menu"
    elm.choose("done")


def test_a_code_that_goes_with_a_card_changes_every_day_and_the_card_stays(town: Town, elm: Machine) -> None:
    cara = hired(town, card=CARD)
    until(town, 9)
    until(town, 8)
    code = page(town, cara).code
    assert enters(elm, code) == "wrong_pin"
    elm.happens(CardShown(tag=access_tag(CARD_PREFIX + CARD, elm._keys.code)))
    assert enters(elm, code) == "courier_menu"


def test_the_code_to_sign_in_with_opens_no_locker(town: Town, elm: Machine) -> None:
    made = sites.add_pass(town.hub, "courier", "cara", "swift")
    assert isinstance(made, sites.NewPass)
    town.settle()
    assert made.sign_in != made.code
    assert [enters(elm, made.sign_in), enters(elm, made.code)] == ["wrong_pin", "courier_menu"]


def test_one_code_may_last_for_who_has_no_page(town: Town, elm: Machine) -> None:
    made = sites.add_pass(town.hub, "courier", "cara", "swift", daily=False)
    assert isinstance(made, sites.NewPass) and made.code == made.sign_in
    town.settle()
    town.leap(24 * 30)
    assert enters(elm, made.code) == "courier_menu"
    changed = sites.rotate_pass(town.hub, made.id)
    assert isinstance(changed, sites.NewPass) and changed.daily
    town.settle()
    assert [enters(elm, made.code), enters(elm, changed.code)] == ["wrong_pin", "courier_menu"]


def test_no_staff_code_of_any_day_is_a_recipients_pin(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    pin = town.seen(parcel).pin
    town.hub = replace(town.hub, draws=foretold(pin, *(f"1357{number:04}" for number in range(100)), pin))
    cara = hired(town)
    codes = week(town, cara)
    assert len(set(codes)) == 8 and pin not in codes
    # Nor the other way round: what is a code of next week is nobody's PIN today.
    town.hub = replace(town.hub, draws=foretold(codes[-1], "24681357"))
    assert town.seen(town.announce("bob", "elm")).pin == "24681357"


def test_a_courier_works_for_a_carrier_whoever_asks(town: Town) -> None:
    refused = sites.add_pass(town.hub, "courier", "cara")
    assert isinstance(refused, Refusal) and refused.code == "bad_pass"


def test_a_new_machine_hears_of_everybodys_codes_under_its_own_key(town: Town, elm: Machine) -> None:
    cara = hired(town)
    until(town, 9)
    elm.switch_off()
    new = town.replace(elm)
    told_all(town)
    assert enters(new, page(town, cara).code) == "courier_menu"
