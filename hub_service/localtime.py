"""Says points in time the way people do, in their language. Pure: whoever asks brings the time and the zone."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from babel.dates import format_datetime
from babel.units import format_unit

# Unicode's patterns; the words for days and months come from its locale data.
_LONG = {
    "en": "EEEE d MMMM, HH:mm",
    "de": "EEEE, d. MMMM, HH:mm 'Uhr'",
    "fr": "EEEE d MMMM 'à' HH:mm",
    "pl": "EEEE, d MMMM, HH:mm",
}
# English alone has no order of day and month that everybody reads alike; the others write the month as a number.
_SHORT = {"en": "EEE d MMM HH:mm"} | dict.fromkeys(("de", "fr", "pl"), "EEEEEE d.M. HH:mm")
_HARDLY = {
    "en": "less than 2 hours",
    "de": "weniger als 2 Stunden",
    "fr": "moins de 2 heures",
    "pl": "mniej niż 2 godziny",
}
_NONE = {"en": "no time", "de": "keine Zeit", "fr": "plus de temps", "pl": "brak czasu"}


def long_time(at_s: float, zone: tzinfo | None, language: str = "en") -> str:
    """`Thursday 26 November, 18:00`. `at_s` is Unix time in seconds; no zone means this machine's."""
    return _said(_LONG, at_s, zone, language)


def short_time(at_s: float, zone: tzinfo | None, language: str = "en") -> str:
    """`Thu 26 Nov 18:00`."""
    said = _said(_SHORT, at_s, zone, language)
    # German and others put a point behind the abbreviated day, which a text message has no place for.
    return said.replace(". ", " ", 1) if said[2:3] == "." else said


def time_left(now_s: float, until_s: float, language: str = "en") -> str:
    """How long until then, rounded down so that nobody is promised much too much: `2 days`, `5 hours`."""
    language = language if language in _LONG else "en"
    left = timedelta(seconds=until_s - now_s)
    hours = left // timedelta(hours=1)
    if left <= timedelta():
        return _NONE[language]
    if hours < 2:
        return _HARDLY[language]
    # Three days are still called three days a minute later.
    length, unit = ((hours + 1) // 24, "duration-day") if hours >= 48 else (hours, "duration-hour")
    return format_unit(length, unit, locale=language).replace("\u00a0", " ")


def _said(patterns: dict[str, str], at_s: float, zone: tzinfo | None, language: str) -> str:
    at = datetime.fromtimestamp(at_s, zone).astimezone(zone)
    language = language if language in patterns else "en"
    return format_datetime(at, patterns[language], locale=language)
