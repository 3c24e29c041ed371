"""The hub's secrets, each in a file of its own beside the database, readable by the hub's user only (mode 600)."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub_service.domain.access_codes import TicketKey
from hub_service.store.database import StoreError
from hub_service.store.vault import Vault

FOLDER = "keys"
TICKET_KEY_ID = 1
_NAMES = ("message.key", "ticket.key", "vault.key")


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs messages to lockers, what signs tickets, and what seals the database."""

    message: Ed25519PrivateKey
    ticket: TicketKey
    vault: Vault

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
    for name in _NAMES:
        try:
            # Made with its mode: between creating and changing the mode anybody could have opened it.
            file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(file, "w") as text:
            text.write(secrets.token_hex(32) + "\n")
            text.flush()
            # A key that lockers were told of and that a power cut took away would lock everybody out.
            os.fsync(text.fileno())


def load(data_dir: Path) -> Keys:
    """The keys of a hub. Raises StoreError where one is missing or damaged."""
    message, ticket, vault = (_secret(data_dir / FOLDER / name) for name in _NAMES)
    return Keys(
        message=Ed25519PrivateKey.from_private_bytes(message),
        ticket=TicketKey(TICKET_KEY_ID, Ed25519PrivateKey.from_private_bytes(ticket)),
        vault=Vault(vault),
    )


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
