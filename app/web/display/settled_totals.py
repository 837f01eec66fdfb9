"""The parts of a total as Checkout charged them: discount, shipping and tax, with the names that we know."""

from app.objects.attempt import Attempt
from app.web.display.formatting import money
from app.web.display.order import TotalRow, discount_rows, shipping_row, tax_name
from app.web.display.translation import gettext as _


def settled_parts(attempt: Attempt) -> list[TotalRow] | None:
    """Return the rows between subtotal and total, or None where Stripe's parts are not known or do not add up to its total."""
    details, quote = attempt.total_details, attempt.quote
    if details is None or attempt.amount_total is None:
        return None
    shipping = details.amount_shipping or 0
    added_tax = attempt.amount_total - (quote.amount_subtotal - details.amount_discount + shipping)
    if not 0 <= added_tax <= details.amount_tax:
        return None
    rows = _discount(attempt, details.amount_discount)
    rate = attempt.shipping_rate or quote.shipping_rate
    if rate is not None or shipping:
        rows.append(shipping_row(rate, shipping, attempt.currency))
    return [*rows, *_taxes(attempt, added_tax)]


def _discount(attempt: Attempt, amount: int) -> list[TotalRow]:
    if amount == attempt.quote.amount_discount:
        return discount_rows(attempt.quote)
    return [TotalRow(_("Discount"), money(-amount, attempt.currency))] if amount else []


def _taxes(attempt: Attempt, amount: int) -> list[TotalRow]:
    """Return the taxes that were added: each by its name where the amount is the quoted one, else in one row."""
    quoted = [tax for tax in attempt.quote.taxes if not tax.inclusive]
    if sum(tax.amount for tax in quoted) == amount:
        return [TotalRow(tax_name(tax.rate), money(tax.amount, attempt.currency)) for tax in quoted]
    label = tax_name(quoted[0].rate) if len(quoted) == 1 else _("Tax")
    return [TotalRow(label, money(amount, attempt.currency))] if amount else []
