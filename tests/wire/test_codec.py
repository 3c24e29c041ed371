"""Who may be believed, and what is refused: each refusal has a stable code and says nothing of the content."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from locker.wire import codec
from locker.wire.chain import GENESIS, canonical
from locker.wire.codec import MESSAGE_BYTES_MAX, WireError
from locker.wire.messages import Batch, Hello, Orders, Presence, Welcome
from locker.wire.orders import Admit

STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x42" * 32)


def refusal(raw: bytes, key: Ed25519PrivateKey) -> str:
    """The code of the refusal; fails if the bytes are believed."""
    with pytest.raises(WireError) as caught:
        codec.decode(raw, key.public_key())
    return caught.value.code


def signed(body: dict[str, Any], key: Ed25519PrivateKey, **envelope: Any) -> bytes:
    """A message with this body, rightly signed; `envelope` replaces parts around it."""
    signature = key.sign(b"parcel-locker/message/1/" + canonical(body)).hex()
    return json.dumps({"wire": 1, "body": body, "signature": signature} | envelope).encode()


def body(raw: bytes) -> dict[str, Any]:
    """The body of a message."""
    found: dict[str, Any] = json.loads(raw)["body"]
    return found


PRESENCE = {"kind": "presence", "locker": "elm", "run": "r", "online": True}


def test_a_message_comes_back_as_it_was(key: Ed25519PrivateKey, samples: ModuleType) -> None:
    for message in samples.MESSAGES:
        assert codec.decode(codec.encode(message, key), key.public_key()) == message


def test_only_the_sender_is_believed(key: Ed25519PrivateKey, samples: ModuleType) -> None:
    for message in samples.MESSAGES:
        assert refusal(codec.encode(message, STRANGER), key) == "forged"


def test_the_signature_covers_fields_that_the_reader_does_not_know(key: Ed25519PrivateKey) -> None:
    genuine = signed(PRESENCE | {"of_2030": {"deep": [1]}}, key)
    assert codec.decode(genuine, key.public_key()) == Presence(locker="elm", run="r", online=True)
    assert refusal(genuine.replace(b'"deep": [1]', b'"deep": [2]'), key) == "forged"
    assert refusal(signed(PRESENCE, key).replace(b'"run"', b'"added": 1, "run"'), key) == "forged"


def test_spaces_and_the_order_of_fields_do_not_matter(key: Ed25519PrivateKey) -> None:
    envelope = json.loads(signed(PRESENCE, key))
    envelope["body"] = dict(reversed(envelope["body"].items()))
    assert codec.decode(json.dumps(envelope, indent=3).encode(), key.public_key()).kind == "presence"


@pytest.mark.parametrize("version", [0, 2, -1, "1", None, True, 1.0, [1], 10**40])
def test_another_wire_version_is_refused_as_such(version: object, key: Ed25519PrivateKey) -> None:
    assert refusal(signed(PRESENCE, key, wire=version), key) == "unknown_version"


@pytest.mark.parametrize("kind", ["dance", "", None, 7, ["hello"], "Hello"])
def test_an_unknown_kind_is_malformed(kind: object, key: Ed25519PrivateKey) -> None:
    assert refusal(signed(PRESENCE | {"kind": kind}, key), key) == "malformed"
    for read in (codec.fact_from_json, codec.order_from_json):
        with pytest.raises(WireError, match="wrong or missing") as caught:
            read({"kind": kind})
        assert caught.value.code == "malformed"


@pytest.mark.parametrize(
    "change",
    [
        {"locker": "elm/+"},
        {"locker": "#"},
        {"locker": "x" * 41},
        {"locker": ""},
        {"locker": 5},
        {"online": "yes"},
        {"online": 1},
        {"run": "r" * 129},
        {"run": None},
    ],
)
def test_values_outside_their_bounds_are_malformed(change: dict[str, Any], key: Ed25519PrivateKey) -> None:
    assert refusal(signed(PRESENCE | change, key), key) == "malformed"


@pytest.mark.parametrize("number", [-1, 2**53, 10**30, "7", True, None])
def test_a_number_that_no_database_keeps_is_malformed(number: object, key: Ed25519PrivateKey) -> None:
    hello = body(codec.encode(Hello(locker="elm", run="r", head=GENESIS), key))
    assert refusal(signed(hello | {"order_number": number}, key), key) == "malformed"


@pytest.mark.parametrize("digest", ["", "00", "G" * 64, "AB" * 32, "00" * 33, " " * 64, "00" * 32 + "\n"])
def test_a_digest_is_64_small_hex_digits(digest: str, key: Ed25519PrivateKey) -> None:
    welcome = body(codec.encode(Welcome(head=GENESIS, wall_ms=0), key))
    assert refusal(signed(welcome | {"head": digest}, key), key) == "malformed"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[]", "not_json"),
        (b'"hello"', "not_json"),
        (b"null", "not_json"),
        (b"1" * 5_000, "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "not_json malformed"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, "malformed"),
        (b" " * (MESSAGE_BYTES_MAX + 1), "too_long"),
        (b"{}", "unknown_version"),
        (b'{"wire": 1}', "unsigned"),
        (b'{"wire": 1, "body": {}}', "unsigned"),
        (b'{"wire": 1, "body": [], "signature": ""}', "unsigned"),
        (b'{"wire": 1, "body": {}, "signature": 5}', "unsigned"),
        (b'{"wire": 1, "body": {}, "signature": ""}', "forged"),
        (b'{"wire": 1, "body": {}, "signature": "zz"}', "forged"),
        (b'{"wire": 1, "body": {"a": 0.5}, "signature": "00"}', "forged"),
        (b'{"wire": 1, "body": {"a": NaN}, "signature": "00"}', "forged"),
        (b'{"wire": 1, "body": {"a": "\\ud800"}, "signature": "00"}', "forged"),
    ],
)
def test_rubbish_is_refused_with_its_code(raw: bytes, code: str, key: Ed25519PrivateKey) -> None:
    assert refusal(raw, key) in code.split()


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    with pytest.raises(WireError):
        codec.decode(raw, STRANGER.public_key())


def test_a_refusal_holds_nothing_of_the_content(key: Ed25519PrivateKey) -> None:
    with pytest.raises(WireError) as caught:
        codec.order_from_json({"kind": "admit", "pickup": "p", "generation": "31415926", "pin_tag": "27182818"})
    assert "generation" in str(caught.value)
    assert "31415926" not in str(caught.value) and "27182818" not in str(caught.value)


def test_an_order_that_a_locker_would_refuse_is_refused_where_it_is_made() -> None:
    with pytest.raises(WireError, match="generation"):
        codec.order_to_json(Admit(pickup="p", generation=-1))


def test_a_fraction_has_no_single_spelling(key: Ed25519PrivateKey) -> None:
    with pytest.raises(ValueError, match="fraction"):
        codec.encode(Batch(locker="elm", parent=GENESIS, facts=({"kind": "x", "warmth": 20.5},)), key)
    with pytest.raises(WireError, match="spelling"):
        codec.order_from_json({"kind": "recall", "delivery": "d", "fee": 0.5})


def test_orders_of_a_future_hub_can_be_handed_on(key: Ed25519PrivateKey) -> None:
    message = Orders(epoch="e", first=1, parent=GENESIS, orders=({"kind": "sing", "song": "ode"},))
    assert codec.decode(codec.encode(message, key), key.public_key()) == message
