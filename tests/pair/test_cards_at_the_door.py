"""The card left at the door, for somebody without phone and e-mail: from the courier's one scan to the open door."""

from __future__ import annotations

from hub_service.domain.refusals import Refusal
from hub_service.handlers import attempts, cards, help_desk, offers, redirects
from hub_service.handlers.cards import Printed
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Acceptance, FailedAttempt, Redirection
from locker.wire import facts
from tests.pair.machine import Machine
from tests.pair.town import Town


def left_at_the_door(town: Town, who: str = "ada", to: str = "elm") -> tuple[ParcelView, Printed]:
    """Nobody opens; the courier takes an offer, scans a card and leaves it there."""
    parcel = town.announce(who, None)
    attempts.failed(town.hub, FailedAttempt(parcel_id=parcel.id, decide="courier"))
    done = offers.accept(town.hub, Acceptance(parcel_id=parcel.id, locker_id=to, hold_minutes=60))
    assert isinstance(done, ParcelView), done
    (card,) = cards.make(town.hub, 1)
    assert cards.bind(town.hub, parcel.id, card.text) is None
    town.settle()
    return parcel, card


def opened_with(town: Town, machine: Machine, card: Printed, typed: bool = False) -> list[int]:
    """Somebody comes with nothing but the card; returns the doors that they have emptied and shut."""
    machine.type(card.digits) if typed else machine.scan(card.text)
    n = town.door_opens(machine, needed=False)
    if n is None:
        return []
    machine.steel.inside[n].clear()
    machine.shut(n)
    town.wait(0.1)
    return [n]


def test_the_card_opens_the_compartment_by_its_qr_code(town: Town, elm: Machine, oak: Machine) -> None:
    parcel, card = left_at_the_door(town)
    n = town.deposit(elm, parcel)
    assert opened_with(town, elm, card) == [n]
    town.settle()
    assert town.status(parcel) == "collected"
    assert [one.by for one in elm.facts() if isinstance(one, facts.VisitStarted)][-1] == "card"


def test_and_by_its_ten_digits_with_the_network_cut(town: Town, elm: Machine, oak: Machine) -> None:
    parcel, card = left_at_the_door(town)
    n = town.deposit(elm, parcel)
    town.cut_network(elm)
    assert opened_with(town, elm, card, typed=True) == [n]
    town.mend_network(elm)
    town.settle()
    assert town.status(parcel) == "collected"


def test_before_the_parcel_is_inside_the_card_says_so(town: Town, elm: Machine, oak: Machine) -> None:
    _, card = left_at_the_door(town)
    elm.scan(card.text)
    assert (elm.shown, elm.steel.open) == ("not_yet", set())


def test_a_used_card_opens_nothing_any_more(town: Town, elm: Machine, oak: Machine) -> None:
    parcel, card = left_at_the_door(town)
    n = town.deposit(elm, parcel)
    assert opened_with(town, elm, card) == [n]
    # The next one's parcel lies behind the same door, once its lock has rested.
    town.wait(180)
    other = town.announce("bob", "elm")
    assert town.deposit(elm, other) == n
    elm.scan(card.text)
    assert (elm.shown, elm.steel.open) == ("already_collected", set())
    elm.type(card.digits)
    assert (elm.shown, elm.steel.open) == ("wrong_pin", set())


def test_a_strangers_card_opens_nothing_and_costs_no_typed_try(town: Town, elm: Machine, oak: Machine) -> None:
    parcel, _ = left_at_the_door(town)
    town.deposit(elm, parcel)
    unbound, _ = cards.make(town.hub, 2)
    for _ in range(30):
        elm.scan(unbound.text)
        assert elm.shown == "unknown_code"
    assert town.collect(elm, parcel, pin=True)


def test_typed_card_numbers_are_counted_like_pins(town: Town, elm: Machine, oak: Machine) -> None:
    parcel, card = left_at_the_door(town)
    n = town.deposit(elm, parcel)
    for guess in range(5):
        elm.type(f"001234567{guess}")
        assert elm.shown == "wrong_pin"
    elm.type(card.digits)
    assert (elm.shown, elm.steel.open) == ("pause", set())
    # The QR code on the same card isn't held up by somebody's guesses.
    assert opened_with(town, elm, card) == [n]


def test_the_card_goes_along_to_another_locker(town: Town, elm: Machine, oak: Machine) -> None:
    parcel, card = left_at_the_door(town)
    moved = redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, locker_id="oak"))
    assert isinstance(moved, ParcelView)
    town.settle()
    n = town.deposit(oak, parcel)
    elm.scan(card.text)
    assert (elm.shown, elm.where) == ("elsewhere", "Oak Street, beside the café")
    assert opened_with(town, oak, card) == [n]


def test_a_card_that_is_left_while_the_parcel_is_meant_for_elsewhere_opens_when_it_comes_back(
    town: Town, elm: Machine, oak: Machine
) -> None:
    town.told_again |= {"substitute"}
    parcel = town.announce("ada", "elm")
    for there in ("oak", "elm"):
        redirected = redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, locker_id=there))
        assert isinstance(redirected, ParcelView)
        if there == "oak":
            (card,) = cards.make(town.hub, 1)
            assert cards.bind(town.hub, parcel.id, card.text) is None
        town.settle()
    n = town.deposit(elm, parcel)
    assert opened_with(town, elm, card, typed=True) == [n]


def test_a_lost_card_ends_with_the_new_pin_that_its_owner_asks_for(town: Town, elm: Machine, oak: Machine) -> None:
    parcel, card = left_at_the_door(town)
    n = town.deposit(elm, parcel)
    town.settle()
    assert help_desk.check(town.hub, parcel.id, "Ada", "ada@example.org", "hal") is True
    given = help_desk.new_pin(town.hub, parcel.id, "hal")
    assert isinstance(given, help_desk.NewPin)
    town.settle()
    assert opened_with(town, elm, card) == []
    assert opened_with(town, elm, card, typed=True) == []
    again = cards.bind(town.hub, parcel.id, card.text)
    assert isinstance(again, Refusal) and again.code == "card_used"
    elm.type(given.pin.replace(" ", ""))
    assert town.door_opens(elm) == n
    elm.steel.inside[n].clear()
    elm.shut(n)


def test_the_card_opens_a_machine_that_was_replaced(town: Town, elm: Machine, oak: Machine) -> None:
    parcel, card = left_at_the_door(town)
    n = town.deposit(elm, parcel)
    town.settle()
    elm.switch_off()
    new = town.replace(elm)
    town.inspect(new)
    town.settle()
    assert opened_with(town, new, card) == [n]
