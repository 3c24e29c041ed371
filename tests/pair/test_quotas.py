"""Several carriers in one locker: each gets its part, none sees the others' parcels, and the last place goes once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from hub_service.domain.quotas import Quota
from hub_service.domain.refusals import Refusal
from hub_service.handlers import (
    announce,
    attempts,
    courier_work,
    deposit_tickets,
    quotas,
    redirects,
    sites,
    stays,
    waits,
)
from hub_service.handlers.attempts import Attempted
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import FailedAttempt, Redirection
from hub_service.store.quotas import CarrierQuota
from hub_service.store.staff import PassRecord
from locker.wire.facts import SizeClass
from tests.pair.machine import Machine
from tests.pair.town import Town, wish


def rule(carrier: str, most: int, size_class: str = "") -> CarrierQuota:
    return CarrierQuota(carrier=carrier, quota=Quota(size_class=size_class, most=most))


def share(carrier: str, percent: int, size_class: str = "") -> CarrierQuota:
    return CarrierQuota(carrier=carrier, quota=Quota(size_class=size_class, share_percent=percent))


def agreed(town: Town, locker: Machine, *rules: CarrierQuota) -> None:
    """The operator of a locker and its carriers have agreed on this."""
    assert not isinstance(quotas.change(town.hub, locker.name, rules, "olga"), Refusal)


def tries(town: Town, who: str, carrier: str, to: str = "elm", size: SizeClass = "S") -> ParcelView | Refusal:
    """A carrier announces a parcel, and may be refused."""
    number = f"{carrier.upper()}-{who.upper()}"
    done = announce.announce(town.hub, replace(wish(who, number, to, size), carrier=carrier))
    town.parcels += [done] if isinstance(done, ParcelView) else []
    return done


def code(outcome: object) -> str:
    """Why it was refused ("": it wasn't)."""
    return outcome.code if isinstance(outcome, Refusal) else ""


def test_one_carrier_is_full_and_another_one_is_not(town: Town, elm: Machine, oak: Machine) -> None:
    agreed(town, elm, rule("swift", 2))
    assert [code(tries(town, who, "swift")) for who in ("ada", "bob", "cem")] == ["", "", "quota_full"]
    assert code(tries(town, "dee", "slow")) == ""
    assert code(tries(town, "cem", "swift", "oak", "M")) == ""


def test_a_place_is_free_again_when_its_parcel_was_collected(town: Town, elm: Machine) -> None:
    agreed(town, elm, rule("swift", 1))
    parcel = town.announce("ada", "elm")
    town.settle()
    town.deposit(elm, parcel)
    town.settle()
    assert code(tries(town, "bob", "swift")) == "quota_full"
    town.collect(elm, parcel)
    town.settle()
    assert code(tries(town, "bob", "swift")) == ""


def test_a_share_counts_compartments_and_is_one_place_at_least(town: Town, elm: Machine) -> None:
    agreed(town, elm, share("swift", 50), share("slow", 10), share("never", 0))
    assert [code(tries(town, who, "swift")) for who in ("ada", "bob", "cem")] == ["", "", "quota_full"]
    assert [code(tries(town, who, "slow")) for who in ("dee", "eva")] == ["", "quota_full"]
    assert code(tries(town, "fay", "never")) == "quota_full"


def test_a_quota_may_be_for_one_size_only(town: Town, elm: Machine) -> None:
    agreed(town, elm, rule("swift", 0, "M"), rule("swift", 3))
    assert code(tries(town, "ada", "swift", size="M")) == "quota_full"
    assert [code(tries(town, who, "swift")) for who in ("bob", "cem", "dee")] == ["", "", ""]


def test_who_has_no_rule_is_bound_by_the_one_for_all_others(town: Town, elm: Machine) -> None:
    agreed(town, elm, rule("", 1), rule("swift", 2))
    assert [code(tries(town, who, "slow")) for who in ("ada", "bob")] == ["", "quota_full"]
    assert [code(tries(town, who, "swift")) for who in ("cem", "dee")] == ["", ""]


def test_who_uses_more_than_a_new_rule_allows_keeps_it_and_gets_nothing_new(town: Town, elm: Machine) -> None:
    parcels = [town.announce(who, "elm") for who in ("ada", "bob")]
    agreed(town, elm, rule("swift", 1))
    town.settle()
    assert all(town.deposit(elm, parcel) for parcel in parcels)
    assert code(tries(town, "cem", "swift")) == "quota_full"


def test_a_failed_delivery_is_offered_no_locker_that_its_carrier_has_filled(
    town: Town, elm: Machine, oak: Machine
) -> None:
    agreed(town, elm, rule("swift", 0))
    first = town.announce("ada", None)
    outcome = attempts.failed(town.hub, FailedAttempt(parcel_id=first.id, decide="courier"))
    assert isinstance(outcome, Attempted)
    assert [one.locker_id for one in outcome.offers] == ["oak"]
    agreed(town, oak, rule("swift", 0))
    second = town.announce("bob", None)
    outcome = attempts.failed(town.hub, FailedAttempt(parcel_id=second.id))
    assert isinstance(outcome, Attempted)
    assert code(outcome.fallback) == "quota_full"


def test_nor_can_it_be_redirected_there(town: Town, elm: Machine, oak: Machine) -> None:
    agreed(town, oak, rule("swift", 0))
    parcel = town.announce("ada", "elm")
    assert code(redirects.redirect(town.hub, Redirection(parcel_id=parcel.id, locker_id="oak"))) == "quota_full"
    assert town.seen(parcel).locker_id == "elm"


def test_a_deposit_ticket_is_for_a_place_that_counts(town: Town, elm: Machine) -> None:
    """What a locker hasn't heard of comes in by such a ticket only: there is none without a place."""
    agreed(town, elm, rule("swift", 1))
    parcel = town.announce("ada", "elm")
    ticket = deposit_tickets.issue(town.hub, parcel.id)
    assert isinstance(ticket, deposit_tickets.DepositTicket)
    town.cut_network(elm)
    other = tries(town, "bob", "swift")
    assert code(other) == "quota_full"
    assert town.deposit(elm, parcel, ticket.ticket)
    town.mend_network(elm)
    town.settle()
    assert code(tries(town, "bob", "swift")) == "quota_full"


def test_the_last_place_goes_to_one_of_two_carriers_and_to_neither_beyond_its_quota(town: Town, elm: Machine) -> None:
    # Four compartments: three for each would be six.
    agreed(town, elm, rule("swift", 3), rule("slow", 3))

    def ask(number: int) -> tuple[str, str]:
        carrier = ("swift", "slow")[number % 2]
        return carrier, code(tries(town, f"person{number}", carrier))

    with ThreadPoolExecutor(8) as programs:
        outcomes = list(programs.map(ask, range(24)))
    given = [carrier for carrier, refused in outcomes if not refused]
    assert len(given) == 4
    assert max(given.count("swift"), given.count("slow")) <= 3
    assert {refused for _, refused in outcomes} <= {"", "quota_full", "no_room"}


def test_a_hundred_programs_of_one_carrier_never_get_more_than_its_quota(town: Town) -> None:
    big = town.locker("big", "S " * 20)
    agreed(town, big, rule("swift", 5))
    with ThreadPoolExecutor(16) as programs:
        outcomes = list(programs.map(lambda n: code(tries(town, f"p{n}", "swift", "big")), range(60)))
    assert (outcomes.count(""), outcomes.count("quota_full")) == (5, 55)


def test_couriers_see_no_parcel_of_another_carrier_neither_on_their_page_nor_at_the_kiosk(
    town: Town, elm: Machine
) -> None:
    ours = town.announce("ada", "elm")
    theirs = tries(town, "bob", "slow")
    assert isinstance(theirs, ParcelView)
    town.settle()
    for parcel in (ours, theirs):
        town.deposit(elm, parcel)
    town.settle()
    town.leap(24 * 9)
    waits.run_due(town.hub)
    town.settle()
    assert town.status(ours) == town.status(theirs) == "expired"
    made = sites.add_pass(town.hub, "courier", "sol", "slow")
    assert isinstance(made, sites.NewPass)
    town.settle()
    seen = courier_work.round_of(town.hub, PassRecord(id=made.id, party="courier", who="sol", carrier="slow"))
    assert [one.tracking_number for stop in seen.stops for one in stop.to_retrieve] == [theirs.tracking_number]
    elm.type(made.code)
    assert elm.shown == "courier_menu"
    assert elm.cabinet.screen.params["retrieve"] == [town.seen(theirs).compartment]
    mine = town.seen(ours).compartment
    assert mine is not None
    elm.choose("retrieve", mine)
    assert (elm.shown, elm.steel.open) == ("nothing_to_retrieve", set())
    elm.choose("done")


@pytest.mark.parametrize("change", ["cancel", "expire"])
def test_what_was_cancelled_counts_no_more_and_what_has_expired_does(town: Town, elm: Machine, change: str) -> None:
    agreed(town, elm, rule("swift", 1))
    parcel = town.announce("ada", "elm")
    town.settle()
    if change == "cancel":
        stays.cancel(town.hub, parcel.id)
    else:
        town.deposit(elm, parcel)
        town.leap(24 * 9)
    assert code(tries(town, "bob", "swift")) == ("" if change == "cancel" else "quota_full")
