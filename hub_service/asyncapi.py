"""The bus as an AsyncAPI 3 document, from the hub's side: written from the very classes that messages are read into."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import TypeAdapter

from locker.wire import codec, facts, messages, orders, topics


def document() -> dict[str, Any]:
    """Every channel, message, fact and order of the wire version that this hub speaks."""
    wanted: dict[str, Any] = {"Message": messages.Message, "Fact": facts.Fact, "Order": orders.Order}
    _, schemas = TypeAdapter.json_schemas(
        [(name, "validation", TypeAdapter(union)) for name, union in wanted.items()],
        ref_template="#/components/schemas/{model}",
    )
    definitions = schemas["$defs"]
    for name, union in (("Fact", facts.Fact), ("Order", orders.Order)):
        names = [member.__name__ for member in get_args(get_args(union)[0])]
        definitions[name] = {"oneOf": [{"$ref": f"#/components/schemas/{one}"} for one in names]}
    # What travels as raw JSON in these fields has a form all the same.
    definitions["Batch"]["properties"]["facts"]["items"] = {"$ref": "#/components/schemas/Fact"}
    definitions["Orders"]["properties"]["orders"]["items"] = {"$ref": "#/components/schemas/Order"}
    definitions["FullState"]["properties"]["snapshot"] = {"$ref": "#/components/schemas/Snapshot"}
    channels: tuple[topics.Channel, ...] = get_args(topics.Channel)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Parcel locker bus", "version": str(codec.WIRE_VERSION), "description": _flat(codec.__doc__)},
        "defaultContentType": "application/json",
        "channels": {channel: _channel(channel) for channel in channels},
        "operations": dict(map(_operation, channels)),
        "components": {"messages": {m.__name__: _envelope(m) for m in _messages()}, "schemas": definitions},
    }


def _operation(channel: topics.Channel) -> tuple[str, dict[str, Any]]:
    heard = channel in topics.FROM_LOCKERS
    action = {"action": "receive" if heard else "send", "channel": {"$ref": f"#/channels/{channel}"}}
    return f"{'hear' if heard else 'say'}_{channel}", action


def _messages() -> tuple[Any, ...]:
    members: tuple[Any, ...] = get_args(get_args(messages.Message)[0])
    return members


def _channel(channel: topics.Channel) -> dict[str, Any]:
    names = [one.__name__ for one in _messages() if topics.topic_of("elm", _kind(one)).endswith(f"/{channel}")]
    return {
        "address": f"lockers/{{locker_id}}/{channel}",
        "parameters": {"locker_id": {"description": f"Matches {topics.LOCKER_ID.pattern}"}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"mqtt": {"qos": topics.QOS, "retain": channel in topics.RETAINED}},
    }


def _envelope(member: Any) -> dict[str, Any]:
    return {
        "name": _kind(member),
        "summary": _flat(member.__doc__.split("\n\n")[0]),
        "payload": {
            "type": "object",
            "required": ["wire", "body", "signature"],
            "properties": {
                "wire": {"const": codec.WIRE_VERSION},
                "body": {"$ref": f"#/components/schemas/{member.__name__}"},
                "signature": {"type": "string", "pattern": "^[0-9a-f]{128}$"},
            },
        },
    }


def _kind(member: Any) -> str:
    return str(member.__dataclass_fields__["kind"].default)


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())
