"""An organization's payments as CSV, for spreadsheets and accounting.

Values that buyers typed must not become formulas there, so `defuse` puts an apostrophe in front of what a spreadsheet would run.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO, Final

from app.objects.address import Address
from app.objects.attempt import Attempt, State
from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers
from app.pricing.money import format_amount_plain
from app.pricing.refunds import amount_refunded, refunded_parts
from app.store.protocol import Store

PAGE: Final = 100

_LINKS_KEPT: Final = 500
"""How many links are kept in memory while rows are written."""

COLUMNS: Final = (
    "id",
    "state",
    "created",
    "paid_at",
    "livemode",
    "payment_link",
    "payment_link_name",
    "reference",
    "receipt_reference",
    "customer_email",
    "customer_name",
    "shipping_name",
    "shipping_line1",
    "shipping_line2",
    "shipping_postal_code",
    "shipping_city",
    "shipping_state",
    "shipping_country",
    "shipping_rate",
    "currency",
    "amount_subtotal",
    "amount_discount",
    "amount_shipping",
    "amount_tax",
    "amount_total",
    "amount_refunded",
    "items",
    "promotion_code",
    "client_reference_id",
    "terms_of_service",
    "promotions",
    "payment_method",
    "checkout_session",
    "payment_intent",
    "subscription",
    "refund",
    "dispute_status",
    "dispute_due_by",
    "flags",
    "customer_phone",
    "customer_tax_ids",
    "fee",
    "sent_at",
    "tracking_number",
)
"""The columns that every export has. A column for each custom field follows, then `other_answers`."""

OTHER_ANSWERS: Final = "other_answers"

_FORMULA: Final = re.compile(
    r"(?:(?<=[;\t\r\n])|\A)(?=[\s\"\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20])|\A(?=[\t\r])"
)
"""The places in front of a sign that starts a formula: at the start, and after a character that ends a cell or a row in a
spreadsheet which expects semicolons or tabs."""


def write_payments(
    file: IO[str],
    store: Store,
    organization_id: str,
    *,
    payment_link: str | None = None,
    state: Sequence[State] = (),
    flagged: bool | None = None,
) -> int:
    """Write the payments to a file, newest first, page by page. Return how many there are."""
    writer = csv.writer(file, lineterminator="\r\n")
    found = list_all(store, organization_id, payment_link=payment_link, state=state, flagged=flagged)
    count = -1
    for count, row in enumerate(csv_rows(store, organization_id, found)):  # noqa: B007 - the last number is the count
        writer.writerow(row)
    return count


def csv_text(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the rows as lines of CSV, in chunks."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for number, row in enumerate(rows):
        writer.writerow(row)
        if number % PAGE == 0:
            yield file.getvalue()
            file.seek(0)
            file.truncate()
    yield file.getvalue()


def csv_rows(store: Store, organization_id: str, attempts: Iterable[Attempt]) -> Iterator[list[str]]:
    """Yield the names of the columns, then a row for each payment.

    Amounts are in the major unit ("12.50"), times in UTC (ISO 8601). Payments are taken one by one, so that any number of them needs
    little memory.
    """
    keys = _custom_field_keys(store, organization_id)
    yield [*COLUMNS, *(defuse(f"custom_fields[{key}]") for key in keys), OTHER_ANSWERS]
    links: dict[str, PaymentLink | None] = {}
    for attempt in attempts:
        if attempt.payment_link not in links:
            if len(links) >= _LINKS_KEPT:
                links.clear()
            links[attempt.payment_link] = store.link(attempt.payment_link)
        yield [defuse(cell) for cell in _row(attempt, links[attempt.payment_link], keys)]


def list_all(
    store: Store,
    organization_id: str,
    *,
    payment_link: str | None = None,
    state: Sequence[State] = (),
    flagged: bool | None = None,
) -> Iterator[Attempt]:
    """Yield the organization's attempts, newest first. Each page is read when it is needed."""
    more, after = True, None
    while more:
        page, more = store.attempts(
            organization_id, payment_link=payment_link, state=state, flagged=flagged, limit=PAGE, starting_after=after
        )
        yield from page
        after = page[-1].id if page else None


def defuse(text: str) -> str:
    """Return the text with an apostrophe in front of each formula: `=1+1` becomes `'=1+1`."""
    return _FORMULA.sub("'", text)


