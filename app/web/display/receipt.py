"""What was paid, for the buyer's receipt and the merchant's console: amount, payment method, answers and totals."""

from dataclasses import replace

from markupsafe import Markup

from app.objects.attempt import SETTLED, Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import CustomField
from app.pricing.refunds import amount_left, refunded_parts
from app.services.attempts.verification import AMOUNT_DIFFERS
from app.web.display.formatting import date, money
from app.web.display.order import TotalRow, included_taxes, shipping_text, total_rows
from app.web.display.payment_methods import method_text
from app.web.display.postal_address import postal_lines
from app.web.display.settled_totals import settled_parts
from app.web.display.translation import gettext as _
from app.wire.email_domain import with_readable_domain


def amount_of(attempt: Attempt) -> int:
    """Return the amount that Stripe reported, or else the quoted amount, in minor units."""
    return attempt.quote.amount_total if attempt.amount_total is None else attempt.amount_total


def amount_differs(attempt: Attempt) -> bool:
    """Return whether another amount arrived than the order came to, so that the merchant has to check it."""
    return attempt.state in SETTLED and AMOUNT_DIFFERS in attempt.flags


def email_of(attempt: Attempt) -> str | None:
    """Return the buyer's e-mail address, as Checkout or our page asked for it, with the letters of its domain."""
    email = attempt.customer_email or attempt.selection.answers.email
    return with_readable_domain(email) if email else None


def paid_with(attempt: Attempt) -> str | None:
    """Return the payment method in words ("Visa ending in 4242"), or None when Stripe has not reported one."""
    return method_text(attempt.payment_method) if attempt.payment_method else None


def delivery_lines(attempt: Attempt) -> list[str]:
    """Return name and address of the delivery, line by line. Empty if nothing is delivered."""
    delivery = attempt.shipping_details
    if delivery is None:
        return []
    lines = [delivery.name, *(postal_lines(delivery.address) if delivery.address else ())]
    return [line for line in lines if line]


def delivery_markup(attempt: Attempt) -> Markup | None:
    """Return name and address of the delivery with line breaks, or None if nothing is delivered."""
    return Markup("<br>").join(Markup("<bdi>{}</bdi>").format(line) for line in delivery_lines(attempt)) or None


def shipping_name(attempt: Attempt) -> str | None:
    """Return the shipping option by name, with how long it takes: "DHL parcel, 2 to 4 business days"."""
    rate = attempt.shipping_rate or attempt.quote.shipping_rate
    return shipping_text(rate) if rate else None


def custom_answers(attempt: Attempt, link: PaymentLink) -> list[tuple[str, str | Markup]]:
    """Return the buyer's answers with the labels of the link's custom fields."""
    given = attempt.selection.answers.custom_fields
    return [
        (field.label.custom or field.key, _answer_text(field, given[field.key]))
        for field in link.custom_fields
        if field.key in given
    ]


def totals_of(attempt: Attempt, organization: Organization, total: int) -> list[TotalRow]:
    """Return the quoted totals, then what Checkout added or took off, then `total` in minor units, then what was refunded.

    The total says "Paid" once the attempt is paid. Until Checkout reports a total, the quoted rows stay as they are.
    """
    return [*_paid_rows(attempt, organization, total), *_refund_rows(attempt, organization)]


def _refund_rows(attempt: Attempt, organization: Organization) -> list[TotalRow]:
    """Return a row for each refund, then what is left. A refund may be in the currency that the buyer paid in."""
    rows = [
        TotalRow(_("Refunded"), money(-part.amount, part.currency), date(part.created, organization.timezone))
        for part in refunded_parts(attempt)
    ]
    left = amount_left(attempt)
    # L10n: A row of the receipt: what remains paid after a refund.
    return [*rows, TotalRow(_("Paid after refund"), money(*left), is_total=True)] if rows and left else rows


def _paid_rows(attempt: Attempt, organization: Organization, total: int) -> list[TotalRow]:
    rows = total_rows(attempt.quote, organization)
    last = rows[-1]
    if amount_differs(attempt):
        # L10n: A row of the receipt: the amount that arrived.
        received = TotalRow(_("Received"), money(total, attempt.currency), is_total=True)
        known = [row for row in rows[:-1] if not row.is_pending]
        return [*known, replace(last, label=_("Order total"), is_total=False), received]
    if attempt.state not in SETTLED and attempt.amount_total is None:
        return rows
    # Checkout has settled what the page could not know.
    quote = attempt.quote.model_copy(update={"shipping_pending": False, "tax_pending": False})
    parts = settled_parts(attempt)
    rows = total_rows(quote, organization, parts)
    last = rows[-1]
    difference = total - quote.amount_total
    added = []
    if difference and parts is None:
        label = _("Shipping and tax") if difference > 0 else _("Discount")
        added = [TotalRow(label, money(difference, attempt.currency))]
    label = _("Paid") if total and attempt.state in SETTLED else last.label
    hint = included_taxes(attempt.quote.taxes, attempt.currency) if not difference else None
    return [*rows[:-1], *added, TotalRow(label, money(total, attempt.currency), hint, is_total=True)]


def _answer_text(field: CustomField, value: str) -> str:
    options = field.dropdown.options if field.dropdown else ()
    return next((option.label for option in options if option.value == value), value)
