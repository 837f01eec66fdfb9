"""Payments as rows of a list: buyer, order, time, states and amount."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.objects.attempt import Attempt, State
from app.objects.order import dated, delivery_of, is_disputed, needs_check
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.pricing.refunds import amount_refunded_here, refunded_parts
from app.web.console.link_rows import Tag, test_tags
from app.web.console.lists import row_or
from app.web.console.payments.dispute_text import answer_by, dispute_tags
from app.web.display.formatting import money
from app.web.display.link_text import heading_markup
from app.web.display.moments import short_moment
from app.web.display.receipt import amount_differs, amount_of, email_of
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext


@dataclass(frozen=True)
class PaymentRow:
    """One row of the list of payments. `buyer` is the name, or else the e-mail address; `name` is that of the link."""

    id: str
    amount: str
    tags: list[Tag]
    name: str | Markup
    buyer: str
    when: str
    amount_hint: str | None = None
    can_be_sent: bool = False
    email: str | None = None
    hint: str | None = None
    reference: str | None = None


def payment_rows(
    attempts: Iterable[Attempt], links: Mapping[str, PaymentLink], organization: Organization, now: int
) -> list[PaymentRow]:
    """Return the rows of payments. `links` are the links that they were made through, by id."""
    return [_row_or_plain(attempt, links.get(attempt.payment_link), organization, now) for attempt in attempts]


def _row_or_plain(attempt: Attempt, link: PaymentLink | None, organization: Organization, now: int) -> PaymentRow:
    return row_or(lambda: _row(attempt, link, organization, now), lambda: _plain_row(attempt))


def _plain_row(attempt: Attempt) -> PaymentRow:
    """Return a row with only the id, for a payment whose amount or time cannot be shown. Its page can still be opened."""
    tags = [Tag(_("Cannot be shown"), "danger")]
    return PaymentRow(attempt.id, "", tags, attempt.payment_link, attempt.reference or attempt.id, "")


def _row(attempt: Attempt, link: PaymentLink | None, organization: Organization, now: int) -> PaymentRow:
    email = email_of(attempt)
    return PaymentRow(
        id=attempt.id,
        amount=money(amount_of(attempt), attempt.currency),
        amount_hint=_amount_hint(attempt, organization.timezone),
        buyer=buyer_name(attempt),
        can_be_sent=delivery_of(attempt) == "to_send",
        email=email if attempt.customer_name else None,
        hint=_order_hint(attempt),
        name=payment_name(attempt, link),
        reference=attempt.reference,
        tags=payment_tags(attempt),
        when=short_moment(dated(attempt), organization.timezone, now),
    )


def buyer_name(attempt: Attempt) -> str:
    """Return what to call the buyer: the name, else the e-mail address, else that there is none."""
    if attempt.erased_at is not None:
        return _("Erased buyer")
    return attempt.customer_name or email_of(attempt) or _("Unknown buyer")


def buyer_or_reference(attempt: Attempt) -> str:
    """Return what to call the buyer, or the reference of a payment whose buyer has not given a name or an e-mail address."""
    is_known = attempt.erased_at is not None or attempt.customer_name or email_of(attempt)
    return buyer_name(attempt) if is_known else attempt.reference or attempt.id


def payment_name(attempt: Attempt, link: PaymentLink | None) -> str | Markup:
    """Return the merchant's own name for the link, or else the heading of its page."""
    if link is None:
        return attempt.payment_link
    return link.counterfoil.name or heading_markup(link, attempt.quote)


def payment_tags(attempt: Attempt) -> list[Tag]:
    """Return the labels of a payment: what needs the merchant first, then where it is."""
    tags = [*test_tags(livemode=attempt.livemode), *dispute_tags(attempt)]
    delivery = delivery_of(attempt)
    if delivery == "to_send":
        tags.append(Tag(_("To send"), "notice"))
    elif delivery == "sent":
        tags.append(Tag(_("Sent"), "success"))
    if attempt.state != "refunded" and refunded_parts(attempt):
        tags.append(Tag(_("Part refunded"), "notice"))
    if delivery == "none" or attempt.state == "refunded":
        tags.append(state_tag(attempt.state))
    if needs_check(attempt):
        tags.append(Tag(_("To check"), "danger"))
    return tags


def state_tag(state: State) -> Tag:
    """Return the label of a payment's state."""
    match state:
        case "opened":
            return Tag(_("Not paid yet"))
        case "processing":
            return Tag(_("On its way"), "notice")
        case "paid":
            return Tag(_("Paid"), "success")
        case "no_payment_required":
            return Tag(_("Confirmed"), "success")
        case "failed":
            return Tag(_("Failed"), "danger")
        case "expired" | "canceled":
            return Tag(_("Not paid"))
        case "refunded":
            return Tag(_("Refunded"))


def _order_hint(attempt: Attempt) -> str:
    """Return the number of items and the city of an order: "2 items, to Graz"."""
    pieces = sum(line.quantity for line in attempt.quote.lines)
    items = ngettext("%(num)s item", "%(num)s items", pieces)
    address = attempt.shipping_details.address if attempt.shipping_details else None
    if address is None or not address.city:
        return items
    return _("%(items)s, to %(city)s", items=items, city=address.city)


def _amount_hint(attempt: Attempt, timezone: str) -> str | None:
    """Return a hint about the amount: another amount was ordered, a part is refunded, or the bank waits until a date."""
    if is_disputed(attempt) and (due := answer_by(attempt, timezone)):
        return due
    if attempt.state == "refunded":
        return _("all of it")
    if refunded := amount_refunded_here(attempt):
        return _("%(amount)s refunded", amount=money(refunded, attempt.currency))
    if amount_differs(attempt):
        return _("%(amount)s ordered", amount=money(attempt.quote.amount_total, attempt.currency))
    return None
