"""New hardware takes a locker's place: nothing is believed until somebody has looked, and nothing is lost."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from locker.wire import codec
from locker.wire.codec import WireError
from tests.pair.machine import Machine
from tests.pair.town import Town


def test_new_hardware_believes_nothing_until_somebody_has_looked(town: Town, elm: Machine) -> None:
    parcel, other = town.announce("ada", "elm"), town.announce("ben", "elm")
    town.settle()
    n = town.deposit(elm, parcel)
    town.settle()
    new = town.replace(elm)
    assert {one.content for one in new.cabinet.overview()} == {"uncertain"}
    assert town.status(parcel) == "needs_attention"
    # Nobody knows yet that it lies here, so its code opens nothing; nobody else's parcel is put on top of it either.
    new.scan(town.seen(parcel).ticket)
    assert new.steel.open == set()
    new.scan(other.tracking_number)
    assert new.steel.open == set()
    town.inspect(new)
    town.settle()
    assert town.status(parcel) == "ready_for_pickup"
    assert town.collect(new, parcel) == [n]
    assert town.deposit(new, other) > 0
    town.settle()
    assert [town.status(one) for one in (parcel, other)] == ["collected", "ready_for_pickup"]


def test_a_pin_works_at_new_hardware_although_its_key_is_another_one(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.settle()
    town.deposit(elm, parcel)
    town.settle()
    new = town.replace(elm)
    town.inspect(new)
    town.settle()
    town.collect(new, parcel, pin=True)
    town.settle()
    assert town.status(parcel) == "collected"


def test_what_was_promised_may_still_be_deposited(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.settle()
    new = town.replace(elm)
    town.inspect(new)
    town.settle()
    town.deposit(new, parcel)
    town.settle()
    assert town.status(parcel) == "ready_for_pickup"


def test_the_old_machine_is_believed_no_more(town: Town, elm: Machine) -> None:
    parcel = town.announce("ada", "elm")
    town.settle()
    town.cut_network(elm)
    town.deposit(elm, parcel)
    said: list[bytes] = []
    town.bus.cut.discard("elm")
    town.replace(elm)
    before = town.status(parcel)
    elm.send = said.append
    elm.plug_in()
    town.wait(5)
    assert said, "the old one would still like to tell"
    with town.hub.store.read() as db:
        key = db.execute("SELECT public_key FROM lockers WHERE id = 'elm'").fetchone()["public_key"]
    for raw in said:
        with pytest.raises(WireError):
            codec.decode(raw, Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)))
    assert town.status(parcel) == before
