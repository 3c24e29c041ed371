"""Turns typed digits and scanned staff codes into tags. The only place of the daemon that sees a secret of a person.

Digits are never logged, never stored, and wiped as soon as they are used, cleared or left alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from locker.cabinet.events import CardShown, CodeEntered, CodeShown, DigitsTyped, Event
from locker.wire.access_tag import (
    CARD_DIGITS,
    CARD_NUMBER_START,
    CARD_PREFIX,
    KEYED_TEXT,
    PASS_PREFIX,
    PIN_DIGITS,
    access_tag,
)

LEFT_ALONE_MS = 20_000
MORE_MS = 3_000
"""Eight digits that begin like a card's number may be an old PIN: they count as one when so long no more have come."""

log = logging.getLogger(__name__)


class CodeEntry:
    """Collects keys; hands the cabinet a count while somebody types, and the tag when the code is complete.

    The slow hash runs in a thread, one at a time; keys that are pressed meanwhile are dropped. `pause_ms` says how long
    the throttle still refuses codes: then nothing is hashed, and the cabinet answers an empty tag with its pause.
    """

    def __init__(
        self,
        key: bytes,
        take: Callable[[Event], None],
        pause_ms: Callable[[], int],
        draw_visit: Callable[[], str],
    ) -> None:
        self._key = key
        self._take = take
        self._pause_ms = pause_ms
        self._draw_visit = draw_visit
        self._digits = bytearray()
        self._touched_ms = 0
        self._hashing: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many digits stand there."""
        return len(self._digits)

    def press(self, key: str, now_ms: int) -> None:
        """A key of the keypad: a digit, "clear" or "ok"; anything else is ignored."""
        if self._hashing is not None:
            return
        self._touched_ms = now_ms
        if key == "clear":
            self.wipe()
        elif len(key) == 1 and key in "0123456789":
            self._add(key)
        elif key == "ok" and self.count == PIN_DIGITS:
            self._complete()

    def entered(self, text: str) -> bool:
        """Whether a scanned text is a staff code, a card's or a delegate's; if so it is on its way."""
        if KEYED_TEXT.fullmatch(text):
            # One at a time: whoever holds it there shows it again.
            if self._hashing is None:
                self._hashing = asyncio.get_running_loop().create_task(self._hash_shown(text))
            return True
        digits = text.removeprefix(PASS_PREFIX)
        if len(text) != len(PASS_PREFIX) + PIN_DIGITS or digits == text or not (digits.isascii() and digits.isdigit()):
            return False
        if self._hashing is None:
            self._hand_in(digits)
        return True

    def card(self, number: str) -> None:
        """A card was shown. One at a time is hashed: whoever holds it there shows it again."""
        if self._hashing is None:
            self._hashing = asyncio.get_running_loop().create_task(self._hash_card(number))

    def tick(self, now_ms: int) -> None:
        """Time has passed: digits that somebody left behind are wiped."""
        if self.count == PIN_DIGITS and now_ms - self._touched_ms >= MORE_MS:
            self._complete()
        elif self._digits and now_ms - self._touched_ms >= LEFT_ALONE_MS:
            self.wipe()

    def wipe(self) -> None:
        """Forgets what was typed."""
        self._forget()
        self._take(DigitsTyped(count=0))

    async def close(self) -> None:
        """Waits for the hash that is being made, if any."""
        self._forget()
        if self._hashing is not None:
            await self._hashing

    def _add(self, digit: str) -> None:
        self._digits += digit.encode()
        self._take(DigitsTyped(count=self.count))
        # A card's number is longer; its first digits say that more are coming.
        if self.count == (CARD_DIGITS if self._digits.startswith(CARD_NUMBER_START.encode()) else PIN_DIGITS):
            self._complete()

    def _complete(self) -> None:
        code = self._digits.decode()
        self._forget()
        self._hand_in(code)

    def _forget(self) -> None:
        self._digits[:] = bytes(len(self._digits))
        self._digits.clear()

    def _hand_in(self, code: str) -> None:
        if self._pause_ms() > 0:
            self._take(CodeEntered(tag="", visit=self._draw_visit()))
        else:
            self._hashing = asyncio.get_running_loop().create_task(self._hash(code))

    async def _hash(self, code: str) -> None:
        tag = await self._tag(code)
        # Fails closed, but not silently: the person is told that the code wasn't accepted.
        self._take(CodeEntered(tag=tag, visit=self._draw_visit()))

    async def _hash_shown(self, text: str) -> None:
        if tag := await self._tag(text):
            self._take(CodeShown(tag=tag, visit=self._draw_visit()))

    async def _hash_card(self, number: str) -> None:
        if tag := await self._tag(CARD_PREFIX + number):
            self._take(CardShown(tag=tag))

    async def _tag(self, code: str) -> str:
        try:
            return await asyncio.to_thread(access_tag, code, self._key)
        except (MemoryError, RuntimeError, ValueError) as error:
            log.error("a code can't be hashed: %s", type(error).__name__)
            return ""
        finally:
            self._hashing = None
