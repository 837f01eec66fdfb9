"""What the page says about prices, times and answers, where the words depend on values. Every string goes through gettext."""

from dataclasses import dataclass
from typing import Final

from babel.numbers import get_currency_name, get_currency_symbol
from flask_babel import gettext as _
from flask_babel import ngettext

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link_parts import CustomField
from app.objects.price import Interval, Price, Tier
from app.objects.quote import Quote, QuoteLine, RecurringTotal
from app.objects.shipping_rate import DeliveryEstimate, DeliveryEstimateBound
from app.pricing.items import product_of
from app.pricing.money import format_decimal_amount
from app.web.bounds import Bounds
from app.web.filters import date, merchant_name, money
from app.web.locale import page_locale, shown_locale
from app.web.validators import Worded

_SAMPLE_DIGITS: Final = "1234567890"
_SYMBOL_MAXIMUM: Final = 2


def every(interval: Interval, count: int) -> str:
    """How often: "every month", "every 3 months"."""
    words = {
        "day": lambda: ngettext("every day", "every %(num)s days", count),
        "week": lambda: ngettext("every week", "every %(num)s weeks", count),
        "month": lambda: ngettext("every month", "every %(num)s months", count),
        "year": lambda: ngettext("every year", "every %(num)s years", count),
    }
    return str(words[interval]())


def from_then_on(total: RecurringTotal, timezone: str) -> str:
    """The row of what comes later."""
    often = every(total.interval, total.interval_count)
    if total.starts_at is None:
        return _("Then %(every)s", every=often)
    return _("From %(date)s, %(every)s", date=date(total.starts_at, timezone), every=often)


def trial(days: int) -> str:
    """How long nothing is charged."""
    return str(ngettext("%(num)s day free", "%(num)s days free", days))


# The button and what stands around it


def verb_of(link: PaymentLink, quote: Quote) -> str:
    """What the buyer does here: `pay`, `book`, `donate` or `subscribe`, the link's `submit_type` or what the quote says."""
    if link.submit_type in {"book", "donate", "subscribe"}:
        return link.submit_type
    return "subscribe" if quote.mode == "subscription" else "pay"


def is_open_ended(quote: Quote) -> bool:
    """Whether Checkout still adds to the total, so that no amount can be promised."""
    return quote.shipping_pending or quote.tax_pending


def button(link: PaymentLink, quote: Quote) -> str:
    """The one filled button: a verb, and the amount where it is known."""
    verb = verb_of(link, quote)
    if verb == "subscribe":
        return _("Start free trial") if quote.trial_period_days else _("Subscribe")
    if is_open_ended(quote):
        return _("Continue to payment")
    if not quote.amount_total:
        return {"donate": _("Donate"), "book": _("Book")}.get(verb, _("Complete the order"))
    amount = money(quote.amount_total, quote.currency)
    return {
        "donate": _("Donate %(amount)s", amount=amount),
        "book": _("Book for %(amount)s", amount=amount),
        "pay": _("Pay %(amount)s", amount=amount),
    }[verb]


def under_button(link: PaymentLink, quote: Quote) -> str:
    """What happens next."""
    if quote.trial_period_days and not quote.amount_total:
        if link.payment_method_collection == "if_required":
            return _("Next you confirm with Stripe. Nothing is charged today.")
        return _("Next you enter your card with Stripe. Nothing is charged today.")
    if not quote.amount_total and not quote.metered and not is_open_ended(quote):
        return _("Next you confirm with Stripe. Nothing is charged.")
    if is_open_ended(quote):
        return _("Next Stripe asks for your address and shows the final total before you pay.")
    if link.payment_method_types and link.payment_method_types != ("card",):
        return _("Next you choose how to pay with Stripe. Your payment details never reach us.")
    return _("Next you enter your card with Stripe. Your card number never reaches us.")


def payment_heading(link: PaymentLink, quote: Quote, *, asks: bool) -> str:
    """The heading of the part where the buyer acts."""
    if is_invoice(link):
        return _("Pay this invoice")
    if verb_of(link, quote) == "donate":
        return _("Your donation")
    return _("Your details") if asks else {"book": _("Your booking"), "subscribe": _("Your subscription")}.get(
        verb_of(link, quote), _("Your payment")
    )


def before(link: PaymentLink, quote: Quote) -> str:
    """The heading of the consents."""
    return {
        "book": _("Before you book"),
        "donate": _("Before you donate"),
        "subscribe": _("Before you subscribe"),
    }.get(verb_of(link, quote), _("Before you pay"))


def reuse_agreement(link: PaymentLink, quote: Quote, organization: Organization) -> str | None:
    """What is said where the payment method is kept for later; None where it is not kept or the merchant hides it."""
    consent = link.consent_collection
    agreement = consent.payment_method_reuse_agreement if consent else None
    if agreement and agreement.position == "hidden":
        return None
    name = merchant_name(organization)
    if quote.mode == "subscription":
        return _subscription_agreement(quote, organization, name)
    if link.payment_intent_data and link.payment_intent_data.setup_future_usage:
        return _("%(merchant)s keeps your payment method for later payments that you agree to.", merchant=name)
    return None


def _subscription_agreement(quote: Quote, organization: Organization, name: str) -> str:
    first = quote.recurring[0] if quote.recurring else None
    if quote.metered or first is None or len(quote.recurring) > 1:
        kept = _("%(merchant)s keeps your payment method and charges it for what comes due until you cancel.", merchant=name)
    else:
        kept = _(
            "%(merchant)s keeps your payment method and charges %(amount)s %(every)s until you cancel.",
            merchant=name,
            amount=money(first.amount_total, quote.currency),
            every=every(first.interval, first.interval_count),
        )
    if quote.trial_end is None:
        return kept
    ends = date(quote.trial_end, organization.timezone)
    return f"{kept} {_('Cancel before %(date)s and you pay nothing.', date=ends)}"


