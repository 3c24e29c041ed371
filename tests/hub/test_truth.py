"""What a hub believes can be mended: quarantine lets go, codes and labels open one thing, tickets mean one parcel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hub_service.domain.access_codes import PASSES_MAX, PIN_SPACE, pin_from
from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce, deposit_tickets, looks, orders, parked, replacing, sites, stays
from hub_service.handlers.hub import Hub
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, Recipient
from locker.cabinet import throttle
from locker.wire import facts
from locker.wire.chain import canonical
from locker.wire.messages import FullState, Orders
from tests.foretold import foretold

SetUp = Callable[..., Any]
Send = Callable[..., ParcelView]
Status = Callable[[ParcelView], str]
MANY = 5_000


def strange(locker: Any, n: int) -> facts.Deposited:
    """A parcel that this hub has never heard of."""
    return facts.Deposited(at=locker.at, n=n, visit="v", delivery="d_unknown", pickup="00" * 8)


def content(hub: Hub, n: int) -> str:
    view = looks.locker(hub, "elm")
    assert view is not None
    return view.compartments[n - 1].content


def test_a_retry_never_blocks_a_compartment_that_somebody_has_looked_into(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker, parcel = set_up(), send()
    locker.tell(strange(locker, 2), facts.Inspected(at=locker.at, n=2))
    done = parked.retry(hub)
    assert not isinstance(done, Refusal)
    assert [one.kind for one in done.still_parked] == ["deposited"]
    locker.tell(locker.deposits(parcel, 2), locker.collects(parcel, 2))
    assert (status(parcel), content(hub, 2)) == ("collected", "empty")


def test_a_deposit_starts_its_compartment_anew(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker, parcel = set_up(), send()
    locker.tell(strange(locker, 2), locker.deposits(parcel, 2), locker.collects(parcel, 2))
    assert (status(parcel), content(hub, 2)) == ("collected", "empty")


def test_looking_lets_what_waited_take_effect_first(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker, parcel = set_up(), send()
    locker.tell(locker.deposits(parcel, 2), strange(locker, 2), locker.collects(parcel, 2))
    assert status(parcel) == "ready_for_pickup"
    locker.tell(facts.Inspected(at=locker.at, n=2))
    assert (status(parcel), content(hub, 2)) == ("collected", "empty")
    assert [one.deliveries for one in parked.waiting(hub, "elm")] == [("d_unknown",)]  # type: ignore[union-attr]


def test_what_is_understood_too_late_says_nothing_of_the_compartment(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker, parcel, other = set_up(), send(), send()
    deposit = locker.deposits(parcel, 2)
    with hub.store.write() as db:
        # The hub has lost the parcel for a while: its backup was older.
        db.execute("UPDATE deliveries SET id = 'd_lost' WHERE id = ?", (deposit.delivery,))
    locker.tell(deposit, locker.deposits(other, 2))
    with hub.store.write() as db:
        db.execute("UPDATE deliveries SET id = ? WHERE id = 'd_lost'", (deposit.delivery,))
    assert parked.retry(hub, "elm") == parked.Retried(1, ())
    assert [status(parcel), status(other)] == ["needs_attention", "ready_for_pickup"]
    assert content(hub, 2) == "occupied"


def test_a_cancelled_parcel_stays_cancelled_when_its_compartment_turns_out_empty(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker, parcel = set_up(), send()
    name = locker.deposits(parcel, 1).delivery
    locker.tell(facts.ContentsUncertain(at=locker.at, n=1, doubt="power_cut", deliveries=(name,)))
    stays.cancel(hub, parcel.id)
    again = announce.announce(hub, wish(parcel.tracking_number))
    assert isinstance(again, ParcelView)
    locker.tell(facts.Inspected(at=locker.at, n=1))
    assert [status(parcel), status(again)] == ["cancelled", "announced"]
    assert parked.waiting(hub) == ()


def test_a_cancelled_parcel_that_lies_inside_counts_although_its_number_is_announced_anew(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker, parcel = set_up(), send()
    deposit = locker.deposits(parcel, 1)
    stays.cancel(hub, parcel.id)
    again = announce.announce(hub, wish(parcel.tracking_number))
    assert isinstance(again, ParcelView)
    locker.tell(deposit)
    assert [status(parcel), status(again)] == ["ready_for_pickup", "announced"]
    assert parked.waiting(hub) == ()


def wish(number: str, *labels: str) -> Announcement:
    return Announcement(
        tracking_number=number, carrier="demo-post", recipient=Recipient(name="Bo", email="bo@example.org"),
        width_mm=300, height_mm=60, depth_mm=200, locker_id="elm", labels=labels,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (("A1", "X"), ("A2", "X"), "label_under_way"),
        (("A1",), ("A2", "A1"), "label_under_way"),
        (("A1", "A2"), ("A2",), "already_announced"),
        (("A1", "(00) 3 4012345 000000001 7"), ("A2", "00340123450000000017"), "label_under_way"),
    ],
)
def test_a_label_opens_one_compartment_only(
    hub: Hub, set_up: SetUp, first: tuple[str, ...], second: tuple[str, ...], code: str
) -> None:
    set_up()
    parcel = announce.announce(hub, wish(*first))
    assert isinstance(parcel, ParcelView)
    refused = announce.announce(hub, wish(*second))
    assert isinstance(refused, Refusal)
    assert refused.code == code
    stays.cancel(hub, parcel.id)
    assert isinstance(announce.announce(hub, wish(*second)), ParcelView)


def test_no_code_opens_two_things(hub: Hub, set_up: SetUp, send: Send) -> None:
    set_up()
    parcel = send()
    made = sites.add_pass(replace(hub, draws=foretold(parcel.pin, "13572468")), "operator", "olga", daily=False)
    assert isinstance(made, sites.NewPass)
    assert made.code == "13572468"


def test_a_pass_ends_and_its_successor_has_another_code(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    made = sites.add_pass(hub, "courier", "carl", "swift")
    assert isinstance(made, sites.NewPass)
    (told,) = locker.catch_up()
    new = sites.rotate_pass(hub, made.id)
    assert isinstance(new, sites.NewPass)
    assert new.code != made.code
    ended, given = locker.catch_up()
    assert ended["ended"] == [told["given"][0]["tag"]]
    assert given["given"][0]["who"] == "carl"
    assert sites.end_pass(hub, made.id) is not None
    assert [one.id for one in sites.passes(hub)] == [new.id]


@pytest.mark.parametrize(("who", "carrier"), [("", ""), ("x" * 129, ""), ("x", "y" * 129)])
def test_a_pass_that_no_locker_could_read_is_not_made(hub: Hub, who: str, carrier: str) -> None:
    refused = sites.add_pass(hub, "courier", who, carrier)
    assert isinstance(refused, Refusal)
    assert refused.code == "bad_pass"


@pytest.mark.parametrize("codes", [1, 100, 122, 123, 1_000, 9 * PASSES_MAX + 999])
def test_a_day_of_guessing_opens_something_once_in_ten_thousand_at_most(codes: int) -> None:
    step = 997
    good = sum(pin_from(number) is not None for number in range(0, PIN_SPACE, step)) * step
    assert good >= throttle.CODES_DRAWN_FROM
    failures: tuple[int, ...] = ()
    now_ms = 0
    while (verdict := throttle.verdict(failures, now_ms, codes)).listens or not verdict.closed:
        now_ms += verdict.wait_ms
        if now_ms >= throttle.DAY_MS:
            break
        failures = throttle.with_failure(failures, now_ms)
    assert 1 <= len(failures) <= throttle.DAY_MAX
    assert len(failures) * codes / good <= 1e-4


def test_a_ticket_is_for_one_parcel_whatever_else_its_recipient_gets(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up()
    who = Recipient(name="Ada", email="ada@example.org")
    first = send(recipient=who)
    assert isinstance(deposit_tickets.issue(hub, first.id), deposit_tickets.DepositTicket)
    second = send(recipient=who)
    pickup = locker.deposits(first, 1).pickup
    assert locker.deposits(second, 1).pickup != pickup
    locker.tell(facts.Deposited(at=locker.at, n=3, visit="v", delivery=f"{pickup}.1", pickup=pickup, by_ticket=True))
    assert [status(first), status(second)] == ["ready_for_pickup", "announced"]


def test_no_ticket_is_issued_while_two_parcels_of_a_recipient_are_awaited(hub: Hub, set_up: SetUp, send: Send) -> None:
    set_up()
    who = Recipient(name="Ada", email="ada@example.org")
    first, _ = send(recipient=who), send(recipient=who)
    refused = deposit_tickets.issue(hub, first.id)
    assert isinstance(refused, Refusal)
    assert refused.code == "several_parcels"


def test_a_locker_that_has_left_the_newest_epoch_gets_another_one(hub: Hub, set_up: SetUp) -> None:
    locker = set_up()
    sites.serve(hub, "elm", 1, in_service=False)
    first = locker.position
    with hub.store.write() as db:
        orders.orders.begin_epoch(db, "elm", "e2" * 8)
    second = locker.hello()[-1]
    assert isinstance(second, FullState)
    applied = facts.SnapshotApplied(
        at=locker.at, epoch=second.epoch, number=0, digest=second.digest, snapshot=facts.Snapshot(orders=())
    )
    locker.tell(facts.RunStarted(at=locker.at, run=locker.run, locker="elm", software="t"), applied)
    # A late snapshot of the epoch before has taken it back; it will never obey the newest again.
    locker.position = first
    third = locker.hello()[-1]
    assert isinstance(third, FullState)
    assert third.epoch not in (first[0], second.epoch)


def test_a_site_with_thousands_of_codes_is_told_in_messages_that_fit(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    inside = send()
    locker.tell(locker.deposits(inside, 1))
    locker.catch_up()
    with hub.store.write() as db:
        # As `add_pass` would leave them, without slow hashes; and more than it would: each has nine days.
        for number in range(MANY):
            row = (f"s_{number}", f"staff-{number}", b"\0", str(number))
            db.execute("INSERT INTO passes VALUES (?, 'courier', ?, 'swift', ?, ?, 0, NULL, '')", row)
            db.execute(
                "INSERT INTO pass_tags (pass_id, locker_id, tag) VALUES (?, 'elm', ?)", (row[0], f"{number:032x}")
            )
    locker.position, locker.run = ("", 0, ""), "bb" * 8
    beginning = locker.hello()[-1]
    assert isinstance(beginning, FullState)
    assert [one["kind"] for one in beginning.snapshot["orders"]] == ["site", "admit", "expect"]
    told, sizes = [], []
    message: Any = beginning
    while message is not None:
        assert isinstance(message, Orders | FullState)
        sizes.append(len(canonical(message.snapshot if isinstance(message, FullState) else list(message.orders))))
        told += locker.obey(message)
        message = orders.due(hub, "elm")
    assert max(sizes) <= orders.ORDERS_BYTES_MAX * 1.01
    assert sum(len(one.get("given", ())) for one in told) == MANY


def test_a_replaced_machine_begins_anew_and_the_old_one_is_believed_no_more(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker, parcel = set_up(), send()
    locker.tell(locker.deposits(parcel, 1))
    made = replacing.replace(hub, "elm", "ab" * 32)
    assert isinstance(made, sites.Introduced)
    assert (status(parcel), content(hub, 1), content(hub, 2)) == ("needs_attention", "uncertain", "uncertain")
    assert isinstance(replacing.replace(hub, "elm", "ab" * 32), Refusal)
    new = type(locker)(hub, "elm")
    new.run = "cc" * 8
    everything = new.hello()[-1]
    assert isinstance(everything, FullState)
    mistrusted = [one for one in everything.snapshot["orders"] if one["kind"] == "mistrust"]
    delivery = locker.deposits(parcel, 1).delivery
    assert [(one["n"], one["deliveries"]) for one in mistrusted] == [(1, [delivery])]
    new.tell(
        facts.RunStarted(at=new.at, run=new.run, locker="elm", software="t"),
        facts.Inspected(at=new.at, n=1, deliveries=(delivery,)),
        *(facts.Inspected(at=new.at, n=n) for n in (2, 3)),
    )
    view = looks.locker(hub, "elm")
    assert view is not None
    assert "fork" not in {alarm.kind for alarm in view.alarms}
    assert (status(parcel), [content(hub, n) for n in (1, 2, 3)]) == (
        "ready_for_pickup",
        ["occupied", "empty", "empty"],
    )
