"""Where each message goes on the bus, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Channel = Literal["reports", "orders", "confirm", "state", "presence"]
LOCKER_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
QOS = 1
"""At least once: everything is idempotent end to end, and exactly-once is the hub's and the locker's own work."""

RETAINED: frozenset[Channel] = frozenset({"state", "presence"})
"""Kept by the broker for dashboards; neither locker nor hub acts on them."""

FROM_LOCKERS: tuple[Channel, ...] = ("reports", "state", "presence")
TO_LOCKER: tuple[Channel, ...] = ("orders", "confirm")

_CHANNEL_OF: dict[str, Channel] = {
    "hello": "reports",
    "batch": "reports",
    "welcome": "confirm",
    "confirm": "confirm",
    "orders": "orders",
    "full_state": "orders",
    "presence": "presence",
    "cabinet_state": "state",
    "knock": "orders",
    "challenge": "reports",
    "open_now": "orders",
    "answered": "reports",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Who and what a topic names."""

    locker: str
    channel: Channel


def topic(locker: str, channel: Channel) -> str:
    """The topic of one locker's channel. Raises ValueError for an id that would be a wildcard or a path."""
    if not LOCKER_ID.fullmatch(locker):
        raise ValueError(f"{locker!r} is no locker id: small letters, digits and '-', at most 40")
    return f"lockers/{locker}/{channel}"


def topic_of(locker: str, kind: str) -> str:
    """The topic on which a message of this kind travels for this locker."""
    return topic(locker, _CHANNEL_OF[kind])


def everyone(channel: Channel) -> str:
    """The filter that hears this channel of all lockers."""
    return f"lockers/+/{channel}"


def read_topic(text: str) -> Address | None:
    """What a topic names, or None if it is not one of ours."""
    match text.split("/"):
        case ["lockers", locker, ("reports" | "orders" | "confirm" | "state" | "presence") as channel]:
            return Address(locker, channel) if LOCKER_ID.fullmatch(locker) else None
    return None
