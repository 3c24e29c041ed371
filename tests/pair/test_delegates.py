"""Somebody else collects: with a code of their own, which the recipient takes back without losing theirs."""

from __future__ import annotations

from hub_service.domain.refusals import Refusal
from hub_service.handlers import afterwards, delegates, redirects
from hub_service.handlers.delegates import DelegateView
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Redirection
from locker.wire import facts
from tests.pair.machine import Machine
from tests.pair.town import Town


def token(town: Town, parcel: ParcelView) -> str:
    """What stands at the end of the address of the recipient's page."""
    return town.seen(parcel).page_path.rpartition("/")[2]


def asked(town: Town, parcel: ParcelView, *names: str) -> list[DelegateView]:
    """The recipient asks these people on their page; returns everybody who was asked."""
    for name in names:
        assert delegates.ask(town.hub, token(town, parcel), name) is None
    town.settle()
    return list(delegates.of_page(town.hub, token(town, parcel))[1])


def takes(town: Town, machine: Machine, code: str) -> list[int]:
    """Somebody shows or types a code, and empties and shuts every door that opens."""
    machine.type(code.replace(" ", "")) if code.replace(" ", "").isdigit() else machine.scan(code)
    doors: list[int] = []
    while (n := town.door_opens(machine, needed=False)) is not None:
        doors.append(n)
        machine.steel.inside[n].clear()
        machine.shut(n)
    town.wait(0.1)
    return doors


def moved(town: Town, parcel: ParcelView, to: str) -> None:
    """The parcel is to go to another locker."""
    town.told_again |= {"substitute"}
    assert isinstance(redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, locker_id=to)), ParcelView)
    town.settle()


def history(town: Town, parcel: ParcelView) -> list[str]:
    """What the recipient's page says happened, by kind."""
    rows = town._rows("SELECT kind FROM events WHERE parcel_id = ? ORDER BY seq", parcel.id)
    return [row["kind"] for row in rows]


