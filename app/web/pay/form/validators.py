"""The rules that answers keep, each with the words that say how to mend it. What people type is normalised first, then judged."""

import unicodedata
from collections.abc import Callable, Collection
from typing import Any

from wtforms import Field, Form, ValidationError
from wtforms.validators import StopValidation

from app.objects.card_number import contains_card_number
from app.pricing.money import AmountError, parse_amount
from app.web.visit.email_address import is_email

Validator = Callable[[Form, Any], None]
Worded = Callable[[str], str]
"""Words that depend on the value they are about."""


def normalise(text: str) -> str:
    """One line without control characters; letters composed, so that the same word is the same text."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c if unicodedata.category(c) != "Cc" else " " for c in composed).strip()


def normalise_digits(text: str) -> str:
    """Digits as people write them, in any script and grouped, as plain ones."""
    return "".join(c for c in _ascii_digits(normalise(text)) if not c.isspace())


def _ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def required(message: str) -> Validator:
    """An answer must be given."""

    def validate(_form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(message)

    return validate


def optional() -> Validator:
    """An empty answer is fine, and nothing more is asked of it."""

    def validate(_form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation

    return validate


def one_of(values: Collection[str], message: str) -> Validator:
    """The answer is one of the options."""

    def validate(_form: Form, field: Field) -> None:
        if field.data not in values:
            raise StopValidation(message)

    return validate


def digits(minimum: int | None, maximum: int | None, message: str) -> Validator:
    """Nothing but 0 to 9, so many of them."""

    def validate(_form: Form, field: Field) -> None:
        text = field.data
        if not (text.isascii() and text.isdigit()) or not (minimum or 0) <= len(text) <= (maximum or len(text)):
            raise StopValidation(message)

    return validate


def length(minimum: int | None, maximum: int, too_short: Worded, too_long: Worded) -> Validator:
    """So many characters."""

    def validate(_form: Form, field: Field) -> None:
        if len(field.data) > maximum:
            raise StopValidation(too_long(field.data))
        if len(field.data) < (minimum or 0):
            raise StopValidation(too_short(field.data))

    return validate


def no_card_number(message: str) -> Validator:
    """Card numbers belong to Checkout alone: what looks like one is neither kept nor passed on."""

    def validate(_form: Form, field: Field) -> None:
        if contains_card_number(field.data):
            raise StopValidation(message)

    return validate


def quantity(minimum: int, maximum: int, message: str, *, or_none: bool = False) -> Validator:
    """A whole number within bounds; `or_none` lets 0 stand for leaving it out. The number is kept as `field.number`."""

    def validate(_form: Form, field: Any) -> None:
        text = field.data
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
        if not (minimum <= number <= maximum or (or_none and number == 0)):
            raise StopValidation(message)
        field.number = number

    return validate


def amount(minimum: int, maximum: int, currency: str, locale: str, message: str, finer: str) -> Validator:
    """An amount within bounds, written as in this locale; in minor units it is kept as `field.number`.

    `finer` is said of one with more decimals than the currency is charged in.
    """

    def validate(_form: Form, field: Any) -> None:
        try:
            number = parse_amount(field.data, currency, locale)
        except AmountError as error:
            raise StopValidation(finer if error.code == "too_many_decimals" else message) from None
        if not minimum <= number <= maximum:
            raise StopValidation(message)
        field.number = number

    return validate


def email(message: str) -> Validator:
    """The syntax of an address; nobody is asked whether it exists."""

    def validate(_form: Form, field: Field) -> None:
        if not is_email(field.data):
            raise ValidationError(message)

    return validate
