"""A courier's card, from the operator who hands it out to the locker that asks for it."""

from __future__ import annotations

from hub_service.domain.refusals import Refusal
from hub_service.handlers import sites
from hub_service.handlers.sites import NewPass
from locker.cabinet.events import CardShown
from locker.wire.access_tag import CARD_PREFIX, access_tag
from tests.pair.machine import Machine
from tests.pair.town import Town

CARD = "0A00123456"


def show(machine: Machine, number: str) -> None:
    """Holds a card before the locker's reader."""
    machine.happens(CardShown(tag=access_tag(CARD_PREFIX + number, machine._keys.code)))


def test_a_code_with_a_card_works_behind_its_card_only_also_after_it_was_changed(town: Town, elm: Machine) -> None:
    made = sites.add_pass(town.hub, "courier", "cara", "swift", CARD.lower())
    assert isinstance(made, NewPass)
    town.settle()
    elm.type(made.code)
    assert elm.shown == "wrong_pin"
    show(elm, CARD)
    assert elm.shown == "typing"
    elm.type(made.code)
    assert elm.shown == "courier_menu"
    elm.choose("done")
    changed = sites.rotate_pass(town.hub, made.id)
    assert isinstance(changed, NewPass)
    town.settle()
    elm.type(changed.code)
    assert elm.shown == "wrong_pin"
    show(elm, CARD)
    elm.type(changed.code)
    assert elm.shown == "courier_menu"
    elm.choose("done")


def test_what_can_be_no_cards_number_is_refused(town: Town) -> None:
    for number in ("12345", "XYZ123456", "0A00123456" * 2):
        refused = sites.add_pass(town.hub, "courier", "cara", "swift", number)
        assert isinstance(refused, Refusal) and refused.code == "bad_pass"
