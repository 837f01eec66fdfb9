"""The fields of a pay form, built from one link: each with its rules and their error messages."""

from collections.abc import Sequence
from typing import Any, Final

from wtforms import BooleanField, Field, StringField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.objects import typed_text
from app.objects.limits import MAXIMUM_ANSWER_LENGTH
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import CustomField, answer_bounds
from app.objects.payment_link.parts import OptionalItem
from app.objects.selection import Consent, Selection, UrlParameters
from app.pricing.items import line_items, price_of
from app.pricing.selling import offered_items
from app.web.display import price_text
from app.web.display.bounds import Bounds, amount_bounds, item_bounds, option_bounds
from app.web.display.formatting import money_plain
from app.web.display.locale import page_locale
from app.web.display.translation import gettext as _
from app.web.display.translation import lazily
from app.web.pay.form import field_text, validators
from app.web.visit.email_address import clean_email

TYPED_MAXIMUM: Final = 4 * MAXIMUM_ANSWER_LENGTH
"""How many code points of a field are read. One character that people see may be sent as many of them."""

NUMBER_MAXIMUM: Final = 100
EMAIL_MAXIMUM: Final = 300
PROMOTION_CODE_MAXIMUM: Final = 500
"""Stripe's limit for a promotion code, in characters."""

Named = tuple[str, Any]
"""A name and an unbound field. WTForms binds the field when it builds the form."""