def test_a_neighbour_collects_with_a_pin_of_their_own(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    (eve,) = asked(town, parcel, "Eve from next door")
    assert eve.pin.replace(" ", "") != town.seen(parcel).pin
    n = town.deposit(elm, parcel)
    assert takes(town, elm, eve.pin) == [n]
    town.settle()
    assert town.status(parcel) == "collected"
    assert history(town, parcel)[-2:] == ["collected", "collected_by_delegate"]
    assert [(one.name, one.collected) for one in asked(town, parcel)] == [("Eve from next door", True)]


def test_or_with_a_qr_code_with_the_network_cut_and_the_history_says_so_later(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    (eve,) = asked(town, parcel, "")
    n = town.deposit(elm, parcel)
    town.cut_network(elm)
    assert takes(town, elm, eve.text) == [n]
    town.mend_network(elm)
    town.settle()
    assert history(town, parcel)[-1] == "collected_by_delegate"


def test_who_is_taken_back_opens_nothing_while_everybody_elses_code_works(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    own = town.seen(parcel).ticket
    eve, fay = asked(town, parcel, "Eve", "Fay")
    assert delegates.end(town.hub, token(town, parcel), eve.id) is None
    town.settle()
    assert takes(town, elm, eve.pin) == [] and elm.shown == "wrong_pin"
    assert takes(town, elm, eve.text) == [] and elm.shown == "unknown_code"
    assert takes(town, elm, fay.text) == [n]
    # Ada comes behind Fay: within three minutes her own code opens the same door, for what may have been forgotten.
    assert takes(town, elm, own) == [n]


def test_taken_back_behind_a_cut_network_it_ends_as_soon_as_the_locker_hears_of_it(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    (eve,) = asked(town, parcel, "Eve")
    town.cut_network(elm)
    delegates.end(town.hub, token(town, parcel), eve.id)
    town.mend_network(elm)
    town.settle()
    assert takes(town, elm, eve.pin) == []
    assert town.collect(elm, parcel, pin=True) == [n]


def test_a_power_cut_forgets_neither_who_may_come_nor_who_may_not(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    n = town.deposit(elm, parcel)
    eve, fay = asked(town, parcel, "Eve", "Fay")
    delegates.end(town.hub, token(town, parcel), eve.id)
    town.settle()
    town.power_cut(elm)
    town.settle()
    assert takes(town, elm, eve.text) == []
    assert takes(town, elm, fay.text) == [n]


def test_the_code_goes_along_to_another_locker(town: Town, elm: Machine, oak: Machine) -> None:
    parcel = town.announce("ada", "elm")
    (eve,) = asked(town, parcel, "Eve")
    moved(town, parcel, "oak")
    n = town.deposit(oak, parcel)
    assert takes(town, oak, eve.pin) == [n]


def test_who_is_taken_back_while_the_parcel_is_meant_for_elsewhere_opens_nothing_when_it_comes_back(
    town: Town, elm: Machine, oak: Machine
) -> None:
    parcel = town.announce("ada", "elm")
    (eve,) = asked(town, parcel, "Eve")
    moved(town, parcel, "oak")
    assert delegates.end(town.hub, token(town, parcel), eve.id) is None
    moved(town, parcel, "elm")
    n = town.deposit(elm, parcel)
    assert takes(town, elm, eve.pin) == [] and elm.shown == "wrong_pin"
    assert takes(town, elm, eve.text) == [] and elm.shown == "unknown_code"
    assert town.collect(elm, parcel) == [n]


def test_who_is_asked_while_the_parcel_is_meant_for_elsewhere_collects_it_when_it_comes_back(
    town: Town, elm: Machine, oak: Machine
) -> None:
    parcel = town.announce("ada", "elm")
    moved(town, parcel, "oak")
    (eve,) = asked(town, parcel, "Eve")
    moved(town, parcel, "elm")
    n = town.deposit(elm, parcel)
    assert takes(town, elm, eve.pin) == [n]
    town.settle()
    assert town.status(parcel) == "collected"


def test_a_few_may_come_and_not_more(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    people = asked(town, parcel, *(f"friend {count}" for count in range(delegates.AT_ONCE_MAX)))
    refused = delegates.ask(town.hub, token(town, parcel), "one more")
    assert isinstance(refused, Refusal) and refused.code == "too_many_delegates"
    assert delegates.end(town.hub, token(town, parcel), people[0].id) is None
    assert delegates.ask(town.hub, token(town, parcel), "one more") is None
    assert len({one.pin for one in asked(town, parcel)}) == delegates.AT_ONCE_MAX + 1


def test_nobody_can_be_asked_once_the_parcel_is_gone_and_nobodys_page_knows_anybody(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.deposit(elm, parcel)
    town.collect(elm, parcel)
    town.settle()
    refused = delegates.ask(town.hub, token(town, parcel), "Eve")
    assert isinstance(refused, Refusal) and refused.code == "no_code_yet"
    refused = delegates.ask(town.hub, "0" * 32, "Eve")
    assert isinstance(refused, Refusal) and refused.code == "unknown_page"


def test_a_neighbours_page_shows_the_code_until_it_is_used_up(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    (eve,) = asked(town, parcel, "Eve")
    page = delegates.page(town.hub, eve.page_path.rpartition("/")[2])
    assert page is not None and (page.works, page.inside, page.delegate.pin) == (True, False, eve.pin)
    n = town.deposit(elm, parcel)
    assert takes(town, elm, eve.pin) == [n]
    town.settle()
    page = delegates.page(town.hub, eve.page_path.rpartition("/")[2])
    assert page is not None and not page.works


def test_names_are_erased_with_everything_else_that_is_personal(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    asked(town, parcel, "Evelyn Nextdoor")
    town.deposit(elm, parcel)
    town.collect(elm, parcel)
    town.settle()
    afterwards.ask_to_erase(town.hub, token(town, parcel))
    town.leap(25)
    assert afterwards.erase_due(town.hub) == 1
    assert asked(town, parcel) == []
    with town.hub.store.read() as db:
        assert db.execute("SELECT COUNT(*) FROM delegates WHERE ended_s IS NULL").fetchone()[0] == 0


def test_no_name_and_no_pin_of_a_delegate_reaches_the_locker(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    (eve,) = asked(town, parcel, "Evelyn Nextdoor")
    said = b"".join(town.bus.overheard)
    for secret in ("Evelyn", eve.pin.replace(" ", ""), eve.text):
        assert secret.encode() not in said
    told = [one for one in elm.facts() if isinstance(one, facts.OrderApplied)]
    assert any(getattr(one.order, "delegates", ()) for one in told)


def test_who_was_asked_goes_on_collecting_what_is_still_to_come_when_its_neighbour_is_erased(
    town: Town, elm: Machine
) -> None:
    """Two parcels of one recipient, one code; the first one's history is over."""
    first, second = (town.announce("ada", "elm") for _ in range(2))
    (eve,) = asked(town, first, "Eve")
    town.deposit(elm, first)
    town.collect(elm, first)
    town.settle()
    afterwards.ask_to_erase(town.hub, token(town, first))
    town.leap(25)
    assert afterwards.erase_due(town.hub) == 1
    assert [(one.name, one.ended) for one in asked(town, second)] == [("Eve", False)]
    n = town.deposit(elm, second)
    assert takes(town, elm, eve.pin) == [n]
    town.settle()
    afterwards.ask_to_erase(town.hub, token(town, second))
    town.leap(25)
    assert afterwards.erase_due(town.hub) == 1
    rows = town._rows("SELECT name_sealed FROM delegates")
    assert [town.hub.store.vault.open(row["name_sealed"], "delegate") for row in rows] == [""]
