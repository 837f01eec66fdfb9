"""What the page says about its fields: labels, hints, and what to do about an answer, in the words of the field's own label."""

from dataclasses import dataclass
from typing import Final

from babel.numbers import get_currency_name, get_currency_symbol

from app.objects.currency import exponent, step
from app.objects.payment_link_parts import CustomField
from app.web.display.bounds import Bounds
from app.web.display.formatting import money
from app.web.display.locale import shown_locale
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.pay.form.validators import Worded

_SAMPLE_DIGITS: Final = "1234567890"
_SYMBOL_MAXIMUM: Final = 2


def quantity_message(name: str, bounds: Bounds) -> str:
    """For a quantity out of bounds, or none at all."""
    if bounds.minimum == bounds.maximum:
        return _("Take %(count)s of “%(name)s” or none", name=name, count=bounds.maximum)
    return _(
        "Enter a quantity of “%(name)s” from %(minimum)s to %(maximum)s",
        name=name,
        minimum=bounds.minimum,
        maximum=bounds.maximum,
    )


def amount_label(currency: str) -> str:
    """The label of an amount that the buyer chooses: "Amount in euros"."""
    name = get_currency_name(currency.upper(), count=2, locale=shown_locale())
    return _("Amount in %(currency)s", currency=name)


def amount_hint(bounds: Bounds, currency: str) -> str:
    """The bounds of such an amount."""
    low, high = money(bounds.minimum, currency), money(bounds.maximum, currency)
    return _("From %(minimum)s to %(maximum)s", minimum=low, maximum=high)


def amount_message(bounds: Bounds, currency: str) -> str:
    """For an amount out of bounds, or none at all."""
    low, high = money(bounds.minimum, currency), money(bounds.maximum, currency)
    return _("Enter an amount from %(minimum)s to %(maximum)s", minimum=low, maximum=high)


def amount_decimals_message(currency: str) -> str:
    """For an amount with more decimals than can be charged; thousandths end in 0, so only two of their three can be chosen."""
    decimals = exponent(currency) - len(str(step(currency))) + 1
    if decimals <= 0:
        return _("Enter a whole amount, without decimals")
    return str(
        ngettext(
            "Enter an amount with at most %(num)s decimal", "Enter an amount with at most %(num)s decimals", decimals
        )
    )


def amount_sign(currency: str) -> str | None:
    """The sign that stands in front of the input; None where it is too long for that place."""
    symbol = get_currency_symbol(currency.upper(), locale=shown_locale())
    return symbol if len(symbol) <= _SYMBOL_MAXIMUM else None


def answer_hint(question: CustomField) -> str:
    """What the answer has to be like, where that is not clear by itself."""
    if question.type == "numeric":
        bounds = question.numeric
        return _digit_words(bounds.minimum_length if bounds else None, bounds.maximum_length if bounds else None) or _(
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


def _digit_words(low: int | None, high: int | None) -> str:
    if high and low == high:
        return str(ngettext("%(num)s digit", "%(num)s digits", high))
    if low and high:
        return _("%(low)s to %(high)s digits", low=low, high=high)
    if high:
        return _("Up to %(high)s digits", high=high)
    return _("At least %(low)s digits", low=low) if low else ""


@dataclass(frozen=True)
class AnswerWords:
    """What to do about an answer, in the words of the field's own label."""

    label: str

    @property
    def choose(self) -> str:
        """Nothing chosen, or nothing that is offered."""
        return _("Choose an option for “%(label)s”", label=self.label)

    @property
    def enter(self) -> str:
        """Nothing entered."""
        return _("Enter “%(label)s”", label=self.label)

    @property
    def card(self) -> str:
        """What looks like the number of a card."""
        return _("Leave card numbers out of “%(label)s”. Your card is asked for on the next page", label=self.label)

    def digits(self, low: int | None, high: int | None) -> str:
        """Something else than so many digits."""
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

    def too_short(self, minimum: int) -> Worded:
        """Fewer characters than asked."""

        def words(_value: str) -> str:
            return str(
                ngettext(
                    "Enter “%(label)s” with at least %(num)s character",
                    "Enter “%(label)s” with at least %(num)s characters",
                    minimum,
                    label=self.label,
                )
            )

        return words

    def too_long(self, maximum: int) -> Worded:
        """More characters than fit."""

        def words(value: str) -> str:
            return _(
                "Shorten “%(label)s” to %(maximum)s characters, it has %(count)s",
                label=self.label,
                maximum=maximum,
                count=len(value),
            )

        return words
