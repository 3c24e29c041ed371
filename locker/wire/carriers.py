"""What a label looks like: a hint for people and logs, never a reason to refuse or to open anything.

Shapes and check digits are public; several carriers share some of them (one in ten random 12-digit numbers passes for
FedEx), so the order of the table decides, surest first, and the answer is no more than a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from locker.wire.labels import canonical, gs1_check_digit

Check = Callable[[str], bool]
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _any(_: str) -> bool:
    return True


def _ups(number: str) -> bool:
    """1Z numbers: letters count as 2 to 9 over and over from A, odd places once, even ones twice."""
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in number[2:-1]]
    total = sum(value * (2 if index % 2 else 1) for index, value in enumerate(values))
    return number[-1].isdigit() and int(number[-1]) == -total % 10


def _mod10(number: str) -> bool:
    return gs1_check_digit(number[:-1]) == number[-1]


def _routed_mod10(number: str) -> bool:
    """A postal code stands in front of the number: 420 and 5 or 9 digits."""
    return _mod10(number[8:]) or _mod10(number[12:])


def _fedex_express(number: str) -> bool:
    """The last 12 or 14 digits: weights 1, 7, 3, ...; modulo eleven, then ten."""
    digits = number.zfill(14)[-14:]
    total = sum(int(digit) * (1, 7, 3)[index % 3] for index, digit in enumerate(digits[:-1]))
    return int(digits[-1]) == total % 11 % 10


def _fedex_ground(number: str) -> bool:
    """Only the shipper and the parcel are checked, not what stands in front of them."""
    return _mod10(number[-15:])


def _dpd(label: str) -> bool:
    """ISO 7064, modulo 37 and 36, over everything in front of the last character."""
    rest = 36
    for char in label[:-1]:
        rest = (rest + ALPHABET.index(char)) % 36 or 36
        rest = rest * 2 % 37
    return (rest + ALPHABET.index(label[-1])) % 36 == 1


def _seven(number: str) -> bool:
    """DHL Express: all digits but the last, as one number, modulo seven."""
    return int(number[:-1]) % 7 == int(number[-1])


_SHAPES: tuple[tuple[str, re.Pattern[str], Check], ...] = tuple(
    (carrier, re.compile(shape, re.ASCII), check)
    for carrier, shape, check in (
        ("ups", r"1Z[0-9A-Z]{16}", _ups),
        ("amazon", r"TB[A-Z]\d{12}", _any),
        ("dhl", r"JJ?[A-Z]{1,3}\d{9,20}", _any),
        ("usps", r"420\d{5}9[1-5]\d{20}|420\d{9}9[1-5]\d{20}", _routed_mod10),
        ("usps", r"9[1-5]\d{18}(?:\d{2})?", _mod10),
        ("fedex", r"100\d{31}|96\d{32}", _fedex_express),
        ("fedex", r"96\d{20}", _fedex_ground),
        ("dpd", r"\d{27}[0-9A-Z]", _dpd),
        ("dpd", r"%\d{27}", _any),
        ("inpost", r"\d{24}", _any),
        ("gls", r"[A-Z][0-9A-Z]{6}\d", _any),
        ("evri", r"[A-Z]\d{2}[A-Z0-9]{5}\d{8}", _any),
        ("ontrac", r"[CD]\d{14}", _any),
        ("yunexpress", r"YT\d{16}", _any),
        ("fedex", r"\d{12}", _fedex_express),
        ("fedex", r"\d{15}", _mod10),
        ("dpd", r"\d{14}", _any),
        ("dhl", r"\d{10}", _seven),
        ("gls", r"\d{11}", _any),
    )
)


def kind(text: str, symbology: str = "") -> str:
    """What a label seems to be: "sscc", "s10", a carrier in small letters, or "" where it looks like nothing known."""
    one = canonical(text, symbology)
    if one:
        return "sscc" if one.startswith("(00)") else "s10"
    bare = "".join(text.split()).upper()
    return next((name for name, shape, check in _SHAPES if shape.fullmatch(bare) and check(bare)), "")
