"""Signatures in a simulation: a keyed hash in the place of Ed25519, which would take a tenth of a seed's time.

Whoever hasn't the private key can't make one, and each changed byte of key, message or signature is noticed, as with
the real ones; that those are made and checked as they should be is what the tests of the wire are for.
"""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNATURE_BYTES = 64


class Signatures:
    """All keys of one seed: who checks asks here what the owner of a public key would have signed."""

    def __init__(self) -> None:
        self.secrets: dict[bytes, bytes] = {}

    def from_public_bytes(self, raw: bytes) -> Checks:
        """In the place of `Ed25519PublicKey.from_public_bytes`."""
        return Checks(self, raw)


class Checks:
    """A public key."""

    def __init__(self, signatures: Signatures, raw: bytes) -> None:
        self._signatures, self._raw = signatures, raw

    def public_bytes_raw(self) -> bytes:
        return self._raw

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raises InvalidSignature."""
        secret = self._signatures.secrets.get(self._raw)
        if secret is None or not compare_digest(_signature(secret, data), signature):
            raise InvalidSignature


class Signs:
    """A private key."""

    def __init__(self, signatures: Signatures, key: Ed25519PrivateKey) -> None:
        self._signatures, self._secret = signatures, key.private_bytes_raw()
        self._raw = key.public_key().public_bytes_raw()
        signatures.secrets[self._raw] = self._secret

    def public_key(self) -> Any:
        """The checking half."""
        return Checks(self._signatures, self._raw)

    def sign(self, data: bytes) -> bytes:
        return _signature(self._secret, data)


def _signature(secret: bytes, data: bytes) -> bytes:
    return blake2b(data, key=secret, digest_size=SIGNATURE_BYTES).digest()