class TextField(StringField):
    """One line of text, without invisible characters. `number` is the value of a number field, or None while it is invalid.

    A text of more than `maximum` code points is refused before it is cleaned, because the cost grows with the square of the length.
    """

    clean = staticmethod(typed_text.clean_line)
    number: int | None = None
    is_too_long = False

    def __init__(self, *args: Any, too_long: validators.Message, maximum: int = TYPED_MAXIMUM, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._too_long = too_long
        self.maximum = maximum

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the posted value."""
        if not valuelist:
            return
        self._typed = valuelist[0]
        self.is_too_long = len(self._typed) > self.maximum
        self.data = self._typed if self.is_too_long else self.clean(self._typed)

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - WTForms' signature
        """Refuse a text that is too long before any rule reads it."""
        if self.is_too_long:
            raise StopValidation(validators.text_of(self._too_long, self._typed))


class DigitsField(TextField):
    """One line of digits. Spaces between them are removed."""

    clean = staticmethod(typed_text.clean_digits)


class CodeField(TextField):
    """One line with a code, in plain forms of its characters."""

    clean = staticmethod(typed_text.clean_code)


class EmailField(TextField):
    """One line with an e-mail address. Its domain is shown with its letters."""

    clean = staticmethod(clean_email)


def is_amount(field: Field) -> bool:
    """Whether a field is a quantity or an amount of a line, which must not be left empty."""
    return isinstance(field, TextField) and field.name.startswith("line_items[")


def fields_of(link: PaymentLink, url_parameters: UrlParameters, selection: Selection) -> list[Named]:
    """Return every field in page order, as (name, field)."""
    fields: list[Named] = []
    for item in line_items(link):
        name = f"line_items[{item.id}]"
        if bounds := item_bounds(link, item):
            value = selection.quantities.get(item.id, item.quantity or 0)
            fields.append(
                (f"{name}[quantity]", _quantity(item.description or "", bounds, f"{item.id}-quantity", value))
            )
        if bounds := amount_bounds(link, item):
            chosen = selection.unit_amounts.get(item.id, bounds.preset)
            fields.append((f"{name}[unit_amount]", _amount(link, bounds, f"{item.id}-unit_amount", chosen)))
    for option in offered_items(link):
        price = price_of(option)
        fields.append(
            (f"optional_items[{price.id}][quantity]", _optional(option, selection.optional_quantities.get(price.id, 0)))
        )
    if link.allow_promotion_codes:
        code = selection.promotion_code.code if selection.promotion_code else url_parameters.prefilled_promo_code
        fields.append(("promotion_code", _promotion_code(code or "")))
    if url_parameters.prefilled_email and not url_parameters.locked_prefilled_email:
        fields.append(("email", _email(selection.answers.email or url_parameters.prefilled_email)))
    for question in link.custom_fields:
        answer = selection.answers.custom_fields.get(question.key)
        fields.append((f"custom_fields[{question.key}]", _answer(question, answer)))
    return fields + _consents(link, selection.answers.consent)


def _quantity(name: str, bounds: Bounds, id: str, value: int) -> Any:
    message = field_text.quantity_message(bounds)
    rule = validators.quantity(bounds.minimum, bounds.maximum, message)
    return DigitsField(
        label=name, id=id, default=str(value), validators=[rule], too_long=message, maximum=NUMBER_MAXIMUM
    )


def _amount(link: PaymentLink, bounds: Bounds, id: str, value: int | None) -> Any:
    currency = link.currency
    messages = field_text.amount_messages(bounds, currency)
    rule = validators.amount(bounds.minimum, bounds.maximum, currency, page_locale(), messages)
    return TextField(
        label=field_text.amount_label(currency),
        description=field_text.amount_hint(bounds, currency),
        id=id,
        default=money_plain(value, currency) if value is not None else "",
        validators=[validators.required(messages["empty"]), rule],
        too_long=messages["too_large"],
        maximum=NUMBER_MAXIMUM,
    )


def _optional(option: OptionalItem, value: int) -> Any:
    bounds = option_bounds(option)
    price = price_of(option)
    message = field_text.quantity_message(bounds)
    return DigitsField(
        label=price_text.product_name(price),
        id=f"{price.id}-quantity",
        default=str(value),
        validators=[validators.optional(), validators.quantity(bounds.minimum, bounds.maximum, message, or_none=True)],
        too_long=message,
        maximum=NUMBER_MAXIMUM,
    )


def _promotion_code(value: str) -> Any:
    message = _("Enter another code or leave it empty")
    return CodeField(id="promotion_code", default=value, too_long=message, maximum=PROMOTION_CODE_MAXIMUM)


def _email(value: str) -> Any:
    message = _("Enter an e-mail address like name@example.com")
    return EmailField(
        label=_("E-mail address"),
        id="email",
        default=value,
        validators=[validators.required(message), validators.email(message)],
        too_long=message,
        maximum=EMAIL_MAXIMUM,
    )


def _answer(question: CustomField, value: str | None) -> Any:
    if question.type == "dropdown":
        first, missing, rules, too_long = _dropdown(question)
    elif question.type == "numeric":
        first, missing, rules, too_long = _digits(question)
    else:
        first, missing, rules, too_long = _text(question)
    presence = validators.optional() if question.optional else validators.required(missing)
    kind = DigitsField if question.type == "numeric" else TextField
    return kind(
        label=question.label.custom or question.key,
        id=f"custom_fields-{question.key}",
        description=lazily(field_text.answer_hint, question),
        default=(value if value is not None else first) or "",
        validators=[presence, *rules],
        too_long=too_long,
    )


Rules = tuple[str | None, validators.Message, Sequence[validators.Validator], validators.Message]
"""The first value of a field, the message for an empty one, the rules for an answer, the message for a text beyond all bounds."""


def _dropdown(question: CustomField) -> Rules:
    choose = field_text.choose_message
    if question.dropdown is None:
        return None, choose, [], choose
    return question.dropdown.default_value, choose, [validators.answer(question, {"not_an_option": choose})], choose


def _digits(question: CustomField) -> Rules:
    bounds = question.numeric
    low, high = (bounds.minimum_length, bounds.maximum_length) if bounds else (None, None)
    message = field_text.digits_message(low, high)
    rules = [
        validators.no_card_number(field_text.card_message),
        validators.answer(question, {"not_digits": message, "too_short": message, "too_long": message}),
    ]
    return bounds.default_value if bounds else None, message, rules, message


def _text(question: CustomField) -> Rules:
    bounds = question.text
    low, most = answer_bounds(question)
    too_long = field_text.too_long_message(most)
    rules = [
        validators.no_card_number(field_text.card_message),
        validators.answer(question, {"too_short": field_text.too_short_message(low), "too_long": too_long}),
    ]
    return bounds.default_value if bounds else None, field_text.missing_message, rules, too_long


def _consents(link: PaymentLink, consent: Consent) -> list[Named]:
    asked = link.consent_collection
    fields: list[Named] = []
    if asked and asked.terms_of_service == "required":
        agree = validators.required(_("Agree to the terms to continue"))
        fields.append(
            (
                "consent[terms_of_service]",
                BooleanField(id="terms_of_service", default=consent.terms_of_service == "accepted", validators=[agree]),
            )
        )
    if asked and asked.promotions == "auto":
        fields.append(("consent[promotions]", BooleanField(id="promotions", default=consent.promotions == "opt_in")))
    return fields
