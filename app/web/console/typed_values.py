"""Values that merchants type into fields of a form: read, or refused at the field."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from wtforms import Field

from app.objects.currency import SUPPORTED
from app.web.console.editor.texts import Manner, Unreadable, read_amount, read_moment, read_number
from app.web.display.translation import gettext as _

Value = TypeVar("Value")

_LINES: Final = 200
"""How many lines of amounts are read. There are fewer currencies."""

_DATE_LENGTH: Final = len("2026-12-31")


def read_field(field: Field, read: Callable[[str], Value]) -> Value | None:
    """Return the value of a field, or None for an empty field, and for a wrong one. Then the field has the message."""
    text = (field.data or "").strip()
    if not text:
        return None
    try:
        return read(text)
    except Unreadable as error:
        refuse(field, str(error))
        return None


def refuse(field: Field, message: str) -> None:
    """Add a message to a field."""
    field.errors = [*field.errors, message]


def read_count(text: str) -> int:
    """Return a whole number of one or more. Raises `Unreadable`."""
    count = read_number(text)
    if count < 1:
        raise Unreadable(_("Enter a whole number, such as 10"))
    return count


def read_last_moment(text: str, zone: ZoneInfo, now: int) -> int:
    """Return the last second of a day that is not over. Raises `Unreadable`."""
    if len(text) > _DATE_LENGTH:
        raise Unreadable(_("Enter a date, such as 2026-12-31"))
    read_moment(text, zone)
    last = datetime.fromisoformat(text).replace(hour=23, minute=59, second=59, tzinfo=zone)
    if last.timestamp() <= now:
        raise Unreadable(_("Enter a date that is not over yet"))
    return int(last.timestamp())


def read_amounts(text: str, manner: Manner) -> dict[str, int]:
    """Return amounts in several currencies, one on each line, such as "USD 6.00". Raises `Unreadable`."""
    found: dict[str, int] = {}
    for line in text.splitlines()[:_LINES]:
        words = line.split()
        if not words:
            continue
        place = next((place for place in (0, -1) if words[place].lower() in SUPPORTED), None)
        if place is None:
            raise Unreadable(_("Write one currency and one amount on each line, such as USD 6.00"))
        currency = words.pop(place).lower()
        found[currency] = read_amount(" ".join(words), Manner(currency, manner.locale, manner.zone))
    return found
