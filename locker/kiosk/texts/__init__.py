"""All that the kiosk says, by language. A text is found by the most special key: `open.collect` before `open`."""

from __future__ import annotations

from locker.kiosk.texts.english import ENGLISH
from locker.kiosk.texts.german import GERMAN
from locker.kiosk.texts.words import Words

LANGUAGES: dict[str, Words] = {"en": ENGLISH, "de": GERMAN}

__all__ = ["LANGUAGES", "Words"]
