"""What a rogue broker, a stranger or a locker that was taken over may send: dropped, parked, survived."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_service.handlers import looks, reports
from hub_service.handlers.views import ParcelView
from hub_service.locker_link import Bus, LockerLink
from locker.wire import codec, topics
from locker.wire.chain import GENESIS, canonical, digest
from locker.wire.codec import WireError
from locker.wire.messages import Batch, FullState, Hello, Orders, Presence
from tests.pair.machine import Machine
from tests.pair.town import Town

STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x66" * 32)
FUZZ = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NAMES = ["kind", "at", "n", "visit", "delivery", "pickup", "deliveries", "run_ms", "wall_ms", "order", "number"]
KINDS = ["deposited", "collected", "retrieved", "inspected", "opened", "described", "order_applied", "alarmed", "dance"]
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.sampled_from(KINDS)
    | st.text(max_size=8).filter(str.isascii)
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
)
facts = st.dictionaries(st.sampled_from(NAMES), anything, max_size=8)


@pytest.fixture
def link(town: Town) -> LockerLink:
    """The hub's ear, without a broker."""
    return LockerLink(town.hub, Bus("127.0.0.1", 1))


def heard(link: LockerLink, locker: str, raw: bytes) -> list[Any]:
    """What the hub answers to bytes on a locker's topic."""
    return list(link.taken_all([(topics.topic(locker, "reports"), raw)]))


