"""Times as a merchant reads them in a list: "today, 09:14", "yesterday, 18:40", "24 Nov, 11:02". And the days of a filter."""

from datetime import date as Day
from datetime import datetime, timedelta

from babel.dates import format_date

from app.web.display.formatting import time
from app.web.display.locale import shown_locale
from app.web.display.time_zones import zone_of
from app.web.display.translation import gettext as _


def short_moment(timestamp: int, timezone: str, now: int) -> str:
    """Return a time near now in few words, and an older one with its day, and with its year if that is not this year."""
    try:
        moment, today = (datetime.fromtimestamp(it, zone_of(timezone)) for it in (timestamp, now))
    except (OSError, OverflowError, ValueError):
        return _("an unknown date")
    clock = time(timestamp, timezone)
    days = (today.date() - moment.date()).days
    if days == 0:
        # L10n: `time` is a time of day: "today, 09:14".
        return _("today, %(time)s", time=clock)
    if days == 1:
        return _("yesterday, %(time)s", time=clock)
    pattern = "d MMM" if moment.year == today.year else "d MMM y"
    day = format_date(moment, pattern, locale=shown_locale()).replace(" ", "\u00a0")
    return _("%(date)s, %(time)s", date=day, time=clock)


def day_in_words(timestamp: int, timezone: str, now: int) -> str:
    """Return the day of a time near now as people say it: "today", "yesterday", "Tuesday", "24 Nov"."""
    try:
        day, today = (datetime.fromtimestamp(it, zone_of(timezone)).date() for it in (timestamp, now))
    except (OSError, OverflowError, ValueError):
        return _("an unknown date")
    ago = (today - day).days
    if ago == 0:
        return _("today")
    if ago == 1:
        return _("yesterday")
    if 1 < ago < 7:
        return format_date(day, "EEEE", locale=shown_locale())
    pattern = "d MMM" if day.year == today.year else "d MMM y"
    return format_date(day, pattern, locale=shown_locale()).replace(" ", "\u00a0")


def month_of(now: int, timezone: str, *, ago: int = 0) -> tuple[str, str]:
    """Return the first and the last day of this month in the merchant's time zone, or of an earlier one.

    >>> month_of(1793836800, "UTC"), month_of(1793836800, "UTC", ago=1)
    (('2026-11-01', '2026-11-30'), ('2026-10-01', '2026-10-31'))
    """
    first = datetime.fromtimestamp(now, zone_of(timezone)).date().replace(day=1)
    for _month in range(ago):
        first = (first - timedelta(days=1)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.isoformat(), last.isoformat()


def start_of_day(text: str, timezone: str, *, later: int = 0) -> int | None:
    """Return when a day (`2026-11-26`) begins in the merchant's time zone, or some days later. None for a text that is no day."""
    try:
        day = Day.fromisoformat(text) + timedelta(days=later)
        return int(datetime(day.year, day.month, day.day, tzinfo=zone_of(timezone)).timestamp())
    except (OSError, OverflowError, ValueError):
        return None


def start_of_today(now: int, timezone: str) -> int:
    """Return when today began in the merchant's time zone."""
    today = datetime.fromtimestamp(now, zone_of(timezone)).date()
    return int(datetime(today.year, today.month, today.day, tzinfo=zone_of(timezone)).timestamp())
