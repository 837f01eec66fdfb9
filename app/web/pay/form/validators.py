"""The rules for answers, each with a message that says how to correct it. Fields clean their input before it is checked."""

from collections.abc import Callable, Mapping
from typing import Any

from wtforms import Field, Form, ValidationError
from wtforms.validators import StopValidation

from app.objects.card_number import contains_card_number
from app.objects.payment_link.custom_field import AnswerProblem, CustomField, answer_problem
from app.pricing.money import AmountError, parse_amount
from app.web.visit.email_address import is_email

Validator = Callable[[Form, Any], None]
MessageFor = Callable[[str], str]
"""Return the message for a value."""

Message = str | MessageFor


def text_of(message: Message, value: str) -> str:
    """Return the message for a value."""
    return message if isinstance(message, str) else message(value)


def required(message: Message) -> Validator:
    """Require an answer."""

    def validate(_form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(text_of(message, field.data))

    return validate


def optional() -> Validator:
    """Accept an empty answer without checking further rules."""

    def validate(_form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation

    return validate


def answer(question: CustomField, messages: Mapping[AnswerProblem, Message]) -> Validator:
    """Require an answer that a custom field takes. A message may depend on the answer."""

    def validate(_form: Form, field: Field) -> None:
        problem = answer_problem(question, field.data)
        if problem is not None:
            raise StopValidation(text_of(messages[problem], field.data))

    return validate


def no_card_number(message: Message) -> Validator:
    """Refuse a text that looks like a card number. Card numbers belong to Checkout and are never stored or sent."""

    def validate(_form: Form, field: Field) -> None:
        if contains_card_number(field.data):
            raise StopValidation(text_of(message, field.data))

    return validate


def quantity(minimum: int, maximum: int, message: Message, *, or_none: bool = False) -> Validator:
    """Require a whole number within a range. With `or_none`, 0 is allowed too. The number is stored as `field.number`."""

    def validate(_form: Form, field: Any) -> None:
        text = field.data
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
        if not (minimum <= number <= maximum or (or_none and number == 0)):
            raise StopValidation(text_of(message, text))
        field.number = number

    return validate


def amount(minimum: int, maximum: int, currency: str, locale: str, messages: Mapping[str, str]) -> Validator:
    """Require an amount within a range, written as in this locale. The amount in minor units is stored as `field.number`.

    `messages` are by the code of an `AmountError`; the one for `empty` is for everything that has none of its own.
    """

    def validate(_form: Form, field: Any) -> None:
        try:
            number = parse_amount(field.data, currency, locale)
            if number > maximum:
                raise AmountError("too_large")
        except AmountError as error:
            raise StopValidation(messages.get(error.code, messages["empty"])) from None
        if number < minimum:
            raise StopValidation(messages["empty"])
        field.number = number

    return validate


def email(message: str) -> Validator:
    """Require the syntax of an e-mail address."""

    def validate(_form: Form, field: Field) -> None:
        if not is_email(field.data):
            raise ValidationError(message)

    return validate
