"""Keeps codes and personal data unreadable for whoever has the database file but not the key beside it."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
TOKEN_BYTES = 16


class Vault:
    """Seals values under one secret of 32 bytes, and makes the keyed hashes by which sealed values are found."""

    def __init__(self, secret: bytes, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        assert len(secret) == 32, "a vault's secret has 32 bytes"
        # One secret to keep, three keys: what is learned about one says nothing about the others.
        self._random_bytes = random_bytes
        self._cipher = AESGCM(_derived(secret, "seal"))
        self._lookup_key = _derived(secret, "lookup")
        self._page_key = _derived(secret, "page")

    def seal(self, value: Any, purpose: str) -> bytes:
        """The JSON value, encrypted; `purpose` must be the same when it is opened."""
        # Drawn, not counted: a restored backup would count from where it was.
        nonce = self._random_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, json.dumps(value).encode(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> Any:
        """The value again. Raises InvalidTag if the key, the purpose or a byte is another one."""
        return json.loads(self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode()))

    def lookup(self, value: str, purpose: str) -> str:
        """A keyed hash (64 hex digits) that is the same for the same value and purpose."""
        return hmac.digest(self._lookup_key, f"{purpose}/{value}".encode(), "sha256").hex()

    def page_token(self, parcel_id: str) -> str:
        """The unguessable name (128 bits, hex) of a parcel's page; nothing that could leak it is stored."""
        return hmac.digest(self._page_key, parcel_id.encode(), "sha256")[:TOKEN_BYTES].hex()


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, b"parcel-hub/" + purpose.encode(), "sha256")
