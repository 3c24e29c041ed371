"""Says points in time the way people do, in their language. Pure: whoever asks brings the time and the zone."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    ),
}  # fmt: skip
_LONG = {"en": "{day} {at.day} {month}, {at:%H:%M}", "de": "{day}, {at.day}. {month}, {at:%H:%M} Uhr"}
# German abbreviates a day with two letters and writes the month as a number; both are shorter in a text message.
_SHORT = {"en": "{day:.3} {at.day} {month:.3} {at:%H:%M}", "de": "{day:.2} {at.day}.{at.month}. {at:%H:%M}"}
_LEFT = {
    "en": {"days": "{n} days", "hours": "{n} hours", "hour": "less than 2 hours", "none": "no time"},
    "de": {"days": "{n} Tage", "hours": "{n} Stunden", "hour": "weniger als 2 Stunden", "none": "keine Zeit"},
}


def long_time(at_s: float, zone: tzinfo | None, language: str = "en") -> str:
    """`Thursday 26 November, 18:00`. `at_s` is Unix time in seconds; no zone means this machine's."""
    return _said(_LONG, at_s, zone, language)


def short_time(at_s: float, zone: tzinfo | None, language: str = "en") -> str:
    """`Thu 26 Nov 18:00`."""
    return _said(_SHORT, at_s, zone, language)


def time_left(now_s: float, until_s: float, language: str = "en") -> str:
    """How long until then, rounded down so that nobody is promised much too much: `2 days`, `5 hours`."""
    left, words = timedelta(seconds=until_s - now_s), _LEFT.get(language, _LEFT["en"])
    hours = left // timedelta(hours=1)
    if left <= timedelta():
        return words["none"]
    if hours >= 48:
        # Three days are still called three days a minute later.
        return words["days"].format(n=(hours + 1) // 24)
    return words["hours"].format(n=hours) if hours >= 2 else words["hour"]


def _said(patterns: dict[str, str], at_s: float, zone: tzinfo | None, language: str) -> str:
    at = datetime.fromtimestamp(at_s, zone).astimezone(zone)
    language = language if language in patterns else "en"
    day, month = _DAYS[language][at.weekday()], _MONTHS[language][at.month - 1]
    return patterns[language].format(at=at, day=day, month=month)