def _custom_field_keys(store: Store, organization_id: str) -> list[str]:
    """Return the keys of the custom fields that the organization's links have now, each once."""
    keys: dict[str, None] = {}
    more, after = True, None
    while more:
        page, more = store.links(organization_id, limit=PAGE, starting_after=after)
        keys.update(dict.fromkeys(field.key for link in page for field in link.custom_fields))
        after = page[-1].id if page else None
    return sorted(keys)


def _row(attempt: Attempt, link: PaymentLink | None, keys: Sequence[str]) -> list[str]:
    quote, answers, asked = attempt.quote, attempt.selection.answers, attempt.checkout_answers or Answers()
    code = quote.discount.promotion_code.code if quote.discount and quote.discount.promotion_code else None
    total = quote.amount_total if attempt.amount_total is None else attempt.amount_total
    details = attempt.total_details or quote
    dispute = attempt.disputes[-1] if attempt.disputes else None
    values = {
        "id": attempt.id,
        "state": attempt.state,
        "created": _time(attempt.created),
        "paid_at": _time(attempt.paid_at),
        "livemode": "true" if attempt.livemode else "false",
        "payment_link": attempt.payment_link,
        "payment_link_name": link.counterfoil.name if link else None,
        "reference": link.counterfoil.reference if link else None,
        "receipt_reference": attempt.reference,
        "customer_email": attempt.customer_email or answers.email,
        "customer_name": attempt.customer_name,
        **_delivery(attempt),
        "currency": attempt.currency.upper(),
        "amount_subtotal": format_amount_plain(quote.amount_subtotal, attempt.currency, "en"),
        "amount_discount": format_amount_plain(details.amount_discount, attempt.currency, "en"),
        "amount_shipping": format_amount_plain(details.amount_shipping or 0, attempt.currency, "en"),
        "amount_tax": format_amount_plain(details.amount_tax, attempt.currency, "en"),
        "amount_total": format_amount_plain(total, attempt.currency, "en"),
        "amount_refunded": _refunded(attempt),
        "items": "\n".join(f"{line.quantity} × {line.description}" for line in quote.lines if line.quantity),
        "promotion_code": code,
        "client_reference_id": attempt.selection.url_parameters.client_reference_id,
        "terms_of_service": answers.consent.terms_of_service or asked.consent.terms_of_service,
        "promotions": answers.consent.promotions or asked.consent.promotions,
        "payment_method": attempt.payment_method,
        "checkout_session": attempt.checkout_session,
        "payment_intent": attempt.payment_intent,
        "subscription": attempt.subscription,
        "refund": attempt.refund,
        "dispute_status": dispute.status if dispute else None,
        "dispute_due_by": _time(dispute.evidence_details.due_by) if dispute else None,
        "flags": " ".join(attempt.flags),
        "customer_phone": attempt.customer_phone,
        "customer_tax_ids": " ".join(tax_id.value for tax_id in attempt.customer_tax_ids if tax_id.value),
        "fee": _fee(attempt),
        "sent_at": _time(attempt.sent_at),
        "tracking_number": attempt.tracking_number,
    }
    fields = {**asked.custom_fields, **answers.custom_fields}
    other = "\n".join(f"{key}: {value}" for key, value in fields.items() if key not in keys)
    return [*(values[name] or "" for name in COLUMNS), *(fields.get(key, "") for key in keys), other]


def _delivery(attempt: Attempt) -> dict[str, str | None]:
    """Return name, address and shipping option of the delivery by column."""
    delivery, rate = attempt.shipping_details, attempt.shipping_rate or attempt.quote.shipping_rate
    address = delivery.address if delivery else None
    parts = {f"shipping_{name}": getattr(address, name, None) for name in Address.model_fields}
    return {
        **parts,
        "shipping_name": delivery.name if delivery else None,
        "shipping_rate": rate.display_name if rate else None,
    }


def _refunded(attempt: Attempt) -> str | None:
    """Return what was refunded, with its currency where that is another one than the payment's."""
    parts = refunded_parts(attempt)
    if not parts:
        return None
    currency = parts[-1].currency
    amount = format_amount_plain(amount_refunded(attempt), currency, "en")
    return amount if currency == attempt.currency else f"{amount} {currency.upper()}"


def _fee(attempt: Attempt) -> str | None:
    """Return Stripe's fee. Add its currency if it is not the payment's."""
    moved = attempt.balance_transaction
    if moved is None:
        return None
    amount = format_amount_plain(moved.fee, moved.currency, "en")
    return amount if moved.currency == attempt.currency else f"{amount} {moved.currency.upper()}"


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
