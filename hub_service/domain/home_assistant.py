"""How a locker presents itself to Home Assistant: one discovery message for the whole device. Pure.

It names the retained topics on which the locker tells its state anyway. There is nothing to press: a door that could be
opened from a dashboard would be opened by whoever reaches the dashboard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from locker.wire import topics

BIRTH_TOPIC = "homeassistant/status"
_INSIDE = "value_json.body.compartments"
# `None` is how Home Assistant is told that nobody knows.
_DOOR = "{'open': 'ON', 'left_open': 'ON', 'unseen': 'None'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One locker, and the numbers of its compartments."""

    locker_id: str
    name: str
    where: str
    compartments: tuple[int, ...]


def topic(locker_id: str) -> str:
    """Where the locker's discovery message is kept; an empty one there makes Home Assistant forget the locker."""
    return f"homeassistant/device/parcel_locker_{locker_id}/config"


def discovery(device: Device) -> dict[str, Any]:
    """The message. Every locker's ids differ, so that lockers of one hub don't replace each other."""
    name = f"parcel_locker_{device.locker_id}"
    parts: dict[str, Any] = {
        "online": {
            "platform": "binary_sensor", "name": "Connected", "device_class": "connectivity",
            "state_topic": topics.topic(device.locker_id, "presence"),
            "value_template": "{{ 'ON' if value_json.body.online else 'OFF' }}", "entity_category": "diagnostic",
            "unique_id": f"{name}_online",
        },
        "free": _count(name, "free", "Free compartments", "selectattr('content', 'eq', 'empty')"),
        "occupied": _count(name, "occupied", "Occupied compartments", "selectattr('content', 'eq', 'occupied')"),
        "faulty": _count(name, "faulty", "Faulty compartments", "selectattr('faults')"),
    }  # fmt: skip
    for n in device.compartments:
        door = f"({_INSIDE} | selectattr('n', 'eq', {n}) | first).door"
        parts[f"door_{n}"] = {
            "platform": "binary_sensor", "name": f"Door {n}", "device_class": "door",
            "value_template": f"{{{{ {_DOOR}.get({door}, 'OFF') }}}}",
            "unique_id": f"{name}_door_{n}",
        }  # fmt: skip
    return {
        "device": {
            "identifiers": [name],
            "name": device.name,
            "model": "Parcel locker",
            "suggested_area": device.where,
        },
        "origin": {"name": "Open parcel locker"},
        "state_topic": topics.topic(device.locker_id, "state"),
        "qos": topics.QOS,
        "components": parts,
    }


def _count(name: str, what: str, said: str, which: str) -> dict[str, Any]:
    return {
        "platform": "sensor", "name": said, "state_class": "measurement", "unique_id": f"{name}_{what}",
        "value_template": f"{{{{ {_INSIDE} | {which} | list | count }}}}",
    }  # fmt: skip
