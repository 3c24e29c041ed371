"""Orders apply strictly one behind the other; a snapshot replaces what the hub owns, and never what lies inside."""

from __future__ import annotations

from locker.cabinet.actions import AskForOrders
from locker.cabinet.events import OrdersReceived
from locker.wire import chain, codec, facts
from locker.wire.messages import FullState, Orders
from locker.wire.orders import Admit, Mistrust, Recall, Serve, Site, Snapshot, Withdraw
from tests.cabinet.conftest import EPOCH, Front, expect, pickup_id, qr, tag


def a_message(front: Front, labels: tuple[str, ...], first: int, parent: str, epoch: str = EPOCH) -> Orders:
    """Announcements as orders, the first of them with this number behind this digest."""
    raw = tuple(codec.order_to_json(expect(label, label)) for label in labels)
    return Orders(epoch=epoch, first=first, parent=parent, orders=raw)


def next_message(front: Front, *labels: str) -> Orders:
    """Announcements as the orders that come next."""
    return a_message(front, labels, front.state.order_number + 1, front.state.order_digest)


def test_an_order_and_its_number_are_one_fact(front: Front) -> None:
    front.announce("P1")
    applied = front.last(facts.OrderApplied)
    assert (applied.number, applied.digest) == (front.order_number, front.order_digest)
    assert (front.state.order_number, front.state.order_digest) == (front.order_number, front.order_digest)


def test_a_repeat_changes_nothing(front: Front) -> None:
    message = next_message(front, "P1", "P2")
    front.happens(OrdersReceived(message=message))
    assert front.happens(OrdersReceived(message=message)) == []


def test_a_message_that_overlaps_adds_what_is_new(front: Front) -> None:
    longer = next_message(front, "P1", "P2")
    shorter = next_message(front, "P1")
    front.happens(OrdersReceived(message=shorter))
    front.happens(OrdersReceived(message=longer))
    assert [fact.order.delivery for fact in front.facts if isinstance(fact, facts.OrderApplied)] == ["d-P1", "d-P2"]


def test_a_gap_asks_for_what_is_missing(front: Front) -> None:
    message = a_message(front, ("P1",), front.state.order_number + 2, front.state.order_digest)
    assert front.happens(OrdersReceived(message=message)) == [AskForOrders()]


def test_an_order_behind_another_history_is_not_applied(front: Front) -> None:
    message = a_message(front, ("P1",), front.state.order_number + 1, "ab" * 32)
    assert front.happens(OrdersReceived(message=message)) == [AskForOrders()]
    assert front.state.labels == {}


def test_a_hub_that_has_forgotten_an_order_is_noticed(front: Front) -> None:
    number, digest = front.state.order_number, front.state.order_digest
    front.happens(OrdersReceived(message=next_message(front, "P1")))
    message = a_message(front, ("OTHER", "P2"), number + 1, digest)
    assert front.happens(OrdersReceived(message=message)) == [AskForOrders()]
    assert "P2" not in front.state.labels


def test_orders_of_another_epoch_need_a_snapshot_first(front: Front) -> None:
    message = a_message(front, ("P1",), front.state.order_number + 1, front.state.order_digest, epoch="e2")
    assert front.happens(OrdersReceived(message=message)) == [AskForOrders()]


def test_what_is_malformed_stops_there_and_breaks_nothing(front: Front) -> None:
    good = next_message(front, "P1")
    bad = Orders(epoch=EPOCH, first=good.first, parent=good.parent, orders=(*good.orders, {"kind": "dance"}))
    front.happens(OrdersReceived(message=bad))
    assert (front.state.order_number, list(front.state.labels)) == (good.first, ["P1"])


def test_a_snapshot_replaces_what_was_announced(front: Front) -> None:
    front.announce("P1")
    front.announce("P2")
    front.snapshot(expect("P2", "ben"))
    front.scan("P1")
    assert front.shown == "unknown_code"
    front.scan("P2")
    assert front.screen.name == "open"


def test_a_snapshot_never_takes_the_key_from_a_parcel_inside(front: Front) -> None:
    front.announce("P1", "ada", pin="11112222")
    front.deposit("P1")
    front.choose("done")
    front.snapshot(front.state.site or Site(name=""))
    told = front.last(facts.Alarmed)
    assert (told.alarm, told.n, told.detail) == ("unknown_delivery", 1, "d-P1")
    front.type("11112222")
    assert front.open == {1}


