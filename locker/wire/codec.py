"""Bytes to messages and back, signed end to end: the broker between the two decides nothing.

A message on the bus is one JSON object `{"wire": 1, "body": {...}, "signature": "..."}`. The signature (Ed25519, hex)
covers a context and the canonical spelling of `body` as it came, so fields that the reader doesn't know stay covered.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from locker.wire.chain import canonical
from locker.wire.facts import Fact
from locker.wire.messages import Message
from locker.wire.orders import Order, Snapshot

T = TypeVar("T")
WIRE_VERSION = 1
MESSAGE_BYTES_MAX = 1_048_576
"""A longer message is refused unread; a batch of 200 facts is some 60 kB."""

DEPTH_MAX = 16
_CONTEXT = b"parcel-locker/message/1/"
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
_ORDER: TypeAdapter[Order] = TypeAdapter(Order)
_SNAPSHOT: TypeAdapter[Snapshot] = TypeAdapter(Snapshot)


class WireError(ValueError):
    """What came can't be understood or believed. `code` is stable; the text holds nothing of the content."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def encode(message: Message, key: Ed25519PrivateKey) -> bytes:
    """The signed bytes of a message."""
    body = _MESSAGE.dump_python(message, mode="json")
    signature = key.sign(_CONTEXT + canonical(body)).hex()
    return json.dumps({"wire": WIRE_VERSION, "body": body, "signature": signature}, ensure_ascii=False).encode()


def decode(raw: bytes, key: Ed25519PublicKey) -> Message:
    """The message in `raw`, if `key` has signed it.

    Raises WireError with one of the codes `too_long`, `not_json`, `unknown_version`, `unsigned`, `forged`, `malformed`.
    """
    envelope = _read_json(raw)
    version = envelope.get("wire")
    if type(version) is not int or version != WIRE_VERSION:
        raise WireError("unknown_version", f"this side speaks wire version {WIRE_VERSION} only")
    body, signature = envelope.get("body"), envelope.get("signature")
    if not isinstance(body, dict) or not isinstance(signature, str):
        raise WireError("unsigned", "a message needs a body and a signature")
    try:
        spelled = canonical(body)
        key.verify(bytes.fromhex(signature), _CONTEXT + spelled)
    except (InvalidSignature, ValueError) as error:
        raise WireError("forged", "the signature isn't the sender's") from error
    return _validated(_MESSAGE, spelled)


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """A fact as it is journalled, hashed and reported."""
    return _plain(_FACT, fact)


def fact_from_json(raw: dict[str, Any]) -> Fact:
    """The fact in `raw`; raises WireError `malformed` for one that this version doesn't know."""
    return _read(_FACT, raw)


def fact_as_spelled(spelled: bytes) -> Fact:
    """The same for a fact that is spelled as `canonical` does."""
    return _validated(_FACT, spelled)


def order_to_json(order: Order) -> dict[str, Any]:
    """An order as it is chained and sent.

    Raises WireError `malformed` for one that its reader would refuse: it would hold up every order behind it for ever.
    """
    plain = _plain(_ORDER, order)
    _read(_ORDER, plain)
    return plain


def order_from_json(raw: dict[str, Any]) -> Order:
    """The order in `raw`; raises WireError `malformed` for one that this version doesn't know."""
    return _read(_ORDER, raw)


def snapshot_to_json(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as it is sent."""
    return _plain(_SNAPSHOT, snapshot)


def snapshot_from_json(raw: dict[str, Any]) -> Snapshot:
    """The snapshot in `raw`; raises WireError `malformed`."""
    return _read(_SNAPSHOT, raw)


def _plain(adapter: TypeAdapter[Any], value: object) -> dict[str, Any]:
    plain: dict[str, Any] = adapter.dump_python(value, mode="json")
    return plain


def _read(adapter: TypeAdapter[T], raw: dict[str, Any]) -> T:
    try:
        spelled = canonical(raw)
    except ValueError as error:
        raise WireError("malformed", "this has no single spelling") from error
    return _validated(adapter, spelled)


def _validated(adapter: TypeAdapter[T], spelled: bytes) -> T:
    # Strict, and from the spelling that was signed or hashed: a "3" read as 3 would leave here as something else.
    try:
        return adapter.validate_json(spelled, strict=True)
    except ValidationError as error:
        # The values stay out of the text: they may be somebody's code.
        where = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors()[:3])
        raise WireError("malformed", f"wrong or missing: {where or 'the whole'}") from error


def _read_json(raw: bytes) -> dict[str, Any]:
    if len(raw) > MESSAGE_BYTES_MAX:
        raise WireError("too_long", f"a message has at most {MESSAGE_BYTES_MAX} bytes")
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise WireError("not_json", "this isn't JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise WireError("not_json", "a message is a JSON object")
    if _depth(value) > DEPTH_MAX:
        raise WireError("malformed", f"nested deeper than {DEPTH_MAX}")
    return value


def _depth(value: object) -> int:
    deepest, layer = 0, [value]
    while layer and deepest <= DEPTH_MAX:
        deepest += 1
        inner = [item for item in layer if isinstance(item, dict | list)]
        layer = [child for item in inner for child in (item.values() if isinstance(item, dict) else item)]
    return deepest
