"""A locker's id is a name and never a wildcard, a path or somebody else's topic."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker.wire import topics
from locker.wire.messages import Message
from locker.wire.topics import Address, Channel

BAD_IDS = ["", "+", "#", "elm/reports", "../elm", "Elm", "elm ", "elm\n", "-elm", "$SYS", "é", "x" * 41, "elm\x00"]


@pytest.mark.parametrize("channel", get_args(Channel))
def test_a_topic_is_read_as_it_was_written(channel: Channel) -> None:
    assert topics.topic("elm-2", channel) == f"lockers/elm-2/{channel}"
    assert topics.read_topic(f"lockers/elm-2/{channel}") == Address("elm-2", channel)


@pytest.mark.parametrize("locker", BAD_IDS)
def test_an_id_that_is_no_plain_name_gets_no_topic(locker: str) -> None:
    with pytest.raises(ValueError, match="no locker id"):
        topics.topic(locker, "orders")
    assert topics.read_topic(f"lockers/{locker}/orders") is None


@pytest.mark.parametrize(
    "text", ["", "lockers", "lockers/elm", "lockers/elm/secrets", "lockers/elm/orders/x", "/lockers/elm/orders"]
)
def test_other_topics_are_not_ours(text: str) -> None:
    assert topics.read_topic(text) is None


@given(st.text(max_size=60))
def test_whatever_is_read_can_be_written(text: str) -> None:
    found = topics.read_topic(text)
    assert found is None or topics.topic(found.locker, found.channel) == text


def test_every_message_has_its_channel_and_lockers_write_only_their_own() -> None:
    members = get_args(get_args(Message)[0])
    channels = {
        member: topics.topic_of("elm", member.__dataclass_fields__["kind"].default).rsplit("/", 1)[1]
        for member in members
    }
    for member, channel in channels.items():
        answers = member.__name__ in ("Welcome", "Confirm", "Orders", "FullState", "Knock", "OpenNow")
        assert channel in (topics.TO_LOCKER if answers else topics.FROM_LOCKERS), member


def test_nothing_that_somebody_acts_on_is_retained() -> None:
    assert topics.RETAINED.isdisjoint({"reports", "orders", "confirm"})
