"""One of each thing that is said, as it was first released: what the golden files under `golden/` hold.

A kind that is added gets its sample here and its file from `scripts/golden.py`. A sample never changes after a release:
the files prove that today's reader still understands what yesterday's locker says.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.wire import facts, messages, orders
from locker.wire.facts import CompartmentSpec, Fact, Moment
from locker.wire.messages import CompartmentState, Message
from locker.wire.opening import Answered, Challenge, Knock, OpenNow
from locker.wire.orders import Neighbour, Order, Pass, Snapshot, TicketKey

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""Signs all samples; known to everybody, worth nothing."""

AT = Moment(run_ms=61_250, wall_ms=1_790_000_000_123, trusted=True)
RUN = "0f1e2d3c4b5a6978"
VISIT = "v-3f2a"
PICKUP = "00112233445566aa"
DELIVERY = "d_5f0c91"
HEAD = "ab" * 32
TAG = "5c" * 16

ORDERS: tuple[Order, ...] = (
    orders.Expect(
        delivery=DELIVERY,
        pickup=PICKUP,
        labels=("JJD0099999", "(00)340433"),
        width_mm=300,
        height_mm=120,
        depth_mm=400,
        planned=4,
        carrier="swift",
        low=True,
    ),
    orders.Admit(pickup=PICKUP, generation=2, pin_tag=TAG),
    orders.Withdraw(delivery=DELIVERY, moved_to="Oak Square, beside the café"),
    orders.Recall(delivery=DELIVERY, recalled=True),
    orders.Passes(
        passes=(
            Pass(tag=TAG, party="courier", who="c-17", carrier="swift"),
            Pass(tag="7d" * 16, party="operator", who="o-2"),
        )
    ),
    orders.Site(
        name="Elm Street",
        where="left of the bakery",
        help_phone="+44 20 7946 0000",
        keys=(TicketKey(kid=1, public_key="3d" * 32),),
        neighbours=(Neighbour(number=2, name="Oak Square", where="café"),),
    ),
    orders.Serve(n=3, in_service=False, reason="hinge"),
    orders.Mistrust(n=3, deliveries=("d_1",)),
    orders.PassesChanged(given=(Pass(tag=TAG, party="courier", who="c-17", carrier="swift"),), ended=("7d" * 16,)),
)

FACTS: tuple[Fact, ...] = (
    facts.RunStarted(at=AT, run=RUN, locker="elm", software="0.1.0"),
    facts.Described(
        at=AT,
        number=1,
        compartments=(
            CompartmentSpec(
                n=1,
                size_class="M",
                width_mm=380,
                height_mm=200,
                depth_mm=640,
                reach="low",
                module="A",
                x_mm=10,
                y_mm=20,
                front_width_mm=400,
                front_height_mm=220,
                holds_child=True,
            ),
        ),
    ),
    facts.OrderApplied(at=AT, epoch="e-77", number=9, digest=HEAD, order=ORDERS[0]),
    facts.SnapshotApplied(at=AT, epoch="e-77", number=9, digest=HEAD, snapshot=Snapshot(orders=ORDERS[:7])),
    facts.VisitStarted(at=AT, visit=VISIT, party="recipient", by="ticket", who=PICKUP),
    facts.VisitEnded(at=AT, visit=VISIT, how="left"),
    facts.UnlockAuthorised(at=AT, n=4, reason="collect", visit=VISIT, deliveries=(DELIVERY,), attempt=2),
    facts.Opened(at=AT, n=4, visit=VISIT, forced=False),
    facts.Closed(at=AT, n=4, visit=VISIT),
    facts.Deposited(
        at=AT,
        n=4,
        visit=VISIT,
        delivery=f"{PICKUP}.2",
        pickup=PICKUP,
        by_ticket=True,
        pin_tag=TAG,
    ),
    facts.Collected(at=AT, n=4, visit=VISIT, pickup=PICKUP, deliveries=(DELIVERY, "d_77")),
    facts.Retrieved(at=AT, n=4, visit=VISIT, deliveries=(DELIVERY,), courier="c-17"),
    facts.ContentsUncertain(at=AT, n=4, doubt="power_cut", deliveries=(DELIVERY,)),
    facts.Inspected(at=AT, n=4, visit=VISIT, deliveries=(DELIVERY,)),
    facts.FaultFound(at=AT, n=4, fault="jammed"),
    facts.FaultCleared(at=AT, n=4, fault="jammed"),
    facts.PinRefused(at=AT),
    facts.Alarmed(at=AT, alarm="left_open", n=4, detail="for 5 min"),
    facts.AlarmEnded(at=AT, alarm="too_warm", n=4),
    facts.AdmittedFromAfar(at=AT, request="o_5f0c", n=4, visit=VISIT, pickup=PICKUP),
)

MESSAGES: tuple[Message, ...] = (
    messages.Hello(
        locker="elm",
        run=RUN,
        head=HEAD,
        epoch="e-77",
        order_number=9,
        order_digest="cd" * 32,
        wall_ms=1_790_000_000_123,
        clock_trusted=True,
    ),
    messages.Batch(locker="elm", parent=HEAD, facts=({"kind": "pin_refused", "at": {"run_ms": 1, "wall_ms": 2}},)),
    messages.Welcome(head=HEAD, wall_ms=1_790_000_000_123, locker="elm"),
    messages.Confirm(known=HEAD, safe="cd" * 32, locker="elm"),
    messages.Orders(
        epoch="e-77",
        first=9,
        parent=HEAD,
        orders=({"kind": "recall", "delivery": DELIVERY},),
        locker="elm",
    ),
    messages.FullState(
        epoch="e-77",
        number=9,
        digest=HEAD,
        snapshot={"orders": [{"kind": "recall", "delivery": DELIVERY}]},
        locker="elm",
    ),
    messages.Presence(locker="elm", run=RUN, online=True),
    messages.CabinetState(
        locker="elm",
        run=RUN,
        head=HEAD,
        compartments=(
            CompartmentState(n=1, content="occupied", door="closed"),
            CompartmentState(n=2, content="uncertain", door="open", faults=("sensor",), in_service=False),
        ),
    ),
    Knock(locker="elm", request="o_5f0c"),
    Challenge(locker="elm", run=RUN, request="o_5f0c", nonce="9f" * 8, numbers=("417", "030")),
    OpenNow(locker="elm", run=RUN, request="o_5f0c", nonce="9f" * 8, n=4, pickup=PICKUP, generation=2),
    Answered(locker="elm", run=RUN, request="o_5f0c", outcome="opening"),
)
