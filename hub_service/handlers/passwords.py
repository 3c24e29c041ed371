"""Passwords as they are stored: Argon2id, as expensive as a typed code at a locker, a few at once."""

from __future__ import annotations

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from hub_service.handlers.hub import Hub

# OWASP's smallest recommendation for Argon2id: 19 MiB, two passes.
_PASSES, _MEMORY_KIB = 2, 19 * 1024


def hashed(hub: Hub, password: str) -> str:
    """What is stored of a password. Slow: never inside a transaction."""
    with hub.hashing:
        kdf = Argon2id(
            salt=hub.draws.salt(), length=32, iterations=_PASSES, lanes=1, memory_cost=_MEMORY_KIB
        )  # fmt: skip
        return kdf.derive_phc_encoded(password.encode())


def is_right(hub: Hub, password: str, stored: str) -> bool:
    """Whether this is the password. As slow where there is none: how long it takes tells nobody who exists."""
    if not stored:
        hashed(hub, password)
        return False
    with hub.hashing:
        try:
            Argon2id.verify_phc_encoded(password.encode(), stored)
        except InvalidKey:
            return False
        return True


def login_lookup(hub: Hub, login: str) -> str:
    """By which wrong passwords for a login are counted: people type passwords into the wrong field."""
    return hub.store.vault.lookup(login, "login")
