"""Labels, hints and error messages of the form's fields. An error message says what to do."""

from typing import Final

from babel.numbers import get_currency_name, get_currency_symbol

from app.objects.currency import exponent, step
from app.objects.payment_link.custom_field import CustomField
from app.objects.typed_text import count_characters
from app.web.display.bounds import Bounds
from app.web.display.formatting import money
from app.web.display.locale import shown_locale
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.pay.form.validators import MessageFor

_SAMPLE_DIGITS: Final = "1234567890"
_SYMBOL_MAXIMUM: Final = 2


def quantity_message(bounds: Bounds) -> MessageFor:
    """Return the message for a missing quantity, or one outside its range."""

    def message(_value: str) -> str:
        if bounds.minimum == bounds.maximum:
            # L10n: `count` is a quantity in digits.
            return _("Choose %(count)s or none", count=bounds.maximum)
        # L10n: A range of quantities, in digits.
        return _("Choose %(minimum)s to %(maximum)s", minimum=bounds.minimum, maximum=bounds.maximum)

    return message


def amount_label(currency: str) -> str:
    """Return the label of an amount that the buyer chooses: "Amount in euros"."""
    name = get_currency_name(currency.upper(), count=2, locale=shown_locale())
    # L10n: `currency` is the plural name of a currency: "Amount in euros".
    return _("Amount in %(currency)s", currency=name)


def amount_hint(bounds: Bounds, currency: str) -> str:
    """Return the hint that says the range of an amount."""
    low, high = money(bounds.minimum, currency), money(bounds.maximum, currency)
    if bounds.is_open:
        # L10n: `minimum` is an amount.
        return _("At least %(minimum)s", minimum=low)
    return _("From %(minimum)s to %(maximum)s", minimum=low, maximum=high)


def amount_messages(bounds: Bounds, currency: str) -> dict[str, str]:
    """Return the messages for an amount that is missing or outside its range, by what is wrong with it."""
    low, high = money(bounds.minimum, currency), money(bounds.maximum, currency)
    if bounds.is_open:
        outside = _("Enter an amount of at least %(minimum)s", minimum=low)
        too_large = _("Enter at most %(amount)s", amount=high)
    else:
        outside = too_large = _("Enter an amount from %(minimum)s to %(maximum)s", minimum=low, maximum=high)
    return {
        "empty": outside,
        "too_large": too_large,
        "too_many_decimals": _decimals_message(currency),
    }


def _decimals_message(currency: str) -> str:
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
        return ngettext("%(low)s to %(num)s character", "%(low)s to %(num)s characters", high, low=low)
    if high:
        return ngettext("Up to %(num)s character", "Up to %(num)s characters", high)
    return ngettext("At least %(num)s character", "At least %(num)s characters", low) if low and low > 1 else ""


def _digit_hint(low: int | None, high: int | None) -> str:
    if high and low == high:
        return str(ngettext("%(num)s digit", "%(num)s digits", high))
    if low and high:
        return ngettext("%(low)s to %(num)s digit", "%(low)s to %(num)s digits", high, low=low)
    if high:
        return ngettext("Up to %(num)s digit", "Up to %(num)s digits", high)
    return ngettext("At least %(num)s digit", "At least %(num)s digits", low) if low else ""


# Error messages of answers. Each is a function, so that only the message of a wrong answer is translated.
# They are short, so that one line on a phone is enough. The error summary puts the label before them.


def choose_message(_value: str) -> str:
    """Return the message for a choice that is missing or not among the options."""
    return _("Choose an option")


def missing_message(_value: str) -> str:
    """Return the message for a missing answer."""
    return _("Enter an answer")


def card_message(_value: str) -> str:
    """Return the message for an answer that looks like a card number."""
    return _("Leave your card number for the next page")


def digits_message(low: int | None, high: int | None) -> MessageFor:
    """Return the message for an answer with the wrong number of digits."""

    def message(_value: str) -> str:
        if high and low == high and high <= len(_SAMPLE_DIGITS):
            return str(
                ngettext(
                    "Enter %(num)s digit, like %(sample)s",
                    "Enter %(num)s digits, like %(sample)s",
                    high,
                    sample=_SAMPLE_DIGITS[:high],
                )
            )
        if low and high:
            return ngettext("Enter %(low)s to %(num)s digit", "Enter %(low)s to %(num)s digits", high, low=low)
        if high:
            return str(ngettext("Enter at most %(num)s digit", "Enter at most %(num)s digits", high))
        if low:
            return str(ngettext("Enter at least %(num)s digit", "Enter at least %(num)s digits", low))
        return _("Enter digits only")

    return message


def too_short_message(minimum: int) -> MessageFor:
    """Return the message for an answer with too few characters."""

    def message(_value: str) -> str:
        return str(ngettext("Enter at least %(num)s character", "Enter at least %(num)s characters", minimum))

    return message


def too_long_message(maximum: int) -> MessageFor:
    """Return the message for an answer with too many characters."""

    def message(value: str) -> str:
        over = count_characters(value) - maximum
        if over <= 0:
            # L10n: The answer is too long because some of its characters count as several.
            return _("Use fewer accents and symbols")
        return str(
            # L10n: `maximum` is a number of characters.
            ngettext(
                "Shorten it by %(num)s character, to %(maximum)s",
                "Shorten it by %(num)s characters, to %(maximum)s",
                over,
                maximum=maximum,
            )
        )

    return message
