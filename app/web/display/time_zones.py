"""The name of a time zone in words, for every name of the IANA database: "Vienna time", "Eastern Standard Time", "UTC+3"."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import get_timezone_location, get_timezone_name

from app.web.display.locale import shown_locale
from app.web.display.translation import gettext as _

UTC: Final = "UTC"
MINUS: Final = "\u2212"
"""The minus sign. It is as wide as a digit, and screen readers read it out. Many locales use a hyphen instead."""

_UTC_NAMES: Final = frozenset({UTC, "UCT", "Universal", "Zulu"})
_GMT_NAMES: Final = frozenset({"GMT", "GMT+0", "GMT-0", "GMT0", "Greenwich"})
_ABBREVIATION: Final = re.compile(r"[A-Z][ES]T(\d[A-Z]DT)?")
"""The names that stand for a zone and not for a place: CET, EET, MET, WET, EST, HST, MST, and pairs like EST5EDT."""


@lru_cache(maxsize=1024)  # the database has about 600 names, and a form lists them all
def zone_of(timezone: str) -> ZoneInfo:
    """Return the rules of a time zone; those of UTC for a name that is not in the database."""
    try:
        return ZoneInfo(timezone)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return ZoneInfo(UTC)


def place_of(timezone: str) -> str | None:
    """Return the place that a time zone is named after ("Vienna"), or None where it names no place."""
    if _is_universal(timezone) or timezone.startswith("Etc/") or _ABBREVIATION.fullmatch(timezone):
        return None
    try:
        place = get_timezone_location(timezone, locale=shown_locale(), return_city=True)
    except LookupError:
        return None
    # Zones that CLDR does not know yet are named after their key: "Argentina/Catamarca".
    return place.rpartition("/")[2] or None


def zone_in_words(timezone: str, timestamp: int) -> str:
    """Return the name of a time zone at this time, for people: "Vienna time", "Central European Summer Time", "UTC+3"."""
    place = place_of(timezone)
    if place is not None:
        # L10n: The time zone of a city: "Vienna time".
        return _("%(place)s time", place=place)
    moment = _moment(timestamp, zone_of(timezone))
    if _has_name(timezone):
        return get_timezone_name(moment, width="long", locale=shown_locale())
    return _offset(moment)


def _is_universal(timezone: str) -> bool:
    return timezone.removeprefix("Etc/") in _UTC_NAMES | _GMT_NAMES


def _has_name(timezone: str) -> bool:
    return timezone.removeprefix("Etc/") in _GMT_NAMES or _ABBREVIATION.fullmatch(timezone) is not None


def _offset(moment: datetime) -> str:
    """Return how far a moment's zone is from UTC: "UTC+3". The signs of names like Etc/GMT-3 are the other way round."""
    offset = moment.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    if not minutes:
        return UTC
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else MINUS
    return f"{UTC}{sign}{hours}:{rest:02d}" if rest else f"{UTC}{sign}{hours}"


def _moment(timestamp: int, zone: ZoneInfo) -> datetime:
    """Return a moment in the zone; the first moment of 1970 for a time that no calendar can show."""
    try:
        return datetime.fromtimestamp(timestamp, zone)
    except (OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(0, zone)
