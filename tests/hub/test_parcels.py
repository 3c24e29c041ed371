"""The life of a parcel as its carrier and its recipient see it, from the announcement to the last notice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hub_service.domain.refusals import Refusal
from hub_service.handlers import announce, attempts, clocks, deposit_tickets, looks, stays
from hub_service.handlers.attempts import Attempted
from hub_service.handlers.hub import Hub
from hub_service.handlers.request_keys import RequestKey
from hub_service.handlers.views import ParcelView
from hub_service.handlers.wishes import Announcement, FailedAttempt, Recipient
from hub_service.store import outbox
from locker.wire import facts, ticket
from locker.wire.access_tag import access_tag

SetUp = Callable[..., Any]
Send = Callable[..., ParcelView]
Status = Callable[[ParcelView], str]
Notices = Callable[[], list[str]]


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def kinds(bodies: list[dict[str, Any]]) -> list[str]:
    return [body["kind"] for body in bodies]


def test_a_parcel_for_a_locker_has_its_code_at_once(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    parcel = send()
    assert (parcel.status, parcel.locker_id, parcel.planned, parcel.compartment) == ("announced", "elm", 1, None)
    assert len(parcel.pin) == 8
    assert len(set(parcel.pin)) >= 4
    read = ticket.read(parcel.ticket)
    assert read is not None
    assert read.signed_by(hub.keys.ticket.key.public_key())
    admit, expect = locker.catch_up()
    assert (admit["kind"], expect["kind"]) == ("admit", "expect")
    assert expect["labels"] == [parcel.tracking_number]
    assert expect["planned"] == 1
    assert (admit["pickup"], admit["generation"]) == (read.ticket.pickup, read.ticket.generation)


def test_the_locker_can_check_the_pin_without_knowing_it(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    parcel = send()
    admit = locker.catch_up()[0]
    with hub.store.read() as db:
        row = db.execute("SELECT code_key_sealed FROM lockers").fetchone()
    key = bytes.fromhex(hub.store.vault.open(row["code_key_sealed"], "code key"))
    assert admit["pin_tag"] == access_tag(parcel.pin, key)
    assert parcel.pin not in str(admit)


def test_deposit_tells_the_recipient_in_the_same_breath(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1))
    assert status(parcel) == "ready_for_pickup"
    (notice,) = outbox.claim_due(hub.store, hub.now_ms())
    assert (notice.kind, notice.channel, notice.to) == ("ready", "email", "ada1@example.org")
    assert notice.params["pin"] == f"{parcel.pin[:4]} {parcel.pin[4:]}"
    assert notice.params["compartment"] == 1
    assert notice.params["deadline_s"] == hub.now_s() + 72 * 3600


def test_collected_parcels_leave_an_empty_compartment_and_no_code(
    hub: Hub, set_up: SetUp, send: Send, status: Status, notices: Notices
) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 2))
    assert [box.content for box in looks.locker(hub, "elm").compartments] == ["empty", "occupied", "empty"]
    locker.tell(locker.collects(parcel, 2))
    assert status(parcel) == "collected"
    assert [box.content for box in looks.locker(hub, "elm").compartments] == ["empty"] * 3
    assert notices() == ["ready", "collected"]
    assert looks.parcel(hub, parcel.id).pin == ""


def test_parcels_of_one_person_at_one_locker_share_a_code(set_up: SetUp, send: Send) -> None:
    set_up(classes="S S S S")
    ada = Recipient(name="Ada", email="ada@example.org")
    first, second = send(recipient=ada), send(recipient=Recipient(name="ada ", email="ADA@example.org"))
    third = send(recipient=Recipient(name="Ben", email="ada@example.org"))
    assert (first.pin, first.ticket) == (second.pin, second.ticket)
    assert third.pin != first.pin
    assert abs((second.planned or 0) - (first.planned or 0)) == 1


def test_a_code_goes_on_while_one_of_its_parcels_waits(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up(classes="S S")
    ada = Recipient(name="Ada", email="ada@example.org")
    first, second = send(recipient=ada), send(recipient=ada)
    locker.tell(locker.deposits(first, 1), locker.deposits(second, 2), locker.collects(first, 1))
    assert looks.parcel(hub, second.id).pin == first.pin
    assert looks.parcel(hub, first.id).pin == ""


def test_a_full_locker_refuses_and_says_what_to_do(hub: Hub, set_up: SetUp, send: Send) -> None:
    set_up(classes="S M")
    send()
    send()
    refused = announce.announce(hub, _wish("LATE"))
    assert code_of(refused) == "no_room"
    assert isinstance(refused, Refusal)
    assert "choose another locker" in refused.sentence


def test_what_fits_nowhere_is_too_large(hub: Hub, set_up: SetUp) -> None:
    set_up(classes="S M")
    assert code_of(announce.announce(hub, _wish("BIG", size=(500, 500, 500)))) == "too_large"


def test_a_low_compartment_can_be_asked_for(hub: Hub, set_up: SetUp) -> None:
    set_up(classes="S M")
    refused = announce.announce(hub, _wish("LOW", low=True))
    assert code_of(refused) == "too_large"


def test_unknown_lockers_and_labels_under_way_are_refused(hub: Hub, set_up: SetUp, send: Send) -> None:
    set_up()
    parcel = send()
    assert code_of(announce.announce(hub, _wish("X", locker="nowhere"))) == "unknown_locker"
    again = announce.announce(hub, _wish(parcel.tracking_number))
    assert code_of(again) == "already_announced"
    assert isinstance(again, Refusal)
    assert again.data == {"parcel_id": parcel.id}


def test_the_same_request_twice_is_one_parcel(hub: Hub, set_up: SetUp) -> None:
    set_up()
    key = RequestKey("carrier", "k1")
    first, second = (announce.announce(hub, _wish("ONCE"), key) for _ in range(2))
    assert isinstance(first, ParcelView)
    assert first == second
    assert code_of(announce.announce(hub, _wish("OTHER"), key)) == "key_used_otherwise"


def test_a_failed_home_delivery_goes_to_the_nearest_locker_that_fits(
    hub: Hub, set_up: SetUp, send: Send, status: Status, notices: Notices
) -> None:
    set_up("near", "S", latitude=52.50, longitude=13.40)
    set_up("far", "S M L", latitude=52.56, longitude=13.40)
    large = send(None, (300, 150, 200), latitude=52.50, longitude=13.40)
    small = send(None, latitude=52.50, longitude=13.40)
    assert large.pin == ""
    for parcel, expected in ((large, "far"), (small, "near")):
        done = attempts.failed(hub, FailedAttempt(parcel_id=parcel.id))
        assert isinstance(done, Attempted)
        assert (done.parcel.status, done.parcel.locker_id) == ("redirected", expected)
        assert len(done.parcel.pin) == 8
    assert notices() == ["redirected", "redirected"]


def test_the_code_told_at_the_door_opens_at_the_locker(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker = set_up()
    parcel = send(None)
    done = attempts.failed(hub, FailedAttempt(parcel_id=parcel.id))
    assert isinstance(done, Attempted)
    assert kinds(locker.catch_up()) == ["admit", "expect"]
    locker.tell(locker.deposits(parcel, 1))
    now = looks.parcel(hub, parcel.id)
    assert now is not None
    assert (now.status, now.pin, now.ticket) == ("ready_for_pickup", done.parcel.pin, done.parcel.ticket)


@pytest.mark.parametrize(
    ("reason", "more"), [("refused", {}), ("nobody_home", {"perishable": True}), ("nobody_home", {"age_check": True})]
)
def test_what_may_not_lie_in_a_locker_stays_with_the_courier(
    hub: Hub, set_up: SetUp, send: Send, status: Status, reason: Any, more: dict[str, bool]
) -> None:
    set_up()
    parcel = send(None, **more)
    done = attempts.failed(hub, FailedAttempt(parcel_id=parcel.id, reason=reason))
    assert isinstance(done, Attempted)
    assert code_of(done.fallback) == "not_eligible"
    assert status(parcel) == "delivery_failed"


def test_an_attempt_is_recorded_even_if_no_locker_has_room(
    hub: Hub, send: Send, status: Status, notices: Notices
) -> None:
    parcel = send(None)
    done = attempts.failed(hub, FailedAttempt(parcel_id=parcel.id))
    assert isinstance(done, Attempted)
    assert code_of(done.fallback) == "no_locker"
    assert status(parcel) == "delivery_failed"
    assert notices() == ["missed"]


def test_only_home_deliveries_fail_at_a_door(hub: Hub, set_up: SetUp, send: Send) -> None:
    set_up()
    assert code_of(attempts.failed(hub, FailedAttempt(parcel_id=send().id))) == "not_a_home_delivery"
    assert code_of(attempts.failed(hub, FailedAttempt(parcel_id="p_0"))) == "unknown_parcel"


def test_a_stay_is_reminded_of_extended_once_and_ends(
    hub: Hub, set_up: SetUp, send: Send, status: Status, notices: Notices
) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1))
    clocks.wait(hub, 49)
    assert notices() == ["ready", "reminder"]
    extended = stays.extend(hub, parcel.id)
    assert isinstance(extended, ParcelView)
    assert extended.deadline_s == (parcel.announced_s + (72 + 48) * 3600)
    assert code_of(stays.extend(hub, parcel.id)) == "already_extended"
    locker.catch_up()
    clocks.wait(hub, 72)
    assert status(parcel) == "expired"
    assert notices() == ["ready", "reminder", "extended", "expired"]
    assert locker.catch_up() == [{"kind": "recall", "delivery": locker.deposits(parcel, 1).delivery, "recalled": True}]


def test_an_expired_parcel_may_still_be_extended_or_collected(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    locker = set_up(classes="S S")
    late, later = send(), send()
    locker.tell(locker.deposits(late, 1), locker.deposits(later, 2))
    clocks.wait(hub, 80)
    locker.catch_up()
    assert isinstance(stays.extend(hub, late.id), ParcelView)
    assert status(late) == "ready_for_pickup"
    (order,) = locker.catch_up()
    assert (order["kind"], order["recalled"]) == ("recall", False)
    locker.tell(locker.collects(later, 2))
    assert status(later) == "collected"


def test_a_courier_takes_an_expired_parcel_back(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker = set_up()
    parcel = send()
    deposit = locker.deposits(parcel, 1)
    locker.tell(deposit)
    clocks.wait(hub, 80)
    locker.tell(facts.Retrieved(at=locker.at, n=1, visit="v", deliveries=(deposit.delivery,), courier="c1"))
    assert status(parcel) == "retrieved"
    assert looks.locker(hub, "elm").compartments[0].content == "empty"


def test_a_cancelled_parcel_gives_its_room_back(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker = set_up(classes="S")
    parcel = send()
    assert isinstance(stays.cancel(hub, parcel.id), ParcelView)
    assert status(parcel) == "cancelled"
    assert kinds(locker.catch_up()) == ["admit", "expect", "withdraw"]
    assert send().planned == 1


def test_what_lies_in_a_locker_is_not_cancelled(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    parcel = send()
    locker.tell(locker.deposits(parcel, 1))
    assert code_of(stays.cancel(hub, parcel.id)) == "not_cancellable"
    assert code_of(stays.cancel(hub, "p_0")) == "unknown_parcel"


def test_what_may_lie_in_a_locker_is_not_cancelled_either(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    parcel = send()
    deposit = locker.deposits(parcel, 1)
    doubt = facts.ContentsUncertain(at=locker.at, n=1, doubt="power_cut", deliveries=(deposit.delivery,))
    locker.tell(deposit, doubt)
    assert code_of(stays.cancel(hub, parcel.id)) == "not_cancellable"


def test_a_deposit_ticket_names_locker_size_and_pin(hub: Hub, set_up: SetUp, send: Send) -> None:
    locker = set_up()
    parcel = send()
    issued = deposit_tickets.issue(hub, parcel.id)
    assert isinstance(issued, deposit_tickets.DepositTicket)
    read = ticket.read(issued.ticket)
    assert read is not None
    assert (read.ticket.type, read.ticket.home, read.ticket.size_class) == ("deposit", 1, "S")
    assert read.ticket.pin_tag == locker.catch_up()[0]["pin_tag"]


def test_a_deposit_by_ticket_finds_its_parcel(hub: Hub, set_up: SetUp, send: Send, status: Status) -> None:
    locker = set_up()
    parcel = send()
    issued = deposit_tickets.issue(hub, parcel.id)
    assert isinstance(issued, deposit_tickets.DepositTicket)
    read = ticket.read(issued.ticket)
    assert read is not None
    name, pickup = ticket.delivery_of(read.ticket), read.ticket.pickup
    locker.tell(facts.Deposited(at=locker.at, n=3, visit="v", delivery=name, pickup=pickup, by_ticket=True))
    assert status(parcel) == "ready_for_pickup"
    locker.tell(facts.Collected(at=locker.at, n=3, visit="w", pickup=pickup, deliveries=(name,)))
    assert status(parcel) == "collected"


def test_the_page_is_found_by_its_token_only(hub: Hub, set_up: SetUp, send: Send) -> None:
    set_up()
    parcel = send()
    token = parcel.page_path.rsplit("/", 1)[1]
    view = looks.recipient(hub, token)
    assert view is not None
    assert (view.tracking, view.pin) == (parcel.tracking_number, f"{parcel.pin[:4]} {parcel.pin[4:]}")
    assert looks.recipient(hub, parcel.tracking_number) is None
    assert looks.recipient(hub, token[:-1] + ("0" if token[-1] != "0" else "1")) is None


def test_who_has_no_address_gets_no_notice_but_an_event(hub: Hub, set_up: SetUp, send: Send, notices: Notices) -> None:
    locker = set_up()
    parcel = send(recipient=Recipient(name="Ada"))
    locker.tell(locker.deposits(parcel, 1))
    assert notices() == []
    assert "notice_impossible" in [event.kind for event in looks.events(hub, parcel_id=parcel.id)]


def _wish(
    label: str, size: tuple[int, int, int] = (300, 60, 200), locker: str = "elm", low: bool = False
) -> Announcement:
    return Announcement(
        tracking_number=label, carrier="demo-post", recipient=Recipient(name="Zoe", email="zoe@example.org"),
        width_mm=size[0], height_mm=size[1], depth_mm=size[2], locker_id=locker, low=low,
    )  # fmt: skip


def test_many_at_once_at_the_door_get_the_last_rooms_and_codes_that_work_there(
    hub: Hub, set_up: SetUp, send: Send
) -> None:
    for locker_id, latitude in (("near", 52.50), ("far", 52.53)):
        set_up(locker_id, "S", latitude=latitude, longitude=13.4)
    parcels = [send(None, latitude=52.5, longitude=13.4) for _ in range(8)]
    start = threading.Barrier(len(parcels))

    def at_the_door(parcel: ParcelView) -> Attempted | Refusal:
        start.wait()
        return attempts.failed(hub, FailedAttempt(parcel_id=parcel.id))

    with ThreadPoolExecutor(len(parcels)) as couriers:
        done = [one for one in couriers.map(at_the_door, parcels) if isinstance(one, Attempted)]
    lucky = [one.parcel for one in done if one.fallback is None]
    assert sorted(one.locker_id or "" for one in lucky) == ["far", "near"]
    assert [code_of(one.fallback) for one in done if one.fallback] == ["no_locker"] * 6
    with hub.store.read() as db:
        for one in lucky:
            row = db.execute(
                "SELECT locker_id, pin_tag FROM admissions WHERE locker_id = ?", (one.locker_id,)
            ).fetchone()
            assert row["pin_tag"] == hub.tag(one.pin, row["locker_id"])


def test_a_deposit_by_ticket_that_was_cut_off_is_known_by_its_ticket(
    hub: Hub, set_up: SetUp, send: Send, status: Status
) -> None:
    """The first that the hub hears of the ticket is a doubt; nothing about the compartment is set aside for it."""
    locker = set_up()
    parcel = send()
    issued = deposit_tickets.issue(hub, parcel.id)
    assert isinstance(issued, deposit_tickets.DepositTicket)
    read = ticket.read(issued.ticket)
    assert read is not None
    name = ticket.delivery_of(read.ticket)
    locker.tell(facts.ContentsUncertain(at=locker.at, n=3, doubt="power_cut", deliveries=(name,)))
    assert status(parcel) == "needs_attention"
    locker.tell(facts.Inspected(at=locker.at, n=3, deliveries=(name,)))
    assert status(parcel) == "ready_for_pickup"


def test_another_carriers_parcel_for_the_same_person_gets_a_code_of_its_own(set_up: SetUp, send: Send) -> None:
    set_up()
    ada = Recipient(name="Ada", email="ada@example.org")
    ours, theirs = send(recipient=ada, carrier="swift"), send(recipient=ada, carrier="slow")
    assert ours.pin != theirs.pin