def test_a_snapshot_that_knows_the_parcel_alarms_nobody(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.snapshot(expect("P1", "ada"), Admit(pickup=pickup_id("ada"), generation=1))
    assert front.count(facts.Alarmed) == 0


def test_spent_marks_and_faults_survive_a_snapshot(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.scan(qr("ada"))
    front.shut()
    front.force(2)
    front.snapshot(front.state.site or Site(name=""), expect("P1", "ada"), Admit(pickup=pickup_id("ada"), generation=1))
    assert front.state.boxes[2].faults == {"forced"}
    front.wait(400)
    front.scan(qr("ada"))
    assert front.shown == "already_collected"
    front.scan("P1")
    assert front.shown == "already_deposited"


def test_an_older_generation_stays_outdated_after_any_snapshot(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.order(Admit(pickup=pickup_id("ada"), generation=5))
    front.snapshot(front.state.site or Site(name=""), expect("P1", "ada"), Admit(pickup=pickup_id("ada"), generation=2))
    front.scan(qr("ada", generation=3))
    assert front.shown == "outdated"


def test_an_older_snapshot_never_replaces_a_newer_one(front: Front) -> None:
    snapshot = codec.snapshot_to_json(Snapshot(orders=(expect("OLD", "old"),)))
    old = FullState(epoch=EPOCH, number=front.state.order_number, digest="cd" * 32, snapshot=snapshot)
    front.announce("P1")
    assert front.happens(OrdersReceived(message=old)) == []
    assert list(front.state.labels) == ["P1"]


def test_an_epoch_that_was_left_never_comes_back(front: Front) -> None:
    """Whoever holds the bus can repeat a signed snapshot of long ago."""
    snapshot = codec.snapshot_to_json(Snapshot(orders=(expect("OLD", "old"),)))
    replayed = FullState(epoch=EPOCH, number=99, digest="cd" * 32, snapshot=snapshot)
    front.snapshot(expect("NEW", "new"), epoch="e2")
    assert front.happens(OrdersReceived(message=replayed)) == []
    assert list(front.state.labels) == ["NEW"]


def test_orders_go_on_behind_a_snapshot(front: Front) -> None:
    front.snapshot(expect("P1", "ada"))
    front.announce("P2")
    assert sorted(front.state.labels) == ["P1", "P2"]


def test_a_withdrawn_parcel_that_lies_inside_stays_its_recipients(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.order(Withdraw(delivery="d-P1"))
    assert front.last(facts.Alarmed).alarm == "unknown_delivery"
    assert front.state.gone == {}
    front.scan(qr("ada"))
    assert front.open == {1}


def test_orders_never_wait_for_a_visit(front: Front) -> None:
    front.announce("P1")
    front.scan("P1")
    front.announce("P2")
    assert "P2" in front.state.labels
    assert front.screen.name == "open"


def test_out_of_service_survives_a_restart_and_ends_with_an_order(front: Front) -> None:
    front.order(Serve(n=1, in_service=False, reason="cleaning"))
    front.power_cut()
    front.announce("P1")
    assert front.deposit("P1") == 2
    front.order(Serve(n=1, in_service=True))
    assert front.cabinet.overview()[0].in_service


def test_a_parcel_in_a_compartment_out_of_service_can_be_collected(front: Front) -> None:
    front.announce("P1", "ada")
    front.deposit("P1")
    front.order(Serve(n=1, in_service=False))
    front.scan(qr("ada"))
    assert front.open == {1}


def test_what_is_finished_is_forgotten_some_day(front: Front) -> None:
    for i in range(520):
        front.announce(f"P{i}")
        front.order(Withdraw(delivery=f"d-P{i}"))
    assert len(front.state.gone) == len(front.state.expected) == len(front.state.labels) == 500
    assert len(front.state.admits) == 500


def test_a_recall_of_something_unknown_breaks_nothing(front: Front) -> None:
    front.order(Recall(delivery="nothing"), Withdraw(delivery="nothing"))
    front.announce("P1", pin="55556666")
    assert front.deposit("P1") == 1
    assert tag("55556666") in {admit.pin_tag for admit in front.state.admits.values()}
    assert front.order_digest != chain.GENESIS


def test_an_order_that_this_program_cannot_read_stops_the_position_and_a_person_hears_of_it_once(front: Front) -> None:
    parent, number = front.state.order_digest, front.state.order_number
    raw = ({"kind": "invented_later", "n": 1}, codec.order_to_json(expect("P1", "P1")))
    message = Orders(epoch=EPOCH, first=number + 1, parent=parent, orders=raw)
    for _ in range(3):
        front.happens(OrdersReceived(message=message))
    alarms = [fact.alarm for fact in front.facts if isinstance(fact, facts.Alarmed)]
    assert (alarms, front.state.order_number, front.state.labels) == (["unknown_order"], number, {})


def test_a_parcel_that_the_hub_names_in_a_fork_is_not_on_its_way_in(front: Front) -> None:
    """Its label lies on its back in somebody's hand, on a photograph: it is no code, and ends no doubt."""
    front.announce("P1", "ada")
    front.deposit("P1")
    front.choose("done")
    front.order(Mistrust(n=1, deliveries=("d-P1",)))
    front.wait(20)
    front.scan("P1")
    assert (front.shown, front.open, front.content(1)) == ("already_deposited", set(), "uncertain")


def test_where_a_fork_may_have_put_another_parcel_a_deposit_that_was_cut_off_doesnt_go_on(front: Front) -> None:
    front.announce("P1", "ada")
    front.announce("P2", "ben")
    front.scan("P1")
    front.power_cut()
    front.shut(1)
    front.order(Mistrust(n=1, deliveries=("d-P2",)))
    front.scan("P1")
    assert front.open == {2}
    front.shut()
    assert (front.content(1), front.state.where("d-P2"), front.state.where("d-P1")) == ("uncertain", 1, 2)


def test_a_fork_that_is_told_while_a_parcel_is_put_in_isnt_ended_by_a_power_cut_and_its_label(front: Front) -> None:
    front.announce("P1", "ada")
    front.announce("P2", "ben")
    front.scan("P1")
    front.order(Mistrust(n=1, deliveries=("d-P2",)))
    front.power_cut()
    front.shut(1)
    front.scan("P1")
    assert (front.shown, front.open, front.state.boxes[1].doubt) == ("already_deposited", set(), "fork")