# Heads: what is paid for


def is_invoice(link: PaymentLink) -> bool:
    """Whether the page is one of an invoice: it has a reference, and is for plain payment."""
    return bool(link.counterfoil.reference) and link.submit_type in {"auto", "pay"}


def names_itself(reference: str) -> bool:
    """Whether a reference says "Invoice" by itself."""
    return reference.casefold().startswith((_("Invoice").casefold(), "invoice"))


def heading(link: PaymentLink, quote: Quote) -> str:
    """What the page is about, without markup."""
    reference = link.counterfoil.reference
    if reference and is_invoice(link):
        return reference if names_itself(reference) else _("Invoice %(reference)s", reference=reference)
    lines = [line for line in quote.lines if not line.optional] or list(quote.lines)
    name = lines[0].description if lines else _("Payment")
    if len(lines) < 2:
        return name
    return str(ngettext("%(name)s and %(num)s more", "%(name)s and %(num)s more", len(lines) - 1, name=name))


def summary_of(link: PaymentLink, quote: Quote) -> str:
    """One line for titles and link previews: what, and how much."""
    what = heading(link, quote)
    if quote.trial_period_days and not quote.amount_total:
        return _("%(what)s, %(amount)s", what=what, amount=trial(quote.trial_period_days))
    if not quote.amount_total:
        return what
    return _("%(what)s, %(amount)s", what=what, amount=money(quote.amount_total, quote.currency))


# Lines


def product_name(price: Price) -> str:
    """What the buyer reads of a price."""
    return product_of(price).name


def per_unit(line: QuoteLine, currency: str) -> str | None:
    """What one costs, where there are several or a unit has a name; None where the line's amount says it all."""
    unit = line.unit_amount
    label = line.product.unit_label
    if unit is None:
        decimal = line.price.unit_amount_decimal
        if decimal is None or line.price.tiers:
            return None
        amount = format_decimal_amount(decimal, currency, page_locale())
    elif line.quantity == 1 and not label and not line.price.transform_quantity:
        return None
    else:
        amount = money(unit, currency)
    if transform := line.price.transform_quantity:
        return _("%(amount)s for every %(count)s", amount=amount, count=transform.divide_by)
    return _("%(amount)s per %(unit)s", amount=amount, unit=label) if label else _("%(amount)s each", amount=amount)


def tier_rows(price: Price, currency: str) -> list[tuple[str, str]]:
    """A tiered price as rows: which quantities, and what they cost."""
    rows = []
    first = 1
    for tier in price.tiers or ():
        if tier.up_to is None:
            units = _("%(first)s and more", first=first)
        elif tier.up_to == first:
            units = str(first)
        else:
            units = _("%(first)s to %(last)s", first=first, last=tier.up_to)
        rows.append((units, _tier_cost(tier, currency)))
        first = (tier.up_to or first) + 1
    return rows


def _tier_cost(tier: Tier, currency: str) -> str:
    locale = page_locale()
    unit = tier.unit_amount if tier.unit_amount is not None else tier.unit_amount_decimal
    flat = tier.flat_amount if tier.flat_amount is not None else tier.flat_amount_decimal
    each = flat_words = None
    if unit is not None and (unit or not flat):
        amount = money(unit, currency) if isinstance(unit, int) else format_decimal_amount(unit, currency, locale)
        each = _("%(amount)s each", amount=amount)
    if flat:
        flat_words = money(flat, currency) if isinstance(flat, int) else format_decimal_amount(flat, currency, locale)
    if each and flat_words:
        return _("%(flat)s and %(each)s", flat=flat_words, each=each)
    return each or flat_words or ""


def tier_note(price: Price) -> str:
    """How the tiers are meant."""
    if price.tiers_mode == "volume":
        return _("The price of the whole quantity depends on how many you take")
    return _("Each step has its own price")


def delivery(estimate: DeliveryEstimate | None) -> str | None:
    """How long delivery takes."""
    if estimate is None:
        return None
    low, high = estimate.minimum, estimate.maximum
    if low and high and low.unit == high.unit:
        if low.value == high.value:
            return _units(low)
        return _("%(low)s to %(high)s", low=low.value, high=_units(high))
    if low and high:
        return _("%(low)s to %(high)s", low=_units(low), high=_units(high))
    if high:
        return _("up to %(high)s", high=_units(high))
    return _("at least %(low)s", low=_units(low)) if low else None


def _units(bound: DeliveryEstimateBound) -> str:
    count = bound.value
    words = {
        "business_day": lambda: ngettext("%(num)s working day", "%(num)s working days", count),
        "day": lambda: ngettext("%(num)s day", "%(num)s days", count),
        "hour": lambda: ngettext("%(num)s hour", "%(num)s hours", count),
        "month": lambda: ngettext("%(num)s month", "%(num)s months", count),
        "week": lambda: ngettext("%(num)s week", "%(num)s weeks", count),
    }
    return str(words[bound.unit]())


# Fields: labels, hints and what to do about a wrong answer


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


def amount_sign(currency: str) -> str | None:
    """The sign that stands in front of the input; None where it is too long for that place."""
    symbol = get_currency_symbol(currency.upper(), locale=shown_locale())
    return symbol if len(symbol) <= _SYMBOL_MAXIMUM else None


def answer_hint(question: CustomField) -> str:
    """What the answer has to be like, where that is not clear by itself."""
    if question.type == "numeric":
        bounds = question.numeric
        return _digit_words(bounds.minimum_length if bounds else None, bounds.maximum_length if bounds else None) or _("Digits only")
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

        def words(value: str) -> str:
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
