"""Cuts what a barcode scanner sends into scans. Pure: bytes and times come in, scans go out.

A scan ends with CR, LF, both, or with nothing but a gap. A scanner may prefix the AIM identifier of the symbology,
sends a code again while it is held in view, and can be shown a code of any length by anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# The longest QR code in letters and digits.
BYTES_MAX = 4_296

_END = re.compile(rb"[\r\n]")
_AIM = re.compile(r"\]([A-Za-z][0-9A-Za-z])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scan:
    """One code as it was read; `symbology` is its AIM identifier without `]` ("Q1"), or empty."""

    text: str
    symbology: str = ""


class Framing:
    """Turns the bytes of one scanner into scans. Times are seconds of a monotonic clock."""

    def __init__(self, same_code_s: float) -> None:
        self.overlong = 0
        """How many bytes the newest scan beyond `BYTES_MAX` had; the caller says so and sets it back to 0."""
        self._same_code_s = same_code_s
        self._held = bytearray()
        self._dropped = 0
        self._seen: dict[Scan, float] = {}

    @property
    def unfinished(self) -> bool:
        """Whether a scan has begun that only a gap can end now."""
        return bool(self._held) or self._dropped > 0

    def feed(self, data: bytes, now: float) -> list[Scan]:
        """Bytes have come; returns what they complete, duplicates left out."""
        # CR LF needs no care: the empty line between them is no scan. NUL comes from idle lines, not from codes.
        *lines, rest = _END.split(data.replace(b"\0", b""))
        scans = []
        for line in lines:
            self._hold(line)
            # What was too long ends with a gap only: its tail must not pass for a scan of its own.
            if not self._dropped:
                scans += self._cut(now)
        self._hold(rest)
        return scans

    def gap(self, now: float) -> list[Scan]:
        """Nothing has come for a while: what is there is a whole scan.

        Of one that is too long the beginning is returned, so that the person in front gets an answer.
        """
        if self._dropped:
            self.overlong = len(self._held) + self._dropped
            self._dropped = 0
        return self._cut(now)

    def forget(self) -> None:
        """The scanner was unplugged: half a code is none."""
        self._held.clear()
        self._dropped = 0

    def _hold(self, data: bytes) -> None:
        room = BYTES_MAX - len(self._held)
        self._held += data[:room]
        self._dropped += len(data[room:])

    def _cut(self, now: float) -> list[Scan]:
        scan = parse(bytes(self._held))
        self._held.clear()
        if not scan.text:
            return []
        # Every sighting renews the wait, so a code that stays in view is one scan.
        self._seen = {old: at for old, at in self._seen.items() if now - at < self._same_code_s}
        again = scan in self._seen
        self._seen[scan] = now
        return [] if again else [scan]


def parse(raw: bytes) -> Scan:
    """The text of one scan, without its AIM prefix. UTF-8 if it is that, else every byte is a character."""
    # Many scanners are set to Latin or GBK by their makers; what is no UTF-8 must still not be lost.
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    prefix = _AIM.match(text)
    return Scan(text[prefix.end() :], prefix[1]) if prefix else Scan(text)
