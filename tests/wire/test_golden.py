"""What was ever released is still understood, word for word; a new kind doesn't get in without its golden file."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.wire import codec
from locker.wire.chain import GENESIS, digest
from locker.wire.facts import Fact
from locker.wire.messages import Message
from locker.wire.orders import Order

Golden = dict[str, dict[str, Any]]


def kinds(union: object) -> set[str]:
    """The kinds of an annotated union of dataclasses."""
    members = get_args(get_args(union)[0])
    return {member.__dataclass_fields__["kind"].default for member in members}


def test_every_kind_of_this_version_has_a_golden_file(golden: Golden) -> None:
    wanted = {f"message.{kind}" for kind in kinds(Message)}
    wanted |= {f"fact.{kind}" for kind in kinds(Fact)} | {f"order.{kind}" for kind in kinds(Order)}
    there = {name.removeprefix(f"v{codec.WIRE_VERSION}/").removesuffix(".json") for name in golden}
    assert wanted - there == set(), "give it a sample in tests/wire/samples.py, then run scripts/golden.py"


def test_golden_messages_are_read_as_what_was_meant(
    golden: Golden, samples: ModuleType, key: Ed25519PrivateKey
) -> None:
    for message in samples.MESSAGES:
        raw = json.dumps(golden[f"v1/message.{message.kind}.json"]).encode()
        assert codec.decode(raw, key.public_key()) == message


def test_golden_facts_are_read_as_what_was_meant(golden: Golden, samples: ModuleType) -> None:
    for fact in samples.FACTS:
        assert codec.fact_from_json(golden[f"v1/fact.{fact.kind}.json"]["entry"]) == fact


def test_golden_orders_are_read_as_what_was_meant(golden: Golden, samples: ModuleType) -> None:
    for order in samples.ORDERS:
        assert codec.order_from_json(golden[f"v1/order.{order.kind}.json"]["entry"]) == order


def test_what_is_written_today_has_every_field_of_the_golden_file_with_its_value(
    golden: Golden, samples: ModuleType
) -> None:
    for fact in samples.FACTS:
        assert is_within(golden[f"v1/fact.{fact.kind}.json"]["entry"], codec.fact_to_json(fact)), fact.kind
    for order in samples.ORDERS:
        assert is_within(golden[f"v1/order.{order.kind}.json"]["entry"], codec.order_to_json(order)), order.kind


def test_a_digest_stays_what_it_was(golden: Golden) -> None:
    for name, content in golden.items():
        if "digest" in content:
            assert digest(GENESIS, content["entry"]) == content["digest"], name


def test_fields_that_nobody_knows_yet_are_ignored_at_every_level(
    golden: Golden, samples: ModuleType, key: Ed25519PrivateKey
) -> None:
    for fact in samples.FACTS:
        for changed in with_a_new_field(golden[f"v1/fact.{fact.kind}.json"]["entry"]):
            assert codec.fact_from_json(changed) == fact
    for order in samples.ORDERS:
        for changed in with_a_new_field(golden[f"v1/order.{order.kind}.json"]["entry"]):
            assert codec.order_from_json(changed) == order


def test_what_a_batch_carries_is_handed_on_untouched(key: Ed25519PrivateKey, samples: ModuleType) -> None:
    """Facts of a newer locker keep their unknown fields: their hash covers them."""
    newer = {"kind": "dreamt", "of": ["sheep"], "at": {"run_ms": 1, "wall_ms": 2, "moon": "full"}}
    batch = samples.MESSAGES[1].__class__(locker="elm", parent=GENESIS, facts=(newer,))
    read = codec.decode(codec.encode(batch, key), key.public_key())
    assert digest(GENESIS, read.facts[0]) == digest(GENESIS, newer)  # type: ignore[union-attr]


def is_within(old: object, new: object) -> bool:
    """Whether `new` says all that `old` says."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(name in new and is_within(old[name], new[name]) for name in old)
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(is_within, old, new))
    return old == new


def with_a_new_field(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Copies of `value`, each with one unknown field in one of its objects."""
    for number in range(len(list(objects(value)))):
        changed = copy.deepcopy(value)
        list(objects(changed))[number]["a_field_of_2030"] = {"any": ["thing"]}
        yield changed


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Every JSON object in a value, itself first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)
