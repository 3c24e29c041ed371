"""Which texts name the same parcel: one label may be announced in one spelling and scanned in another.

An SSCC (GS1's number of a logistic unit) stands in a GS1-128, in a GS1 Digital Link, or as plain digits with or without
its `00`; a UPU S10 number with or without blanks. Both have a check digit, without which nothing is recognised. What is
not recognised stays what it is: an unknown label is never refused here, it only has no other spellings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

GROUP_SEPARATOR = "\x1d"
GS1_SYMBOLOGIES = frozenset({"C1", "d2", "Q3", "e0", "J1"})
"""AIM identifiers of symbols that hold GS1 elements: GS1-128; DataMatrix, QR, DataBar and DotCode by GS1's rules."""

TEXT_MAX = 500
"""Longer ones are looked at as they are: nobody's label, and not worth a search through them."""

_AIM = re.compile(r"\]([A-Za-z][0-9A-Za-z])")
_READ_ALOUD = re.compile(r"\(00\)(\d{18})", re.ASCII)
_PLAIN_SSCC = re.compile(r"(?:00)?(\d{18})", re.ASCII)
_LINK = re.compile(r"https?://[^?#\s]+?/00/(\d{18})(?:[/?#].*)?", re.ASCII | re.IGNORECASE)
_S10 = re.compile(r"([A-Z]{2})(\d{8})(\d)([A-Z]{2})", re.ASCII)
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
# GS1 General Specifications: these elements end by their length (identifier and value together), all others by FNC1.
_FIXED_LENGTH = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, **dict.fromkeys(map(str, range(11, 20)), 8), "20": 4,
    **dict.fromkeys(map(str, range(31, 37)), 10), "41": 16,
}  # fmt: skip


def canonical(text: str, symbology: str = "") -> str:
    """The one spelling that all spellings of a label have in common; "" for a text that has only itself.

    SSCC: `(00)` and 18 digits. S10: 13 capital letters and digits.
    """
    if len(text) > TEXT_MAX:
        return ""
    if prefix := _AIM.match(text):
        text, symbology = text[prefix.end() :], prefix[1]
    if sscc := _sscc(text, symbology):
        return f"(00){sscc}"
    return _s10(text)


def spellings(text: str) -> tuple[str, ...]:
    """The text itself, then the usual spellings of the same label, for those who can only compare."""
    one = canonical(text)
    if not one:
        return (text,)
    bare = one.removeprefix("(00)")
    others = (one, bare, f"00{bare}", f"]C100{bare}", f"https://id.gs1.org/00/{bare}") if one != bare else (one,)
    return tuple(dict.fromkeys((text, *others)))


def is_sscc(digits: str) -> bool:
    """Whether these are 18 digits of which the last one checks the others."""
    return len(digits) == 18 and digits.isascii() and digits.isdigit() and gs1_check_digit(digits[:-1]) == digits[-1]


def is_s10(number: str) -> bool:
    """Whether this is a postal item's number: two letters, eight digits, their check digit, a country."""
    found = _S10.fullmatch(number)
    if found is None:
        return False
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(found[2], _S10_WEIGHTS, strict=True)) % 11
    # Two of the eleven remainders are no digits: the standard writes 10 as 0 and 11 as 5.
    return int(found[3]) == {10: 0, 11: 5}.get(rest, rest)


def gs1_check_digit(digits: str) -> str:
    """GS1's check digit: weights 3, 1, 3, ... from the right."""
    total = sum(int(digit) * (1 if index % 2 else 3) for index, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _sscc(text: str, symbology: str) -> str:
    candidates: list[str] = []
    if symbology in GS1_SYMBOLOGIES or GROUP_SEPARATOR in text:
        candidates = [value for identifier, value in _elements(text) if identifier == "00"]
    elif found := _LINK.fullmatch(text.strip()):
        candidates = [found[1]]
    else:
        bare = "".join(text.split())
        # Blanks are how people group digits; a code that a scanner gives has none.
        if found := _READ_ALOUD.fullmatch(bare) or _PLAIN_SSCC.fullmatch(bare):
            candidates = [found[1]]
    return next((digits for digits in candidates if is_sscc(digits)), "")


def _elements(text: str) -> Iterator[tuple[str, str]]:
    """The elements of a GS1 string, as (first two digits of the identifier, the rest). Ends where it makes no sense."""
    rest = text.strip(GROUP_SEPARATOR + " \r\n")
    while len(rest) > 2:
        length = _FIXED_LENGTH.get(rest[:2])
        end = rest.find(GROUP_SEPARATOR)
        cut = length if length is not None else end if end >= 0 else len(rest)
        yield rest[:2], rest[2:cut]
        # Some printers put an FNC1 behind every element.
        rest = rest[cut:].lstrip(GROUP_SEPARATOR)


def _s10(text: str) -> str:
    number = "".join(text.split()).upper()
    return number if is_s10(number) else ""
