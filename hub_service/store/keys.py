"""The hub's secrets, each in a file of its own beside the database, readable by the hub's user only (mode 600)."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub_service.domain.access_codes import TicketKey
from hub_service.store.database import StoreError
from hub_service.store.vault import Vault

FOLDER = "keys"
TICKET_KEY_ID = 1
_NAMES = ("message.key", "ticket.key", "vault.key")
_PUSH = "push.key"
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs messages to lockers, what signs tickets, what seals the database, and what push services know."""

    message: Ed25519PrivateKey
    ticket: TicketKey
    vault: Vault
    push: ec.EllipticCurvePrivateKey

    @property
    def public_hex(self) -> str:
        """The key that lockers verify messages with (64 hex digits)."""
        return self.message.public_key().public_bytes_raw().hex()

    @property
    def ticket_public_hex(self) -> str:
        """The key that lockers verify tickets with (64 hex digits)."""
        return self.ticket.key.public_key().public_bytes_raw().hex()


def create(data_dir: Path) -> None:
    """Draws the keys that are missing; those that are there stay."""
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in (*_NAMES, _PUSH):
        _draw(folder / name)


def load(data_dir: Path) -> Keys:
    """The keys of a hub. Raises StoreError where one is missing or damaged."""
    message, ticket, vault = (_secret(data_dir / FOLDER / name) for name in _NAMES)
    # Hubs that are older than this key draw it at their next start: no locker and no parcel depends on it.
    _draw(data_dir / FOLDER / _PUSH)
    return Keys(
        message=Ed25519PrivateKey.from_private_bytes(message),
        ticket=TicketKey(TICKET_KEY_ID, Ed25519PrivateKey.from_private_bytes(ticket)),
        vault=Vault(vault),
        push=_push_key(_secret(data_dir / FOLDER / _PUSH)),
    )


def _draw(path: Path) -> None:
    try:
        # Made with its mode: between creating and changing the mode anybody could have opened it.
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(file, "w") as text:
        text.write(secrets.token_hex(32) + "\n")
        text.flush()
        # A key that lockers were told of and that a power cut took away would lock everybody out.
        os.fsync(text.fileno())


def _push_key(raw: bytes) -> ec.EllipticCurvePrivateKey:
    # Any 32 bytes are a key of P-256 once they are counted round its order.
    return ec.derive_private_key(1 + int.from_bytes(raw, "big") % (_P256_ORDER - 1), ec.SECP256R1())


def _secret(path: Path) -> bytes:
    try:
        raw = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError as error:
        raise StoreError(f"there is no hub in {path.parent.parent}: run `hub init` first") from error
    except (OSError, ValueError) as error:
        raise StoreError(f"can't use {path}: {type(error).__name__}") from error
    if len(raw) != 32:
        raise StoreError(f"{path} must hold 64 hex digits")
    return raw
