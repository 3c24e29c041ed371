"""Signatures are made as they ship; to check one that this process has made itself, it is enough to remember it.

Ed25519 always says yes to what its own key has signed, and everything else is really checked. That saves a seventh of
a seed's time.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signatures:
    """All that was signed in one seed."""

    def __init__(self) -> None:
        self.made: set[tuple[bytes, bytes, bytes]] = set()

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
        if (self._raw, signature, data) not in self._signatures.made:
            Ed25519PublicKey.from_public_bytes(self._raw).verify(signature, data)


class Signs:
    """A private key."""

    def __init__(self, signatures: Signatures, key: Ed25519PrivateKey) -> None:
        self._signatures, self._key = signatures, key
        self._raw = key.public_key().public_bytes_raw()

    def public_key(self) -> Any:
        """The checking half."""
        return Checks(self._signatures, self._raw)

    def sign(self, data: bytes) -> bytes:
        signature = self._key.sign(data)
        self._signatures.made.add((self._raw, signature, data))
        return signature
