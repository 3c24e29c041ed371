"""Makes a text fit one SMS: 160 characters of the GSM alphabet, whatever names the places have."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

SMS_LENGTH = 160
# GSM 03.38, default alphabet; those of the extension table cost two places.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€"
# What has no accent to drop, but a letter that everybody reads for it.
_LIKE = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "ı": "i", "œ": "oe", "Œ": "OE", "\u00a0": " "}
    | {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "."}
)


def length(text: str) -> int:
    """How many places of an SMS a text of the GSM alphabet takes."""
    return sum(2 if letter in _EXTENDED else 1 for letter in text)


def gsm(text: str) -> str:
    """The text in the GSM alphabet: other accents are dropped, and what is left becomes `?`."""
    return "".join(_gsm_letter(letter) for letter in text.translate(_LIKE))


def fitted(write: Callable[[str, str], str], tracking: str, locker: str, where: str) -> str:
    """The fullest text that is one SMS, where `write(tracking, place)` makes it.

    Leaves out where the locker stands, then shortens the tracking number to its end and the locker's name word by word,
    never what else is in the text. One that still is too long comes back too long: two SMS
    with a PIN are better than one without.
    """
    text = ""
    for short_tracking, place in _ever_shorter(tracking, locker, where):
        text = gsm(write(short_tracking, place))
        if length(text) <= SMS_LENGTH:
            break
    return text


def _ever_shorter(tracking: str, locker: str, where: str) -> Iterator[tuple[str, str]]:
    if where:
        yield tracking, f"{locker} ({where})"
        yield tracking, f"{locker} ({where.split(',')[0]})"
    yield tracking, locker
    tail = tracking if len(tracking) <= 8 else f"..{tracking[-6:]}"
    words = locker.split() or [""]
    for count in range(len(words), 0, -1):
        yield tail, " ".join(words[:count])
    for letters in range(len(words[0]) - 1, 0, -1):
        yield tail, words[0][:letters]


def _gsm_letter(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if part in _BASIC)
    return plain or "?"
