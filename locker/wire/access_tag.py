"""How a typed code is compared without being stored: one keyed, slow hash per attempt.

The key is the locker's own and lies apart from the journal; a tag is worthless at any other locker. Costs about 25 ms
and 19 MiB on a server core and some five times that on a Raspberry Pi 4: call it in a thread.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

PIN_DIGITS = 8
PASS_PREFIX = "L2"
"""A staff code as a QR code or barcode: this prefix and its digits."""

CARD_PREFIX = "card/"
"""What stands before a card's number where its tag is made: so that no card ever counts as somebody's typed code."""

CARD_DIGITS, CARD_NUMBER_START = 10, "00"
"""What is typed from a card begins so, and no PIN does: a keypad needn't be told which of both is coming."""

KEYED_TEXT = re.compile(r"(CARD-|L3)[0-9A-F]{32}", re.ASCII)
"""QR codes that are compared by their tag: of a card that was left at a door, and of a delegate (L3). 128 random bits,
so that nobody guesses one; and never only digits, so that no scan is a try at a typed code."""

_TAG_BYTES, _ITERATIONS, _LANES, _MEMORY_KIB = 16, 2, 1, 19 * 1024


def access_tag(code: str, key: bytes) -> str:
    """The tag (32 hex digits) of a typed code under a locker's key (32 bytes).

    Argon2id with OWASP's smallest recommended cost over a keyed hash of the code; the salt comes from the key, so that
    one hash can be compared with the tags of all live pickups.
    """
    keyed = hmac.digest(key, b"code/" + code.encode(), "sha256")
    salt = hashlib.sha256(b"parcel-locker/salt/1/" + key).digest()[:16]
    kdf = Argon2id(salt=salt, length=_TAG_BYTES, iterations=_ITERATIONS, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return kdf.derive(keyed).hex()
