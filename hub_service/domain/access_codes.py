"""What a recipient is given to open doors with: a PIN of eight digits and a signed ticket for the QR code."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from locker.wire import ticket
from locker.wire.access_tag import CARD_NUMBER_START, PIN_DIGITS

PIN_SPACE = 10**PIN_DIGITS
# Costs 0.7 % of the space and keeps 11111111 and the like, which people try first, out of it.
DISTINCT_DIGITS_MIN = 4
TICKET_DAYS = 90
"""How long a ticket says that it is good for; advice only, no clock decides about doors."""

PASSES_MAX = 900
"""The more codes open something at a locker, the fewer wrong ones its keypad takes. Of each member of staff a locker
may hold nine, yesterday's to next week's: with so many people its keypad takes one wrong code a day (P10)."""

_DAY_S = 86_400


def pin_from(number: int) -> str | None:
    """The PIN of a random number below `PIN_SPACE`; None for one that nobody shall have: draw again."""
    assert 0 <= number < PIN_SPACE, "a PIN is drawn from its space"
    pin = f"{number:0{PIN_DIGITS}d}"
    # A keypad takes what begins like a card's number for one, and waits for more.
    return None if len(set(pin)) < DISTINCT_DIGITS_MIN or pin.startswith(CARD_NUMBER_START) else pin


def spelled(pin: str) -> str:
    """The PIN as people read it: 1234 5678."""
    return f"{pin[:4]} {pin[4:]}"


def not_after_s(now_s: int) -> int:
    """What a ticket that is issued now says about its end."""
    return now_s + TICKET_DAYS * _DAY_S


@dataclass(frozen=True, slots=True)
class TicketKey:
    """The hub's key for tickets, and its id in them."""

    kid: int
    key: Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a pickup's tickets name. `home` is the number of the locker it was first promised at: a hint, no condition.

    It stays when the parcels move, so a redirect changes no code.
    """

    pickup: str
    generation: int
    home: int
    not_after_s: int


def pickup_ticket(named: Named, signer: TicketKey) -> str:
    """The text of the QR code that collects."""
    content = ticket.Ticket(
        kid=signer.kid, home=named.home, pickup=named.pickup, generation=named.generation, not_after_s=named.not_after_s
    )
    return ticket.issue(content, signer.key)


def deposit_ticket(named: Named, signer: TicketKey, size_class: str, pin_tag: str) -> str:
    """The text of the QR code with which a courier deposits what the locker hasn't heard of.

    `pin_tag` is of the locker that it names as home.
    """
    content = ticket.Ticket(
        type="deposit", kid=signer.kid, home=named.home, pickup=named.pickup, generation=named.generation,
        not_after_s=named.not_after_s, size_class=size_class, pin_tag=pin_tag,
    )  # fmt: skip
    return ticket.issue(content, signer.key)
