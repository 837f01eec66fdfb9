"""Labels, hints and error messages of the form's fields. An error message names the field's label and says what to do."""

from dataclasses import dataclass
from typing import Final

from babel.numbers import get_currency_name, get_currency_symbol

from app.objects.currency import exponent, step
from app.objects.payment_link.custom_field import CustomField
from app.web.display.bounds import Bounds
from app.web.display.formatting import money
from app.web.display.locale import shown_locale
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.pay.form.validators import MessageFor

_SAMPLE_DIGITS: Final = "1234567890"
_SYMBOL_MAXIMUM: Final = 2


def quantity_message(name: str, bounds: Bounds) -> str:
    """Return the message for a missing quantity, or one outside its range."""
    if bounds.minimum == bounds.maximum:
        return _("Choose %(count)s of “%(name)s” or none", name=name, count=bounds.maximum)
    return _(
        "Enter a quantity of “%(name)s” from %(minimum)s to %(maximum)s",
        name=name,
        minimum=bounds.minimum,
        maximum=bounds.maximum,
    )


def amount_label(currency: str) -> str:
    """Return the label of an amount that the buyer chooses: "Amount in euros"."""
    name = get_currency_name(currency.upper(), count=2, locale=shown_locale())
    return _("Amount in %(currency)s", currency=name)


def amount_hint(bounds: Bounds, currency: str) -> str:
    """Return the hint that says the range of an amount."""
    low, high = money(bounds.minimum, currency), money(bounds.maximum, currency)
    if bounds.is_open:
        return _("At least %(minimum)s", minimum=low)
    return _("From %(minimum)s to %(maximum)s", minimum=low, maximum=high)


def amount_message(bounds: Bounds, currency: str) -> str:
    """Return the message for a missing amount, or one outside its range."""
    low, high = money(bounds.minimum, currency), money(bounds.maximum, currency)
    if bounds.is_open:
        return _("Enter an amount of at least %(minimum)s", minimum=low)
    return _("Enter an amount from %(minimum)s to %(maximum)s", minimum=low, maximum=high)


def amount_decimals_message(currency: str) -> str:
    """Return the message for an amount with too many decimals. Currencies with three decimals end in 0, so they allow two."""
    decimals = exponent(currency) - len(str(step(currency))) + 1
    if decimals <= 0:
        return _("Enter a whole amount, without decimals")
    return str(
        ngettext(
            "Enter an amount with at most %(num)s decimal", "Enter an amount with at most %(num)s decimals", decimals
        )
    )


def amount_sign(currency: str) -> str | None:
    """Return the currency sign to show in front of the input, or None where it is too long."""
    symbol = get_currency_symbol(currency.upper(), locale=shown_locale())
    return symbol if len(symbol) <= _SYMBOL_MAXIMUM else None


def answer_hint(question: CustomField) -> str:
    """Return the hint that says what an answer must look like, or an empty text."""
    if question.type == "numeric":
        bounds = question.numeric
        return _digit_hint(bounds.minimum_length if bounds else None, bounds.maximum_length if bounds else None) or _(
            "Digits only"
        )
    bounds = question.text if question.type == "text" else None
    low = bounds.minimum_length if bounds else None
    high = bounds.maximum_length if bounds else None
    if low and high:
        return _("%(low)s to %(high)s characters", low=low, high=high)
    if high:
        return _("Up to %(high)s characters", high=high)
    return _("At least %(low)s characters", low=low) if low and low > 1 else ""


def _digit_hint(low: int | None, high: int | None) -> str:
    if high and low == high:
        return str(ngettext("%(num)s digit", "%(num)s digits", high))
    if low and high:
        return _("%(low)s to %(high)s digits", low=low, high=high)
    if high:
        return _("Up to %(high)s digits", high=high)
    return _("At least %(low)s digits", low=low) if low else ""


@dataclass(frozen=True)
class AnswerTexts:
    """The error messages of one question, with its label."""

    label: str

    @property
    def choose(self) -> str:
        """For a choice that is missing or not among the options."""
        return _("Choose an option for “%(label)s”", label=self.label)

    @property
    def enter(self) -> str:
        """For a missing answer."""
        return _("Enter “%(label)s”", label=self.label)

    @property
    def card(self) -> str:
        """For an answer that looks like a card number."""
        return _("Leave card numbers out of “%(label)s”. Your card is asked for on the next page", label=self.label)

    def digits(self, low: int | None, high: int | None) -> str:
        """For an answer with the wrong number of digits."""
        if high and low == high and high <= len(_SAMPLE_DIGITS):
            return str(
                ngettext(
                    "Enter “%(label)s” with %(num)s digit, like %(sample)s",
                    "Enter “%(label)s” with %(num)s digits, like %(sample)s",
                    high,
                    label=self.label,
                    sample=_SAMPLE_DIGITS[:high],
                )
            )
        if low and high:
            return _("Enter “%(label)s” with %(low)s to %(high)s digits", label=self.label, low=low, high=high)
        if high:
            return _("Enter “%(label)s” with at most %(high)s digits", label=self.label, high=high)
        if low:
            return _("Enter “%(label)s” with at least %(low)s digits", label=self.label, low=low)
        return _("Enter “%(label)s” with digits only", label=self.label)

    def too_short(self, minimum: int) -> MessageFor:
        """For an answer with too few characters."""

        def message(_value: str) -> str:
            return str(
                ngettext(
                    "Enter “%(label)s” with at least %(num)s character",
                    "Enter “%(label)s” with at least %(num)s characters",
                    minimum,
                    label=self.label,
                )
            )

        return message

    def too_long(self, maximum: int) -> MessageFor:
        """For an answer with too many characters."""

        def message(value: str) -> str:
            return _(
                "Shorten “%(label)s” to %(maximum)s characters, it has %(count)s",
                label=self.label,
                maximum=maximum,
                count=len(value),
            )

        return message
