"""An entry's hash is its name: one spelling, one hash; another content or another place, another hash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker.wire.chain import GENESIS, canonical, digest, link

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
entries = st.dictionaries(texts, values, max_size=5)


@given(entries)
def test_the_spelling_says_the_same_as_the_entry(entry: dict[str, Any]) -> None:
    assert json.loads(canonical(entry)) == entry


@given(entries)
def test_an_entry_that_has_travelled_is_spelled_the_same(entry: dict[str, Any]) -> None:
    travelled = json.loads(json.dumps(entry, indent=2))
    shuffled = dict(reversed(travelled.items()))
    assert canonical(shuffled) == canonical(entry)
    assert digest(GENESIS, shuffled) == link(GENESIS, canonical(entry))


@given(entries, entries)
def test_two_entries_share_a_spelling_only_if_they_are_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (canonical(one) == canonical(other)) == same


def test_true_is_not_one() -> None:
    assert canonical({"a": True}) != canonical({"a": 1})


def test_the_same_entry_has_another_name_in_another_place() -> None:
    first = digest(GENESIS, {"kind": "x"})
    assert digest(first, {"kind": "x"}) not in (first, GENESIS)


def test_the_spelling_is_what_other_languages_can_write_too() -> None:
    assert canonical({"ü": [1, None], "a": {"c": "€", "b": False}}) == '{"a":{"b":false,"c":"€"},"ü":[1,null]}'.encode()


@pytest.mark.parametrize(
    "entry",
    [{"a": 0.5}, {"a": [{"b": 1.0}]}, {"a": float("nan")}, {1: "a"}, {"a": {None: 1}}, {"a": "\ud800"}],
)
def test_what_has_no_single_spelling_is_refused(entry: Any) -> None:
    with pytest.raises(ValueError, match=r"spelling|key must be text|surrogates"):
        canonical(entry)
