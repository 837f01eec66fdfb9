"""The text of one control: read as the value of its parameter, and written for the form."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.objects.typed_text import clean_digits, clean_lines
from app.pricing.money import AmountError, format_amount_plain, parse_amount
from app.web.console.editor.control import Control
from app.web.console.lengths import too_long
from app.web.display.translation import gettext as _

_DIGITS_MAXIMUM: Final = 18
_VALUE_MAXIMUM: Final = 200
"""Characters of a number, an amount or a date. Folding a longer text takes time that grows with the square of its length."""

_NO_VALUE: Final = "?"


class Unreadable(Exception):
    """The text is not a valid value of its control. The message says what to enter."""


@dataclass(frozen=True)
class Manner:
    """How this merchant writes: the currency of amounts, the language of numbers, and the time zone of dates."""

    currency: str
    locale: str
    zone: ZoneInfo


def read_text(control: Control, text: str, manner: Manner) -> Any:
    """Return the value of a control that is not empty. Raises `Unreadable`."""
    match control.kind:
        case "amount":
            return read_amount(text, manner)
        case "number":
            return read_number(text)
        case "percent":
            return read_percent(text)
        case "date" | "moment":
            return read_moment(text, manner.zone)
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "words":
            return [word for word in text.replace(",", " ").split() if word]
        case "checkbox":
            return control.options[0][0] if control.options else True
    if control.maximum is not None and len(text) > control.maximum:
        raise Unreadable(str(too_long(control.maximum)))
    return text


def clean(control: Control, text: str) -> str:
    """Return a text as a browser sends it: trimmed, with one kind of line end, and on one line if the control has one line."""
    lines = "\n".join(text.splitlines())
    if control.kind in {"textarea", "lines"}:
        return clean_lines(lines).strip()
    return clean_lines(lines.replace("\n", "")).strip()


def write_text(control: Control, value: Any, manner: Manner) -> str:
    """Return the text of a value for its control."""
    if value is None:
        return ""
    match control.kind:
        case "amount":
            return format_amount_plain(value, manner.currency, manner.locale)
        case "date":
            return _moment(value, manner.zone).strftime("%Y-%m-%d")
        case "moment":
            moment = _moment(value, manner.zone)
            return moment.strftime("%Y-%m-%dT%H:%M:%S" if moment.second else "%Y-%m-%dT%H:%M")
        case "lines":
            return "\n".join(value)
        case "words":
            return " ".join(value)
        case "checkbox":
            if not control.options:
                return "true" if value is True else ""
            return control.options[0][0] if value == control.options[0][0] else ""
    return clean(control, str(value))


def read_amount(text: str, manner: Manner) -> int:
    """Return an amount in minor units. Raises `Unreadable`."""
    try:
        return parse_amount(_bounded(text), manner.currency, manner.locale)
    except AmountError as error:
        raise Unreadable(_amount_message(error.code, manner)) from None


def read_number(text: str) -> int:
    """Return a whole number. Raises `Unreadable`."""
    digits = clean_digits(_bounded(text))
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAXIMUM):
        raise Unreadable(_("Enter a whole number, such as 10"))
    return int(sign + digits)


def read_percent(text: str) -> str:
    """Return a percentage with a point as the decimal sign. Raises `Unreadable`."""
    plain = _bounded(text).replace(",", ".").removesuffix("%").strip()
    try:
        number = Decimal(plain) if plain.isascii() and "_" not in plain else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or not 0 <= number <= 100:
        raise Unreadable(_("Enter a percentage from 0 to 100"))
    return format(number, "f")


def read_moment(text: str, zone: ZoneInfo) -> int:
    """Return Unix seconds of a date, or of a date with a time, in this zone. Raises `Unreadable`."""
    try:
        moment = datetime.fromisoformat(_bounded(text))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        raise Unreadable(_("Enter a date, such as 2026-12-31")) from None
    if seconds < 0:
        raise Unreadable(_("Enter a date after 1970"))
    return seconds


def _bounded(text: str) -> str:
    """Return a text that is short enough to be read, or else a short text without a value."""
    return text if len(text) <= _VALUE_MAXIMUM else _NO_VALUE


def _moment(seconds: int, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, zone)
    except (OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(0, zone)


def _amount_message(code: str, manner: Manner) -> str:
    example = format_amount_plain(950, manner.currency, manner.locale)
    if code == "ambiguous":
        return _("Write the amount without a sign between thousands, such as %(example)s", example=example)
    if code == "too_many_decimals":
        return _("Enter an amount with fewer decimals, such as %(example)s", example=example)
    if code == "too_large":
        return _("Enter a smaller amount")
    if code == "negative":
        return _("Enter an amount that is not negative")
    return _("Enter an amount, such as %(example)s", example=example)