def shipped(body: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """A message of any content, rightly signed."""
    signature = key.sign(b"parcel-locker/message/1/" + canonical(body)).hex()
    return json.dumps({"wire": 1, "body": body, "signature": signature}).encode()


@FUZZ
@given(st.binary(max_size=200))
def test_no_bytes_make_the_hub_answer(link: LockerLink, raw: bytes) -> None:
    assert heard(link, "elm", raw) == []


def test_topics_that_are_not_a_lockers_are_not_listened_to(link: LockerLink, elm: Machine) -> None:
    raw = codec.encode(Hello(locker="elm", run="r", head=GENESIS), elm._keys.own)
    for topic in ("lockers/+/reports", "lockers/elm", "$SYS/broker", "lockers/nobody/reports", "lockers/oak/reports"):
        assert list(link.taken_all([(topic, raw)])) == []


def test_a_stranger_and_a_neighbour_cannot_speak_for_a_locker(town: Town, link: LockerLink) -> None:
    elm, oak = town.lockers["elm"], town.lockers["oak"]
    hello = Hello(locker="elm", run="r", head=GENESIS)
    assert heard(link, "elm", codec.encode(hello, STRANGER)) == []
    assert heard(link, "elm", codec.encode(hello, oak._keys.own)) == []
    assert heard(link, "oak", codec.encode(hello, elm._keys.own)) == []
    assert heard(link, "oak", codec.encode(hello, oak._keys.own)) == []


def test_a_locker_cannot_give_orders(link: LockerLink, elm: Machine) -> None:
    orders = Orders(locker="elm", epoch="e", first=1, parent=GENESIS, orders=())
    assert heard(link, "elm", codec.encode(orders, elm._keys.own)) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"[" * 50_000,
        b'{"wire":1,"body":' + b'{"a":' * 30 + b"1" + b"}" * 30 + b',"signature":"00"}',
        b'{"wire":1e999,"body":{},"signature":""}',
        b'{"wire":2,"body":{},"signature":""}',
        b'{"wire":1,"body":{"kind":"hello","order_number":' + b"9" * 4_000 + b'},"signature":"00"}',
        b"\x00" * 100,
        b'{"wire":1,"body":{},"signature":"' + b"0" * 500_000 + b'"}',
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_broken_messages_are_dropped_on_both_sides(link: LockerLink, elm: Machine, raw: bytes) -> None:
    assert heard(link, "elm", raw) == []
    with pytest.raises(WireError):
        codec.decode(raw, elm._keys.hub)


@FUZZ
@given(st.lists(facts, max_size=4))
def test_a_locker_that_was_taken_over_can_say_anything_and_breaks_nothing(
    town: Town, link: LockerLink, told: list[Any]
) -> None:
    """Its facts are stored, and parked where they can't be applied; other lockers' compartments stay as they are."""
    oak = town.lockers["oak"]
    before = looks.locker(town.hub, "elm")
    view = looks.locker(town.hub, "oak")
    assert before is not None and view is not None
    with town.hub.store.read() as db:
        head = db.execute("SELECT head FROM lockers WHERE id = 'oak'").fetchone()["head"]
    body = {"kind": "batch", "locker": "oak", "parent": head, "facts": told}
    answers = heard(link, "oak", shipped(body, oak._keys.own))
    for fact in told:
        head = digest(head, fact)
    assert [answer.known for _, answer in answers] == [head], "whatever it was, it is stored and confirmed"
    after = looks.locker(town.hub, "elm")
    assert after is not None and after.compartments == before.compartments


@pytest.mark.parametrize("n", [0, -1, 10**30, True, "1", None, 1.0, [1], {"n": 1}])
def test_a_fact_with_a_wild_number_is_kept_aside(town: Town, n: Any) -> None:
    oak = town.lockers["oak"]
    with town.hub.store.read() as db:
        head = db.execute("SELECT head FROM lockers WHERE id = 'oak'").fetchone()["head"]
    wild = {"kind": "opened", "at": {"run_ms": 1, "wall_ms": 1}, "n": n}
    if isinstance(n, float):
        with pytest.raises(ValueError, match="fraction"):
            shipped({"kind": "batch", "locker": "oak", "parent": head, "facts": [wild]}, oak._keys.own)
        return
    (answer,) = reports.take(town.hub, "oak", Batch(locker="oak", parent=head, facts=(wild,)))
    assert answer.known == digest(head, wild)  # type: ignore[union-attr]


def test_a_last_will_of_another_locker_takes_nobody_down(town: Town, link: LockerLink) -> None:
    oak = town.lockers["oak"]
    will = codec.encode(Presence(locker="elm", run="r", online=False), oak._keys.own)
    assert list(link.taken_all([("lockers/elm/presence", will)])) == []
    view = looks.locker(town.hub, "elm")
    assert view is not None and view.online


def test_a_locker_obeys_nobody_but_its_hub(town: Town, elm: Machine) -> None:
    position = elm.cabinet.state.order_number
    order = {"kind": "admit", "pickup": "00" * 8, "generation": 9, "pin_tag": "ab" * 16}
    message = Orders(
        locker="elm",
        epoch=elm.cabinet.state.epoch,
        first=position + 1,
        parent=elm.cabinet.state.order_digest,
        orders=(order,),
    )
    for key in (STRANGER, elm._keys.own, town.lockers["oak"]._keys.own):
        with pytest.raises(WireError) as caught:
            elm.hear(codec.encode(message, key))
        assert caught.value.code == "forged"
    elm.hear(
        codec.encode(
            Orders(
                locker="oak", epoch=message.epoch, first=message.first, parent=message.parent, orders=message.orders
            ),
            town.hub.keys.message,
        )
    )
    assert elm.cabinet.state.order_number == position


@FUZZ
@given(st.lists(facts, min_size=1, max_size=3), st.integers(-3, 3))
def test_orders_of_any_content_neither_crash_a_locker_nor_open_a_door(
    town: Town, elm: Machine, loot: ParcelView, orders: list[Any], offset: int
) -> None:
    state = elm.cabinet.state
    message = Orders(
        locker="elm",
        epoch=state.epoch,
        first=max(0, state.order_number + offset),
        parent=state.order_digest,
        orders=tuple(orders),
    )
    elm.hear(codec.encode(message, town.hub.keys.message))
    assert elm.powered and not elm.steel.open


@FUZZ
@given(facts)
def test_a_snapshot_of_any_content_takes_nothing_from_a_parcel_that_lies_inside(
    town: Town, elm: Machine, loot: ParcelView, snapshot: dict[str, Any]
) -> None:
    state = elm.cabinet.state
    message = FullState(
        locker="elm", epoch=state.epoch, number=state.order_number + 1, digest="ab" * 32, snapshot=snapshot
    )
    elm.hear(codec.encode(message, town.hub.keys.message))
    assert elm.content(1) == "occupied" and not elm.steel.open
