"""A request that is repeated with its key gets the first answer, and does nothing again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from hub_service.domain.refusals import Refusal
from hub_service.store import staff
from hub_service.store.sql import Connection

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class RequestKey:
    """By which a repeated request is recognised: who asks, and the key that came with it."""

    caller: str
    key: str


def answered_before(db: Connection, request: RequestKey | None, wish: DataclassInstance) -> str | Refusal | None:
    """The id that the same request made before; a refusal if its key came with another wish."""
    before = staff.remembered(db, (request.caller, request.key)) if request else None
    if before is None:
        return None
    digest, made_id = before
    if digest != digest_of(wish):
        return Refusal("key_used_otherwise", "This Idempotency-Key came with something else before: use a new one.")
    return made_id


def remember(db: Connection, request: RequestKey | None, wish: DataclassInstance, made_id: str, now_s: int) -> None:
    """Keeps what this request has made; nothing where it came without a key."""
    if request:
        staff.remember_request(db, (request.caller, request.key), digest_of(wish), made_id, now_s)


def digest_of(wish: DataclassInstance) -> str:
    """By which two wishes are known to be the same."""
    return hashlib.sha256(json.dumps(asdict(wish), sort_keys=True).encode()).hexdigest()
